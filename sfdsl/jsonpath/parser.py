"""From a text to its node. The grammar is that of Jayway JsonPath, which AWS uses, plus the intrinsic functions."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from functools import lru_cache
from typing import NoReturn

from sfdsl.jsonpath.nodes import (
    JSON,
    And,
    Argument,
    Call,
    Compare,
    Descent,
    Exists,
    Filter,
    Function,
    Index,
    Indices,
    Literal,
    Name,
    Names,
    Node,
    Not,
    Operand,
    Or,
    Path,
    Placeholder,
    Predicate,
    Regex,
    Root,
    Slice,
    Step,
    Variable,
    Wildcard,
)

PATH_FUNCTIONS = ("length", "size", "min", "max", "avg", "sum", "stddev", "keys", "first", "last")
OPERATORS = ("==", "!=", "<=", ">=", "=~", "<", ">")
WORD_OPERATORS = ("in", "nin", "subsetof", "anyof", "noneof", "size", "empty", "contains")

_SIMPLE = re.compile(r"(\$\$?)((?:\.[A-Za-z_][A-Za-z0-9_-]*)*)")
_SPACE = re.compile(r"\s*")
_VARIABLE = re.compile(r"\$([^\W\d]\w*)")
_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}")
# Where a name after a dot ends depends on what stands around the path.
_NAME = re.compile(r"(?:\$\{[^{}]*\}|[^\s.\[\]()'\"*?])+")
_NAME_IN_CALL = re.compile(r"(?:\$\{[^{}]*\}|[^\s.\[\]()'\"*?,])+")
_NAME_IN_FILTER = re.compile(r"(?:\$\{[^{}]*\}|[^\s.\[\]()'\"*?,=!<>&|~])+")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?(?![\w.])")
_INTEGER = re.compile(r"-?\d+")
_FUNCTION_NAME = re.compile(r"[A-Za-z_][\w.]*")
_WORD = re.compile(r"[\w-]+")
_BARE = re.compile(r"[^\s'\"()\[\],=!<>&|~]+")
_ESCAPABLE = "'{}\\"


class SyntaxProblem(Exception):
    """A text that is neither a path nor a call of an intrinsic function.

    Attributes:
        position: Where in the text, in characters from 0.
        message: What is wrong.
        hint: What to write instead; empty where nothing better can be said.
    """

    def __init__(self, position: int, message: str, hint: str = "") -> None:
        super().__init__(f"{message} (at character {position})")
        self.position = position
        self.message = message
        self.hint = hint


@lru_cache(maxsize=20_000)
def parse(text: str) -> Node:
    """The node of a path or an intrinsic call; the same text gives the same node.

    Args:
        text: Such as `$.a.b[0]`, `$$.Execution.Id`, `$name.field` or `States.UUID()`. White space around it is ignored.

    Raises:
        SyntaxProblem: For anything else. A function that does not exist still parses: `problems` reports it.

    Source: Step Functions Developer Guide, "Paths", "Intrinsic functions"; Jayway JsonPath for the wider syntax.
    """
    if simple := _SIMPLE.fullmatch(text):
        root = Root.DATA if simple[1] == "$" else Root.CONTEXT
        return Path(root, tuple([Name(name) for name in simple[2].split(".")[1:]]), text)
    return _Parser(text).parse()


class _Parser:
    """One text, read from left to right; every method begins at `self.at` and leaves it behind what it read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.name = _NAME

    def parse(self) -> Node:
        self.space()
        self.refuse_other_languages()
        node: Node
        if _PLACEHOLDER.match(self.text, self.at):
            return Placeholder(self.text.strip(), self.at)
        if self.peek() == "$":
            node = self.path()
        elif _FUNCTION_NAME.match(self.text, self.at):
            node = self.call()
        else:
            self.fail("a path begins with $", "write $.field, $$.field of the context object, or $name of a variable")
        self.space()
        if self.at < len(self.text):
            self.trailing(node)
        return node

    def refuse_other_languages(self) -> None:
        rest = self.text[self.at :]
        if rest.startswith("{%"):
            self.fail(
                "a JSONata expression where a path is expected",
                "write a path such as $.field, or make this a JSONata state",
            )
        if rest == "":
            self.fail("an empty path", "write $ for the whole input")

    def trailing(self, node: Node) -> NoReturn:
        found = self.text[self.at]
        if isinstance(node, Path) and found == "(":
            self.fail("a path cannot be called", "intrinsic functions are written States.Name(...)")
        if isinstance(node, Path) and self.text[self.at - 1].isspace():
            self.fail("white space inside a path", "put a name with white space into brackets: ['my field']")
        what = "the path" if isinstance(node, Path) else f"the call of {getattr(node, 'function', '')}"
        self.fail(f"{found!r} after the end of {what}")

    # -- small things ---------------------------------------------------------------------------------------------

    def fail(self, message: str, hint: str = "", at: int | None = None) -> NoReturn:
        raise SyntaxProblem(self.at if at is None else at, message, hint)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def space(self) -> None:
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]  # matches the empty text, too

    def take(self, token: str) -> bool:
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        if found := pattern.match(self.text, self.at):
            self.at = found.end()
        return found

    # -- paths ----------------------------------------------------------------------------------------------------

    def path(self) -> Path:
        begin = self.at
        root: Root | Variable
        if self.take("$$"):
            root = Root.CONTEXT
        elif self.take("@"):
            root = Root.ITEM
        elif variable := self.match(_VARIABLE):
            root = Variable(variable[1])
        else:
            self.at += 1
            root = Root.DATA
        steps: list[Step] = []
        while self.peek() in (".", "[") and self.peek():
            if steps and isinstance(steps[-1], Function):
                self.fail(f"nothing can follow .{steps[-1].name}()")
            steps.extend(self.step())
        if self.peek() not in ("", ",", ")", "]", "(", *"=!<>&|~") and not self.peek().isspace():
            self.fail(
                f"{self.peek()!r} in the middle of a path",
                "put names with characters beyond A-Z, a-z, 0-9 and _ into brackets: ['my-field']",
            )
        return Path(root, tuple(steps), self.text[begin : self.at], begin)

    def step(self) -> list[Step]:
        if self.take(".."):
            if self.peek() == "[":
                return [Descent(), self.bracket()]
            return [Descent(), self.after_dot()]
        if self.take("."):
            # AWS takes a bracket after a dot: $.[0], $.['name'].
            return [self.bracket()] if self.peek() == "[" else [self.after_dot()]
        return [self.bracket()]

    def after_dot(self) -> Step:
        if self.take("*"):
            return Wildcard()
        begin = self.at
        found = self.match(self.name)
        if found is None:
            what = repr(self.peek()) if self.peek() else "the end of the text"
            self.fail(f"a field name is missing before {what}", "write .name, .* or ['name'] after the dot")
        name: str = found[0]
        if self.peek() == "(" and self.text[self.at - len(name) - 1] == ".":
            return self.path_function(name, begin)
        return Name(name)

    def path_function(self, name: str, begin: int) -> Function:
        if name not in PATH_FUNCTIONS:
            close = get_close_matches(name, PATH_FUNCTIONS, n=1)
            hint = f"did you mean .{close[0]}()?" if close else "the functions are " + ", ".join(PATH_FUNCTIONS)
            self.fail(f"a path has no function {name!r}", hint, at=begin)
        self.at += 1
        self.space()
        if not self.take(")"):
            self.fail(f".{name}() takes no argument here")
        return Function(name)

    def bracket(self) -> Step:
        begin = self.at
        self.at += 1
        self.space()
        step: Step
        if self.take("*"):
            step = Wildcard()
        elif self.peek() in ("'", '"'):
            names = [self.quoted()]
            while self.comma():
                if self.peek() not in ("'", '"'):
                    self.fail("a quoted name is missing after the comma", "write ['a', 'b']")
                names.append(self.quoted())
            step = Name(names[0]) if len(names) == 1 else Names(tuple(names))
        elif self.take("?"):
            step = self.filter()
        else:
            step = self.positions(begin)
        self.space()
        if not self.take("]"):
            self.fail("a bracket is not closed", "add ]", at=begin)
        return step

    def comma(self) -> bool:
        self.space()
        if self.take(","):
            self.space()
            return True
        return False

    def quoted(self) -> str:
        """A quoted field name. AWS resolves no escape in it but that of the quote and the backslash itself.

        Source: measured, the recorded execution test_escape_sequence_parsing[ESCAPE_SEQUENCES_JSONPATH], where the
        two characters of a backslash and a double quote stay as they are.
        """
        begin, quote = self.at, self.peek()
        out: list[str] = []
        self.at += 1
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "\\" and self.text[self.at + 1 : self.at + 2] in (quote, "\\"):
                out.append(self.text[self.at + 1])
                self.at += 2
                continue
            self.at += 1
            if char == quote:
                return "".join(out)
            out.append(char)
        raise SyntaxProblem(begin, "a quoted name is not closed", f"add {quote}")

    def positions(self, begin: int) -> Step:
        """The inside of `[0]`, `[0,2]`, `[1:5]`."""
        first = self.match(_INTEGER)
        self.space()
        if self.peek() == ":":
            return self.slice(int(first[0]) if first else None)
        if first is None:
            word = self.match(_WORD)
            hint = f"write ['{word[0]}']" if word else "write [0], [1:3], [*], ['name'] or [?(@.field == 1)]"
            self.fail("a bracket holds a quoted name, an index, a slice, * or a filter", hint, at=begin)
        indices = [int(first[0])]
        while self.comma():
            following = self.match(_INTEGER)
            if following is None:
                self.fail("an index is missing after the comma", "write [0, 2]")
            indices.append(int(following[0]))
        return Index(indices[0]) if len(indices) == 1 else Indices(tuple(indices))

    def slice(self, start: int | None) -> Slice:
        self.at += 1
        self.space()
        stop = self.match(_INTEGER)
        self.space()
        step = 1
        if self.take(":"):
            self.space()
            if written := self.match(_INTEGER):
                step = int(written[0])
            if step == 0:
                self.fail("a slice with step 0 never moves", "write a step of 1 or more, or leave it out")
        return Slice(start, int(stop[0]) if stop else None, step)

    # -- filters --------------------------------------------------------------------------------------------------

    def filter(self) -> Filter:
        if self.peek() != "(":
            self.fail("a filter stands in parentheses", "write [?(@.field == 1)]")
        self.at += 1
        outer, self.name = self.name, _NAME_IN_FILTER
        predicate = self.either()
        self.space()
        if not self.take(")"):
            self.fail("a filter is not closed", "add )]")
        self.name = outer
        return Filter(predicate)

    def either(self) -> Predicate:
        parts = [self.both()]
        while self.operator("||"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def both(self) -> Predicate:
        parts = [self.single()]
        while self.operator("&&"):
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def operator(self, token: str) -> bool:
        self.space()
        return self.take(token)

    def single(self) -> Predicate:
        self.space()
        if self.take("!"):
            return Not(self.single())
        if self.take("("):
            inner = self.either()
            self.space()
            if not self.take(")"):
                self.fail("a parenthesis of a filter is not closed", "add )")
            return inner
        left = self.operand()
        self.space()
        operator = next((sign for sign in OPERATORS if self.text.startswith(sign, self.at)), None)
        if operator is None:
            word = _WORD.match(self.text, self.at)
            if word and word[0].lower() in WORD_OPERATORS:
                operator = word[0].lower()
                self.at = word.end()
            elif self.peek() == "=":
                self.fail("a filter compares with ==", "write ==")
            elif isinstance(left, Path):
                return Exists(left)
            else:
                self.fail("a comparison is missing in a filter", "write [?(@.field == 1)]")
        else:
            self.at += len(operator)
        self.space()
        return Compare(left, operator, self.operand())

    def operand(self) -> Operand:
        first = self.peek()
        if first and first in "@$":
            return self.path()
        if first in ("'", '"') and first:
            begin = self.at
            value = self.quoted()
            return Literal(value, self.text[begin + 1 : self.at - 1])
        if first == "/":
            return self.regex()
        if first in ("[", "{") and first:
            return Literal(self.inline_json())
        if number := self.match(_NUMBER):
            return Literal(_number(number))
        bare = self.match(_BARE)
        if bare is None:
            self.fail("a value is missing in a filter", "write a number, 'text', true, false, null or a path")
        constants: dict[str, JSON] = {"true": True, "false": False, "null": None}
        # AWS's own examples compare with words without quotes: [?(@.category==home)].
        return Literal(constants.get(bare[0], bare[0]))

    def regex(self) -> Regex:
        begin = self.at
        found = re.compile(r"/((?:[^/\\]|\\.)*)/([a-zA-Z]*)").match(self.text, self.at)
        if found is None:
            self.fail("a regular expression is not closed", "write /pattern/ or /pattern/i")
        try:
            re.compile(found[1])
        except re.error as problem:
            self.fail(f"the regular expression is not valid: {problem}", at=begin)
        self.at = found.end()
        return Regex(found[1], found[2])

    def inline_json(self) -> JSON:
        """An array or object in a filter, `['a', 'b']` with single quotes as well."""
        begin, depth, quote = self.at, 0, ""
        for place in range(self.at, len(self.text)):
            char = self.text[place]
            if quote:
                quote = "" if char == quote and self.text[place - 1] != "\\" else quote
            elif char in "'\"":
                quote = char
            elif char in "[{":
                depth += 1
            elif char in "]}":
                depth -= 1
                if depth == 0:
                    self.at = place + 1
                    source = self.text[begin : self.at]
                    for candidate in (source, source.replace("'", '"')):
                        try:
                            return json.loads(candidate)
                        except ValueError:
                            continue
                    break
        raise SyntaxProblem(begin, "an array or object in a filter is not valid JSON")

    # -- intrinsic functions --------------------------------------------------------------------------------------

    def call(self) -> Call:
        begin = self.at
        name = self.match(_FUNCTION_NAME)
        assert name is not None
        self.space()
        if not self.take("("):
            self.no_parenthesis(name[0], begin)
        outer, self.name = self.name, _NAME_IN_CALL
        arguments: list[Argument] = []
        self.space()
        if not self.take(")"):
            arguments.append(self.argument(name[0]))
            while self.comma():
                arguments.append(self.argument(name[0]))
            if not self.take(")"):
                missing = "add )" if self.at >= len(self.text) else "put a comma between arguments"
                self.fail(f"the arguments of {name[0]} do not end here", missing)
        self.name = outer
        return Call(name[0], tuple(arguments), self.text[begin : self.at], begin)

    def no_parenthesis(self, name: str, begin: int) -> NoReturn:
        if name.startswith("States"):
            self.fail(f"{name} is not called", f"write {name}(...)")
        hint = f"did you mean $.{name}?" if begin + len(name) == len(self.text.rstrip()) else "write $.field"
        self.fail("a path begins with $", hint, at=begin)

    def argument(self, function: str) -> Argument:
        first = self.peek()
        if first == "'":
            return self.string()
        if first == '"':
            self.fail("strings of intrinsic functions stand in single quotes", "write '...'")
        if first == "$":
            if found := self.match(_PLACEHOLDER):
                return Placeholder(found[0], found.start())
            return self.path()
        if number := self.match(_NUMBER):
            return Literal(_number(number))
        begin = self.at
        word = _FUNCTION_NAME.match(self.text, self.at)
        if word is None:
            what = f"{first!r}" if first else "the end of the text"
            self.fail(
                f"an argument of {function} is missing before {what}",
                "write a path, 'text', a number, true, false, null or a call",
            )
        constants: dict[str, JSON] = {"true": True, "false": False, "null": None}
        if word[0] in constants:
            self.at = word.end()
            return Literal(constants[word[0]])
        if not re.compile(r"\s*\(").match(self.text, word.end()) and not word[0].startswith("States"):
            self.fail(f"{word[0]!r} is no argument", f"write '{word[0]}' for a text, $.{word[0]} for a field", at=begin)
        return self.call()

    def string(self) -> Literal:
        """A string in single quotes; a backslash may stand before ' { } and backslash, and before nothing else.

        Source: Amazon States Language, "Intrinsic functions"; refused otherwise: measured, the recorded rejection
        test_illegal_escapes[ESCAPE_SEQUENCES_ILLEGAL_INTRINSIC_FUNCTION_2].
        """
        begin = self.at
        out: list[str] = []
        self.at += 1
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "'":
                self.at += 1
                return Literal("".join(out), self.text[begin + 1 : self.at - 1])
            if char == "\\":
                following = self.text[self.at + 1 : self.at + 2]
                if not following or following not in _ESCAPABLE:
                    self.fail(
                        f"a backslash before {following!r} means nothing in a string of an intrinsic function",
                        "only \\' \\{ \\} and \\\\ are escapes; write the character itself, or \\\\ for a backslash",
                    )
                out.append(following)
                self.at += 2
                continue
            out.append(char)
            self.at += 1
        raise SyntaxProblem(begin, "a string is not closed", "add '")


def _number(found: re.Match[str]) -> int | float:
    return float(found[0]) if found[1] or found[2] else int(found[0])

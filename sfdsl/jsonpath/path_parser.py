"""Paths with their steps and filters. The grammar is that of Jayway JsonPath, which AWS uses."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches

from sfdsl.jsonpath.cursor import NUMBER, Cursor, SyntaxProblem, number
from sfdsl.jsonpath.nodes import (
    JSON,
    And,
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
    Not,
    Operand,
    Or,
    Path,
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

# Where a name after a dot ends depends on what stands around the path.
NAME = re.compile(r"(?:\$\{[^{}]*\}|[^\s.\[\]()'\"*?])+")
NAME_IN_CALL = re.compile(r"(?:\$\{[^{}]*\}|[^\s.\[\]()'\"*?,])+")
_NAME_IN_FILTER = re.compile(r"(?:\$\{[^{}]*\}|[^\s.\[\]()'\"*?,=!<>&|~])+")
_VARIABLE = re.compile(r"\$([^\W\d]\w*)")
_INTEGER = re.compile(r"-?\d+")
_WORD = re.compile(r"[\w-]+")
_BARE = re.compile(r"[^\s'\"()\[\],=!<>&|~]+")
_REGEX = re.compile(r"/((?:[^/\\]|\\.)*)/([a-zA-Z]*)")


class PathParser(Cursor):
    """Reads a path; `name` says which characters a name after a dot may have."""

    name = NAME

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
        if found := self.match(NUMBER):
            return Literal(number(found))
        bare = self.match(_BARE)
        if bare is None:
            self.fail("a value is missing in a filter", "write a number, 'text', true, false, null or a path")
        constants: dict[str, JSON] = {"true": True, "false": False, "null": None}
        # AWS's own examples compare with words without quotes: [?(@.category==home)].
        return Literal(constants.get(bare[0], bare[0]))

    def regex(self) -> Regex:
        begin = self.at
        found = _REGEX.match(self.text, self.at)
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

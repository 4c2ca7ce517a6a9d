"""From a text to its node: a path, or a call of an intrinsic function."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NoReturn

from sfdsl.jsonpath.cursor import NUMBER, SyntaxProblem, number
from sfdsl.jsonpath.nodes import JSON, Argument, Call, Literal, Name, Node, Path, Placeholder, Root
from sfdsl.jsonpath.path_parser import NAME_IN_CALL, PathParser

_SIMPLE = re.compile(r"(\$\$?)((?:\.[A-Za-z_][A-Za-z0-9_-]*)*)")
_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}")
_FUNCTION_NAME = re.compile(r"[A-Za-z_][\w.]*")
_ESCAPABLE = "'{}\\"


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


class _Parser(PathParser):
    """Reads a whole text."""

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

    def call(self) -> Call:
        begin = self.at
        name = self.match(_FUNCTION_NAME)
        assert name is not None
        self.space()
        if not self.take("("):
            self.no_parenthesis(name[0], begin)
        outer, self.name = self.name, NAME_IN_CALL
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
        if found := self.match(NUMBER):
            return Literal(number(found))
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

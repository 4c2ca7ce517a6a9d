"""The thorough way: jsonata-python parses an expression, and its syntax tree tells what it reads and calls."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from sfdsl.jsonata_text.builtins import BUILTINS, TAKES_FUNCTIONS, finish
from sfdsl.jsonata_text.messages import STRINGS, problem_of_crash, problem_of_fault, problem_of_regex
from sfdsl.jsonata_text.nodes import Called, Facts, Problem

_PLACEHOLDER_OR_STRING = re.compile(
    r"""(\$\{[\w.:]+\})|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`""",
    re.DOTALL,
)
_PLAIN_FAULTS = ("missing )", "unbalanced parenthesis", "unterminated character set", "nothing to repeat")
_STAND_IN = "\ue000"  # of the private use area: no name that an author writes begins with it

# Operators of JSONata 2.1, which jsonata-python knows and AWS does not. Strings, names, comments and regular
# expressions are stepped over.
_LATER_OPERATORS = re.compile(rf"{STRINGS}|(\?\?|\?:)", re.DOTALL)


class SyntaxFault(Exception):
    """An expression that is not JSONata; `problem` says where and what."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def fill_placeholders(source: str) -> str:
    """The source with a variable of the same length in place of each `${Name}` that a template fills in."""

    def stand_in(found: re.Match[str]) -> str:
        return "$" + _STAND_IN * (len(found[1]) - 1) if found[1] else found[0]

    return _PLACEHOLDER_OR_STRING.sub(stand_in, source) if "${" in source else source


@lru_cache(maxsize=4096)
def parse(source: str, offset: int) -> Any:
    """The syntax tree that jsonata-python gives for an expression without its delimiters.

    Raises:
        SyntaxFault: It is not JSONata, or uses an operator newer than AWS's version.
    """
    from jsonata.jexception import JException
    from jsonata.parser import Parser

    try:
        tree = Parser().parse(fill_placeholders(source), _regex)
    except JException as fault:
        raise SyntaxFault(problem_of_fault(source, offset, fault)) from None
    except RecursionError:
        raise SyntaxFault(
            Problem(offset, "the expression is nested too deeply", "assign a part of it before")
        ) from None
    except re.error as fault:
        raise SyntaxFault(problem_of_regex(source, offset, fault)) from None
    except Exception:
        # jsonata-python's tokenizer runs into Python errors where a text ends inside an escape, a comment and the like.
        raise SyntaxFault(problem_of_crash(source, offset)) from None
    for found in _LATER_OPERATORS.finditer(source):
        if found[1] and _is_operator(source, found.start()):
            message = f"Step Functions has JSONata 2.0, and the operator {found[1]} came with 2.1"
            hint = "write $exists(a) ? a : b" if found[1] == "??" else "write a ? a : b"
            raise SyntaxFault(Problem(found.start() + offset, message, hint))
    return tree


def _regex(pattern: str, flags: Any) -> re.Pattern[str]:
    """A regular expression for the syntax tree. AWS's dialect has more than Python's, so only plain faults count."""
    from jsonata.regex_engine import default_regex_engine

    try:
        compiled: re.Pattern[str] = default_regex_engine(pattern, flags)
    except re.error as fault:
        if fault.msg.split(",")[0].split(" at ")[0] in _PLAIN_FAULTS:
            raise
        return re.compile("")
    return compiled


def facts(source: str, offset: int) -> Facts:
    """What an expression reads and calls.

    Args:
        source: The expression, without its delimiters.
        offset: Added to all positions.

    Raises:
        SyntaxFault: It is not JSONata.
    """
    walk = _Walk(fill_placeholders(source), offset)
    tree = parse(source, offset)
    walk.node(tree, set(), False)
    constant = None
    if walk.constant and "${" not in source:
        from sfdsl.jsonata_text.evaluation import constant_of

        constant = constant_of(source)
    return finish(walk.reads, walk.calls, walk.problems, constant)


class _Walk:
    """One pass over a syntax tree; names bound by `:=`, lambdas, `@` and `#` are left out of what it collects."""

    def __init__(self, source: str, offset: int) -> None:
        self.source = source
        self.offset = offset
        self.reads: list[tuple[str, ...]] = []
        self.calls: list[Called] = []
        self.problems: list[Problem] = []
        self.constant = True

    def node(self, node: Any, bound: set[str], context: bool, function: bool = False) -> None:
        """Walk a node.

        Args:
            node: Of jsonata-python's tree.
            bound: Names that have a value from the expression itself; `:=` adds to it.
            context: Whether `$` and field names have a value here.
            function: Whether a variable here may stand for a built-in function.
        """
        if node is None:
            return
        match node.type:
            case "path":
                self.path(node, bound, context)
            case "variable":
                self.variable(node, bound, context, function)
            case "name":
                self.field(node, context)
            case "wildcard" | "descendant" | "parent":
                if not context:
                    self.constant = False
                    self.problem(node, f"{node.value} has no value here", "begin with $states or a variable")
            case "function" | "partial":
                self.call(node, bound, context, 0)
            case "apply":
                self.apply(node, bound, context)
            case "lambda":
                self.constant = False
                inner = bound | {argument.value for argument in node.arguments}
                self.node(node.body, inner, context)
            case "block":
                inner = set(bound)
                for expression in node.expressions:
                    self.node(expression, inner, context)
            case "bind":
                self.constant = False
                if node.rhs.type == "lambda":
                    bound.add(node.lhs.value)  # a function may call itself
                self.node(node.rhs, bound, context, function=True)
                bound.add(node.lhs.value)
            case "condition":
                self.node(node.condition, bound, context)
                self.node(node.then, bound, context)
                self.node(node._else, bound, context)
            case "binary":
                self.node(node.lhs, bound, context)
                self.node(node.rhs, bound, context)
            case "unary":
                self.unary(node, bound, context)
            case "transform":
                self.constant = False
                for part in (node.pattern, node.update, node.delete):
                    self.node(part, bound, True)
            case "sort":
                for term in node.terms:
                    self.node(term.expression, bound, True)
            case "regex":
                self.constant = False
            case _:
                pass  # literals, and the ? of a partial application
        self.follow(node, bound)

    def follow(self, node: Any, bound: set[str]) -> None:
        """Filters and grouping behind a node, and the names that `@` and `#` bind."""
        for stage in [*(node.predicate or ()), *(node.stages or ())]:
            if stage.type == "filter":
                self.node(stage.expr, bound, True)
            elif stage.type == "index":
                bound.add(stage.value)
        for name in (node.focus, node.index):
            if isinstance(name, str):
                bound.add(name)
        if node.group is not None:
            self.constant = False
            for key, value in node.group.lhs_object:
                self.node(key, bound, True)
                self.node(value, bound, True)

    def path(self, node: Any, bound: set[str], context: bool) -> None:
        bound_here = bound if not any(step.focus or step.index or step.stages for step in node.steps) else set(bound)
        first, rest = node.steps[0], node.steps[1:]
        if first.type == "variable" and first.value not in ("", "$") and first.value not in bound:
            self.constant = False
            if not first.value.startswith(_STAND_IN):
                self.reads.append((first.value, *_names(first, rest)))
            self.follow(first, bound_here)
        else:
            self.node(first, bound_here, context)
        for step in rest:
            self.node(step, bound_here, True)

    def variable(self, node: Any, bound: set[str], context: bool, function: bool) -> None:
        name = node.value
        self.constant = self.constant and name == "" and context
        if name in bound:
            return
        if name == "$":
            self.problem(node, "$$ has no value in Step Functions", "write $states.input")
        elif name == "":
            if not context:
                self.problem(node, "$ has no value here", "write $states.input")
        elif not (function and name in BUILTINS) and not name.startswith(_STAND_IN):
            self.reads.append((name,))

    def field(self, node: Any, context: bool) -> None:
        if not context:
            self.constant = False
            self.problem(
                node,
                f"the field name {node.value!r} has nothing to be looked up in",
                f"write $states.input.{node.value}, ${node.value} for a variable, or '{node.value}' for a text",
            )

    def call(self, node: Any, bound: set[str], context: bool, handed: int) -> None:
        self.constant = False
        procedure = node.procedure
        given = len(node.arguments or ()) + handed
        name = ""
        if procedure.type == "variable" and procedure.value not in ("", "$"):
            name = procedure.value
            if name not in bound:
                # A partial application leaves arguments open, so their number says nothing yet.
                self.calls.append(Called(name, given, self.start(procedure)))
        elif procedure.type == "path" and len(procedure.steps) == 1 and procedure.steps[0].value in BUILTINS:
            forgot = procedure.steps[0]
            self.problem(forgot, f"{forgot.value} is a function", f"write ${forgot.value}(...)")
        else:
            self.node(procedure, bound, context)
        for place, argument in enumerate(node.arguments or ()):
            takes = name in TAKES_FUNCTIONS and place + handed > 0
            self.node(argument, bound, context, function=takes)

    def apply(self, node: Any, bound: set[str], context: bool) -> None:
        self.node(node.lhs, bound, context, function=True)
        if node.rhs.type == "function":
            self.call(node.rhs, bound, context, 1)
            self.follow(node.rhs, bound)
        else:
            self.node(node.rhs, bound, context, function=True)

    def unary(self, node: Any, bound: set[str], context: bool) -> None:
        for item in node.expressions or ():
            self.node(item, bound, context)
        for key, value in node.lhs_object or ():
            self.node(key, bound, context)
            self.node(value, bound, context)
        self.node(node.expression, bound, context)

    def start(self, node: Any) -> int:
        """Where the token of a variable or name begins; jsonata-python gives its end."""
        length = len(str(node.value)) + (1 if node.type == "variable" else 0)
        begin = int(node.position) - length
        if node.type != "variable" and self.source[begin : begin + length] != node.value:
            begin -= 1  # in quotes
        return max(begin, 0) + self.offset

    def problem(self, node: Any, message: str, hint: str) -> None:
        self.problems.append(Problem(self.start(node), message, hint))


def _names(first: Any, rest: list[Any]) -> list[str]:
    """The names that follow a variable, as far as nothing but names and positions select."""
    names: list[str] = []
    if not _positions_only(first):
        return names
    for step in rest:
        if step.type != "name":
            break
        names.append(step.value)
        if not _positions_only(step):
            break
    return names


def _positions_only(step: Any) -> bool:
    stages = [*(step.predicate or ()), *(step.stages or ())]
    return step.group is None and all(stage.type == "filter" and stage.expr.type == "number" for stage in stages)


def _is_operator(source: str, place: int) -> bool:
    """Whether what looks like an operator is not inside a regular expression."""
    from jsonata.tokenizer import Tokenizer

    tokens = Tokenizer(fill_placeholders(source))
    infix = False
    while (token := tokens.next(infix)) is not None:
        if token.position - 2 == place and token.type == "operator":
            return True
        if token.position > place:
            return False
        infix = token.type != "operator" or token.value in (")", "]", "}")
    return False

"""What can be asked of a parsed text without evaluating it: what it reads, what it calls, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from attrs import frozen

from sfdsl.jsonpath.functions import FUNCTIONS, MAX_NESTING, Intrinsic, Parameter
from sfdsl.jsonpath.nodes import (
    JSON,
    And,
    Argument,
    Call,
    Compare,
    Exists,
    Filter,
    Index,
    Literal,
    Name,
    Node,
    Not,
    Operand,
    Or,
    Path,
    Placeholder,
    Predicate,
    Regex,
    Root,
    Variable,
    assert_never,
)


@frozen
class Problem:
    """Something in a text that AWS would refuse, or that could only fail when it runs.

    Attributes:
        position: Where in the text, in characters from 0.
        message: What is wrong.
        hint: What to write instead; empty where nothing better can be said.
    """

    position: int
    message: str
    hint: str = ""


def is_reference_path(node: Node | Argument) -> bool:
    """Whether a node is a reference path: one that can only ever select a single value.

    A placeholder counts as one, because what it stands for is not known. Where a field takes no `$$` and no variable
    (ResultPath), ask for `node.root is Root.DATA` as well.

    Source: Step Functions Developer Guide, "Paths", reference paths.
    """
    match node:
        case Path():
            return all(isinstance(s, Name) or (isinstance(s, Index) and s.index >= 0) for s in node.steps)
        case Placeholder():
            return True
        case _:
            return False


def paths(node: Node | Argument) -> Iterator[Path]:
    """All paths in a node from left to right: itself, in arguments, and in filters where they leave their item."""
    match node:
        case Path():
            yield node
            for step in node.steps:
                if isinstance(step, Filter):
                    yield from (path for path in _paths_of(step.predicate) if path.root is not Root.ITEM)
        case Call():
            for argument in node.arguments:
                yield from paths(argument)
        case Literal() | Placeholder():
            return
        case _:
            assert_never(node)


def variables(node: Node | Argument) -> frozenset[str]:
    """Names of the variables a node reads, without `$`."""
    return frozenset(path.root.name for path in paths(node) if isinstance(path.root, Variable))


def context_paths(node: Node | Argument) -> tuple[tuple[str | int, ...], ...]:
    """What a node reads of the context object: `("Execution", "Id")` for `$$.Execution.Id`, and so on.

    A tuple ends before the first step that is neither a name nor an index: `$$.Map.*` gives `("Map",)`.
    """
    return tuple(_keys(path) for path in paths(node) if path.root is Root.CONTEXT)


def data_paths(node: Node | Argument) -> tuple[tuple[str | int, ...], ...]:
    """What a node reads of `$`, as `context_paths` does for `$$`."""
    return tuple(_keys(path) for path in paths(node) if path.root is Root.DATA)


def calls(node: Node | Argument) -> tuple[Call, ...]:
    """All calls in a node, an outer one before those in its arguments."""
    if not isinstance(node, Call):
        return ()
    return (node, *(inner for argument in node.arguments for inner in calls(argument)))


def nesting(node: Node | Argument) -> int:
    """How deep calls are nested: 0 for a path, 1 for a call of paths and literals."""
    if not isinstance(node, Call):
        return 0
    return 1 + max((nesting(argument) for argument in node.arguments), default=0)


def similar_function(name: str) -> str | None:
    """The intrinsic function whose name is most like this one; None where none is."""
    if name in FUNCTIONS:
        return name
    bare = name.split(".")[-1].lower()
    by_bare = {known.split(".")[1].lower(): known for known in FUNCTIONS}
    close = get_close_matches(bare, by_bare, n=1, cutoff=0.6)
    return by_bare[close[0]] if close else None


def problems(node: Node | Argument) -> tuple[Problem, ...]:
    """What is wrong with the calls in a node: unknown functions, argument counts, literals of a wrong type, nesting."""
    found: list[Problem] = []
    for call in calls(node):
        function = FUNCTIONS.get(call.function)
        if function is None:
            close = similar_function(call.function)
            hint = f"did you mean {close}?" if close else "the functions are " + ", ".join(FUNCTIONS)
            found.append(Problem(call.position, f"there is no intrinsic function {call.function}", hint))
        else:
            found.extend(_problems_of_call(call, function))
    if (depth := nesting(node)) > MAX_NESTING:
        position = node.position if isinstance(node, Call) else 0
        message = f"{depth} nested intrinsic calls; a field may hold {MAX_NESTING}"
        found.append(Problem(position, message, "compute an inner part in a state before, or in JSONata"))
    return tuple(found)


def kind(value: JSON) -> str:
    """The JSON type of a value: string, number, boolean, null, array or object."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list() | tuple():
            return "array"
        case _:
            return "object"


def _problems_of_call(call: Call, function: Intrinsic) -> Iterator[Problem]:
    given = len(call.arguments)
    if given < function.least or (function.most is not None and given > function.most):
        names = ", ".join(parameter.name for parameter in function.parameters)
        hint = f"write {function.name}({names}{', ...' if function.repeats else ''})"
        message = f"{function.name} takes {_count(function)}, not {given}"
        yield Problem(call.position, message, hint)
        return
    for place, argument in enumerate(call.arguments):
        parameter = function.parameter(place)
        if isinstance(argument, Literal):
            complaint = _complaint(parameter, argument.value)
        elif isinstance(argument, Call) and argument.function in FUNCTIONS:
            returns = FUNCTIONS[argument.function].returns
            wrong = parameter.kinds and returns != "any" and returns not in parameter.kinds
            complaint = f"must be {_one_of(parameter.kinds)}; {argument.function} gives {returns}" if wrong else ""
        else:
            complaint = ""
        if complaint:
            yield Problem(call.position, f"argument {place + 1} of {function.name}, the {parameter.name}, {complaint}")
    if function.name == "States.Format" and isinstance(template := call.arguments[0], Literal):
        gaps = format_gaps(template.raw)
        if isinstance(template.value, str) and gaps != given - 1:
            message = f"the template of States.Format has {gaps} {{}}, and {given - 1} values to fill in"
            yield Problem(call.position, message, "write one {} per value; a literal brace is \\{ or \\}")


def format_gaps(raw: str) -> int:
    """How many `{}` a template of States.Format has, escaped braces left out."""
    return raw.replace("\\\\", "").replace("\\{", "").replace("\\}", "").count("{}")


def _complaint(parameter: Parameter, value: JSON) -> str:
    if parameter.kinds and kind(value) not in parameter.kinds:
        return f"must be {_one_of(parameter.kinds)}, not {kind(value)}"
    if parameter.allowed and value not in parameter.allowed:
        return "must be " + _one_of(
            tuple(str(each).lower() if each is False else str(each) for each in parameter.allowed)
        )
    if isinstance(value, str) and parameter.max_characters is not None and len(value) > parameter.max_characters:
        return f"may have {parameter.max_characters} characters, not {len(value)}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        if parameter.not_zero and int(value) == 0:
            return "must not be 0"
        if parameter.minimum is not None and value < parameter.minimum:
            return f"must be at least {parameter.minimum}, not {value}"
        if parameter.maximum is not None and value > parameter.maximum:
            return f"must be at most {parameter.maximum}, not {value}"
    return ""


def _one_of(kinds: tuple[str, ...]) -> str:
    return kinds[0] if len(kinds) == 1 else ", ".join(kinds[:-1]) + " or " + kinds[-1]


def _count(function: Intrinsic) -> str:
    least, most = function.least, function.most
    if most is None:
        return f"{least} or more arguments"
    if least == most:
        return f"{least or 'no'} argument{'' if least == 1 else 's'}"
    return f"{least} to {most} arguments"


def _keys(path: Path) -> tuple[str | int, ...]:
    keys: list[str | int] = []
    for step in path.steps:
        match step:
            case Name():
                keys.append(step.name)
            case Index():
                keys.append(step.index)
            case _:
                break
    return tuple(keys)


def _paths_of(predicate: Predicate) -> Iterator[Path]:
    match predicate:
        case Exists():
            yield from paths(predicate.path)
        case Compare():
            yield from _paths_of_operand(predicate.left)
            yield from _paths_of_operand(predicate.right)
        case Not():
            yield from _paths_of(predicate.predicate)
        case And() | Or():
            for each in predicate.predicates:
                yield from _paths_of(each)
        case _:
            assert_never(predicate)


def _paths_of_operand(operand: Operand) -> Iterator[Path]:
    match operand:
        case Path():
            yield from paths(operand)
        case Literal() | Regex():
            return
        case _:
            assert_never(operand)

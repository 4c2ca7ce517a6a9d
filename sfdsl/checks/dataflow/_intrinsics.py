"""What is wrong with calls of intrinsic functions, sorted by kind."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl import jsonpath


def miscounted(node: jsonpath.Call) -> Iterator[jsonpath.Problem]:
    """The calls of known functions with too few or too many arguments."""
    wrong = {call.position for call in jsonpath.calls(node) if _is_miscounted(call)}
    for problem in jsonpath.problems(node):
        if problem.position in wrong and not _is_nesting(node, problem):
            yield problem


def misgiven(node: jsonpath.Call) -> Iterator[jsonpath.Problem]:
    """Literal arguments that a function refuses, or that it can only fail with."""
    right = {
        call.position
        for call in jsonpath.calls(node)
        if call.function in jsonpath.FUNCTIONS and not _is_miscounted(call)
    }
    for problem in jsonpath.problems(node):
        if problem.position in right and not _is_nesting(node, problem):
            yield problem
    for call in jsonpath.calls(node):
        if call.function == "States.ArrayRange" and call.position in right and _range_size(call) > jsonpath.MAX_RANGE:
            message = f"the range has {_range_size(call):,} elements, and States.ArrayRange gives 1,000 at most"
            yield jsonpath.Problem(call.position, message, "raise the step, or split the range over several calls")


def _is_miscounted(call: jsonpath.Call) -> bool:
    function = jsonpath.FUNCTIONS.get(call.function)
    if function is None:
        return False
    given = len(call.arguments)
    return given < function.least or (function.most is not None and given > function.most)


def _is_nesting(node: jsonpath.Call, problem: jsonpath.Problem) -> bool:
    # `problems` says last, and at the outermost call, that calls are nested too deeply.
    return jsonpath.nesting(node) > jsonpath.MAX_NESTING and problem is jsonpath.problems(node)[-1]


def _range_size(call: jsonpath.Call) -> int:
    """How many elements a range of literal numbers has; 0 where it depends on data."""
    numbers = [
        int(argument.value)
        for argument in call.arguments
        if isinstance(argument, jsonpath.Literal)
        and isinstance(argument.value, (int, float))
        and not isinstance(argument.value, bool)
    ]
    if len(numbers) != 3 or numbers[2] == 0:
        return 0
    first, last, step = numbers
    return max((last - first) // step + 1, 0)

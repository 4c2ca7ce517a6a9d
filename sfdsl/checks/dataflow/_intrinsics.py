"""What is wrong with calls of intrinsic functions, sorted by kind."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl import jsonpath


def miscounted(node: jsonpath.Call) -> Iterator[jsonpath.Problem]:
    """The calls of known functions with too few or too many arguments."""
    wrong = {call.position for call in jsonpath.calls(node) if _is_miscounted(call)}
    for problem in _of_calls(node) if wrong else ():
        if problem.position in wrong:
            yield problem


def misgiven(node: jsonpath.Call) -> Iterator[jsonpath.Problem]:
    """Literal arguments that a function refuses, or that it can only fail with."""
    right = {
        call.position
        for call in jsonpath.calls(node)
        if call.function in jsonpath.FUNCTIONS and not _is_miscounted(call)
    }
    for problem in _of_calls(node):
        if problem.position in right:
            yield problem
    for call in jsonpath.calls(node):
        if call.function == "States.ArrayRange" and call.position in right and _range_size(call) > jsonpath.MAX_RANGE:
            message = f"the range has {_range_size(call):,} elements, and States.ArrayRange gives 1,000 at most"
            yield jsonpath.Problem(call.position, message, "raise the step, or split the range over several calls")


def _of_calls(node: jsonpath.Call) -> tuple[jsonpath.Problem, ...]:
    """The problems of single calls. `problems` says last where they are nested too deeply, which is another rule's."""
    found = jsonpath.problems(node)
    return found[:-1] if jsonpath.nesting(node) > jsonpath.MAX_NESTING else found


def _is_miscounted(call: jsonpath.Call) -> bool:
    function = jsonpath.FUNCTIONS.get(call.function)
    if function is None:
        return False
    given = len(call.arguments)
    return given < function.least or (function.most is not None and given > function.most)


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

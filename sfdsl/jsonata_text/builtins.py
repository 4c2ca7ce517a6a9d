"""The functions that an expression in Step Functions can call."""

from __future__ import annotations

from typing import NamedTuple

from sfdsl.jsonata_text.nodes import Called, Constant, Facts, Problem

JSONATA = "JSONata 2.0 documentation, function library"
AWS = "Step Functions Developer Guide, Transforming data with JSONata, JSONata functions provided by Step Functions"


class Builtin(NamedTuple):
    """A function.

    Attributes:
        least: Fewest arguments. One less than documented where the context can stand in for the first.
        most: Most arguments; None where there is no limit.
        source: Where it is documented.
    """

    least: int
    most: int | None
    source: str = JSONATA


BUILTINS: dict[str, Builtin] = {
    "sum": Builtin(1, 1),
    "count": Builtin(1, 1),
    "max": Builtin(1, 1),
    "min": Builtin(1, 1),
    "average": Builtin(1, 1),
    "string": Builtin(0, 2),
    "substring": Builtin(1, 3),
    "substringBefore": Builtin(1, 2),
    "substringAfter": Builtin(1, 2),
    "lowercase": Builtin(0, 1),
    "uppercase": Builtin(0, 1),
    "length": Builtin(0, 1),
    "trim": Builtin(0, 1),
    "pad": Builtin(1, 3),
    "match": Builtin(1, 3),
    "contains": Builtin(1, 2),
    "replace": Builtin(2, 4),
    "split": Builtin(1, 3),
    "join": Builtin(1, 2),
    "formatNumber": Builtin(1, 3),
    "formatBase": Builtin(0, 2),
    "formatInteger": Builtin(1, 2),
    "parseInteger": Builtin(1, 2),
    "number": Builtin(0, 1),
    "floor": Builtin(0, 1),
    "ceil": Builtin(0, 1),
    "round": Builtin(0, 2),
    "abs": Builtin(0, 1),
    "sqrt": Builtin(0, 1),
    "power": Builtin(1, 2),
    "boolean": Builtin(0, 1),
    "not": Builtin(0, 1),
    "map": Builtin(2, 2),
    "zip": Builtin(1, None),
    "filter": Builtin(2, 2),
    "single": Builtin(1, 2),
    "reduce": Builtin(2, 3),
    "sift": Builtin(0, 2),
    "keys": Builtin(0, 1),
    "lookup": Builtin(1, 2),
    "append": Builtin(2, 2),
    "exists": Builtin(1, 1),
    "spread": Builtin(0, 1),
    "merge": Builtin(1, 1),
    "reverse": Builtin(1, 1),
    "each": Builtin(1, 2),
    "error": Builtin(0, 1),
    "assert": Builtin(1, 2),
    "type": Builtin(1, 1),
    "sort": Builtin(1, 2),
    "shuffle": Builtin(1, 1),
    "distinct": Builtin(1, 1),
    "base64encode": Builtin(0, 1),
    "base64decode": Builtin(0, 1),
    "encodeUrlComponent": Builtin(0, 1),
    "encodeUrl": Builtin(0, 1),
    "decodeUrlComponent": Builtin(0, 1),
    "decodeUrl": Builtin(0, 1),
    "toMillis": Builtin(0, 2),
    "fromMillis": Builtin(0, 3),
    "clone": Builtin(0, 1),
    "now": Builtin(0, 2),
    "millis": Builtin(0, 0),
    # AWS's own, and $random, which takes a seed there.
    "random": Builtin(0, 1, AWS),
    "partition": Builtin(2, 2, AWS),
    "range": Builtin(3, 3, AWS),
    "hash": Builtin(2, 2, AWS),
    "uuid": Builtin(0, 0, AWS),
    "parse": Builtin(1, 1, AWS),
}

TAKES_FUNCTIONS = frozenset({"map", "filter", "single", "reduce", "sift", "each", "sort", "match", "replace"})
"""Functions whose arguments after the first may be functions: `$map($rows, $string)`."""


def finish(
    reads: list[tuple[str, ...]], calls: list[Called], problems: list[Problem], constant: Constant | None
) -> Facts:
    """Facts from what one of the two ways collected."""
    found = [problem for call in calls if (problem := problem_of(call))] + problems
    if len(found) > 1:
        found.sort(key=lambda problem: problem.position)
    variables = [read for read in reads if read[0] != "states"]
    states = [read[1:] for read in reads if read[0] == "states"] if len(variables) < len(reads) else []
    return Facts(
        frozenset([read[0] for read in variables]),
        frozenset(states),
        frozenset(variables),
        tuple(calls),
        tuple(found),
        constant,
    )


def problem_of(call: Called) -> Problem | None:
    """What is wrong with a call: no such function, or another number of arguments."""
    builtin = BUILTINS.get(call.name)
    if builtin is None:
        return _unknown(call)
    if builtin.least <= call.arguments and (builtin.most is None or call.arguments <= builtin.most):
        return None
    message = f"${call.name} takes {_count(builtin)}, not {call.arguments}"
    return Problem(call.position, message)


def _unknown(call: Called) -> Problem:
    message = f"there is no function ${call.name}"
    if call.name == "eval":
        return Problem(call.position, "Step Functions has no $eval", "$parse(text) reads JSON from a text")
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in BUILTINS}
    close = get_close_matches(call.name.lower(), by_lower, n=1, cutoff=0.6)
    return Problem(call.position, message, f"did you mean ${by_lower[close[0]]}?" if close else "")


def _count(builtin: Builtin) -> str:
    least, most = builtin.least, builtin.most
    if most is None:
        return f"{least} or more arguments"
    if least == most:
        return f"{least or 'no'} argument{'' if least == 1 else 's'}"
    if most - least == 1:
        return f"{least or 'no'} or {most} argument{'' if most == 1 else 's'}"
    return f"{least} to {most} arguments"

"""Paths as closures: compiled once per node, then run by a simulator as often as it likes.

Source: Jayway JsonPath, whose messages AWS's causes quote; `Source:` notes say where a recorded execution shows it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TypeAlias

from sfdsl.jsonpath.errors import PathNotFound
from sfdsl.jsonpath.nodes import (
    JSON,
    Descent,
    Filter,
    Function,
    Index,
    Indices,
    Name,
    Names,
    Path,
    Reader,
    Root,
    Slice,
    Step,
    Variable,
    Wildcard,
    assert_never,
)

Values: TypeAlias = "list[JSON]"
Roots: TypeAlias = tuple[JSON, JSON, JSON]  # data, context, variables: what `$`, `$$` and `$name` in a filter mean
Selector: TypeAlias = Callable[[Values, Roots], Values]
Predicate: TypeAlias = Callable[[JSON, Roots], bool]


def reader(path: Path) -> Reader:
    """A closure `(data, context, variables) -> value`; it raises `PathNotFound` for a definite path that finds nothing.

    An indefinite path gives the list of what it finds, and so an empty one where its way is missing. Source: measured,
    the recorded executions test_json_path_array_wildcard_or_slice_with_no_input.
    """
    steps = path.steps
    if path.root is Root.DATA and all(isinstance(step, Name) for step in steps):
        return _by_names(path, [step.name for step in steps if isinstance(step, Name)])
    begin = _root(path)
    if not steps:
        return begin
    if isinstance(steps[-1], Function):
        return _with_function(path, steps[-1].name)
    if path.definite:
        return _definite(path, begin)
    select = selector(steps)

    def read(data: JSON, context: JSON, variables: JSON) -> JSON:
        return select([begin(data, context, variables)], (data, context, variables))

    return read


def _by_names(path: Path, names: list[str]) -> Reader:
    """`$.a.b.c`: most paths are of this form."""
    if not names:
        return lambda data, context, variables: data
    first, *rest = names

    def read_one(data: JSON, context: JSON, variables: JSON) -> JSON:
        try:
            return data[first]
        except (KeyError, TypeError):
            raise _not_found(path, data) from None

    def read_all(data: JSON, context: JSON, variables: JSON) -> JSON:
        try:
            here = data[first]
            for name in rest:
                here = here[name]
            return here
        except (KeyError, TypeError):
            raise _not_found(path, data) from None

    return read_all if rest else read_one


def _definite(path: Path, begin: Reader) -> Reader:
    keys: list[tuple[type, JSON]] = []
    for step in path.steps:
        match step:
            case Name():
                keys.append((dict, step.name))
            case Index():
                keys.append((list, step.index))
            case _:
                return _merging(path, begin)

    def read(data: JSON, context: JSON, variables: JSON) -> JSON:
        here: JSON = begin(data, context, variables)
        try:
            for container, key in keys:
                # A text has positions and an array has attributes in Python; neither has any in JSONPath.
                found: type = here.__class__
                if found is not container:
                    raise TypeError
                here = here[key]
            return here
        except (KeyError, TypeError, IndexError):
            raise _not_found(path, begin(data, context, variables)) from None

    return read


def _merging(path: Path, begin: Reader) -> Reader:
    """`$.a['x', 'y']`: an object of the fields that are there."""
    select = selector(path.steps)

    def read(data: JSON, context: JSON, variables: JSON) -> JSON:
        start = begin(data, context, variables)
        found = select([start], (data, context, variables))
        if not found:
            raise _not_found(path, start)
        return found[0]

    return read


def _with_function(path: Path, name: str) -> Reader:
    inner = Path(path.root, path.steps[:-1], path.text)
    compute = _FUNCTIONS[name]

    def read(data: JSON, context: JSON, variables: JSON) -> JSON:
        try:
            return compute(inner.read(data, context, variables))
        except (TypeError, ValueError, IndexError):
            raise PathNotFound(path.text, f"{name}() cannot be applied") from None

    return read


def _root(path: Path) -> Reader:
    match path.root:
        case Root.DATA | Root.ITEM:
            return lambda data, context, variables: data
        case Root.CONTEXT:
            return lambda data, context, variables: context
        case Variable(name):

            def variable(data: JSON, context: JSON, variables: JSON) -> JSON:
                try:
                    return variables[name]
                except (KeyError, TypeError):
                    raise PathNotFound(path.text, f"the variable {name} has no value") from None

            return variable
        case _:
            return assert_never(path.root)


# -- steps that may select many values --------------------------------------------------------------------------------


def selector(steps: tuple[Step, ...]) -> Selector:
    """The steps as one function from the values before them to the values after them."""
    selectors: list[Selector] = []
    for place, step in enumerate(steps):
        after_descent = place > 0 and isinstance(steps[place - 1], Descent)
        selectors.append(_step(step, last=place == len(steps) - 1, after_descent=after_descent))

    def select(values: Values, roots: Roots) -> Values:
        for each in selectors:
            values = each(values, roots)
        return values

    return select


def _step(step: Step, last: bool, after_descent: bool) -> Selector:
    match step:
        case Name(name):
            return lambda values, _: [here[name] for here in values if isinstance(here, dict) and name in here]
        case Names(names):
            return _merge(names) if last else _fields(names)
        case Index(index):
            return lambda values, _: [each for here in values for each in _at(here, (index,))]
        case Indices(indices):
            return lambda values, _: [each for here in values for each in _at(here, indices)]
        case Slice():
            return lambda values, _: [each for here in values for each in _slice(here, step)]
        case Wildcard():
            return lambda values, _: [each for here in values for each in _below(here)]
        case Descent():
            return lambda values, _: [each for here in values for each in _containers(here)]
        case Filter():
            from sfdsl.jsonpath.filters import compile_predicate  # filters read paths

            return _filter(compile_predicate(step.predicate), after_descent)
        case Function(name):
            compute = _FUNCTIONS[name]
            return lambda values, _: [compute(here) for here in values]
        case _:
            return assert_never(step)


def _merge(names: tuple[str, ...]) -> Selector:
    return lambda values, _: [
        {name: here[name] for name in names if name in here} for here in values if isinstance(here, dict)
    ]


def _fields(names: tuple[str, ...]) -> Selector:
    return lambda values, _: [here[name] for here in values if isinstance(here, dict) for name in names if name in here]


def _at(here: JSON, indices: tuple[int, ...]) -> Iterable[JSON]:
    if isinstance(here, list):
        for index in indices:
            if -len(here) <= index < len(here):
                yield here[index]


def _slice(here: JSON, step: Slice) -> Values:
    if not isinstance(here, list):
        return []
    if step.start is not None and step.stop is not None and step.start >= 0 > step.stop:
        return []  # an end from the back needs a start from the back; Jayway finds nothing otherwise
    return here[step.start : step.stop : step.step]


def _below(here: JSON) -> Iterable[JSON]:
    if isinstance(here, dict):
        return here.values()
    return here if isinstance(here, list) else ()


def _containers(here: JSON) -> Values:
    """The value and all objects and arrays below it, each before what it holds."""
    found: Values = []
    stack = [here]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            found.append(value)
            stack.extend(reversed(value.values()))
        elif isinstance(value, list):
            found.append(value)
            stack.extend(reversed(value))
    return found


def _filter(predicate: Predicate, after_descent: bool) -> Selector:
    def select(values: Values, roots: Roots) -> Values:
        found: Values = []
        for here in values:
            if isinstance(here, dict):
                # An object is looked at itself; in `..[?()]` every object comes by.
                if predicate(here, roots):
                    found.append(here)
            elif isinstance(here, list) and not after_descent:
                found.extend([each for each in here if predicate(each, roots)])
        return found

    return select


# -- functions at the end of a path -----------------------------------------------------------------------------------


def _numbers(value: JSON) -> list[float]:
    numbers = [float(each) for each in value if isinstance(each, int | float) and not isinstance(each, bool)]
    if not numbers:
        raise ValueError("no numbers")
    return numbers


def _length(value: JSON) -> int:
    if isinstance(value, list | dict):
        return len(value)
    raise TypeError


def _stddev(value: JSON) -> float:
    numbers = _numbers(value)
    mean = sum(numbers) / len(numbers)
    return math.sqrt(sum((each - mean) ** 2 for each in numbers) / len(numbers))


def _element(place: int) -> Callable[[JSON], JSON]:
    def element(value: JSON) -> JSON:
        if not isinstance(value, list):
            raise TypeError
        return value[place]

    return element


def _keys(value: JSON) -> list[str]:
    if not isinstance(value, dict):
        raise TypeError
    return list(value)


# Source: Jayway JsonPath, "Functions"; numbers come out as doubles. That AWS has them is widely used, not documented.
_FUNCTIONS: dict[str, Callable[[JSON], JSON]] = {
    "length": _length,
    "size": _length,
    "min": lambda value: min(_numbers(value)),
    "max": lambda value: max(_numbers(value)),
    "sum": lambda value: sum(_numbers(value)),
    "avg": lambda value: sum(_numbers(value)) / len(_numbers(value)),
    "stddev": _stddev,
    "keys": _keys,
    "first": _element(0),
    "last": _element(-1),
}


# -- messages ---------------------------------------------------------------------------------------------------------


def _not_found(path: Path, start: JSON) -> PathNotFound:
    """Why a definite path finds nothing, in Jayway's words.

    Source: measured for missing fields, the recorded executions test_catch_states_runtime and
    test_invalid_jsonpath[ST.INVALID_JSONPATH_IN_TIMEOUTSECONDSPATH]; assumed for values of another type.
    """
    here, way = start, "$"
    for place, step in enumerate(path.steps):
        last = place == len(path.steps) - 1
        match step:
            case Name(name) | Names((name, *_)):
                if not isinstance(here, dict):
                    found = _java_type(here)
                    return PathNotFound(
                        path.text,
                        f"Expected to find an object with property ['{name}'] in path {way} but found '{found}'",
                    )
                way += f"['{name}']"
                if name not in here:
                    lead = "No results for path: " if last else "Missing property in path "
                    return PathNotFound(path.text, lead + way)
                here = here[name]
            case Index(index):
                if not isinstance(here, list):
                    return PathNotFound(path.text, f"Filter: [{index}] can only be applied to arrays")
                way += f"[{index}]"
                if not -len(here) <= index < len(here):
                    return PathNotFound(path.text, f"No results for path: {way}")
                here = here[index]
            case _:
                break
    return PathNotFound(path.text, f"No results for path: {way}")


def _java_type(value: JSON) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "java.lang.Boolean"
        case int():
            return "java.lang.Integer"
        case float():
            return "java.lang.Double"
        case str():
            return "java.lang.String"
        case _:
            return "java.util.ArrayList"

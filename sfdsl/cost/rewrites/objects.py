"""Whether what a state is given is surely an object, as far as the states before it tell."""

from __future__ import annotations

from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.facts import WHOLE, is_input
from sfdsl.model.edges import EdgeKind
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Choice, Map, Parallel, Pass, State, Task, Wait

_DEEP = 40
"""States back at most; a longer way back says nothing."""


def given_object(draft: Draft, name: str) -> bool:
    """Whether the input of a state is an object on every way that leads there."""
    return _input(draft, name, {}, _DEEP)


def _input(draft: Draft, name: str, known: dict[str, bool], depth: int) -> bool:
    if name in known:
        return known[name]
    known[name] = False  # a loop says nothing
    ways = list(draft.ways_into(name))
    known[name] = (
        name != draft.start
        and depth > 0
        and bool(ways)
        and all(_output(draft, draft[source], kind, index, known, depth - 1) for source, kind, index in ways)
    )
    return known[name]


def _output(draft: Draft, state: State, kind: EdgeKind, index: int, known: dict[str, bool], depth: int) -> bool:
    def before() -> bool:
        return _input(draft, state.name, known, depth)

    if draft.jsonata(state):
        return _of_jsonata(state, kind, index, before)
    if isinstance(state, (Task, Parallel, Map)) and kind is EdgeKind.CATCH:
        path = state.catch[index].result_path
        return path in WHOLE or (before() if path is None else True)
    if isinstance(state, (Choice, Wait)):
        return state.input_path in WHOLE and state.output_path in WHOLE and before()
    if not isinstance(state, (Task, Parallel, Map, Pass)) or state.output_path not in WHOLE:
        return False
    if state.result_path is None:
        return before()
    if state.result_path not in WHOLE:
        return state.result_path.startswith(("$.", "$['"))  # it could be put there
    if not isinstance(state, Pass):
        return isinstance(state.result_selector, dict)
    if state.result is not ABSENT:
        return isinstance(state.result, dict)
    if state.parameters is not ABSENT:
        return isinstance(state.parameters, dict)
    return state.input_path in WHOLE and before()


def _of_jsonata(state: State, kind: EdgeKind, index: int, before: object) -> bool:
    output: Json = getattr(state, "output", ABSENT)
    if isinstance(state, Choice) and kind is EdgeKind.RULE:
        output = state.choices[index].output
    if isinstance(state, (Task, Parallel, Map)):
        if kind is EdgeKind.CATCH:
            output = state.catch[index].output
            return output is ABSENT or isinstance(output, dict) or (is_input(output) and _ask(before))
        if output is ABSENT:
            return False
    return isinstance(output, dict) or (is_input(output) and _ask(before))


def _ask(before: object) -> bool:
    return bool(callable(before) and before())

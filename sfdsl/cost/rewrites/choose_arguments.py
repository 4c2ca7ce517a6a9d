"""Make one Task of those that a Choice chooses among."""

from __future__ import annotations

import json

from attrs import evolve

from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import LONGEST, Cannot, Substitution, movable
from sfdsl.cost.rewrites.facts import has_unknown, same
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.cost.rewrites.tests_of_choices import certain, require_stable
from sfdsl.jsonata_text import check, expression
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Choice, ChoiceRule, Condition, Task
from sfdsl.origin import NOWHERE


@rewrite_of("R16")
def choose_arguments(draft: Draft) -> None:
    """Make one Task of those that a Choice chooses among, where only their Arguments differ.

    Saves: one billed transition each time the Choice would be entered.
    Safe because: the Tasks do the same with other arguments, and the tests, which cannot fail, choose among those. The
        Task has the name of the Choice.
    """
    for state in draft.states():
        if isinstance(state, Choice) and draft.jsonata(state) and state.default is not None:
            targets = [
                draft.get(name) for name in dict.fromkeys([*(rule.next for rule in state.choices), state.default])
            ]
            tasks = [target for target in targets if isinstance(target, Task) and draft.jsonata(target)]
            if len(tasks) < 2 or len(tasks) < len(targets) or len({task.resource for task in tasks}) > 1:
                continue
            try:
                _choose(draft, state, tasks)
            except Cannot as refused:
                draft.refuse(state.name, refused.hazard)


def _choose(draft: Draft, state: Choice, tasks: list[Task]) -> None:
    if has_unknown(state) or any(rule.extra for rule in state.choices) or any(has_unknown(task) for task in tasks):
        raise Cannot(Hazard.UNKNOWN_FIELDS)
    parts: list[Choice | ChoiceRule] = [state, *state.choices]
    if any(part.assign is not ABSENT or part.output is not ABSENT for part in parts):
        raise Cannot(Hazard.WAYS_DIFFER)
    first = tasks[0]
    alike = {_without_arguments(task) for task in tasks}
    shown = {_payloads(task) for task in tasks}
    if len(alike) > 1 or len(shown) > 1:
        raise Cannot(Hazard.WAYS_DIFFER)
    for task in tasks:
        if any(source != state.name for source, _, _ in draft.ways_into(task.name)):
            raise Cannot(Hazard.OTHER_WAYS_IN)
    if first.next == state.name or any(catcher.next in {task.name for task in tasks} for catcher in first.catch):
        raise Cannot(Hazard.OTHER_WAYS_IN)
    movable(first.output, first.assign, first.credentials, *(task.arguments for task in tasks))
    movable(first.timeout_seconds, first.heartbeat_seconds, *([part.output, part.assign] for part in first.catch))
    tests: list[str] = []
    for rule in state.choices:
        require_stable(rule.test)
        if not certain(rule.test):
            raise Cannot(Hazard.TEST_MAY_FAIL)
        assert isinstance(rule.test, Condition)
        tests.append(expression(str(rule.test.text)))
    by_name = {task.name: "{% $states.input %}" if task.arguments is ABSENT else task.arguments for task in tasks}
    ways = [by_name[str(name)] for name in (*(rule.next for rule in state.choices), state.default)]
    merged = evolve(first, name=state.name, arguments=_chosen(ways, tests), origin=state.origin, comment=state.comment)
    draft.replace(merged)
    for task in tasks:
        draft.remove(task.name)
    draft.did(Reason.ONLY_ARGUMENTS_DIFFER, removed=tuple(task.name for task in tasks), states=(state.name,))


def _without_arguments(task: Task) -> Task:
    return evolve(task, name="", arguments=ABSENT, comment=None, origin=NOWHERE, query_language=None)


def _payloads(task: Task) -> str:
    """Payloads take no part in the hash of a node, but in what tasks must have in common."""
    parts = [
        task.output,
        task.assign,
        task.credentials,
        *(each for part in task.catch for each in (part.output, part.assign)),
    ]
    return json.dumps([repr(part) for part in parts])


def _chosen(ways: list[Json], tests: list[str]) -> Json:
    """The payload that tests choose: equal parts as they are, and an expression where they differ.

    Args:
        ways: What each test chooses, and last what is left.
        tests: Sources of the tests, one less than ways.
    """
    if all(same(way, ways[-1]) for way in ways):
        return ways[-1]
    if all(isinstance(way, dict) for way in ways) and all(way.keys() == ways[-1].keys() for way in ways):
        return {key: _chosen([way[key] for way in ways], tests) for key in ways[-1]}
    put = Substitution()
    source = put.source(ways[-1])
    for test, way in zip(reversed(tests), reversed(ways[:-1]), strict=True):
        source = f"({test}) ? ({put.source(way)}) : ({source})"
    text = f"{{% {source} %}}"
    if len(text) > LONGEST or check(text) is not None:
        raise Cannot(Hazard.TEXT_WOULD_GROW)
    return text

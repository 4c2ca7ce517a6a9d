"""Take a Choice away whose outcome is known."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.facts import WHOLE, same
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.cost.rewrites.tests_of_choices import certain, constant, stable, tests_its_input
from sfdsl.model.edges import EdgeKind
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import Choice, ChoiceRule, Pass, Test


@rewrite_of("R5")
def decide_choice(draft: Draft) -> None:
    """Take a Choice away whose outcome is known, and rules that decide nothing.

    Saves: one billed transition each time such a Choice would be entered.
    Safe because: a constant test, and one that the Choice before has made on the same data, have the same outcome every
        time; a rule whose test has been tried before it is never the first that is true; and where all ways are the
        same and no test can fail, it does not matter which is taken. A Choice that also sets variables or shapes its
        output becomes a Pass.
    """
    for name in [state.name for state in draft.states()]:
        state = draft.get(name)
        if isinstance(state, Choice) and state.choices:
            if state.extra:
                draft.refuse(name, Hazard.UNKNOWN_FIELDS)
            else:
                _decide(draft, state)


def _decide(draft: Draft, state: Choice) -> None:
    known = _known(draft, state)
    because: dict[Reason, None] = {}
    rules: list[ChoiceRule] = []
    seen: set[Test] = set()
    default: Any = state
    for rule in state.choices:
        outcome = constant(rule.test)
        if outcome is not None:
            reason = Reason.ALWAYS_THE_SAME_WAY
        else:
            reason = Reason.ALREADY_TESTED
            outcome = False if rule.test in seen else known.get(rule.test)
        if outcome is None or rule.extra:
            rules.append(rule)
            if stable(rule.test):
                seen.add(rule.test)
            continue
        if outcome and rule.next is None:
            return
        because[reason] = None
        if outcome:
            default = rule
            break
    target = default.default if default is state else default.next
    while rules and rules[-1].next == target and _same(rules[-1], default) and certain(rules[-1].test):
        rules.pop()
        because[Reason.NO_DIFFERENCE] = None
    if not because:
        return
    if not rules and target is None:
        draft.refuse(state.name, Hazard.NO_DEFAULT)
        return
    removed = len(state.choices) - len(rules)
    if rules:
        if removed or default is not state:
            changes = {"default": target, "assign": default.assign, "output": default.output}
            draft.replace(evolve(state, choices=tuple(rules), **changes))
            draft.did(*because, states=(state.name,), saves=0)
        return
    plain = default.assign is ABSENT and default.output is ABSENT
    plain = plain and state.input_path in WHOLE and state.output_path in WHOLE
    if not plain or target == state.name:
        draft.replace(
            Pass(
                name=state.name,
                input_path=state.input_path,
                output_path=state.output_path,
                output=default.output,
                assign=default.assign,
                comment=state.comment,
                query_language=state.query_language,
                next=target,
                origin=state.origin,
            )
        )
        draft.did(*because, states=(state.name,), saves=0)
        return
    sources = [source for source, _, _ in draft.ways_into(state.name)]
    draft.redirect({state.name: target})
    draft.remove(state.name)
    draft.did(*because, removed=(state.name,), states=tuple(dict.fromkeys(sources)))


def _same(rule: ChoiceRule, default: Any) -> bool:
    return same(rule.assign, default.assign) and same(rule.output, default.output)


def _known(draft: Draft, state: Choice) -> dict[Test, bool]:
    """Tests whose outcome is known on every way into a Choice, as far as Choices right before it tell."""
    ways = list(draft.ways_into(state.name))
    if state.name == draft.start or not ways or len(ways) > 8 or not tests_its_input(state):
        return {}
    common: dict[Test, bool] | None = None
    for source, kind, index in ways:
        before = draft[source]
        if not isinstance(before, Choice) or before is state or not tests_its_input(before):
            return {}
        if draft.scope.language(before) != draft.scope.language(state):
            return {}
        way: Any = before.choices[index] if kind is EdgeKind.RULE else before
        if way.assign is not ABSENT or way.output is not ABSENT:
            return {}
        tried = before.choices[: index + 1] if kind is EdgeKind.RULE else before.choices
        told = {rule.test: kind is EdgeKind.RULE and place == index for place, rule in enumerate(tried)}
        if common is not None:
            told = {test: true for test, true in common.items() if told.get(test) is true}
        common = told
    return {test: true for test, true in (common or {}).items() if stable(test)}

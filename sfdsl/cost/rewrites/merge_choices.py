"""Make one Choice of two in a row."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot, Substitution, movable, nature, uncertain
from sfdsl.cost.rewrites.folding import as_assign, covered, merged
from sfdsl.cost.rewrites.pass_tree import assigned, written
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.cost.rewrites.templates import GIVEN, Composition, leaves, shows
from sfdsl.cost.rewrites.templates import uncertain as uncertain_texts
from sfdsl.cost.rewrites.tests_of_choices import read_variables, require_stable, tests_its_input, with_text
from sfdsl.jsonata_text import check, expression
from sfdsl.model.edges import EdgeKind
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import And, Choice, ChoiceRule, Condition, Test

MOST = 40
"""Rules that a merged Choice has at most, the new ones counted."""


@rewrite_of("R4")
def merge_choices(draft: Draft) -> None:
    """Make one Choice of two where only the first leads to the second.

    Saves: one billed transition each time the second Choice would be entered.
    Safe because: in the place of the rule that led to the second Choice stand, in order, its rules, each tested
        together with the first, and last where its Default leads. The second test is tried only where the first is
        true.
    """
    for name in [state.name for state in draft.states()]:
        second = draft.get(name)
        if not isinstance(second, Choice) or name == draft.start:
            continue
        ways = list(draft.ways_into(name))
        sources = {source for source, _, _ in ways}
        if not any(isinstance(draft[source], Choice) for source in sources) or name in sources:
            continue
        try:
            _merge(draft, second, ways, sources)
        except Cannot as refused:
            draft.refuse(name, refused.hazard)


def _merge(draft: Draft, second: Choice, ways: list[tuple[str, EdgeKind, int]], sources: set[str]) -> None:
    if len(sources) > 1:
        raise Cannot(Hazard.OTHER_WAYS_IN)
    (source,) = sources
    first = draft[source]
    assert isinstance(first, Choice)
    if first.extra or second.extra or any(rule.extra for rule in (*first.choices, *second.choices)):
        raise Cannot(Hazard.UNKNOWN_FIELDS)
    if draft.scope.language(first) != draft.scope.language(second):
        raise Cannot(Hazard.OTHER_LANGUAGE)
    if second.default is None:
        raise Cannot(Hazard.NO_DEFAULT)
    if not tests_its_input(first) or not tests_its_input(second):
        raise Cannot(Hazard.NO_FIELD_FOR_IT)
    if len(first.choices) + len(ways) * (len(second.choices) + 1) > MOST:
        raise Cannot(Hazard.RULES_WOULD_GROW)
    for rule in second.choices:
        require_stable(rule.test)
    jsonata = draft.jsonata(first)
    rules: list[ChoiceRule] = []
    for rule in first.choices:
        if rule.next != second.name:
            rules.append(rule)
            continue
        require_stable(rule.test)
        for inner in second.choices:
            test, changes = _behind(rule, inner.test, inner, jsonata)
            rules.append(evolve(rule, test=_both(rule.test, test, jsonata), next=inner.next, comment=None, **changes))
        _, changes = _behind(rule, None, second, jsonata)
        rules.append(evolve(rule, next=second.default, **changes))
    after = first
    if first.default == second.name:
        for inner in second.choices:
            test, changes = _behind(first, inner.test, inner, jsonata)
            rules.append(evolve(inner, test=test, **changes))
        _, changes = _behind(first, None, second, jsonata)
        after = evolve(first, default=second.default, **changes)
    draft.replace(evolve(after, choices=tuple(rules)))
    draft.remove(second.name)
    draft.did(Reason.ONLY_WAY_IN, Reason.TESTED_TOGETHER, removed=(second.name,), states=(source,))


def _behind(way: Any, test: Test | None, inner: Any, jsonata: bool) -> tuple[Any, dict[str, Any]]:
    """A test of the second Choice as the first one makes it, with `output` and `assign` of both ways in a row.

    Args:
        way: The rule or Choice that led to the second Choice.
        test: A test of the second; None for its Default.
        inner: The rule or Choice behind that.
        jsonata: In which language.
    """
    if not jsonata:
        return test, _behind_jsonpath(way, test, inner)
    movable(way.output, way.assign, inner.output, inner.assign)
    put = Substitution(way.output, as_assign(way.assign))
    if isinstance(test, Condition):
        test = with_text(test, put.payload(test.text))
    output = way.output if inner.output is ABSENT else put.payload(inner.output)
    assign = merged(way.assign, put.payload(inner.assign))
    if not covered(uncertain(way.output, way.assign), output, assign):
        raise Cannot(Hazard.FAILURE_WOULD_BE_LOST)
    return test, {"output": output, "assign": assign}


def _behind_jsonpath(way: Any, test: Test | None, inner: Any) -> dict[str, Any]:
    own = assigned(way.assign, Composition(GIVEN))
    if test is not None and not read_variables(test).isdisjoint(own):
        raise Cannot(Hazard.VARIABLE_TESTED)
    over = Composition(GIVEN, own)
    added = {name: over.tree(tree) for name, tree in assigned(inner.assign, Composition(GIVEN)).items()}
    shown = {text for tree in {**own, **added}.values() for text in leaves(tree)}
    if not shows(uncertain_texts(*own.values()), shown):
        raise Cannot(Hazard.FAILURE_WOULD_BE_LOST)
    return {"assign": merged(written(own), written(added))}


def _both(first: Test, second: Test, jsonata: bool) -> Test:
    if not jsonata:
        tests = [each for test in (first, second) for each in (test.tests if isinstance(test, And) else (test,))]
        return And(tests=tuple(tests))
    assert isinstance(first, Condition) and isinstance(second, Condition)
    assert isinstance(first.text, str) and isinstance(second.text, str)
    held, then = expression(first.text), expression(second.text)
    # A first test that is no boolean fails in the rule for the Default, which is tried last and as it was written.
    if nature(first.text).kind != "boolean":
        held = f"({held}) = true"
    text = f"{{% ({held}) ? ({then}) : false %}}"
    if check(text) is not None:
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    return evolve(first, text=text)

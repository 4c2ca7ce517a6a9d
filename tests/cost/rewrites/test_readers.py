"""Who reads a variable, as a flow is rewritten."""

from __future__ import annotations

from attrs import evolve

from sfdsl.cost.rewrites.draft import Draft
from sfdsl.model.workflow import scopes
from tests.cost.rewrites.judge import workflow_of
from tests.cost.rewrites.tools import machine, task


def test_readers_are_told_as_states_change():
    catch = [{"ErrorEquals": ["States.ALL"], "Output": "{% $v %}", "Next": "C"}]
    body = {"StartAt": "I", "States": {"I": task(Arguments={"a": "{% $v %}"}, End=True)}}
    workflow = workflow_of(
        machine(
            "JSONata",
            A=task(Arguments={"a": "{% $v %}"}),
            B=task(Catch=catch),
            M={"Type": "Map", "Items": [1], "ItemProcessor": body},
            C=task(Arguments={"a": "{% $w %}"}),
        )
    )
    draft = Draft(next(iter(scopes(workflow.machine))), workflow)
    assert draft.readers("v") == {"A": False, "B": True, "M": True}
    assert draft.readers("w") == {"C": False}
    draft.replace(evolve(draft["A"], arguments={"a": "{% $w %}"}))
    assert draft.readers("v") == {"B": True, "M": True}
    assert draft.readers("w") == {"C": False, "A": False}
    assert draft.readers("nobody") == {}

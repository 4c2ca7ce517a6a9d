"""R14: two Maps of which the second goes over what the first gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pytest
from attrs import evolve

from sfdsl.checks import check
from sfdsl.cost.rewrites import UNLOCKS, Hazard, Reason, rewrite
from sfdsl.cost.rewrites.map_once import map_once
from sfdsl.diagnostics import Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.workflow import Assertion, Notes, Workflow
from sfdsl.permissions import derive
from tests.cost.rewrites.calls import Case, Fault, Services, run
from tests.cost.rewrites.judge import workflow_of
from tests.cost.rewrites.rows_of_calls import FUNCTION, PERMANENT, Drawing
from tests.cost.rewrites.tools import after, hazards, machine, task

Json = Any
NOTES = {"A": Notes(idempotent=True), "B": Notes(idempotent=True, asserts=frozenset({Assertion.NO_BARRIER}))}
RETRY = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]
ITEM = "{% $states.context.Map.Item.Value %}"


def mapped(body=None, **fields):
    states = body or {"F": task()}
    return {"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **machine(**states)}, **fields}


def two(first=None, second=None, body=None, other=None, **more):
    a = mapped(body or {"F": task()}, Items="{% $states.input.rows %}", **(first or {}))
    b = mapped(other or {"G": task()}, **{"Items": "{% $states.input %}", **(second or {})})
    return machine("JSONata", A=a, B=b, **more)


def test_two_maps_become_one():
    first = {"MaxConcurrency": 5, "Retry": RETRY}
    second = {"MaxConcurrency": 3, "Retry": RETRY, "Output": {"rows": "{% $states.result %}"}}
    assert after(map_once, two(first, second), NOTES) == {
        "A": {
            "Type": "Map", "Items": "{% $states.input.rows %}", "MaxConcurrency": 3, "Retry": RETRY,
            "Output": {"rows": "{% $states.result %}"}, "End": True,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "F", "States": {"F": task(Next="G"), "G": task(End=True)},
            },
        }
    }  # fmt: skip
    (done,) = map_once(workflow_of(two(), NOTES)).evidence
    assert (done.states, done.removed, done.transitions_saved) == (("A",), ("B",), 1)
    assert done.because == (Reason.ITEM_BY_ITEM, Reason.SAID_BY_THE_AUTHOR)


def test_an_item_selector_becomes_part_of_the_first_state_of_its_body():
    second = {"ItemSelector": {"row": ITEM, "day": 1}}
    states = after(map_once, two(None, second, None, {"G": task(Arguments={"r": "{% $states.input.row.id %}"})}), NOTES)
    assert states["A"]["ItemProcessor"]["States"]["G"]["Arguments"] == {"r": "{% $states.input.id %}"}


def test_a_failing_way_stays_and_the_larger_number_of_items_at_a_time_goes():
    body = {"C": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.bad %}", "Next": "X"}], "Default": "F"},
            "X": {"Type": "Fail"}, "F": task()}  # fmt: skip
    states = after(map_once, two({"MaxConcurrency": 0}, {"MaxConcurrency": 2}, body), NOTES)
    assert states["A"]["ItemProcessor"]["States"]["X"] == {"Type": "Fail"}
    assert states["A"]["MaxConcurrency"] == 2


def test_in_jsonpath_the_whole_result_is_gone_over():
    maps = {"A": mapped(ItemsPath="$.rows"), "B": mapped({"G": task()}, ResultSelector={"n.$": "$"})}
    states = after(map_once, machine(**maps), NOTES)
    assert list(states) == ["A"]
    assert (states["A"]["ItemsPath"], states["A"]["ResultSelector"]) == ("$.rows", {"n.$": "$"})
    maps = {"A": mapped(ResultPath="$.r"), "B": mapped({"G": task()})}
    assert hazards(map_once, machine(**maps), NOTES) == {"B": Hazard.RESULT_IS_READ}
    maps = {"A": mapped(), "B": mapped({"G": task()}, ItemsPath="$[0]")}
    assert hazards(map_once, machine(**maps), NOTES) == {"B": Hazard.SOMETHING_ELSE_IS_PASSED}


def test_what_is_asserted_of_the_one():
    notes = {"A": Notes(idempotent=True, items=20, duration=1), "B": Notes(asserts=NOTES["B"].asserts, duration=2)}
    assert map_once(workflow_of(two(), notes)).workflow.notes == {"A": Notes(items=20, duration=3)}


CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "H"}]
BODY = {"G": task(Arguments={"i": "{% $states.context.Map.Item.Index %}"})}


def caught(catch, other=None, **first):
    return two({"Catch": catch, **first}, {"Catch": other or catch, "End": True}, H={"Type": "Succeed"})


@pytest.mark.parametrize(
    ("definition", "notes", "expected"),
    [
        pytest.param(two(), NOTES, {}, id="everything is asserted"),
        pytest.param(two(), {"A": NOTES["A"]}, {"B": Hazard.BARRIER_MATTERS}, id="the first has to be done"),
        pytest.param(two({"Retry": RETRY}, {"Retry": RETRY}), {"B": Notes(asserts=NOTES["B"].asserts)}, {"A": Hazard.NOT_IDEMPOTENT, "B": Hazard.NOT_IDEMPOTENT}, id="items begun anew"),
        pytest.param(two(), {"B": Notes(asserts=NOTES["B"].asserts)}, {}, id="nothing is begun anew"),
        pytest.param(caught([{**CATCH[0], "Output": "A"}], [{**CATCH[0], "Output": "B"}]), NOTES, {"A": Hazard.ERROR_NAMES_MATTER, "B": Hazard.ERROR_NAMES_MATTER}, id="a Catch that tells which"),
        pytest.param(caught(CATCH, Assign={"v": 1}), NOTES, {"B": Hazard.HANDLER_SEES_OTHERS}, id="a variable that a Catch leaves unset"),
        pytest.param(two({"Retry": RETRY}), NOTES, {"B": Hazard.HANDLERS_DIFFER}, id="one is retried"),
        pytest.param(two(second={"Items": "{% $states.input[0] %}"}), NOTES, {"B": Hazard.SOMETHING_ELSE_IS_PASSED}, id="a part of what the first gives"),
        pytest.param(two({"Output": "{% $states.input %}"}, {"Items": "{% $states.input.rows %}"}), NOTES, {"B": Hazard.SOMETHING_ELSE_IS_PASSED}, id="what the first goes over"),
        pytest.param(two(second={"Output": "{% $states.input %}"}), NOTES, {"B": Hazard.RESULT_IS_READ}, id="the result is handed on"),
        pytest.param(two({"Output": {"r": "{% $states.result %}", "n": "{% $states.input.n %}"}}, {"Items": "{% $states.input.r %}"}), NOTES, {"B": Hazard.FAILURE_WOULD_BE_LOST}, id="an output that may fail"),
        pytest.param(two(second={"ItemSelector": {"n": "{% $states.input %}"}}), NOTES, {"B": Hazard.NO_FIELD_FOR_IT}, id="a selector that reads the input"),
        pytest.param(two(second={"ItemSelector": {"i": "{% $states.context.Map.Item.Index %}"}}), NOTES, {"B": Hazard.NAME_OBSERVED}, id="a selector that counts"),
        pytest.param(two(other=BODY), NOTES, {"B": Hazard.NAME_OBSERVED}, id="a body that counts"),
        pytest.param(two({"Assign": {"v": 1}}, other={"G": task(Arguments={"v": "{% $v %}"})}), NOTES, {"B": Hazard.VARIABLE_READ_INSIDE}, id="a variable of the first"),
        pytest.param(two(body={"F": task(Assign={"v": 1})}, other={"G": task(Arguments={"v": "{% $v %}"})}), NOTES, {"B": Hazard.VARIABLE_READ_INSIDE}, id="a variable of its body"),
        pytest.param(two(body={"F": {"Type": "Succeed"}}), NOTES, {"B": Hazard.ENDS_INSIDE}, id="a body that ends in a Succeed"),
        pytest.param(two({"MaxConcurrency": "{% $states.input.n %}"}), NOTES, {"B": Hazard.NOT_UNDERSTOOD}, id="a computed concurrency"),
        pytest.param(two(second={"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **machine(G=task())}}), NOTES, {"B": Hazard.DISTRIBUTED}, id="a distributed Map"),
        pytest.param(two(second={"Next": "C"}, C={"Type": "Choice", "Choices": [{"Condition": True, "Next": "B"}]}), NOTES, {"B": Hazard.OTHER_WAYS_IN}, id="a way back"),
    ],
)  # fmt: skip
def test_maps_that_stay_say_why(definition, notes, expected):
    assert hazards(map_once, definition, notes) == expected
    assert ("B" not in after(map_once, definition, notes)) is (not expected)
    assert all(
        (hazard in UNLOCKS) is (notes != NOTES or hazard is Hazard.ERROR_NAMES_MATTER) for hazard in expected.values()
    )


def test_the_one_map_is_granted_what_both_were_and_has_no_errors():
    before = workflow_of(two(other={"G": task(Resource=f"{FUNCTION}g")}), NOTES)
    made = map_once(before).workflow
    granted = [{(it.actions, it.resources) for it in derive(WorkflowGraph(each)).statements} for each in (before, made)]
    assert granted[0] == granted[1] != set()
    assert [found for found in check(WorkflowGraph(made)) if found.severity is Severity.ERROR] == []


# -- on drawn machines -------------------------------------------------------------------------------------------------


class Items(Services):
    """Functions that work on items; a piece is the work of one function on one item."""

    def in_turn(self, names: list[str], arguments: Json, resource: str) -> Any:
        value = dict(arguments)
        value["i"] = place = value.get(
            "i", value.get("row", {}).get("i") if isinstance(value.get("row"), dict) else None
        )
        made = super().in_turn([f"{names[0]}#{place}"], value, resource)
        if hasattr(made, "value"):
            made.value["i"] = place
        return made


class Maps(Drawing):
    """Machines with two Maps in a row, and near misses."""

    def case(self) -> Case:
        rows = [{"i": i, "a": self.random.randint(0, 3)} for i in range(self.random.randint(0, 3))]
        if self.chance(0.05) and rows:
            rows[0] = {"i": 0}
        common: dict[str, Json] = {}
        if self.chance(0.3):
            common["Retry"] = [
                {"ErrorEquals": ["States.ALL"], "MaxAttempts": self.random.randint(0, 3), "IntervalSeconds": 1}
            ]
        if self.chance(0.4):
            common["Catch"] = [
                {
                    "ErrorEquals": ["States.ALL"],
                    "Next": "H",
                    "Output": self.pick(
                        [{"error": "{% $states.errorOutput.Error %}"}, "{% $exists($states.input.rows) %}", {}]
                    ),
                }
            ]
        first = {"Items": "{% $states.input.rows %}", **common}
        second = {"Items": "{% $states.input %}", **(common if self.chance(0.95) else {})}
        self.between(first, second)
        for each in (first, second):
            if self.chance(0.5):
                each["MaxConcurrency"] = self.random.randint(0, 3)
        if self.chance(0.4):
            second["ItemSelector"] = self.pick(
                [
                    {"row": ITEM, "i": "{% $states.context.Map.Item.Value.i %}"},
                    {"row": ITEM, "w": 1},
                    ITEM,
                    {"i": "{% $states.context.Map.Item.Value.i %}"},
                ]
            )
        second["Output"] = self.pick(
            ["{% $states.result %}", {"all": "{% $states.result %}"}, {"n": "{% $count($states.result) %}"}]
        )
        states = {"A": mapped(self.body("A"), **first, Next="B"), "B": mapped(self.body("B"), **second, Next="L")}
        states["L"] = {"Type": "Pass", "Output": {"out": "{% $states.input %}"}, "End": True}
        if "Catch" in common:
            states["H"] = {
                "Type": "Task",
                "Resource": f"{FUNCTION}handler",
                "Arguments": {"given": "{% $states.input %}"},
                "Output": {},
                "End": True,
            }
        idempotent = {name: Notes(idempotent=True) for name in "AB"} if self.chance(0.9) else {}
        if self.chance(0.95):
            idempotent["B"] = Notes(idempotent=idempotent.get("B", Notes()).idempotent, asserts=NOTES["B"].asserts)
        definition = {"QueryLanguage": "JSONata", "StartAt": "A", "States": states}
        given = {"rows": rows} if self.chance(0.97) else {"rows": "odd"}
        return Case(seed=self.seed, workflow=workflow_of(definition, idempotent), input=given, faults=self.struck(len(rows), "Retry" in common), names_free=False)  # fmt: skip

    def between(self, first: Json, second: Json) -> None:
        drawn = self.random.random()
        if drawn < 0.2:
            first["Output"], second["Items"] = {"list": "{% $states.result %}", "n": 1}, "{% $states.input.list %}"
        elif drawn < 0.4:
            first["Assign"], second["Items"] = {"v": "{% $states.result %}"}, "{% $v %}"
        elif drawn < 0.45:
            second["Items"] = "{% $filter($states.input, function($x) { $x.a > 3 }) %}"
        elif drawn < 0.5:
            first["Assign"] = {"w": 1}

    def body(self, name: str) -> Json:
        work = {"Type": "Task", "Resource": f"{FUNCTION}f-{name}", "TimeoutSeconds": 60}
        if self.chance(0.15):
            work["Output"] = {"i": "{% $states.result.i %}", "a": "{% $states.result.a %}"}
        if self.chance(0.05):
            work["Assign"] = {"x": 1}
        made = {
            f"{name}1": {
                "Type": "Pass",
                "Output": self.pick(
                    [{"i": "{% $states.input.i %}", "p": "{% $states.input.a %}"}, "{% $states.input %}"]
                ),
            },
            f"{name}2": work,
        }
        if self.chance(0.6):
            made = {f"{name}2": work}
        if self.chance(0.2):
            made[f"{name}3"] = self.pick([
                {"Type": "Pass", "Output": {"i": "{% $states.input.i %}", "a": 1}}, {"Type": "Wait", "Seconds": 2}, {"Type": "Succeed"},
                {"Type": "Task", "Resource": f"{FUNCTION}f-{name}x", "TimeoutSeconds": 60},
            ])  # fmt: skip
        if self.chance(0.2):
            test = {"Condition": "{% $states.input.a = 2 %}", "Next": f"{name}F"}
            made = {f"{name}C": {"Type": "Choice", "Choices": [test], "Default": next(iter(made))}, **made}
            made[f"{name}F"] = {"Type": "Fail", "Error": f"Two{name}"}
            names = list(made)
            made[names[-2]]["End"] = True
            if made[names[-2]]["Type"] == "Succeed":
                del made[names[-2]]["End"]
        return made

    def struck(self, count: int, retried: bool) -> dict[str, Fault]:
        likely = self.pick([0.0, 0.2, 0.5])
        made = {}
        for name in [f"{part}#{i}" for part in ("A", "Ax", "B", "Bx") for i in range(count)]:
            if self.chance(likely):
                times = PERMANENT if self.chance(0.3) else 1
                made[name] = Fault(
                    kind=self.pick(["call", "silent", "lost"]), times=times, error=self.pick(["Busy", "Late"])
                )
        # A Retry counts all failures of a Map together, so that one item fails in one place.
        return dict(list(made.items())[:1]) if retried else made


def difference(case: Case, after: Workflow) -> str | None:
    """What differs beyond what `no_barrier` waives: how far items came where one failed, and which failed first.

    With some of the faults left out, the machine as it was has to do what the other does with all of them; or, where
    an item fails in an expression or a Fail and neither machine came to the end, the other way round.
    """
    now = Items(case.faults)
    ended = run(after, case, now)
    if strange := {piece.effect for piece in now.happened} - _possible(case):
        return f"{strange} happened"
    found = _difference(case, case.faults, ended, now)
    if found is None:
        return None
    was = Items(case.faults)
    unfinished = not _finished(run(case.workflow, case, was), was) and not _finished(ended, now)
    for count in range(1, len(case.faults) + 1):
        for left_out in combinations(case.faults, count):
            fewer = {name: each for name, each in case.faults.items() if name not in left_out}
            if _difference(case, fewer, ended, now) is None:
                return None
            less = Items(fewer)
            if unfinished and _difference(case, case.faults, run(after, case, less), less) is None:
                return None
    return found


def _finished(ended: Any, services: Items) -> bool:
    return ended[0] == "SUCCEEDED" and not services.others


def _possible(case: Case) -> set[str]:
    """What can happen to single items, whatever becomes of the others."""
    found: set[str] = set()
    for row in case.input["rows"] if isinstance(case.input["rows"], list) else ():
        alone = Items({})
        run(case.workflow, evolve(case, input={"rows": [row]}), alone)
        found.update(piece.effect for piece in alone.happened)
    return found


def _difference(case: Case, faults: Mapping[str, Fault], ended: Any, now: Items) -> str | None:
    was = Items(faults)
    ends = run(case.workflow, case, was)
    if ends != ended:
        return f"{ends} became {ended}"
    if _finished(ends, was):
        mine, yours = Counter(was.happened), Counter(now.happened)
        idempotent = case.workflow.notes.get("A", Notes()).idempotent
        if set(mine) != set(yours) or (not idempotent and not faults and mine != yours):
            return f"{mine} became {yours}"
    return None


def campaign(touched: int, start: int) -> Counter[str]:
    ends: Counter[str] = Counter()
    seed = start
    while ends.total() < touched:
        case = Maps(seed).case()
        made = rewrite(case.workflow, rewrites=(map_once,))
        if made.workflow is not case.workflow:
            assert rewrite(made.workflow, rewrites=(map_once,)).workflow is made.workflow, f"seed {seed}"
            assert difference(case, made.workflow) is None, f"seed {seed}"
            ends["struck" if case.faults else "smooth"] += 1
        seed += 1
        assert seed - start < touched * 40
    return ends


def test_one_map_does_what_both_did() -> None:
    ends = campaign(60, 0)
    assert ends["struck"] > 15
    assert ends["smooth"] > 15


@pytest.mark.campaign
def test_thousands_of_maps_do_what_they_did() -> None:
    ends = campaign(5_000, 1_000_000)
    assert ends["struck"] > 2_000

"""R24: two functions in a row that one does the work of."""

from __future__ import annotations

from collections import Counter

import pytest

from sfdsl.checks import check
from sfdsl.cost.rewrites import UNLOCKS, Hazard, Reason, rewrite
from sfdsl.cost.rewrites.call_fused import call_fused
from sfdsl.diagnostics import Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.workflow import Notes
from sfdsl.permissions import derive
from tests.cost.rewrites.calls import Case, Waived, difference
from tests.cost.rewrites.judge import workflow_of
from tests.cost.rewrites.rows_of_calls import FUNCTION, INPUT, Drawing
from tests.cost.rewrites.tools import after, hazards, machine

INVOKE = "arn:aws:states:::lambda:invoke"
RETRY = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]
NOTES = {"A": Notes(idempotent=True), "B": Notes(fused="ab")}


def invoke(name, payload, **fields):
    return {"Type": "Task", "Resource": INVOKE, "Arguments": {"FunctionName": name, "Payload": payload}, **fields}


def function(name, **fields):
    return {"Type": "Task", "Resource": f"{FUNCTION}{name}", **fields}


def pair(first=None, second=None, payload="{% $states.input.Payload %}", **more):
    a = invoke("a", {"n": "{% $states.input.n %}"}, **(first or {}))
    return machine("JSONata", A=a, B=invoke("b", payload, **(second or {})), **more)


def test_two_functions_become_the_one_that_does_both():
    first = {"Retry": RETRY, "TimeoutSeconds": 20}
    second = {"Retry": RETRY, "TimeoutSeconds": 40, "Output": {"b": "{% $states.result.Payload.b %}"}}
    assert after(call_fused, pair(first, second), NOTES) == {
        "A": {
            "Type": "Task", "Resource": INVOKE, "Arguments": {"FunctionName": "ab", "Payload": {"n": "{% $states.input.n %}"}},
            "Retry": RETRY, "TimeoutSeconds": 60, "Output": {"b": "{% $states.result.Payload.b %}"}, "End": True,
        }
    }  # fmt: skip
    (done,) = call_fused(workflow_of(pair(), NOTES)).evidence
    assert (done.states, done.removed, done.transitions_saved) == (("A",), ("B",), 1)
    assert done.because == (Reason.ONE_CALL_FOR_ALL, Reason.SAID_BY_THE_AUTHOR)


def test_what_the_first_gives_may_go_by_a_variable():
    first = {"Assign": {"a": {"Payload": "{% $states.result.Payload %}"}, "n": 1}}
    states = after(call_fused, pair(first, {"Output": "{% $n %}"}, "{% $a.Payload %}"), NOTES)
    assert list(states) == ["A"]
    assert (states["A"]["Assign"], states["A"]["Output"]) == ({"n": 1}, 1)


def test_a_function_called_by_its_arn_is_called_so():
    states = after(call_fused, machine("JSONata", A=function("a"), B=function("b")), NOTES)
    assert states == {"A": function("ab", End=True)}
    whole = {**NOTES, "B": Notes(fused="arn:aws:lambda:eu-west-1:1:function:ab")}
    states = after(call_fused, machine("JSONata", A=function("a"), B=function("b")), whole)
    assert states["A"]["Resource"] == "arn:aws:lambda:eu-west-1:1:function:ab"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(function("a", Parameters={"n.$": "$.n"}), function("b", OutputPath="$.x"), {"Resource": f"{FUNCTION}ab", "Parameters": {"n.$": "$.n"}, "OutputPath": "$.x"}, id="by ARN"),
        pytest.param({"Type": "Task", "Resource": INVOKE, "Parameters": {"FunctionName": "a", "Payload.$": "$"}, "OutputPath": "$.Payload"}, {"Type": "Task", "Resource": INVOKE, "Parameters": {"FunctionName": "b", "Payload.$": "$"}, "ResultSelector": {"b.$": "$.Payload"}}, {"Resource": INVOKE, "Parameters": {"FunctionName": "ab", "Payload.$": "$"}, "ResultSelector": {"b.$": "$.Payload"}}, id="by its OutputPath"),
        pytest.param({"Type": "Task", "Resource": INVOKE, "Parameters": {"FunctionName": "a", "Payload": {}}}, {"Type": "Task", "Resource": INVOKE, "Parameters": {"FunctionName": "b", "Payload.$": "$.Payload"}}, {"Resource": INVOKE, "Parameters": {"FunctionName": "ab", "Payload": {}}}, id="by a path"),
    ],
)  # fmt: skip
def test_in_jsonpath_the_whole_result_is_passed(first, second, expected):
    assert after(call_fused, machine(A=first, B=second), NOTES) == {"A": {"Type": "Task", "End": True, **expected}}


@pytest.mark.parametrize(
    ("first", "second", "hazard"),
    [
        pytest.param(function("a", ResultPath="$.r"), function("b"), Hazard.RESULT_IS_READ, id="beside the input"),
        pytest.param(function("a"), function("b", ResultPath="$.r"), Hazard.RESULT_IS_READ, id="the second keeps its input"),
        pytest.param(function("a"), function("b", Parameters={"x.$": "$.x"}), Hazard.SOMETHING_ELSE_IS_PASSED, id="a part of it"),
        pytest.param(function("a"), function("b", InputPath="$.x"), Hazard.SOMETHING_ELSE_IS_PASSED, id="another part of it"),
        pytest.param(function("a", OutputPath="$.x"), function("b"), Hazard.SOMETHING_ELSE_IS_PASSED, id="a part that the first gives"),
        pytest.param(function("a"), function("b", QueryLanguage="JSONata"), Hazard.OTHER_LANGUAGE, id="two languages"),
    ],
)  # fmt: skip
def test_functions_in_jsonpath_that_stay_say_why(first, second, hazard):
    assert hazards(call_fused, machine(A=first, B=second), NOTES) == {"B": hazard}


def test_what_is_asserted_of_the_one():
    three = machine("JSONata", A=function("a"), B=function("b"), C=function("c"))
    notes = {
        "A": Notes(idempotent=True, duration=1), "B": Notes(idempotent=True, fused="ab", duration=2), "C": Notes(fused="bc"),
    }  # fmt: skip
    made = call_fused(workflow_of(three, notes)).workflow
    assert [state.name for state in made.machine.states] == ["A", "C"]
    assert made.notes == {"A": Notes(idempotent=True, duration=3), "C": Notes()}, "C would do B's work without A's"


CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "H"}]
NAMED = [{"ErrorEquals": ["States.ALL"], "Output": "A", "Next": "H"}]
INPUT_CAUGHT = [{"ErrorEquals": ["States.ALL"], "Output": "{% $states.input %}", "Next": "H"}]


def caught(catch, other=None, **first):
    return pair({"Catch": catch, **first}, {"Catch": other or catch, "End": True}, H={"Type": "Succeed"})


@pytest.mark.parametrize(
    ("definition", "notes", "expected"),
    [
        pytest.param(pair(), NOTES, {}, id="everything is asserted"),
        pytest.param(pair(), {"A": Notes(idempotent=True)}, {"B": Hazard.NOT_FUSED}, id="no such function"),
        pytest.param(pair(payload={"x": "{% $states.input.Payload.x %}"}), {"A": Notes(idempotent=True)}, {}, id="no such function, and no place for one"),
        pytest.param(pair({"Retry": RETRY}, {"Retry": RETRY}), {"B": NOTES["B"]}, {"A": Hazard.NOT_IDEMPOTENT}, id="the first is repeated"),
        pytest.param(pair(), {"B": NOTES["B"]}, {}, id="nothing is repeated"),
        pytest.param(caught(CATCH), NOTES, {}, id="the same Catch"),
        pytest.param(caught(NAMED, [{**NAMED[0], "Output": "B"}]), NOTES, {"A": Hazard.ERROR_NAMES_MATTER, "B": Hazard.ERROR_NAMES_MATTER}, id="a Catch that tells which"),
        pytest.param(caught(INPUT_CAUGHT), NOTES, {"B": Hazard.HANDLER_SEES_OTHERS}, id="a Catch that reads the input"),
        pytest.param(caught(CATCH, Assign={"v": 1}), NOTES, {"B": Hazard.HANDLER_SEES_OTHERS}, id="a variable that a Catch leaves unset"),
        pytest.param(pair({"Retry": RETRY}), NOTES, {"B": Hazard.HANDLERS_DIFFER}, id="one is retried"),
        pytest.param(pair({"Credentials": {"RoleArn": "arn:aws:iam::1:role/r"}}), NOTES, {"B": Hazard.HANDLERS_DIFFER}, id="other credentials"),
        pytest.param(pair(payload={"x": "{% $states.input.Payload.x %}"}), NOTES, {"B": Hazard.SOMETHING_ELSE_IS_PASSED}, id="a part of what the first gives"),
        pytest.param(pair({"Output": "{% $states.input %}"}), NOTES, {"B": Hazard.SOMETHING_ELSE_IS_PASSED}, id="the input of the first"),
        pytest.param(pair(second={"Output": "{% $states.input %}"}), NOTES, {"B": Hazard.RESULT_IS_READ}, id="the result is handed on"),
        pytest.param(pair({"Assign": {"a": "{% $states.result.Payload %}"}}, {"Next": "C"}, "{% $a %}", C={"Type": "Pass", "Output": "{% $a %}"}), NOTES, {"B": Hazard.RESULT_IS_READ}, id="the result is read later"),
        pytest.param(pair({"Assign": {"a": "{% $states.result.Payload.x %}"}}), NOTES, {"B": Hazard.FAILURE_WOULD_BE_LOST}, id="a variable that may fail"),
        pytest.param(pair(second={"Arguments": {"FunctionName": "b", "Payload": "{% $states.input.Payload %}", "Qualifier": "1"}}), NOTES, {"B": Hazard.OTHER_PARAMETERS}, id="a version"),
        pytest.param(pair(second={"Arguments": {"FunctionName": "{% $states.input.f %}", "Payload": "{% $states.input.Payload %}"}}), NOTES, {"B": Hazard.OTHER_PARAMETERS}, id="a computed function"),
        pytest.param(pair(second={"Arguments": {"FunctionName": "b", "Payload": "{% $states.input.Payload %}", "InvocationType": "Event"}}), NOTES, {"B": Hazard.OTHER_PARAMETERS}, id="a call that nobody waits for"),
        pytest.param(pair(C={"Type": "Choice", "Choices": [{"Condition": True, "Next": "B"}]}, second={"Next": "C"}), NOTES, {"B": Hazard.OTHER_WAYS_IN}, id="a way back"),
    ],
)  # fmt: skip
def test_functions_that_stay_say_why(definition, notes, expected):
    assert hazards(call_fused, definition, notes) == expected
    fits = not expected and "Payload.x" not in str(definition)
    assert ("B" not in after(call_fused, definition, notes)) is fits
    assert all(
        (hazard in UNLOCKS) is (notes != NOTES or hazard is Hazard.ERROR_NAMES_MATTER) for hazard in expected.values()
    )


def test_the_function_is_granted_and_has_no_errors():
    made = call_fused(workflow_of(pair(), NOTES)).workflow
    granted = {
        (it.actions, arn.rpartition(":")[2]) for it in derive(WorkflowGraph(made)).statements for arn in it.resources
    }
    assert granted == {(("lambda:InvokeFunction",), "ab")} or granted == {
        (("lambda:InvokeFunction",), "ab"),
        (("lambda:InvokeFunction",), "*"),
    }
    assert [found for found in check(WorkflowGraph(made)) if found.severity is Severity.ERROR] == []


# -- on drawn machines -------------------------------------------------------------------------------------------------


class Functions(Drawing):
    """Machines that pass what one function gives to the next, or nearly."""

    kinds = ("call", "call", "silent", "lost")
    transient = ("Busy",)
    other_errors = ("Rejected",)

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.by_integration = self.chance(0.7)
        self.before: str | None = None
        self.passed: str | None = None

    def case(self) -> Case:
        made = super().case()
        # A Retry counts the failures of both functions together, so that one of two in a row fails.
        faults = dict(made.faults)
        for name in list(faults):
            if f"S{int(name[1:]) - 1}" in faults:
                del faults[name]
        return Case(seed=made.seed, workflow=made.workflow, input=made.input, faults=faults, names_free=False)

    def other(self):
        self.before = self.passed = None
        return super().other()

    def is_piece(self, state):
        return state["Resource"] == INVOKE or ":function:f-" in state["Resource"]

    def call(self, name):
        payload = self.passed if self.passed is not None and self.chance(0.85) else "{% $states.input %}"
        if self.chance(0.08):
            payload = {"a": "{% $states.input.a %}"}
        result = "$states.result.Payload" if self.by_integration else "$states.result"
        if self.by_integration:
            state = invoke(f"f-{name}", payload)
        else:
            state = function(f"f-{name}", **({"Arguments": payload} if self.chance(0.8) else {}))
        if self.before is not None and self.chance(0.9):
            self.fused[name] = f"f-{self.before}-{name}"
        self.before = name
        way = self.pick(["result", "result", "output", "variable", "other"])
        self.passed = "{% $states.input.Payload %}" if self.by_integration else "{% $states.input %}"
        if way == "output":
            state["Output"] = f"{{% {result} %}}"
            self.passed = "{% $states.input %}"
        elif way == "variable":
            variable = f"v{len(self.variables)}"
            state.update(
                Assign={variable: f"{{% {result} %}}"}, Output=self.pick(["{% $states.input %}", INPUT, {"a": 1}])
            )
            self.passed = f"{{% ${variable} %}}"
            if self.chance(0.3):
                self.variables.append(variable)
        elif way == "other":
            self.outputs(state, ("Payload.a", "StatusCode"))
        return state

    def note(self, name):
        super().note(name)
        if name in self.fused:
            self.notes[name] = Notes(
                idempotent=self.notes[name].idempotent, asserts=self.notes[name].asserts, fused=self.fused[name]
            )


def campaign(touched: int, start: int) -> Counter[str]:
    ends: Counter[str] = Counter()
    seed = start
    while ends.total() < touched:
        case = Functions(seed).case()
        made = rewrite(case.workflow, rewrites=(call_fused,))
        if made.workflow is not case.workflow:
            assert rewrite(made.workflow, rewrites=(call_fused,)).workflow is made.workflow, f"seed {seed}"
            assert difference(case, made.workflow, made.evidence, Waived(row=False)) is None, f"seed {seed}"
            ends["struck" if case.faults else "smooth"] += 1
        seed += 1
        assert seed - start < touched * 40
    return ends


def test_fused_functions_do_what_both_did() -> None:
    ends = campaign(60, 0)
    assert ends["struck"] > 15
    assert ends["smooth"] > 15


@pytest.mark.campaign
def test_thousands_of_machines_with_fused_functions_do_what_they_did() -> None:
    ends = campaign(5_000, 1_000_000)
    assert ends["struck"] > 2_000

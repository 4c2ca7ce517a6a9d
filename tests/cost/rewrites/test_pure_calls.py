"""R29: calls that have no effect but a result that nobody reads."""

from __future__ import annotations

import random
from typing import Any

import pytest

from sfdsl.cost.rewrites import Hazard, Reason, rewrite
from sfdsl.cost.rewrites.drop_unused import drop_unused
from sfdsl.model.states import Task
from sfdsl.model.workflow import Assertion, Notes, walk
from sfdsl.simulate.errors import StepLimitExceeded
from sfdsl.simulate.outcomes import Result
from sfdsl.testing import simulate
from tests.cost.rewrites.generate import draw
from tests.cost.rewrites.judge import Answers, normal, runnable, workflow_of
from tests.cost.rewrites.tools import TASK, after, hazards, machine, task

PURE = {"T": Notes(asserts=frozenset({Assertion.PURE}), duration=5)}
PASS = {"Type": "Pass"}


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(machine("JSONata", T=task(Output="{% $states.input %}", Retry=[{"ErrorEquals": ["Busy"]}])), {"Type": "Pass", "Output": "{% $states.input %}", "End": True}, id="it hands on its input"),
        pytest.param(machine("JSONata", T=task(Assign={"n": "{% $states.input.n %}"}, Output={"a": 1}), P={"Type": "Pass", "Output": "{% $n %}"}), {"Type": "Pass", "Output": {"a": 1}, "Assign": {"n": "{% $states.input.n %}"}, "Next": "P"}, id="it computes"),
        pytest.param(machine("JSONata", T=task(), P={"Type": "Pass", "Output": {"a": 1}}), {"Type": "Pass", "Next": "P"}, id="nobody reads what it hands on"),
        pytest.param(machine(T=task(ResultPath=None, OutputPath="$.a", Parameters={"b": 1})), {"Type": "Pass", "OutputPath": "$.a", "End": True}, id="JSONPath"),
    ],
)  # fmt: skip
def test_a_pure_call_whose_result_nobody_reads_is_not_made(definition, expected):
    assert after(drop_unused, definition, PURE)["T"] == expected
    made = drop_unused(workflow_of(definition, PURE))
    assert made.evidence[0].because == (Reason.NOTHING_BUT_ITS_RESULT,)
    assert made.workflow.notes == {"T": Notes()}


CATCH = {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "H"}]}


@pytest.mark.parametrize(
    ("definition", "hazard"),
    [
        pytest.param(machine("JSONata", T=task()), Hazard.RESULT_IS_READ, id="it gives the output"),
        pytest.param(machine("JSONata", T=task(Output={}, Assign={"v": "{% $states.result.v %}"})), Hazard.RESULT_IS_READ, id="it sets a variable"),
        pytest.param(machine("JSONata", T=task(), P={"Type": "Pass", "Output": {"a": "{% $states.input.a %}"}}), Hazard.RESULT_IS_READ, id="the next one reads it"),
        pytest.param(machine(T=task(ResultPath="$.r")), Hazard.RESULT_IS_READ, id="JSONPath puts it beside the input"),
        pytest.param(machine("JSONata", T=task(Output={}, End=True, **CATCH), H={"Type": "Fail"}), Hazard.HAS_HANDLERS, id="a Catch"),
        pytest.param(machine("JSONata", P={"Type": "Parallel", "Branches": [machine(T=task(Output={}))], "End": True, **CATCH}, H={"Type": "Fail"}), Hazard.HAS_HANDLERS, id="a Catch around it"),
        pytest.param(machine("JSONata", T=task(Output={}, Odd=1)), Hazard.UNKNOWN_FIELDS, id="an unknown field"),
    ],
)  # fmt: skip
def test_a_pure_call_that_stays_says_why(definition, hazard):
    assert hazards(drop_unused, definition, PURE) == {"T": hazard}


def test_a_call_that_nobody_says_is_pure_is_made():
    states = after(drop_unused, machine("JSONata", T=task(Output={})))
    assert states["T"]["Resource"] == TASK


# -- on drawn machines -------------------------------------------------------------------------------------------------


class Careful(Answers):
    """Pure calls never fail; whether anybody would wait for their failure is what the assertion says."""

    def __init__(self, seed: int, faults: float, pure: set[str]) -> None:
        super().__init__(seed, faults)
        self.pure = pure

    def __call__(self, arguments: Any, call: Any) -> Any:
        if call.state in self.pure:
            drawn = random.Random(f"{self.seed} {call.state}")
            return Result({"a": drawn.randint(0, 5), "ok": True}, after=1.0)
        return super().__call__(arguments, call)


def outcome(workflow, input, seed, faults, pure):
    answers = Careful(seed, faults, pure)
    try:
        run = simulate(
            workflow, input, {"*": answers}, seed=seed, max_transitions=400, max_events=4_000, check_results=False
        )
    except (StepLimitExceeded, RecursionError):
        return None
    if "maximum number of history events" in (run.cause or ""):
        return None
    return (run.status, normal(run.output), run.error, normal(run.cause), answers.calls)


def judge(seed: int) -> int:
    """How many executions were compared of a machine that the rewrite changes; 0 where it changes nothing."""
    case = draw(seed, jsonata=seed % 3 > 0, only=("Task", "Pass", "Choice"))
    drawn = random.Random(seed)
    for state in case.definition["States"].values():
        if state["Type"] == "Task" and drawn.random() < 0.6:
            state.update({"Output": "{% $states.input %}"} if seed % 3 else {"ResultPath": None})
            state.pop("Catch", None)
    # What a pure call is given can be computed; where it cannot, the execution goes on without the call.
    pure = {
        state.name for _, state in walk(workflow_of(case.definition).machine)
        if isinstance(state, Task) and drawn.random() < 0.8
        and "$" not in f"{state.arguments} {state.parameters} {state.input_path} {state.result_selector}"
    }  # fmt: skip
    before = workflow_of(case.definition, {name: Notes(asserts=frozenset({Assertion.PURE})) for name in pure})
    made = rewrite(before, rewrites=(drop_unused,))
    if not any(Reason.NOTHING_BUT_ITS_RESULT in done.because for done in made.evidence) or not runnable(before):
        return 0
    compared = 0
    for round in range(3):
        was = outcome(before, case.input, seed * 3 + round, (0.0, 0.2, 0.5)[round], pure)
        now = outcome(made.workflow, case.input, seed * 3 + round, (0.0, 0.2, 0.5)[round], pure)
        if was is not None and now is not None:
            assert was == now, f"seed {seed}: {was} became {now}"
            compared += 1
    return compared


def campaign(touched: int, start: int) -> int:
    done, seed = 0, start
    while done < touched:
        done += judge(seed) > 0
        seed += 1
        assert seed - start < touched * 60
    return done


def test_machines_without_their_pure_calls_do_the_same() -> None:
    assert campaign(25, 0) == 25


@pytest.mark.campaign
def test_thousands_of_machines_without_their_pure_calls_do_the_same() -> None:
    assert campaign(5_000, 1_000_000) == 5_000

"""R8: a Task that waits for its job in place of a loop that asks for it."""

from __future__ import annotations

import copy
import os
from collections import Counter
from typing import Any

import pytest
from attrs import evolve

from sfdsl.aws.resource import parse
from sfdsl.aws.results import result_shape
from sfdsl.checks import check
from sfdsl.cost.rewrites import UNLOCKS, Hazard, Reason
from sfdsl.cost.rewrites.jobs import JOBS
from sfdsl.cost.rewrites.wait_for_job import wait_for_job
from sfdsl.diagnostics import Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model import asl
from sfdsl.model.workflow import MachineType
from sfdsl.permissions.derive import derive
from tests.cost.rewrites.jobs_model import Loop, seen, workflow
from tests.cost.rewrites.judge import workflow_of
from tests.cost.rewrites.tools import until_changed

Json = Any

FULL = 5_000
MACHINES = int(os.environ.get("SFDSL_REWRITE_MACHINES", FULL))


def machine(**changes: Json) -> dict[str, Json]:
    """A loop that waits for a Batch job; changes are made to the fields of states, and None takes a state away."""
    states: dict[str, Json] = {
        "Start": {
            "Type": "Task", "Resource": "arn:aws:states:::batch:submitJob",
            "Arguments": {"JobName": "night", "JobQueue": "q", "JobDefinition": "d"},
            "Assign": {"id": "{% $states.result.JobId %}"}, "Next": "Hold",
        },
        "Hold": {"Type": "Wait", "Seconds": 30, "Next": "Ask"},
        "Ask": {
            "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:batch:describeJobs", "Arguments": {"Jobs": ["{% $id %}"]},
            "Assign": {"state": "{% $states.result.Jobs[0].Status %}"}, "Next": "Done?",
        },
        "Done?": {
            "Type": "Choice",
            "Choices": [
                {"Condition": "{% $state = 'SUCCEEDED' %}", "Next": "Load"},
                {"Condition": "{% $state = 'FAILED' %}", "Next": "Tell"},
            ],
            "Default": "Hold",
        },
        "Load": {
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": "load", "Payload": {"job": "{% $id %}"}}, "End": True,
        },
        "Tell": {"Type": "Fail", "Error": "JobFailed", "Cause": "{% $id %}"},
    }  # fmt: skip
    for name, fields in changes.items():
        key = {"Done": "Done?"}.get(name, name)
        states[key] = {**states.get(key, {}), **copy.deepcopy(fields)}
        states[key] = {field: value for field, value in states[key].items() if value is not None}
    return {"QueryLanguage": "JSONata", "StartAt": "Start", "States": states}


def after(definition: Json) -> dict[str, Json]:
    made = wait_for_job(workflow(definition))
    assert made.refusals == ()
    assert {reason for done in made.evidence for reason in done.because} == {Reason.WAITED_FOR}
    states: dict[str, Json] = asl.write(made.workflow.machine)["States"]
    return states


def hazard(definition: Json) -> Hazard:
    before = workflow(definition)
    made = wait_for_job(before)
    assert made.workflow is before
    (refusal,) = made.refusals
    assert refusal.state == "Start"
    return refusal.hazard


def test_a_task_waits_for_its_job_in_place_of_a_loop() -> None:
    states = after(machine())
    assert states["Start"] == {
        "Type": "Task", "Resource": "arn:aws:states:::batch:submitJob.sync",
        "Arguments": {"JobName": "night", "JobQueue": "q", "JobDefinition": "d"},
        "Assign": {"id": "{% $states.result.JobId %}"},
        "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "Start: why"}], "Next": "Load",
    }  # fmt: skip
    assert states["Start: why"] == {
        "Type": "Choice",
        "Choices": [
            {
                "Condition": "{% $states.input.Error = 'States.TaskFailed' %}",
                "Assign": {"id": "{% $parse($states.input.Cause).JobId %}"}, "Next": "Tell",
            }
        ],
        "Default": "Start: not started",
    }  # fmt: skip
    assert states["Start: not started"] == {
        "Type": "Fail", "Error": "{% $states.input.Error %}",
        "Cause": "{% $exists($states.input.Cause) ? $states.input.Cause : '' %}",
    }  # fmt: skip
    assert list(states) == ["Start", "Start: why", "Start: not started", "Load", "Tell"]


def test_a_loop_that_asks_at_once_goes_too() -> None:
    made = wait_for_job(workflow(machine(Start={"Next": "Ask"})))
    assert [done.transitions_saved for done in made.evidence] == [2]
    assert [done.transitions_saved for done in wait_for_job(workflow(machine())).evidence] == [3]


def test_a_start_that_failed_goes_where_it_went() -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Assign": {"e": "{% $states.errorOutput.Error %}"}, "Next": "Tell"}]
    states = after(machine(Start={"Catch": catch}, Ask={"Catch": catch}, Tell={"Cause": None}))
    assert [catcher["Next"] for catcher in states["Start"]["Catch"]] == ["Start: why", "Tell"]
    assert states["Start: why"]["Default"] == "Tell"
    assert states["Start: why"]["Assign"] == {"e": "{% $states.input.Error %}"}


def counted(limit: int = 9, test: str = ">=", **late: Json) -> Json:
    rule = {"Condition": f"{{% $n {test} {limit} %}}", "Next": "Late"}
    choice = machine()["States"]["Done?"]
    return machine(
        Start={"Assign": {"id": "{% $states.result.JobId %}", "n": 0}},
        Hold={"Assign": {"n": "{% $n + 1 %}"}},
        Done={"Choices": [*choice["Choices"], rule]},
        Late={"Type": "Fail", "Error": "TooLate", **late},
    )


@pytest.mark.parametrize(("definition", "seconds"), [
    pytest.param(counted(9), 270, id="nine answers, the first after the first Wait"),
    pytest.param(counted(9, ">"), 300, id="ten"),
])  # fmt: skip
def test_a_bound_on_the_rounds_becomes_a_timeout(definition: Json, seconds: int) -> None:
    states = after(definition)
    assert states["Start"]["TimeoutSeconds"] == seconds
    assert states["Start"]["Catch"][0] == {"ErrorEquals": ["States.Timeout"], "Next": "Late"}
    assert states["Start"]["Assign"] == {"id": "{% $states.result.JobId %}"}


def test_a_choice_stays_where_nobody_knows_how_a_stopped_job_ends() -> None:
    definition = machine(
        Start={"Resource": "arn:aws:states:::glue:startJobRun", "Arguments": {"JobName": "j"}, "Assign": {"id": "{% $states.result.JobRunId %}"}},
        Ask={"Resource": "arn:aws:states:::aws-sdk:glue:getJobRun", "Arguments": {"JobName": "j", "RunId": "{% $id %}"}, "Assign": {"state": "{% $states.result.JobRun.JobRunState %}"}},
        Done={"Choices": [{"Condition": "{% $state = 'SUCCEEDED' %}", "Next": "Load"}, {"Condition": "{% $state in ['STARTING', 'RUNNING', 'STOPPING', 'WAITING'] %}", "Next": "Hold"}], "Default": "Tell"},
    )  # fmt: skip
    assert after(definition)["Done?"] == {
        "Type": "Choice",
        "Choices": [
            {
                "Condition": "{% $states.input.JobRunState in ['STOPPED', 'EXPIRED'] %}",
                "Assign": {"id": "{% $states.input.Id %}"}, "Next": "Tell",
            }
        ],
        "Default": "Load", "Assign": {"id": "{% $states.input.Id %}"},
    }  # fmt: skip


ASK = machine()["States"]["Ask"]
DONE = machine()["States"]["Done?"]
ALL = [{"ErrorEquals": ["States.ALL"], "Next": "Tell"}]


@pytest.mark.parametrize(("definition", "expected"), [
    pytest.param({**machine(), "QueryLanguage": "JSONPath"}, Hazard.NOT_JSONATA, id="JSONPath"),
    pytest.param(machine(Ask={"Odd": 1}), Hazard.UNKNOWN_FIELDS, id="an unknown field"),
    pytest.param(machine(Load={"Next": "Hold", "End": None}), Hazard.OTHER_WAYS_IN, id="another way into the loop"),
    pytest.param(machine(Ask={"Arguments": {"Jobs": ["{% $states.input.other %}"]}}), Hazard.ASKS_FOR_ANOTHER, id="another job"),
    pytest.param(machine(Ask={"Arguments": {"Jobs": ["{% $id %}", "{% $id %}"]}}), Hazard.ASKS_FOR_ANOTHER, id="two jobs"),
    pytest.param(machine(Ask={"Assign": {**ASK["Assign"], "id": "{% $states.result.Jobs[0].JobName %}"}}), Hazard.ASKS_FOR_ANOTHER, id="another job from the second round on"),
    pytest.param(machine(Ask={"Assign": {**ASK["Assign"], "seen": "{% [$seen, 1] %}"}}), Hazard.ROUNDS_DIFFER, id="a round leaves something behind"),
    pytest.param(counted(9, Cause="{% $string($n) %}"), Hazard.ROUNDS_DIFFER, id="the number of rounds is read"),
    pytest.param(machine(Done={"Choices": [{"Condition": "{% $state = 'SUCCEEDED' and $states.input.go %}", "Next": "Load"}, DONE["Choices"][1]]}), Hazard.TESTS_SOMETHING_ELSE, id="a test of something else"),
    pytest.param(machine(Done={"Choices": [{"Condition": "{% $state > 3 %}", "Next": "Load"}, DONE["Choices"][1]]}), Hazard.TEST_MAY_FAIL, id="a test that fails"),
    pytest.param(machine(Done={"Choices": DONE["Choices"][:1]}), Hazard.STATES_PART_OTHERWISE, id="a failed job is waited for"),
    pytest.param(machine(Done={"Choices": [DONE["Choices"][0], {"Condition": "{% $state = 'RUNNING' %}", "Next": "Hold"}], "Default": "Tell"}), Hazard.STATES_PART_OTHERWISE, id="a job that is not running yet fails"),
    pytest.param(counted(0), Hazard.STATES_PART_OTHERWISE, id="no answer counts"),
    pytest.param(machine(Done={"Default": None, "Choices": [*DONE["Choices"], {"Condition": "{% true %}", "Next": "Hold"}]}), Hazard.NO_DEFAULT, id="no Default"),
    pytest.param(machine(Ask={"Assign": {**ASK["Assign"], "at": "{% $states.result.Jobs[0].StartedAt %}"}}, Load={"Output": "{% $at %}"}), Hazard.NOT_TOLD, id="a moment, which has two forms"),
    pytest.param(machine(Ask={"Assign": {**ASK["Assign"], "why": "{% $states.result.Jobs[0].StatusReason %}"}}), Hazard.NOT_TOLD, id="a field that may be missing while the job runs"),
    pytest.param(machine(Load={"Output": "{% $states.input %}"}), Hazard.NOT_TOLD, id="the whole description is read"),
    pytest.param(counted(9, Cause="{% $id %}"), Hazard.NOT_TOLD, id="the job is read after giving up"),
    pytest.param(machine(Hold={"Seconds": "{% $states.input.s %}"}), Hazard.WAIT_MAY_FAIL, id="a computed time"),
    pytest.param(machine(Start={"Retry": [{"ErrorEquals": ["States.ALL"]}]}), Hazard.ERRORS_OVERLAP, id="a Retry that would run the job again"),
    pytest.param(machine(Start={"Catch": ALL}, Tell={"Cause": None}), Hazard.WAYS_DIFFER, id="only the start has a Catch"),
    pytest.param(machine(Ask={"Arguments": {"Jobs": "{% [$id] %}"}}), None, id="the list is an expression"),
    pytest.param(machine(Ask={"Assign": {**ASK["Assign"], "all": "{% {'why': $states.result.Jobs[0].StatusReason} %}"}}, Load={"Output": "{% $all %}"}), None, id="a field that may be missing, in an object"),
    pytest.param(machine(Start={"Retry": [{"ErrorEquals": ["Batch.ServerException"]}]}), None, id="a Retry of a start that failed"),
    pytest.param(machine(Start={"TimeoutSeconds": 60}, Ask={"TimeoutSeconds": 60}), None, id="timeouts of the calls"),
    pytest.param(machine(Tell={"Cause": "{% $exists($states.input.Jobs[0].Status) ? 'x' : 'y' %}"}), Hazard.NOT_TOLD, id="a list is read"),
])  # fmt: skip
def test_what_stands_in_the_way(definition: Json, expected: Hazard | None) -> None:
    if expected is None:
        assert after(definition)["Start"]["Resource"].endswith(".sync")
    else:
        assert hazard(definition) is expected


def test_an_express_workflow_waits_for_no_job() -> None:
    before = evolve(workflow(machine()), type=MachineType.EXPRESS)
    (refusal,) = wait_for_job(before).refusals
    assert refusal.hazard is Hazard.EXPRESS


def test_nothing_is_done_unless_the_job_may_be_stopped() -> None:
    before = workflow_of(machine())
    made = wait_for_job(before)
    assert made.workflow is before
    assert [refusal.hazard for refusal in made.refusals] == [Hazard.MAY_NOT_BE_STOPPED]
    assert UNLOCKS[Hazard.MAY_NOT_BE_STOPPED] == 'assert it on the step: asserts=["stop_on_abort"]'


def test_something_else_in_the_way_is_told_before_the_assertion() -> None:
    (refusal,) = wait_for_job(workflow_of(machine(Done={"Choices": DONE["Choices"][:1]}))).refusals
    assert refusal.hazard is Hazard.STATES_PART_OTHERWISE


def test_the_role_may_wait_for_the_job_and_stop_it() -> None:
    made = wait_for_job(workflow(machine())).workflow
    statements = derive(WorkflowGraph(made)).statements
    actions = {action for statement in statements for action in statement.actions}
    assert {"batch:SubmitJob", "batch:DescribeJobs", "batch:TerminateJob", "events:PutRule"} <= actions
    submit = [each for each in statements if "batch:SubmitJob" in each.actions]
    was = [each for each in derive(WorkflowGraph(workflow(machine()))).statements if "batch:SubmitJob" in each.actions]
    assert {str(resource) for each in was for resource in each.resources} <= {
        str(resource) for each in submit for resource in each.resources
    }


@pytest.mark.parametrize("seed", range(40))
def test_checks_find_no_new_error(seed: int) -> None:
    definition, _ = Loop(seed, near=0).case()
    before = workflow(definition)
    made = wait_for_job(before)

    def errors(each: Any) -> set[str]:
        return {found.code for found in check(WorkflowGraph(each)) if found.severity is Severity.ERROR}

    assert errors(made.workflow) <= errors(before)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.start)
def test_the_states_of_a_job_are_those_of_its_service(job: Any) -> None:
    for get in job.get:
        polled = result_shape(parse(f"arn:aws:states:::{get}"))
        assert polled is not None
        status = polled.at(*job.polled, *job.status)
        assert status is not None
        assert set(status.enum) - set(job.states) <= {"PENDING_REDRIVE", "Deleting", "DeleteFailed"}
        assert set(job.states) <= set(status.enum)
    started = result_shape(parse(f"arn:aws:states:::{job.start}"))
    assert started is not None
    for name in job.started:
        assert started.at(*name.split(".")) is not None
    waited = result_shape(parse(f"arn:aws:states:::{job.start}.sync"))
    assert waited is not None
    for way in job.sure:
        assert waited.at(*job.waited, *way) is not None, way


def judge(seed: int, counts: Counter[str]) -> bool:
    """Run one machine before and after, where the rewrite changes it."""
    loop = Loop(seed)
    definition, given = loop.case()
    before = workflow(definition)
    made = wait_for_job(before)
    if made.workflow is before:
        looping = "Hold" in loop.ways
        assert made.refusals or not looping, f"seed {seed}: neither done nor refused"
        counts.update(refusal.hazard.name for refusal in made.refusals)
        return False
    assert wait_for_job(made.workflow).workflow is made.workflow
    for run in range(3):
        faults = (0.0, 0.3, 0.6)[run]
        was = seen(before, given, seed * 3 + run, faults, loop.asking_fails)
        now = seen(made.workflow, given, seed * 3 + run, faults, loop.asking_fails)
        assert was.same(now), f"seed {seed} run {run}\n{was}\n{now}"
        assert now.asked == 0
        assert now.transitions <= was.transitions + 2 * now.refused
        counts[f"ended {was.status}"] += 1
        counts["gave up"] += '"late"' in str(was.output).replace("'", '"') or was.error == "TooLate"
        counts["failed jobs"] += any(end not in loop.job.succeeded for _, end in was.jobs)
    counts[f"job {loop.job.start}"] += 1
    counts[f"style {loop.style}"] += 1
    return True


def test_machines_that_wait_for_their_jobs_do_the_same() -> None:
    counts = until_changed(judge, 150, 0)
    assert counts["ended SUCCEEDED"] > 50
    assert counts["failed jobs"] > 50
    assert counts["gave up"] > 3
    print(counts)


@pytest.mark.campaign
def test_thousands_of_machines_that_wait_for_their_jobs_do_the_same() -> None:
    counts = until_changed(judge, MACHINES, 1_000_000)
    assert len([name for name in counts if name.startswith("job ")]) == 15
    print(counts)

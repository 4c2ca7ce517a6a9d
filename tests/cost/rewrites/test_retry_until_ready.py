"""R10: a Retry that asks again in place of a loop that does.

The judge is stricter than most: both machines ask at the same moments and are answered the same. What is asked at which
time, what else is called and how it ends must be equal; but a machine may leave out the last time it asks, where the
answer does not count.
"""

from __future__ import annotations

import copy
import os
import random
from collections import Counter
from typing import Any

import pytest
from attrs import evolve, frozen

from sfdsl.checks import check
from sfdsl.cost.rewrites import UNLOCKS, Hazard, Reason
from sfdsl.cost.rewrites.retry_until_ready import retry_until_ready
from sfdsl.diagnostics import Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model import asl
from sfdsl.model.workflow import MachineType, Notes, Workflow
from sfdsl.simulate.errors import StepLimitExceeded
from sfdsl.simulate.outcomes import Call, Result, TaskError
from sfdsl.testing import simulate
from tests.cost.rewrites.judge import normal, workflow_of
from tests.cost.rewrites.tools import until_changed

Json = Any
FULL = 5_000
MACHINES = int(os.environ.get("SFDSL_REWRITE_MACHINES", FULL))
NOTES = {"Ask": Notes(idempotent=True)}
CRAWLER = "arn:aws:states:::aws-sdk:glue:getCrawler"


def workflow(definition: Json) -> Workflow:
    return workflow_of(definition, NOTES)


# -- single situations --------------------------------------------------------------------------------------------------


def machine(**changes: Json) -> dict[str, Json]:
    """A loop that waits until a crawler is ready; changes are made to the fields of states."""
    states: dict[str, Json] = {
        "Begin": {"Type": "Pass", "Assign": {"name": "{% $states.input.name %}"}, "Next": "Ask"},
        "Ask": {"Type": "Task", "Resource": CRAWLER, "Arguments": {"Name": "{% $name %}"}, "Next": "Ready?"},
        "Ready?": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input.Crawler.State = 'READY' %}", "Next": "Load"}],
            "Default": "Hold",
        },
        "Hold": {"Type": "Wait", "Seconds": 30, "Next": "Ask"},
        "Load": {"Type": "Pass", "Output": "{% $states.input.Crawler.State %}", "End": True},
    }
    for name, fields in changes.items():
        key = {"Ready": "Ready?"}.get(name, name)
        states[key] = {**states.get(key, {}), **copy.deepcopy(fields)}
        states[key] = {field: value for field, value in states[key].items() if value is not None}
    return {"QueryLanguage": "JSONata", "StartAt": "Begin", "States": states}


def after(definition: Json) -> dict[str, Json]:
    made = retry_until_ready(workflow(definition))
    assert made.refusals == ()
    assert {reason for done in made.evidence for reason in done.because} == {Reason.ASKED_AGAIN}
    states: dict[str, Json] = asl.write(made.workflow.machine)["States"]
    return states


RETRY = {"ErrorEquals": ["States.QueryEvaluationError"], "IntervalSeconds": 30, "MaxAttempts": 99_999_999, "BackoffRate": 1.0}  # fmt: skip


def test_a_retry_asks_again_in_place_of_a_loop() -> None:
    states = after(machine())
    assert list(states) == ["Begin", "Ask", "Load"]
    assert states["Ask"] == {
        "Type": "Task", "Resource": CRAWLER, "Arguments": {"Name": "{% $name %}"},
        "Output": "{% $not(($states.result.Crawler.State = 'READY')) ? $error(\"Ask is not ready\") : ($states.result) %}",
        "Retry": [RETRY], "Next": "Load",
    }  # fmt: skip


def test_a_wait_before_the_first_time_stays() -> None:
    states = after(machine(Begin={"Next": "Hold"}))
    assert list(states) == ["Begin", "Ask", "Hold", "Load"]
    assert states["Hold"] == {"Type": "Wait", "Seconds": 30, "Next": "Ask"}


FAILED = {"Condition": "{% $states.input.Crawler.LastCrawl.Status = 'FAILED' %}", "Next": "Tell"}
RUNNING = {"Condition": "{% $states.input.Crawler.State in ['RUNNING', 'STOPPING'] %}", "Next": "Hold"}
READY = {"Condition": "{% $states.input.Crawler.State = 'READY' %}", "Next": "Load"}
TELL = {"Type": "Fail", "Error": "CrawlFailed"}


def test_a_choice_among_several_ways_on_stays() -> None:
    states = after(machine(Ready={"Choices": [FAILED, READY]}, Tell=TELL))
    assert states["Ready?"] == {"Type": "Choice", "Choices": [FAILED], "Default": "Load"}
    states = after(machine(Ready={"Choices": [RUNNING, FAILED], "Default": "Load"}, Tell=TELL))
    assert states["Ready?"] == {"Type": "Choice", "Choices": [FAILED], "Default": "Load"}
    assert "($states.result.Crawler.State in ['RUNNING', 'STOPPING']) ? $error(" in states["Ask"]["Output"]
    states = after(machine(Ready={"Choices": [FAILED, RUNNING], "Default": "Load"}, Tell=TELL))
    assert "? false : ((" in states["Ask"]["Output"]


def test_what_the_only_way_on_sets_is_set_by_a_pass() -> None:
    states = after(machine(Ready={"Choices": [{**READY, "Assign": {"seen": 1}}]}))
    assert states["Ready?"] == {"Type": "Pass", "Assign": {"seen": 1}, "Next": "Load"}


def counted(limit: int = 5, place: int = 1, **late: Json) -> Json:
    rule = {"Condition": f"{{% $n >= {limit} %}}", "Next": "Late"}
    rules = [READY]
    rules.insert(place, rule)
    return machine(
        Begin={"Assign": {"name": "{% $states.input.name %}", "n": 0}}, Hold={"Assign": {"n": "{% $n + 1 %}"}},
        Ready={"Choices": rules}, Late={"Type": "Fail", "Error": "TooLate", **late},
    )  # fmt: skip


@pytest.mark.parametrize(("place", "retries"), [
    pytest.param(1, 5, id="the last answer counts"),
    pytest.param(0, 4, id="the last answer does not count"),
])  # fmt: skip
def test_a_bound_on_the_rounds_bounds_the_retry(place: int, retries: int) -> None:
    states = after(counted(place=place))
    assert states["Ask"]["Retry"] == [{**RETRY, "MaxAttempts": retries}]
    assert states["Ask"]["Catch"] == [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "Late"}]
    assert states["Begin"]["Assign"] == {"name": "{% $states.input.name %}"}


CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "Tell"}]
GUARDED = {"state": "{% $exists($states.result.Crawler.State) ? $states.result.Crawler.State : 'NONE' %}"}
BY_STATE = {"Choices": [{"Condition": "{% $state = 'READY' %}", "Next": "Load"}]}


@pytest.mark.parametrize(("definition", "expected"), [
    pytest.param({**machine(), "QueryLanguage": "JSONPath"}, Hazard.NOT_JSONATA, id="JSONPath"),
    pytest.param(machine(Ask={"Arguments": {"Name": "{% $states.input.name %}"}}), Hazard.WOULD_BE_ASKED_AGAIN, id="an argument that may be missing"),
    pytest.param(machine(Ask={"Assign": {"state": "{% $states.result.Crawler.State %}"}}), Hazard.WOULD_BE_ASKED_AGAIN, id="a field that may be missing"),
    pytest.param(machine(Ready={"Choices": [{**READY, "Condition": "{% $states.input.Crawler.Version > 3 %}"}]}), Hazard.WOULD_BE_ASKED_AGAIN, id="a test that may fail"),
    pytest.param(machine(Ask={"TimeoutSeconds": "{% $name %}"}), Hazard.WOULD_BE_ASKED_AGAIN, id="a computed timeout"),
    pytest.param(machine(Ask={"Retry": [{"ErrorEquals": ["Glue.Busy"]}]}), Hazard.RETRIES_COUNTED, id="a Retry, which counts"),
    pytest.param(machine(Hold={"Seconds": 0}), Hazard.AT_ONCE, id="no time in between"),
    pytest.param(machine(Ready={"Choices": [READY, {"Condition": "{% $states.input.Crawler.State = 'X' %}", "Next": "Ask"}]}), Hazard.AT_ONCE, id="a way round the Wait"),
    pytest.param(machine(Hold={"Seconds": "{% $s %}"}), Hazard.WAIT_MAY_FAIL, id="a computed time"),
    pytest.param(machine(Ask={"Arguments": {"Name": "{% $string($states.input) %}"}}), Hazard.INPUT_CHANGES, id="asks for what was answered"),
    pytest.param(machine(Ask={"Assign": {**GUARDED, "all": "{% [$all, 1] %}"}}), Hazard.ROUNDS_DIFFER, id="a round leaves something behind"),
    pytest.param(machine(Ask={"Assign": GUARDED, "Catch": CATCH}, Ready=BY_STATE, Tell={**TELL, "Cause": "{% $state %}"}), Hazard.ANSWER_IS_GONE, id="a Catch reads the answer before"),
    pytest.param(counted(Cause="{% $string($n) %}"), Hazard.ROUNDS_DIFFER, id="the number of rounds is read"),
    pytest.param(counted(Type="Pass", Error=None, End=True), Hazard.ANSWER_IS_GONE, id="the last answer is read"),
    pytest.param(counted(0, place=0), Hazard.STATES_PART_OTHERWISE, id="no answer counts"),
    pytest.param(machine(Load={"End": None, "Next": "Ready?"}), Hazard.OTHER_WAYS_IN, id="another way to the Choice"),
    pytest.param(machine(Ask={"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Hold"}]}), Hazard.OTHER_WAYS_IN, id="a Catch that begins again"),
    pytest.param(machine(Ask={"Odd": 1}), Hazard.UNKNOWN_FIELDS, id="an unknown field"),
    pytest.param(machine(Ready={"Default": None, "Choices": [READY, RUNNING]}), Hazard.NO_DEFAULT, id="no Default"),
    pytest.param(machine(Ask={"Assign": GUARDED}, Ready=BY_STATE), None, id="a field with something in its place"),
    pytest.param(machine(Ask={"Assign": GUARDED, "Catch": CATCH}, Ready=BY_STATE, Tell=TELL), None, id="a Catch that reads nothing"),
    pytest.param(machine(Ask={"Resource": "arn:aws:states:::aws-sdk:glue:getJobRun", "Assign": {"state": "{% $states.result.JobRun.JobRunState %}"}}, Ready=BY_STATE), None, id="a field that a known service always gives"),
    pytest.param(machine(Begin={"Assign": {"name": {"a": "{% $states.input.name %}"}}}, Ask={"Arguments": {"Name": "{% $name.a %}"}}), None, id="a part of a variable that is there"),
    pytest.param(machine(Begin={"Assign": {"name": "{% {'a': $states.input.name} %}"}}, Ask={"Arguments": {"Name": "{% $name.a %}"}}), Hazard.WOULD_BE_ASKED_AGAIN, id="a part of a variable that may not be there"),
    pytest.param(machine(Begin={"Output": {"name": "{% $states.input.name %}"}}, Ask={"Arguments": {"Name": "{% $states.input.name %}"}}), Hazard.INPUT_CHANGES, id="the answer takes the place of the input"),
    pytest.param(counted(Cause="{% $name %}"), None, id="a variable from before"),
])  # fmt: skip
def test_what_stands_in_the_way(definition: Json, expected: Hazard | None) -> None:
    before = workflow(definition)
    made = retry_until_ready(before)
    if expected is None:
        assert made.refusals == ()
        assert made.workflow is not before
    else:
        assert made.workflow is before
        assert {refusal.state: refusal.hazard for refusal in made.refusals} == {"Ask": expected}


def test_nothing_is_done_unless_asking_is_idempotent_or_where_transitions_cost_nothing() -> None:
    made = retry_until_ready(workflow_of(machine()))
    assert [refusal.hazard for refusal in made.refusals] == [Hazard.NOT_SAID_TO_BE_ASKABLE]
    assert UNLOCKS[Hazard.NOT_SAID_TO_BE_ASKABLE] == "mark it idempotent: idempotent=True"
    express = evolve(workflow(machine()), type=MachineType.EXPRESS)
    assert retry_until_ready(express).workflow is express


def test_only_the_states_of_the_loop_that_are_in_a_job_are_waited_for_first() -> None:
    from sfdsl.cost.rewrites import REWRITES

    names = [each.name for each in REWRITES]
    assert names.index("wait_for_job") < names.index("retry_until_ready")


# -- drawn machines -----------------------------------------------------------------------------------------------------


@frozen
class Seen:
    """What an execution did; `asked` with the time of each call."""

    ended: tuple[Json, ...]
    calls: tuple[Json, ...]
    asked: tuple[Json, ...]
    transitions: int


class Service:
    """Something that is ready after some answers, and other tasks. Calls that ask may fail, and take time."""

    def __init__(self, seed: int, faults: float) -> None:
        self.seed = seed
        self.faults = faults
        self.calls: list[Json] = []
        self.asked: list[Json] = []
        self.times: dict[str, int] = {}

    def __call__(self, arguments: Json, call: Call) -> Any:
        key = repr(arguments)
        time = self.times[key] = self.times.get(key, 0) + 1
        drawn = random.Random(f"{self.seed} {key} {time}")
        if not call.resource.endswith((":getCrawler", ":getJobRun")):
            self.calls.append((call.resource, normal(arguments), round(call.time, 6)))
            return Result({"n": drawn.randint(0, 9)}, after=0.25)
        failed = drawn.random() < self.faults
        self.asked.append((round(call.time, 6), key, failed))
        if failed:
            return TaskError(drawn.choice(["Glue.Busy", "States.Timeout"]), "drawn", after=1.0)
        ready = time > random.Random(f"{self.seed} {key}").randint(0, 7)
        state = drawn.choice(["READY", "FAILED", "ODD"]) if ready else drawn.choice(["RUNNING", "STOPPING"])
        given: dict[str, Json] = {"State": state, "n": time}
        if drawn.random() < 0.2:
            given["Version"] = 3
        if call.resource.endswith("getJobRun"):
            given = {**given, "JobRunState": state, "Id": "jr", "JobName": "j"}
        return Result({"Crawler" if "Crawler" in call.resource else "JobRun": given}, after=0.5)


def seen(each: Workflow, seed: int, faults: float) -> Seen:
    service = Service(seed, faults)
    given = {"name": "c", "list": [{"name": "a"}, {"name": "b"}]}
    try:
        run = simulate(each, given, {"*": service}, max_transitions=200, max_events=4_000, check_results=False)
        ended: tuple[Json, ...] = (run.status, normal(run.output), run.error, normal(run.cause))
        transitions = run.transitions
    except StepLimitExceeded:
        ended, transitions = ("TOO LONG",), 10**9
    return Seen(ended, tuple(service.calls), tuple(service.asked), transitions)


class Loop:
    """Draws a machine with a loop."""

    def __init__(self, seed: int, near: float = 0.03) -> None:
        self.random = random.Random(f"until ready {seed}")
        self.near = near
        self.known = self.chance(0.3)
        self.style = self.random.choice(["whole", "variable", "output", "object"])
        self.bounded = self.chance(0.4)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def near_miss(self) -> bool:
        return self.chance(self.near)

    def case(self) -> dict[str, Json]:
        states = self.states()
        if self.chance(0.2):
            body = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "Begin", "States": states}
            states = {"M": {"Type": "Map", "Items": "{% $states.input.list %}", "ItemProcessor": body, "MaxConcurrency": 1, "End": True}}  # fmt: skip
            return {"QueryLanguage": "JSONata", "StartAt": "M", "States": states}
        return {"QueryLanguage": "JSONata", "StartAt": "Begin", "States": states}

    def states(self) -> dict[str, Json]:
        owner, field = ("JobRun", "JobRunState") if self.known else ("Crawler", "State")
        path = f"$states.result.{owner}.{field}"
        sure = f"{{% {path} %}}" if self.known or self.near_miss() else f"{{% $exists({path}) ? {path} : 'NONE' %}}"
        get: dict[str, Json] = {
            "Type": "Task",
            "Resource": f"arn:aws:states:::aws-sdk:glue:get{owner}",
            "Next": "Ready?",
        }
        begin: dict[str, Json] = {"Type": "Pass", "Assign": {"name": {"of": "{% $states.input.name %}"}}}
        get["Arguments"] = {"Name": "{% $name.of %}"}
        if self.known:
            get["Arguments"] = {"JobName": "j", "RunId": "{% $name.of %}"}
        match self.style:
            case "whole":
                read = f"$states.input.{owner}.{field}"
            case "variable":
                get["Assign"], read = {"state": sure}, "$state"
            case "output":
                get["Output"], read = {"state": sure, "list": [1, "x"], "name": "fixed"}, "$states.input.state"
            case _:
                get["Assign"], read = (
                    {"ask": f"{{% {{'state': {path}, 'v': $states.result.{owner}.Version}} %}}"},
                    "$ask.state",
                )
        wait: dict[str, Json] = {"Type": "Wait", "Seconds": self.random.randint(1, 9), "Next": "Ask"}
        if self.near_miss():
            get["Retry"] = [{"ErrorEquals": ["Glue.Busy"], "MaxAttempts": 2}]
        if self.chance(0.5):
            caught = {"Assign": {"e": "{% $states.errorOutput.Error %}"}} if self.chance(0.5) else {}
            get["Catch"] = [{"ErrorEquals": [self.random.choice(["States.ALL", "Glue.Busy", "States.TaskFailed", "States.QueryEvaluationError"])], "Next": "Caught", **caught}]  # fmt: skip
        choice = self.choice(read)
        begin["Next"] = self.random.choice(["Ask", "Hold"])
        if self.bounded:
            begin["Assign"]["n"] = 0
            where = self.random.choice([get, wait])
            where["Assign"] = {**where.get("Assign", {}), "n": "{% $n + 1 %}"}
            rule = {"Condition": f"{{% $n {self.random.choice(['>=', '>', '='])} {self.random.randint(1, 7)} %}}", "Next": "Late"}  # fmt: skip
            choice["Choices"].insert(0 if self.chance(0.5) else self.random.randint(0, len(choice["Choices"])), rule)
        states = {"Begin": begin, "Hold": wait, "Ask": get, "Ready?": choice}
        states["Good"] = self.after(read, "Good")
        states["Bad"] = self.after(read, "Bad")
        states["Late"] = self.random.choice([{"Type": "Fail", "Error": "TooLate"}, {"Type": "Pass", "Output": {"late": "{% $name.of %}"}, "End": True}])  # fmt: skip
        states["Caught"] = {"Type": "Pass", "Output": "caught", "End": True}
        found: set[str] = set()
        left = ["Begin"]
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += [states[name][key] for key in ("Next", "Default") if key in states[name]]
                left += [way["Next"] for key in ("Choices", "Catch") for way in states[name].get(key, ())]
        return {name: state for name, state in states.items() if name in found}

    def choice(self, read: str) -> dict[str, Json]:
        ready = {"Condition": f"{{% {read} = 'READY' %}}", "Next": "Good"}
        other = {"Condition": f"{{% {read} in ['FAILED', 'ODD'] %}}", "Next": self.random.choice(["Bad", "Good"])}
        loops = {"Condition": f"{{% {read} = 'RUNNING' or {read} = 'STOPPING' %}}", "Next": "Hold"}
        rules, default = self.random.choice([
            ([ready, other], "Hold"), ([loops, ready], "Bad"), ([ready, loops], "Bad"), ([other, loops], "Good"),
            ([loops], "Good"), ([loops, other, ready], "Bad"),
        ])  # fmt: skip
        self.ways = [default, *(rule["Next"] for rule in rules)]
        choice = {"Type": "Choice", "Choices": [dict(rule) for rule in rules], "Default": default}
        for way in [*choice["Choices"], choice]:
            if way.get("Next", way.get("Default")) != "Hold" and self.chance(0.3):
                way["Assign"] = {"out": f"{{% {read} & '!' %}}"}
        return choice

    def after(self, read: str, name: str) -> dict[str, Json]:
        if self.chance(0.5):
            return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "f", "Payload": {"at": name, "state": f"{{% {read} %}}"}}, "End": True}  # fmt: skip
        return {"Type": "Pass", "Output": {"at": name, "state": f"{{% {read} %}}", "of": "{% $name.of %}"}, "End": True}


def asked_once_less(was: Seen, now: Seen) -> bool:
    """Whether a machine did the same but for last times that it did not ask, where the answers did not count.

    Where such a last time failed, the machine before failed or went to a Catch, and the one after gives up.
    """
    for key in dict.fromkeys(key for _, key, _ in was.asked):
        before, after = ([failed for _, each, failed in asked if each == key] for asked in (was.asked, now.asked))
        if before[: len(after)] != after or len(before) - len(after) > 1:
            return False
        if before[len(after) :] == [True]:
            # It gives up, or as an item of a Map it has given up, and the next item is asked for.
            return now.ended[2] == "TooLate" or "late" in str(now.ended[1]) or now.asked[-1][1] != key
    return was.ended == now.ended and [call[:2] for call in was.calls] == [call[:2] for call in now.calls]


def judge(seed: int, counts: Counter[str]) -> bool:
    loop = Loop(seed)
    definition = loop.case()
    before = workflow(definition)
    made = retry_until_ready(before)
    if made.workflow is before:
        assert made.refusals or "Hold" not in loop.ways, f"seed {seed}"
        counts.update(refusal.hazard.name for refusal in made.refusals)
        return False
    assert retry_until_ready(made.workflow).workflow is made.workflow
    for run in range(3):
        was, now = (seen(each, seed * 3 + run, (0.0, 0.05, 0.2)[run]) for each in (before, made.workflow))
        if was.asked == now.asked:
            assert (was.ended, was.calls) == (now.ended, now.calls), f"seed {seed} {run}\n{was}\n{now}"
        else:
            assert loop.bounded
            assert asked_once_less(was, now), f"seed {seed} {run}\n{was}\n{now}"
            counts["asked once less"] += 1
        assert now.transitions <= was.transitions or was.ended != now.ended
        counts[f"ended {was.ended[0]}"] += 1
        counts["asked"] += len(was.asked)
    counts[f"style {loop.style}"] += 1
    return True


def test_machines_that_retry_until_ready_do_the_same() -> None:
    counts = until_changed(judge, 150, 0)
    assert counts["ended SUCCEEDED"] > 50
    assert counts["ended FAILED"] > 20
    print(counts)


@pytest.mark.campaign
def test_thousands_of_machines_that_retry_until_ready_do_the_same() -> None:
    counts = until_changed(judge, MACHINES, 1_000_000)
    assert len([name for name in counts if name.startswith("style ")]) == 4
    print(counts)


@pytest.mark.parametrize("seed", range(30))
def test_checks_find_no_new_error(seed: int) -> None:
    before = workflow(Loop(seed, near=0).case())
    made = retry_until_ready(before)

    def errors(each: Any) -> set[str]:
        return {found.code for found in check(WorkflowGraph(each)) if found.severity is Severity.ERROR}

    assert errors(made.workflow) <= errors(before)

"""A small model of services that run jobs, and machines that wait for them in a loop, drawn from a seed.

The model starts jobs, tells of them and lets a Task wait for them. Which start fails, how long a job takes and how it
ends depends on the seed, on what is started and on how often that was started before: so both machines meet the same
faults at the same pieces of work. The calls take no time, so that a bound of so many rounds and one of so many seconds
are the same bound.
"""

from __future__ import annotations

import json
import random
from typing import Any

from attrs import frozen

from sfdsl.aws.resource import Pattern, ServiceTask, parse
from sfdsl.cost.rewrites.jobs import BY_START, JOBS, Job, description, nested, told
from sfdsl.model.workflow import Assertion, Notes, Workflow
from sfdsl.simulate.errors import StepLimitExceeded
from sfdsl.simulate.outcomes import Call, Result, TaskError
from sfdsl.testing import simulate
from tests.cost.rewrites.judge import normal, workflow_of

Json = Any
THROTTLED = "Glue.ThrottlingException"


@frozen
class Seen:
    """What an execution did: how it ended, which jobs ran, and what else was called.

    `asked` is how often jobs were asked for, `refused` how many starts failed, `transitions` how many states were
    entered; these may differ.
    """

    status: str
    output: Json
    error: str | None
    cause: str | None
    jobs: tuple[Json, ...]
    calls: tuple[Json, ...]
    asked: int
    refused: int
    transitions: int

    def same(self, other: Seen) -> bool:
        mine = (self.status, self.output, self.error, self.cause, self.jobs, self.calls)
        return mine == (other.status, other.output, other.error, other.cause, other.jobs, other.calls)


class Service:
    """Runs jobs.

    Args:
        seed: Of everything that happens.
        faults: How likely a start fails, 0 to 1.
        asking_fails: Whether a call that asks may be throttled, which a machine retries.
        fields: Whether jobs tell fields beyond their state and identifiers.
    """

    def __init__(self, seed: int, faults: float, asking_fails: bool) -> None:
        self.seed = seed
        self.faults = faults
        self.asking_fails = asking_fails
        self.jobs: list[dict[str, Any]] = []
        self.calls: list[Json] = []
        self.asked = 0
        self.refused = 0
        self.times: dict[str, int] = {}

    def __call__(self, arguments: Json, call: Call) -> Any:
        resource = parse(call.resource)
        if isinstance(resource, ServiceTask):
            if resource.name in BY_START:
                return self.start(BY_START[resource.name], arguments, call, resource.pattern is Pattern.SYNC)
            for job in JOBS:
                if resource.name in job.get:
                    return self.get(job, arguments, call)
        drawn = self.drawn("call", arguments)
        self.calls.append((call.resource, normal(arguments)))
        if drawn.random() < self.faults / 3:
            return TaskError("Busy", "drawn")
        return Result({"ok": True, "n": drawn.randint(0, 9)})

    def drawn(self, kind: str, key: Json) -> random.Random:
        text = json.dumps([kind, normal(key)], sort_keys=True)
        time = self.times[text] = self.times.get(text, 0) + 1
        return random.Random(f"{self.seed} {time} {text}")

    def start(self, job: Job, arguments: Json, call: Call, waits: bool) -> Any:
        drawn = self.drawn(job.start, arguments)
        if drawn.random() < self.faults:
            self.refused += 1
            return TaskError(drawn.choice(["Glue.Busy", THROTTLED, "Glue.EntityNotFoundException"]), "not started")
        number = len(self.jobs)
        end = drawn.choice([*job.succeeded * 4, *job.failed, *job.either])
        after = round(drawn.uniform(0.1, 40), 3)
        leaf: dict[Any, Json] = {}
        for way in few(job):
            if way in job.sure or drawn.random() < 0.7:
                leaf[way] = f"{'/'.join(map(str, way))} {number}"
        for name in job.asks:
            way = job.started.get(name) or (name,)
            if name in arguments and way in told(job):
                leaf[way] = arguments[name]
        started = {name: leaf[way] for name, way in job.started.items()}
        self.jobs.append({"job": job, "leaf": leaf, "end": end, "due": call.time + after, "arguments": arguments})
        given: dict[str, Any] = {}
        for name, value in started.items():
            above = given
            *outer, last = name.split(".")
            for step in outer:
                above = above.setdefault(step, {})
            above[last] = value
        given["SdkHttpMetadata"] = {"HttpStatusCode": 200}
        if not waits:
            return Result(given)
        told_of = nested(job.waited, {**self.described(number, end), "StartedOn": 1700000000123})
        if end in job.succeeded or (end in job.either and drawn.random() < 0.5):
            return Result(told_of, after=after, submitted=given)
        return TaskError("States.TaskFailed", json.dumps(told_of), after=after, submitted=given)

    def described(self, number: int, state: str) -> dict[str, Any]:
        job = self.jobs[number]
        return description(job["job"], {**job["leaf"], job["job"].status: state})

    def get(self, job: Job, arguments: Json, call: Call) -> Any:
        self.asked += 1
        if self.asking_fails and self.asked % 3 == 0 and call.attempt < 3:
            return TaskError(THROTTLED, "too often")
        for number, each in reversed(list(enumerate(self.jobs))):
            started = {name: each["leaf"][way] for name, way in each["job"].started.items()}
            if each["job"] is job and _asks_for(job, arguments, started, each["arguments"]):
                ended = call.time >= each["due"]
                state = each["end"] if ended else job.running[int(call.time) % len(job.running)]
                return Result(
                    nested(job.polled, {**self.described(number, state), "StartedOn": "2026-01-01T00:00:00Z"})
                )
        return TaskError("Glue.EntityNotFoundException", "no such job")


def few(job: Job) -> list[Any]:
    """Some of the fields of a description, those among them that are always there."""
    return [way for place, way in enumerate(told(job)) if place < 12 or way in job.sure]


def _asks_for(job: Job, arguments: Json, started: Json, given: Json) -> bool:
    for name, sources in job.asks.items():
        asked = arguments.get(name)
        asked = asked[0] if isinstance(asked, list) and asked else asked
        if asked not in [started.get(getattr(source, "name", "")) or given.get(source.name) for source in sources]:
            return False
    return True


def seen(workflow: Workflow, input: Json, seed: int, faults: float, asking_fails: bool) -> Seen:
    """What one execution does."""
    service = Service(seed, faults, asking_fails)
    ends = []
    try:
        run = simulate(
            workflow, input, {"*": service}, seed=seed, max_transitions=600, max_events=8_000, check_results=False
        )
        ends = [run.status, normal(run.output), run.error, normal(run.cause)]
        transitions = run.transitions
    except StepLimitExceeded:
        ends, transitions = ["TOO LONG", None, None, None], 10**9
    jobs = tuple((json.dumps(each["arguments"], sort_keys=True), each["end"]) for each in service.jobs)
    return Seen(*ends, jobs, tuple(service.calls), service.asked, service.refused, transitions)


# -- machines -------------------------------------------------------------------------------------------------------------

STYLES = ("variables", "input", "whole", "parts")


class Loop:
    """Draws a machine with a loop.

    Args:
        seed: Of what is drawn.
        near: How likely each thing that stands in the way of the rewrite is.
    """

    def __init__(self, seed: int, near: float = 0.03) -> None:
        self.random = random.Random(f"loop {seed}")
        self.near = near
        self.job = self.random.choice(JOBS)
        self.style = self.random.choice(STYLES)
        self.wait = self.random.randint(1, 9)
        self.bounded = self.chance(0.4)
        self.asking_fails = not self.bounded and self.chance(0.4)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def near_miss(self) -> bool:
        return self.chance(self.near)

    def case(self) -> tuple[dict[str, Json], Json]:
        states = self.states()
        definition: dict[str, Json] = {"QueryLanguage": "JSONata", "StartAt": "Start", "States": states}
        input = {"name": "n1", "x": 3, "list": [{"name": "n2", "x": 1}, {"name": "n3", "x": 2}]}
        kind = self.random.choice(["", "", "", "map", "parallel"])
        if kind == "map":
            body = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "Start", "States": states}
            states = {"M": {"Type": "Map", "Items": "{% $states.input.list %}", "ItemProcessor": body, "MaxConcurrency": 1, "End": True}}  # fmt: skip
            definition = {"QueryLanguage": "JSONata", "StartAt": "M", "States": states}
        elif kind == "parallel":
            branch = {"StartAt": "Start", "States": states}
            catch = [{"ErrorEquals": ["States.ALL"], "Next": "Z"}] if self.chance(0.5) else []
            states = {"P": {"Type": "Parallel", "Branches": [branch], "Catch": catch, "End": True}, "Z": {"Type": "Pass", "Output": {"e": "{% $states.input.Error %}"}, "End": True}}  # fmt: skip
            if not catch:
                del states["Z"]
            definition = {"QueryLanguage": "JSONata", "StartAt": "P", "States": states}
        return definition, input

    # -- what is read of the job ----------------------------------------------------------------------------------------

    def polled(self, *way: str | int) -> str:
        """The source of a path into what the call that asks gives."""
        steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in (*self.job.polled, *way))
        return f"$states.result{steps}"

    def field(self) -> tuple[str | int, ...]:
        sure = [way for way in told(self.job) if way in self.job.sure]
        return self.random.choice(sure if self.chance(0.6) else few(self.job))

    def names(self) -> list[str]:
        return [name for name in self.job.started]

    def key(self, started: str) -> str:
        return started.replace(".", "_")

    def states(self) -> dict[str, Json]:
        job = self.job
        start: dict[str, Json] = {"Type": "Task", "Resource": f"arn:aws:states:::{job.start}"}
        arguments: dict[str, Json] = {"Extra": "{% $states.input.x %}", "Label": "{% $states.input.name %}"}
        if self.near_miss():
            del arguments["Label"]
        fixed = self.chance(0.5)
        asked: dict[str, Json] = {}
        for name, sources in job.asks.items():
            for source in sources[:1]:
                if hasattr(source, "listed"):
                    read = self.started(source.name)
                    asked[name] = (f"{{% [{read}] %}}" if self.chance(0.5) else [f"{{% {read} %}}"]) if source.listed else f"{{% {read} %}}"  # fmt: skip
                else:
                    arguments[name] = "fixed" if fixed else "{% $states.input.name %}"
                    asked[name] = "fixed" if fixed else f"{{% {self.kept('name')} %}}"
        if self.near_miss():
            asked[next(iter(asked))] = "other"
        start["Arguments"] = arguments
        ids = {self.key(name): f"{{% $states.result.{name} %}}" for name in self.names()}
        kept = {"name": "{% $states.input.name %}", "x": "{% $states.input.x %}"}
        if self.style == "input":
            start["Output"] = {**ids, **kept}
        else:
            start["Assign"] = {"run": ids, "kept": kept}
        get: dict[str, Json] = {"Type": "Task", "Resource": f"arn:aws:states:::{self.random.choice(job.get)}", "Arguments": asked, "Next": "Done?"}  # fmt: skip
        more = {f"f{i}": way for i, way in enumerate([self.field(), self.field()])}
        status = f"{{% {self.polled(*job.status)} %}}"
        parts = {"state": self.polled(*job.status), **{name: self.polled(*way) for name, way in more.items()}}
        if self.style == "input":
            carried = {key: f"{{% $states.input.{key} %}}" for key in [*ids, *kept]}
            sure = {name: f"{{% {self.polled(*way)} %}}" for name, way in more.items() if way in job.sure}
            get["Output"] = {**carried, "state": status, **sure}
            self.test = "$states.input.state"
        elif self.style == "variables":
            get["Assign"] = {"state": status}
            self.test = "$state"
        elif self.style == "whole":
            self.test = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in ("$states.input", *job.polled, *job.status)).lstrip(".")  # fmt: skip
        else:
            get["Assign"] = {"ask": "{% {" + ", ".join(f"'{name}': {read}" for name, read in parts.items()) + "} %}"}
            self.test = "$ask.state"
        self.handlers(start, get)
        wait: dict[str, Json] = {"Type": "Wait", "Seconds": self.wait, "Next": "Ask"}
        choice = self.choice()
        first = self.chance(0.5)
        start["Next"] = "Hold" if first else "Ask"
        states = {"Start": start, "Hold": wait, "Ask": get, "Done?": choice}
        if first and self.chance(0.2):
            states["First"] = {"Type": "Wait", "Seconds": self.random.randint(0, 9), "Next": "Ask"}
            start["Next"] = "First"
        if self.bounded:
            self.count(start, wait, get, choice)
        states["Good"] = self.after("Good", more)
        states["Bad"] = self.after("Bad", more)
        if any(rule["Next"] == "Late" for rule in choice["Choices"]):
            states["Late"] = self.late()
        handled = {catcher["Next"] for state in (start, get) for catcher in state.get("Catch", ())}
        for name in sorted(handled):
            states[name] = {"Type": "Pass", "Output": {"at": name, "error": "{% $caught.Error %}" if self.catching else "{% $states.input.Error %}"}, "End": True}  # fmt: skip
        return self.reached(states)

    def started(self, name: str) -> str:
        return f"$states.input.{self.key(name)}" if self.style == "input" else f"$run.{self.key(name)}"

    def kept(self, name: str) -> str:
        return f"$states.input.{name}" if self.style == "input" else f"$kept.{name}"

    def choice(self) -> dict[str, Json]:
        job = self.job
        running, good, bad = list(job.running), list(job.succeeded), [*job.failed, *job.either]
        if self.near_miss():
            bad.remove(self.random.choice(bad))
        if self.near_miss():
            running.remove(self.random.choice(running))

        def test(states: list[str]) -> str:
            if len(states) == 1 and self.chance(0.7):
                return f"{{% {self.test} = '{states[0]}' %}}"
            if self.chance(0.3):
                return "{% " + " or ".join(f"{self.test} = '{state}'" for state in states) + " %}"
            return f"{{% {self.test} in {states} %}}"

        ways = [(good, "Good"), (bad, "Bad"), (running, "Hold")]
        self.random.shuffle(ways)
        default = ways.pop()[1] if not self.chance(0.1) else ways.pop(self.random.randrange(3))[1]
        rules = [{"Condition": test(states), "Next": target} for states, target in ways if states]
        if self.near_miss():
            rules[0]["Condition"] = f"{{% {self.test} = 'x' or $exists($states.input.x) %}}"
        choice: dict[str, Json] = {"Type": "Choice", "Choices": rules, "Default": default}
        self.ways = [default, *(rule["Next"] for rule in rules)]
        for way, key in [*[(rule, "Next") for rule in rules], (choice, "Default")]:
            if way[key] != "Hold" and self.chance(0.3):
                way["Assign"] = {"out": f"{{% {self.test} & '!' %}}"}
            if way[key] != "Hold" and self.chance(0.2):
                way["Output"] = {"state": f"{{% {self.test} %}}", "x": f"{{% {self.kept('x')} %}}"}
        return choice

    def count(self, start: Json, wait: Json, get: Json, choice: Json) -> None:
        name = "tries"
        if self.style == "input":
            start["Assign"] = {}
        start["Assign"][name] = self.random.choice([0, 0, 1])
        where = self.random.choice(["wait", "get", "choice"])
        more = {name: "{% $tries + 1 %}"}
        if where != "choice":
            state = wait if where == "wait" else get
            state["Assign"] = {**state.get("Assign", {}), **more}
        else:
            for way in [*choice["Choices"], choice]:
                if way.get("Next", way.get("Default")) == "Hold":
                    way["Assign"] = dict(more)
        rule = {"Condition": f"{{% $tries {self.random.choice(['>=', '>', '='])} {self.random.randint(1, 8)} %}}", "Next": "Late"}  # fmt: skip
        choice["Choices"].insert(0 if self.chance(0.5) else self.random.randint(0, len(choice["Choices"])), rule)

    def handlers(self, start: Json, get: Json) -> None:
        self.catching = self.chance(0.5)
        assign = (
            {"Assign": {"caught": "{% $states.errorOutput %}", "was": "{% $states.input.x %}"}} if self.catching else {}
        )
        kinds = [[], [], [(["States.ALL"], "H")], [(["Glue.Busy"], "H1"), (["States.ALL"], "H")], [(["States.TaskFailed"], "H")]]  # fmt: skip
        catch = [{"ErrorEquals": names, "Next": target, **assign} for names, target in self.random.choice(kinds)]
        if self.style != "input":
            catch = json.loads(json.dumps(catch).replace("$states.input.x", "$states.context.Execution.Input.x"))
        if catch:
            start["Catch"] = catch
            get["Catch"] = json.loads(json.dumps(catch))
            if self.near_miss():
                del get["Catch"]
        if self.chance(0.4):
            names = ["States.ALL"] if self.near_miss() else ["Glue.Busy"]
            start["Retry"] = [{"ErrorEquals": names, "MaxAttempts": 2, "IntervalSeconds": 1}]
        if self.asking_fails:
            get["Retry"] = [{"ErrorEquals": [THROTTLED], "MaxAttempts": 9, "IntervalSeconds": 1}]
        if self.chance(0.2):
            start["TimeoutSeconds"] = get["TimeoutSeconds"] = 60

    def after(self, name: str, more: Json) -> dict[str, Json]:
        """A state behind the loop."""
        reads: dict[str, Json] = {"at": name}
        if self.style == "input":
            if self.chance(0.5):
                reads["state"] = "{% $states.input.state %}"
        else:
            if self.chance(0.6):
                reads["run"] = f"{{% $run.{self.key(self.random.choice(self.names()))} %}}"
            if self.chance(0.3):
                reads["x"] = "{% $kept.x %}"
        if self.style == "parts" and self.chance(0.6):
            reads["f"] = "{% $exists($ask.f0) ? $ask.f0 : 'none' %}"
        if self.style == "variables" and self.chance(0.5):
            reads["state"] = "{% $state %}"
        if self.style == "whole" and self.chance(0.4):
            way = (*self.job.polled, *self.field())
            steps = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in way)
            reads["whole"] = f"{{% $states.input{steps} %}}"
        kind = self.random.choice(["Task", "Pass", "Fail", "Succeed"])
        if kind == "Task":
            return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "f", "Payload": reads}, "Output": "{% $states.result.n %}", "End": True}  # fmt: skip
        if kind == "Fail":
            return {"Type": "Fail", "Error": "JobEnded", "Cause": reads.get("run", reads.get("state", "it ended"))}
        if kind == "Succeed":
            return {"Type": "Succeed", "Output": "{% $states.input %}"} if self.chance(0.3) else {"Type": "Succeed", "Output": reads}  # fmt: skip
        return {"Type": "Pass", "Output": reads, "End": True}

    def late(self) -> dict[str, Json]:
        if self.chance(0.3):
            return {"Type": "Fail", "Error": "TooLate"}
        read = "{% $kept.x %}" if self.chance(0.2) and self.style != "input" else "late"
        return {"Type": "Pass", "Output": {"late": read, "n": "{% $tries %}" if self.near_miss() else 1}, "End": True}

    @staticmethod
    def reached(states: dict[str, Json]) -> dict[str, Json]:
        found: set[str] = set()
        left = ["Start"]
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                state = states[name]
                left += [state[key] for key in ("Next", "Default") if key in state]
                left += [way["Next"] for key in ("Choices", "Catch") for way in state.get(key, ())]
        return {name: state for name, state in states.items() if name in found}


NOTES = {"Start": Notes(asserts=frozenset({Assertion.STOP_ON_ABORT}))}


def workflow(definition: Json) -> Workflow:
    return workflow_of(definition, NOTES)

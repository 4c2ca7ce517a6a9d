"""Runs a workflow, and the same outlined, with the same tasks; and draws workflows worth running."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

from attrs import evolve

from sfdsl.cost.partition.outline import Outlined
from sfdsl.model.edges import EdgeKind
from sfdsl.model.workflow import Notes, Workflow
from sfdsl.testing import Result, TaskError, simulate
from tests.cost.machines import LAMBDA, TOKEN, choice, task, workflow

Answer = Callable[[str, Any, int], Any]
"""How a task answers: name of the state, arguments, which call of that state -> a result, or raises TaskError."""


class Ran:
    """What an execution came to, as far as an observer outside can tell."""

    def __init__(self, run: Any, calls: list[tuple[str, str]]) -> None:
        self.status = run.status
        self.output = plain(json.dumps(run.output, sort_keys=True))
        self.error = run.error
        self.cause = plain(run.cause or "")
        self.calls = [(name, plain(arguments)) for name, arguments in calls]
        self.transitions = run.transitions
        self.failed = any(each.failed for each in run.calls)
        self.caught = any(kind is EdgeKind.CATCH for _, kind, _ in run.taken)

    @property
    def outcome(self) -> tuple[Any, ...]:
        return self.status, self.output, self.error or "", self.cause


def same(before: Ran, after: Ran, outlined: Outlined) -> None:
    """Check that two executions did the same.

    Branches of a Parallel and items of a Map take turns as they like. When one of them fails, the others are aborted;
    a child that one of them had started goes on to its end, so that more may be called than before.
    """
    assert after.outcome == before.outcome
    if all(child.region.scope.parent is None for child in outlined.children):
        groups = any(type(state).__name__ in ("Parallel", "Map") for state in outlined.workflow.machine.states)
        inside = any(
            type(state).__name__ in ("Parallel", "Map")
            for c in outlined.children
            for state in c.workflow.machine.states
        )
        if not groups and not inside:
            assert after.calls == before.calls
        else:
            assert sorted(after.calls) == sorted(before.calls)
    elif before.status == "SUCCEEDED":
        assert not Counter(before.calls) - Counter(after.calls)
    if before.status == "SUCCEEDED" and not before.caught:
        assert sorted(after.calls) == sorted(before.calls)


def plain(text: str) -> str:
    """A text without what is another in a child: numbers of events, identifiers, how a cause calls the context."""
    return _UUID.sub("uuid", re.sub(r"event id #\d+", "event id #", text).replace("$caller.", "$$."))


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def ran(workflow: Workflow, given: Any, answer: Answer) -> Ran:
    calls: list[tuple[str, str]] = []
    tasks = _tasks(workflow, answer, calls, {})
    return Ran(_simulated(workflow, given, tasks), calls)


def _simulated(workflow: Workflow, given: Any, tasks: dict[str, Any]) -> Any:
    """A run in which tasks take the time they say: without notes, whose durations stand for those that take none."""
    return simulate(evolve(workflow, notes={}), given, tasks, check_results=False, max_transitions=2000)


def ran_outlined(outlined: Outlined, given: Any, answer: Answer) -> Ran:
    calls: list[tuple[str, str]] = []
    counts: dict[str, int] = {}
    tasks = _tasks(outlined.workflow, answer, calls, counts)
    for child in outlined.children:
        tasks[child.state] = _running(child.workflow, _tasks(child.workflow, answer, calls, counts))
    return Ran(_simulated(outlined.workflow, given, tasks), calls)


def _running(child: Workflow, tasks: dict[str, Any]) -> Callable[[Any], Any]:
    """StartSyncExecution, played by the simulator."""

    def start(arguments: Any) -> Any:
        assert set(arguments) == {"StateMachineArn", "Input"}
        run = _simulated(child, json.loads(arguments["Input"]), tasks)
        if run.status == "SUCCEEDED":
            return Result({"Status": run.status, "Output": json.dumps(run.output)}, after=run.duration)
        told = {"Error": run.error, "Cause": run.cause}
        told = {key: value for key, value in told.items() if value is not None}
        return Result({"Status": run.status, **told}, after=run.duration)

    return start


def _tasks(workflow: Workflow, answer: Answer, calls: list[tuple[str, str]], counts: dict[str, int]) -> dict[str, Any]:
    def task_of(name: str) -> Callable[[Any], Any]:
        def called(arguments: Any) -> Any:
            counts[name] = counts.get(name, 0) + 1
            calls.append((name, json.dumps(arguments, sort_keys=True)))
            return answer(name, arguments, counts[name])

        return called

    from sfdsl.model.states import Task
    from sfdsl.model.workflow import walk

    return {state.name: task_of(state.name) for _, state in walk(workflow.machine) if isinstance(state, Task)}


def answering(seed: int, faults: float) -> Answer:
    """Tasks whose answers depend on the seed, the state and the call, some of them errors."""

    def answer(name: str, arguments: Any, call: int) -> Any:
        # By what it is asked, too: which of several items comes first is another matter.
        asked = plain(json.dumps(arguments, sort_keys=True))
        rng = random.Random(f"{seed} {name} {asked} {call if faults else 0}")
        after = rng.uniform(0.001, 0.4)  # no two the same: which of two errors at one moment comes first is open
        if rng.random() < faults:
            raise TaskError(rng.choice(("Busy", "Wrong", "States.Timeout")), f'{{"of": "{name}"}}', after=after)
        told = {
            "ok": rng.random() < 0.5,
            "n": rng.randint(0, 3),
            "rows": [rng.randint(0, 9) for _ in range(rng.randint(0, 3))],
            "text": rng.choice(("", "a \"b\" \\ 'c'", "x", "ä€")),
            "none": None,
        }
        return Result(told, after=after)

    return answer


class _Draw:
    """A random workflow with data: variables set and read, the context read, errors caught here and there."""

    def __init__(self, rng: random.Random, language: str) -> None:
        self.rng = rng
        self.names = (f"S{i}" for i in count())
        self.jsonata = language == "JSONata"
        self.notes: dict[str, Notes] = {}
        self.known: list[str] = []
        self.deep = 0
        self.own: list[str] = []  # variables of this scope: an inner scope may not set an outer one's

    def flow(self, states: dict[str, Any], length: int, follow: str | None, handlers: list[str]) -> str:
        """Some states, the last of which leads to `follow`; the name of the first."""
        parts = [next(self.names) for _ in range(length)]
        first = parts[0]
        for i, name in enumerate(parts):
            after = parts[i + 1] if i + 1 < length else follow
            self.state(states, name, after, handlers)
        return first

    def state(self, states: dict[str, Any], name: str, after: str | None, handlers: list[str]) -> None:
        rng = self.rng
        on = {"End": True} if after is None else {"Next": after}
        kind = rng.random()
        if kind < 0.5 or self.deep > 1:
            self.task(states, name, on, handlers)
        elif kind < 0.68 and after is not None:
            self.deep += 1
            before = list(self.known)
            arm = self.flow(states, rng.randint(1, 2), after, handlers)
            self.known = before
            other = after if rng.random() < 0.5 else next(self.names)
            if other != after:
                states[other] = {"Type": "Fail", "Error": "Gave up", "Cause": f"in {name}"}
            self.deep -= 1
            states[name] = self.choice(arm, other)
        elif kind < 0.76:
            fields = {"Assign": {"p" + name: 1}} if rng.random() < 0.5 else {}
            self.known += ["p" + name] if fields else []
            states[name] = {"Type": "Pass", **fields, **on}
        elif kind < 0.88:
            self.deep += 1
            known, own = list(self.known), self.own
            branches = []
            for _ in range(2):
                inner: dict[str, Any] = {}
                self.own = []
                start = self.flow(inner, rng.randint(1, 2), None, [])
                branches.append({"StartAt": start, "States": inner})
                self.known = list(known)
            self.own = own
            self.deep -= 1
            states[name] = {"Type": "Parallel", "Branches": branches, **on}
        else:
            self.deep += 1
            known, own = list(self.known), self.own
            inner = {}
            self.own = []
            start = self.flow(inner, rng.randint(1, 2), None, [])
            self.known, self.own = known, own
            self.deep -= 1
            body = {"StartAt": start, "States": inner}
            items = {"Items": "{% [1, 2, 3] %}"} if self.jsonata else {"ItemsPath": "$$.Execution.Input.list"}
            states[name] = {"Type": "Map", **items, "MaxConcurrency": 1, "ItemProcessor": body, **on}
            self.notes[name] = Notes(items=3)
        if rng.random() < 0.2 and handlers and states[name]["Type"] in ("Parallel", "Map"):
            states[name]["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": rng.choice(handlers)}]

    def choice(self, then: str, otherwise: str) -> dict[str, Any]:
        variable = self.rng.choice(self.known) if self.known and self.rng.random() < 0.5 else None
        if self.jsonata:
            tested = f"$exists(${variable}.ok) and ${variable}.ok" if variable else "$exists($states.input.ok)"
            return choice((f"{{% {tested} %}}", then), default=otherwise)
        tested = f"${variable}" if variable else "$"
        rule = {"And": [{"Variable": f"{tested}.ok", "IsPresent": True},
                        {"Variable": f"{tested}.ok", "BooleanEquals": True}], "Next": then}  # fmt: skip
        return {"Type": "Choice", "Choices": [rule], "Default": otherwise}

    def task(self, states: dict[str, Any], name: str, on: dict[str, Any], handlers: list[str]) -> None:
        rng = self.rng
        fields: dict[str, Any] = {}
        reads = rng.sample(self.known, min(len(self.known), rng.randint(0, 2)))
        if self.jsonata:
            told = {f"v{i}": f"{{% ${name} %}}" for i, name in enumerate(reads)}
            told["input"] = "{% $states.input %}"
            if rng.random() < 0.3:
                told["day"] = "{% $states.context.Execution.Input.day & '$states.context.Execution' %}"
            fields["Arguments"] = told
            if rng.random() < 0.3:
                fields["Output"] = "{% $merge([{'was': $states.input}, $states.result]) %}"
        else:
            told = {f"v{i}.$": f"${name}" for i, name in enumerate(reads)}
            told["input.$"] = "$"
            if rng.random() < 0.3:
                told["day.$"] = "States.Format('{} $$.Execution', $$.Execution.Input.day)"
            fields["Parameters"] = told
            if rng.random() < 0.3:
                fields["ResultPath"] = f"$.r{name}"
        if rng.random() < 0.5:
            wish = rng.choice(self.own or [f"v{name}"])
            fields["Assign"] = {wish: "{% $states.result %}"} if self.jsonata else {f"{wish}.$": "$"}
        if rng.random() < 0.3:
            fields["Retry"] = [{"ErrorEquals": ["Busy"], "MaxAttempts": 1}]
        if handlers and rng.random() < 0.4:
            catch: dict[str, Any] = {
                "ErrorEquals": rng.choice((["States.ALL"], ["Wrong"])),
                "Next": rng.choice(handlers),
            }
            if rng.random() < 0.5 and self.jsonata:
                catch["Output"] = rng.choice(("{% $states.errorOutput.Error %}", "{% {'at': $states.input} %}"))
                catch["Assign"] = {"vError": "{% $states.errorOutput %}"}
            elif rng.random() < 0.5 and not self.jsonata:
                catch["ResultPath"] = "$.error"
            fields["Catch"] = [catch]
        ok = rng.random() < 0.85
        states[name] = task(LAMBDA if ok else TOKEN, **fields, **on)
        self.notes[name] = Notes(idempotent=True, duration=0.1)
        for key in fields.get("Assign", {}):
            key = key.removesuffix(".$")
            if key not in self.known:
                self.known.append(key)
                self.own.append(key)


def drawn(seed: int) -> Workflow:
    """A workflow of five to twenty states."""
    rng = random.Random(seed)
    language = rng.choice(("JSONata", "JSONPath"))
    draw = _Draw(rng, language)
    states: dict[str, Any] = {}
    handlers = ["Handler", "Repair"]
    start = draw.flow(states, rng.randint(3, 8), "Last", handlers)
    states["Last"] = task(End=True)
    states["Handler"] = task(Next="Handled")
    states["Handled"] = {"Type": "Fail", "Error": "Handled"}
    states["Repair"] = task(TOKEN if rng.random() < 0.5 else LAMBDA, Next="Last")
    for name in ("Last", "Handler", "Repair"):
        draw.notes[name] = Notes(idempotent=True, duration=0.1)
        draw.notes[name] = Notes(idempotent=True, duration=0.1)
    return workflow(states, start=start, notes=draw.notes, name=f"drawn {seed}", language=language)

"""A Mermaid sequence diagram of one execution: who asked whom for what, in order, as the architecture draws them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from sfdsl.aws import resource as resources
from sfdsl.aws.resource import Activity, LambdaFunction, ServiceTask
from sfdsl.simulate.history import Event
from sfdsl.simulate.narrative import seconds
from sfdsl.simulate.run import Run

_MOST = 400
"""Messages in one diagram; beyond that it can no longer be read, and browsers struggle."""


def sequence(run: Run, title: str = "", *, started_by: str = "Client") -> str:
    """The diagram of a run.

    Step Functions, the states that do work and the services they call take part; what a Choice, Wait, Pass, Succeed or
    Fail does is Step Functions' own.

    Args:
        run: Of which the events are drawn; children of Distributed Maps are one message for all.
        title: Of the diagram; empty for none.
        started_by: Who starts the execution.
    """
    drawing = _Drawing(run, started_by)
    for event in run.execution.events:
        drawing.event(event)
        if len(drawing.lines) >= _MOST:
            drawing.lines.append(f"    Note over sf: {len(run.execution.events)} events in all, the rest is left out")
            break
    head = ["---", f"title: {json.dumps(title, ensure_ascii=False)}", "---"] if title else []
    body = [f"    participant {alias} as {_plain(name)}" for alias, name in drawing.participants.values()]
    return "\n".join([*head, "sequenceDiagram", *body, *drawing.lines]) + "\n"


class _Visit:
    """A state being visited: flows run side by side, so that several are at once.

    Attributes:
        name, kind: Of the state.
        entered: When, in seconds since the simulation began.
        around: The Parallel or Map that it is in; None at the top.
        service: The participant it has called last.
        begun, failed: Whether its work has begun; whether it failed since then.
    """

    def __init__(self, name: str, kind: str, entered: float, around: _Visit | None) -> None:
        self.name = name
        self.kind = kind
        self.entered = entered
        self.around = around
        self.service = ""
        self.begun = False
        self.failed = False


class _Drawing:
    """The lines so far, and who takes part in them."""

    def __init__(self, run: Run, started_by: str) -> None:
        self.participants: dict[str, tuple[str, str]] = {}
        self.lines: list[str] = []
        self.events = run.execution.events
        self.children = run.execution.children
        self.client = self.participant("client", "client", started_by)
        self.machine = self.participant("sf", "sf", "Step Functions")
        self.visits: dict[int, _Visit | None] = {0: None}
        self.exits: set[int] = set()
        self.choosing: _Visit | None = None

    def participant(self, key: str, alias: str, name: str) -> str:
        """The short name of a participant, who is added where he is new."""
        if key not in self.participants:
            self.participants[key] = (alias, name)
        return self.participants[key][0]

    def state(self, name: str) -> str:
        """The participant for a state."""
        return self.participant(f"state {name}", f"s{len(self.participants)}", name)

    def service(self, name: str) -> str:
        """The participant for a service."""
        return self.participant(f"service {name}", f"s{len(self.participants)}", name)

    def say(self, source: str, arrow: str, target: str, message: str) -> None:
        """Add a message."""
        self.lines.append(f"    {source}{arrow}{target}: {_plain(message)}")

    def event(self, event: Event) -> None:
        """Draw what an event tells."""
        if event.type.startswith("Execution"):
            self.visits[event.id] = None
            self.execution(event)
            return
        before = self.visits.get(event.previous)
        if event.type.endswith("StateEntered"):
            around = before.around if before is not None and event.previous in self.exits else before
            visit = _Visit(event.details["name"], event.type.removesuffix("StateEntered"), event.time, around)
            self.visits[event.id] = visit
            self.entered(visit)
            return
        found = _meant(before, event)
        self.visits[event.id] = found
        if found is None:
            return
        if event.type.endswith("StateExited"):
            self.exits.add(event.id)
            self.left(found, event.time)
        elif event.type.startswith("Map"):
            self.of_map(found, event)
        else:
            self.of_call(found, event)

    def execution(self, event: Event) -> None:
        """Draw the start or the end of the execution."""
        if event.type == "ExecutionStarted":
            self.say(self.client, "->>", self.machine, "Start execution")
            return
        told = event.type.removeprefix("Execution").lower()
        error = f": {event.details['error']}" if event.details.get("error") else ""
        arrow = "-->>" if event.type == "ExecutionSucceeded" else "--x"
        self.say(self.machine, arrow, self.client, f"Execution {told}{error} after {seconds(event.time)}")

    def entered(self, visit: _Visit) -> None:
        """Draw that a state begins."""
        if self.choosing is not None:
            self.say(self.machine, "->>", self.machine, f"{self.choosing.name} leads to {visit.name}")
            self.choosing = None
        if visit.kind in _WORKING:
            self.say(self.machine, "->>", self.state(visit.name), f"Execute {visit.name}")
        elif visit.kind in ("Pass", "Succeed", "Fail"):
            self.say(self.machine, "->>", self.machine, visit.name)

    def left(self, visit: _Visit, time: float) -> None:
        """Draw that a state ends."""
        if visit.kind == "Choice":
            self.choosing = visit  # which way it goes is told by the state that comes next
        elif visit.kind == "Wait":
            self.say(self.machine, "->>", self.machine, f"{visit.name}, {seconds(time - visit.entered)}")
        elif visit.kind in _WORKING:
            failed = visit.failed
            self.say(self.state(visit.name), "--x" if failed else "-->>", self.machine,
                     "State failed, error caught" if failed else "State complete")  # fmt: skip

    def of_call(self, visit: _Visit, event: Event) -> None:
        """Draw the call of a service, and how it ends."""
        details, state = event.details, self.state(visit.name) if visit.kind in _WORKING else ""
        if event.type.endswith("Scheduled"):
            self.begins(visit, event)
            resource = details.get("resource", "")
            if "resourceType" in details:
                service, operation = details["resourceType"].removeprefix("aws-sdk:"), resource
            else:
                service, operation = service_of(resource), "invoke"
            visit.service = self.service(service)
            self.say(state, "->>", visit.service, operation)
        elif event.type.endswith("Submitted"):
            self.say(visit.service, "-->>", state, "Accepted")
        elif event.type in ("TaskSucceeded", "LambdaFunctionSucceeded", "ActivitySucceeded"):
            self.say(visit.service, "-->>", state, "Return result")
        elif event.type in ("TaskFailed", "LambdaFunctionFailed", "ActivityFailed"):
            visit.failed = True
            self.say(visit.service, "--x", state, str(details.get("error") or "failure"))
        elif event.type.endswith("TimedOut"):
            visit.failed = True
            self.say(visit.service, "--x", state, "no answer in time")
        elif event.type == "ParallelStateStarted":
            self.begins(visit, event)
        elif event.type in ("ParallelStateFailed", "EvaluationFailed"):
            visit.failed = True

    def of_map(self, visit: _Visit, event: Event) -> None:
        """Draw what happens to a Map and its iterations."""
        state = self.state(visit.name)
        if event.type == "MapStateStarted":
            self.begins(visit, event)
        elif event.type == "MapIterationStarted":
            self.say(state, "->>", self.machine, f"Iteration {event.details['index']}")
        elif event.type in ("MapRunSucceeded", "MapRunFailed"):
            children = [child for child in self.children if child.map_run.state.name == visit.name]
            failed = sum(child.status != "SUCCEEDED" for child in children)
            count = "1 child execution" if len(children) == 1 else f"{len(children)} child executions"
            self.say(state, "->>", self.machine, f"{count}, {failed} failed" if failed else count)
        if event.type in ("MapStateFailed", "MapRunFailed"):
            visit.failed = True

    def begins(self, visit: _Visit, event: Event) -> None:
        """Draw that a state is tried again, if this is not the first time that its work begins."""
        if visit.begun or visit.failed:
            failed = self.events[event.previous - 1].time
            state = self.state(visit.name)
            self.say(state, "--x", self.machine, "State failed")
            if event.time > failed:
                self.say(self.machine, "->>", self.machine, f"Back off, {seconds(event.time - failed)}")
            self.say(self.machine, "->>", state, f"Retry {visit.name}")
        visit.begun, visit.failed = True, False


def _meant(before: _Visit | None, event: Event) -> _Visit | None:
    """The visit that an event belongs to, given that of the event before it in the history's own chain.

    A Task's events follow those of its own; what ends a Parallel or Map follows the last event of a flow inside it.
    """
    kind = next((kind for kind in ("Parallel", "Map") if event.type.startswith(kind)), None)
    name = event.details.get("name")
    while before is not None:
        if event.type.endswith("StateExited") or event.type.startswith("MapIteration"):
            found = before.name == name
        elif kind is not None:
            found = before.kind == kind and not (event.type.endswith("StateFailed") and before.failed)
        else:
            found = True
        if found:
            return before
        before = before.around
    return None


_WORKING = frozenset({"Task", "Parallel", "Map"})
"""States that take part in the diagram themselves."""


def service_of(resource: str) -> str:
    """What a reader calls the thing that a resource names."""
    match resources.parse(resource):
        case ServiceTask() as task:
            return task.service
        case LambdaFunction() as function:
            return f"Lambda {function.name}"
        case Activity() as activity:
            return f"Activity {activity.name}"
        case _:
            return resource


_UNSAFE = re.compile(r"[;#\x00-\x1f<>{}]")


def _plain(words: str | Iterable[str]) -> str:
    """Text that Mermaid takes as it is: what means something to it stands as an entity."""
    return _UNSAFE.sub(lambda found: f"#{ord(found[0])};", str(words)).strip() or " "

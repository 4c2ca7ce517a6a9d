"""A Mermaid sequence diagram of one execution: who asked whom for what, in order, as the architecture draws them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from sfdsl.aws import resource as resources
from sfdsl.aws.resource import Activity, LambdaFunction, ServiceTask
from sfdsl.simulate.narrative import seconds
from sfdsl.simulate.run import Run

_MOST = 400
"""Messages in one diagram; beyond that it can no longer be read, and browsers struggle."""


def sequence(run: Run, title: str = "", *, started_by: str = "Client") -> str:
    """The diagram of a run.

    Args:
        run: Of which the events are drawn; children of Distributed Maps are one message each.
        title: Of the diagram; empty for none.
        started_by: Who starts the execution.
    """
    drawing = _Drawing(run, started_by)
    for event in run.execution.events:
        drawing.event(event.type, event.details, event.time)
        if len(drawing.lines) >= _MOST:
            drawing.lines.append(f"    Note over sf: {len(run.execution.events)} events in all, the rest is left out")
            break
    head = ["---", f"title: {json.dumps(title, ensure_ascii=False)}", "---"] if title else []
    body = [f"    participant {alias} as {_plain(name)}" for alias, name in drawing.participants.values()]
    return "\n".join([*head, "sequenceDiagram", *body, *drawing.lines]) + "\n"


class _Drawing:
    """The lines so far, and who takes part in them."""

    def __init__(self, run: Run, started_by: str) -> None:
        self.participants: dict[str, tuple[str, str]] = {}
        self.lines: list[str] = []
        self.client = self.participant("client", "client", started_by)
        self.machine = self.participant("sf", "sf", "Step Functions")
        self.services = {call.state: service_of(call.resource) for call in run.calls}
        self.open: dict[str, str] = {}
        self.last = ""

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

    def event(self, type: str, details: dict[str, Any], time: float) -> None:
        """Draw what an event tells."""
        name = details.get("name", "")
        if type == "ExecutionStarted":
            self.say(self.client, "->>", self.machine, "Start execution")
        elif type.startswith("Execution"):
            told = type.removeprefix("Execution").lower()
            error = f": {details['error']}" if details.get("error") else ""
            arrow = "-->>" if type == "ExecutionSucceeded" else "--x"
            self.say(self.machine, arrow, self.client, f"Execution {told}{error} after {seconds(time)}")
        elif type.endswith("StateEntered"):
            self.last = name
            kind = type.removesuffix("StateEntered")
            self.say(self.machine, "->>", self.state(name), f"Execute {kind}")
        elif type.endswith("StateExited"):
            self.say(self.state(name), "-->>", self.machine, "State complete")
        elif type.endswith("Scheduled"):
            self.called(details)
        elif type.endswith("Submitted"):
            self.ended("-->>", "Accepted")
        elif type in ("TaskSucceeded", "LambdaFunctionSucceeded", "ActivitySucceeded"):
            self.ended("-->>", "Return result")
        elif type in ("TaskFailed", "LambdaFunctionFailed", "ActivityFailed"):
            self.ended("--x", str(details.get("error") or "failure"))
        elif type.endswith("TimedOut"):
            self.ended("--x", "no answer in time")
        elif type == "MapIterationStarted":
            self.say(self.state(name), "->>", self.machine, f"Iteration {details['index']}")
        elif type == "MapRunStarted":
            self.lines.append(f"    Note over {self.machine}: child executions of a Map Run")

    def called(self, details: dict[str, Any]) -> None:
        """Draw the call of a service by the state entered last."""
        resource = details.get("resource", "")
        if "resourceType" in details:
            service, operation = details["resourceType"].removeprefix("aws-sdk:"), resource
        else:
            service, operation = service_of(resource), "invoke"
        self.open[""] = self.service(service)
        self.say(self.state(self.last), "->>", self.open[""], operation)

    def ended(self, arrow: str, message: str) -> None:
        """Draw the answer of the service called last."""
        if "" in self.open:
            self.say(self.open[""], arrow, self.state(self.last), message)


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

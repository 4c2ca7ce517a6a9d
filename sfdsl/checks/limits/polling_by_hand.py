"""SF424."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from sfdsl.aws.integrations import Optimized, all_optimized, optimized
from sfdsl.aws.naming import api_of
from sfdsl.aws.resource import Pattern, ServiceTask, parse
from sfdsl.aws.sdk import sdk_service
from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import express
from sfdsl.checks.limits._history import loops
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import State, Task, Wait


class PollingByHand(Check):
    """A loop that polls a job which Step Functions could wait for by itself.

    Why it matters:
        Each round costs state transitions and events of the history. With `.sync` the Task itself waits,
        costs one transition, fails when the job fails, and stops the job when the execution is stopped.

    Fires on:
        {"StartAt": "Start", "States": {
          "Start": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun",
            "Parameters": {"JobName": "orders"}, "ResultPath": "$.run", "Next": "Hold on"},
          "Hold on": {"Type": "Wait", "Seconds": 60, "Next": "Ask"},
          "Ask": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:glue:getJobRun", "ResultPath": "$.now",
            "Parameters": {"JobName": "orders", "RunId.$": "$.run.JobRunId"}, "Next": "Done?"},
          "Done?": {"Type": "Choice", "Default": "Hold on", "Choices": [
            {"Variable": "$.now.JobRun.JobRunState", "StringEquals": "SUCCEEDED", "Next": "Finish"}]},
          "Finish": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Start", "States": {
          "Start": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync",
            "Parameters": {"JobName": "orders"}, "Next": "Finish"},
          "Finish": {"Type": "Succeed"}}}
    """

    code = "SF424"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every Task in a loop with a Wait that asks for the state of a job which a Task of the same flow started."""
        for scope in graph.scopes:
            flow = graph.graph(scope)
            if express(graph, scope) or not any(isinstance(state, Wait) for state in scope.flow.states):
                continue
            started = {operation: state for state in scope.flow.states if (operation := _started(state)) is not None}
            for loop in loops(flow) if started else ():
                if not any(isinstance(flow.by_name[name], Wait) for name in loop):
                    continue
                for name in loop:
                    for entry in _polled().get(_operation(flow.by_name[name]) or "", ()):
                        if entry.operation in started:
                            start = started[entry.operation]
                            yield self._told(start, flow.by_name[name], entry, [n for n in loop if n != start.name])
                            break

    def _told(self, start: State, asks: State, entry: Optimized, loop: list[str]) -> Diagnostic:
        suffix = ".sync:2" if entry.offers(Pattern.SYNC_2) else ".sync"
        return self.at(
            asks,
            f"state {asks.name!r} polls for what {start.name!r} started",
            hint=f'use "Resource": "arn:aws:states:::{entry.service}:{entry.api}{suffix}" in {start.name!r} and drop '
            f"{', '.join(map(repr, loop))}",
        )


@cache
def _polled() -> dict[str, list[Optimized]]:
    """The calls that can wait, by the operation with which Step Functions itself polls: `glue:GetJobRun`."""
    found: dict[str, list[Optimized]] = {}
    for entry in all_optimized():
        for facts in entry.patterns:
            if facts.pattern in (Pattern.SYNC, Pattern.SYNC_2) and facts.poll_action and entry.operation:
                entries = found.setdefault(f"{entry.operation.split(':')[0]}:{facts.poll_action}", [])
                if entry not in entries:
                    entries.append(entry)
    return found


def _started(state: State) -> str | None:
    """The operation that a state calls without waiting for what it starts."""
    if isinstance(state, Task) and state.resource is not None:
        resource = parse(state.resource)
        if isinstance(resource, ServiceTask) and resource.pattern is Pattern.REQUEST_RESPONSE:
            return _operation(state)
    return None


def _operation(state: State) -> str | None:
    """The operation that a Task calls, as botocore's service and name; None for what is no such call."""
    resource = parse(state.resource) if isinstance(state, Task) and state.resource is not None else None
    if not isinstance(resource, ServiceTask):
        return None
    if not resource.sdk:
        entry = optimized(resource.service, resource.api)
        return entry.operation if entry is not None else None
    service = sdk_service(resource.service)
    if service is None or api_of(resource.api) != resource.api:
        return None
    return f"{service.botocore}:{resource.api[:1].upper()}{resource.api[1:]}"

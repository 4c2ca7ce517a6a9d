"""SF406."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import amount, express, literal, span
from sfdsl.checks.limits._counts import counted
from sfdsl.checks.limits._events import Events
from sfdsl.checks.limits._history import loops
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Wait

SOON = 6 * 3600
"""A loop that fills the history within so many seconds is worth a word."""


class HistoryOfPolling(Check):
    """A loop around a short Wait that fills the history of its execution within hours.

    Why it matters:
        A Standard execution whose history reaches 25,000 events fails at once, and no Catch sees it. A poll
        every few seconds gets there when what it waits for hangs for a night.

    Fires on:
        {"StartAt": "Ask", "States": {
          "Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "is-it-done"}, "Next": "Done?"},
          "Done?": {"Type": "Choice", "Default": "Hold on", "Choices": [
            {"Variable": "$.Payload.done", "BooleanEquals": true, "Next": "Finish"}]},
          "Hold on": {"Type": "Wait", "Seconds": 5, "Next": "Ask"},
          "Finish": {"Type": "Succeed"}}}

    Instead:
        {"TimeoutSeconds": 7200, "StartAt": "Ask", "States": {
          "Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "is-it-done"}, "Next": "Done?"},
          "Done?": {"Type": "Choice", "Default": "Hold on", "Choices": [
            {"Variable": "$.Payload.done", "BooleanEquals": true, "Next": "Finish"}]},
          "Hold on": {"Type": "Wait", "Seconds": 5, "Next": "Ask"},
          "Finish": {"Type": "Succeed"}}}
    """

    code = "SF406"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """The quickest Wait of every loop that no counter ends, where it fills the history soon."""
        budget = quotas.HISTORY_EVENTS.limit
        events = Events(graph, asserted=True)
        for scope in graph.scopes:
            if express(graph, scope):
                continue
            flow = graph.graph(scope)
            waits = {name for name, state in flow.by_name.items() if isinstance(state, Wait) and _seconds(state)}
            for loop in loops(flow) if waits else ():
                if counted(flow, loop) is not None:
                    continue
                ways = [(budget // events.round(scope, loop, name), name) for name in loop if name in waits]
                timed = sorted((rounds * _seconds(flow.by_name[name]), name) for rounds, name in ways)
                ends = literal(graph.machine.timeout_seconds) if not scope.distributed else None
                if not timed or timed[0][0] > SOON or (ends is not None and ends <= timed[0][0]):
                    continue
                seconds, name = timed[0]
                each = events.round(scope, loop, name)
                wait = flow.by_name[name]
                day = math.ceil(_seconds(wait) * 86_400 / seconds)
                yield self.at(
                    wait,
                    f"the loop around {name!r} writes {amount(each, 'event')} every "
                    f"{amount(_seconds(wait), 'second')}: {budget:,} events, the most that an execution may have, in "
                    f"about {span(seconds)}",
                    hint=f'give the machine a "TimeoutSeconds" below {int(seconds):,}, or count the rounds, or wait '
                    f'longer: "Seconds": {day} lasts a day',
                )


def _seconds(state: object) -> float:
    return (literal(state.seconds) or 0) if isinstance(state, Wait) else 0

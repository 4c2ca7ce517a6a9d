"""SF418."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sfdsl.aws.resource import LambdaFunction, Resource, ServiceTask
from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import express_tasks, where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph

# Calls that add something each time they run, by the first word of the API. What only reads, or sets a value to what it
# is already, may run twice; of a function nobody can tell but its author.
_ADDS = re.compile(r"(send|publish|start|run|submit|create|invoke|execute|put(Events|Records?|LogEvents))(?![a-z])")
_SETS = ("dynamodb:", "aws-sdk:dynamodb:")


class RepeatedTaskInExpress(Check):
    """A retried call in an Express execution that does more when it runs twice.

    Why it matters:
        An asynchronous Express execution may run more than once, and a retry may follow a call that arrived.
        What runs twice then sends two messages, starts two jobs, or books an order twice.

    Fires on:
        {"Type": "EXPRESS", "Definition": {"StartAt": "Book", "States": {"Book": {
          "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
          "Parameters": {"FunctionName": "orders-book"}, "Retry": [{"ErrorEquals": ["States.TaskFailed"]}]}}}}

    Instead:
        {"Type": "EXPRESS", "Notes": {"Book": {"idempotent": true}}, "Definition": {
          "StartAt": "Book", "States": {"Book": {
          "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
          "Parameters": {"FunctionName": "orders-book"}, "Retry": [{"ErrorEquals": ["States.TaskFailed"]}]}}}}
    """

    code = "SF418"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every retried Task in an Express execution that adds something, unless it is noted as idempotent."""
        notes = graph.workflow.notes
        for scope, state, resource in express_tasks(graph):
            retried = any(retrier.max_attempts != 0 for retrier in state.retry)
            said = state.name in notes and notes[state.name].idempotent
            if retried and not said and adds(resource):
                yield self.at(
                    state,
                    f"state {state.name!r} retries {called(resource)} in {where(graph, scope)}; it may run more than "
                    "once",
                    hint="say idempotent=True on the step if running it twice does no harm, or let the target drop "
                    "what it has seen before",
                    field="Resource",
                )


def adds(resource: Resource) -> bool:
    """Whether a call may do more when it runs twice; False where nobody can tell what it is."""
    match resource:
        case LambdaFunction():
            return True
        case ServiceTask():
            return _ADDS.match(resource.api) is not None and not resource.name.startswith(_SETS)
        case _:
            return False


def called(resource: Resource) -> str:
    """A call as messages name it."""
    match resource:
        case LambdaFunction():
            return f"the function {resource.name!r}"
        case ServiceTask():
            return resource.name
        case _:
            return resource.text

"""Step Functions: executions of other machines."""

from __future__ import annotations

from sfdsl.permissions.arns import expand, fields, is_arn, is_placeholder, pattern, split
from sfdsl.permissions.collector import Collector
from sfdsl.permissions.services.rules import managed_rule
from sfdsl.permissions.statements import Resource
from sfdsl.permissions.values import GAP

__all__ = ["start_execution"]


def _machine(text: str) -> tuple[str, str | None]:
    """The ARN of a machine without its version or alias, and that."""
    parts = fields(text)
    if parts is None:
        return text, None
    rest = split(parts[5])
    if len(rest) < 3:
        return text, None
    return ":".join([*parts[:5], *rest[:2]]), rest[2]


def start_execution(needs: Collector) -> None:
    """Start a machine, and with a job pattern follow and stop its executions."""
    machine = needs.get("StateMachineArn")
    every = expand("~states:stateMachine:*")
    action = "states:StartSyncExecution" if needs.call.api == "startSyncExecution" else "states:StartExecution"
    texts = machine.texts if machine is not None else (GAP,)
    argument = machine.path if machine is not None else ""
    executions = []
    for text in texts:
        whole, qualifier = _machine(text)
        if not is_arn(whole) and not is_placeholder(whole):
            whole = expand("~states:stateMachine:") + ("*" if whole.startswith(GAP) else pattern(whole))
        resource = Resource(
            text=pattern(whole) if GAP in whole else whole, shape=every, open="*" in whole or GAP in text
        )
        if GAP in text:
            needs.unknown(action, resource, argument)
        # A version or alias is authorised on the machine; the condition narrows it to that one.
        # Source: Step Functions Developer Guide, "Versions and aliases", permissions.
        only = {"ForAnyValue:StringEquals": {"states:StateMachineQualifier": qualifier}} if qualifier else {}
        needs.allow(
            action,
            [resource],
            argument=argument,
            why="start the execution",
            conditions=only if GAP not in (qualifier or "") else {},
        )
        if needs.call.job:
            executions += _executions(needs, resource.text)
    if executions:
        needs.allow(
            ("states:DescribeExecution", "states:StopExecution"),
            executions,
            argument=argument,
            why="wait for the execution, and stop it when the state is stopped",
        )
        managed_rule(needs, "StepFunctionsGetEventsForStepFunctionsExecutionRule")


def _executions(needs: Collector, machine: str) -> list[Resource]:
    """The executions of a machine; the reference lists both of their types as required for DescribeExecution."""
    if is_placeholder(machine):
        name = needs.beside(machine, "Name", "name of the state machine whose ARN is")
        machine = expand(f"~states:stateMachine:{name}")
    return [
        Resource(
            text=machine.replace(":stateMachine:", f":{kind}:", 1) + ending,
            shape=expand(f"~states:{kind}:*"),
            open=True,
        )
        for kind, ending in (("execution", ":*"), ("express", ":*:*"))
    ]

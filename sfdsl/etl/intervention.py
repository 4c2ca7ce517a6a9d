"""Ask a person, and wait for the answer."""

from __future__ import annotations

from collections.abc import Sequence

from sfdsl import aws, context
from sfdsl.dsl.steps import Task
from sfdsl.jsonata import Value


def manual_intervention(
    name: str,
    question: str,
    *,
    answers: Sequence[str],
    details: Value = None,
    queue: str = "${InterventionQueueUrl}",
    within: str = "3d",
    heartbeat: str = "1h",
) -> Task:
    """A step that hands a question to the operators' desk and waits; the answer is `step.result.decision`.

    The desk takes the message off the queue, opens a ticket and returns the task token with the operator's decision
    (`{"decision": "retry", "by": "..."}`). While the ticket is open it sends a heartbeat, so that a ticket that got
    lost is noticed within an hour and not after days.

    Args:
        name: Of the state.
        question: What the operator is asked; may hold values of the running pipeline.
        answers: The decisions to choose from.
        details: What the operator should see with it, as JSON.
        queue: URL of the desk's queue.
        within: How long the desk has; States.Timeout after that.
        heartbeat: How long may pass between two signs of life of the desk; States.HeartbeatTimeout after that.
    """
    ticket: dict[str, Value] = {
        "taskToken": context.Task.Token,
        "execution": context.Execution.Id,
        "question": question,
        "answers": list(answers),
    }
    if details is not None:
        ticket["details"] = details
    return aws.sqs.send_message.wait_for_task_token(
        name, QueueUrl=queue, MessageBody=ticket, timeout=within, heartbeat=heartbeat
    )

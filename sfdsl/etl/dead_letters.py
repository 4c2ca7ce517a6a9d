"""Keep what failed, so that somebody can look at it and start it again."""

from __future__ import annotations

from sfdsl import Pipeline, aws, context
from sfdsl.dsl.steps import Task


def dead_letter(
    pipeline: Pipeline, name: str = "Park in dead letter queue", *, queue: str = "${DeadLetterQueueUrl}"
) -> Task:
    """A step for handlers of errors that parks a failed run in a queue, with all that a second run needs.

    The message holds the execution's ARN, its input as it was started, and the error with the state that it came from.

    Args:
        pipeline: Whose error and input are parked.
        name: Of the state.
        queue: URL of the queue.
    """
    return aws.sqs.send_message(
        name,
        QueueUrl=queue,
        MessageBody={"execution": context.Execution.Id, "input": pipeline.input, "error": pipeline.error},
        timeout="1m",
    )

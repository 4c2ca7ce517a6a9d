"""Tell people."""

from __future__ import annotations

from sfdsl import aws, context
from sfdsl.dsl.steps import Task


def notify(name: str, subject: str, text: str, *, topic: str = "${AlertTopicArn}") -> Task:
    """A step that publishes a message to a topic; who subscribed gets it by mail, SMS or chat.

    Args:
        name: Of the state.
        subject: Of the mail; at most 100 ASCII characters in one line, so write no value of a later time into it.
        text: The message; an f-string with results, the input or the error. The execution's ARN is put below it.
        topic: ARN of the topic.

    Source: Amazon SNS API Reference, Publish, Subject.
    """
    message = f"{text}\n\nExecution: {context.Execution.Id}"
    return aws.sns.publish(name, TopicArn=topic, Subject=subject, Message=message, timeout="1m")

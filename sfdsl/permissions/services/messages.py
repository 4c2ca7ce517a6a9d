"""SNS and SQS: topics, and queues known by their URL."""

from __future__ import annotations

import re
from collections.abc import Callable

from sfdsl.permissions.arns import DOMAIN, expand, is_arn, is_placeholder, pattern, split
from sfdsl.permissions.collector import Collector
from sfdsl.permissions.statements import Resource
from sfdsl.permissions.values import GAP

__all__ = ["on_queue", "publish", "queue_resource"]


def publish(needs: Collector) -> None:
    """Publish to a topic, to an endpoint of a device, or to a telephone."""
    why = "publish the message"
    if needs.given("TopicArn") and (needs.get("PhoneNumber") is None or needs.get("TopicArn") is not None):
        needs.templates("sns:Publish", "~sns:{TopicArn!}", why=why)
    elif needs.given("TargetArn"):
        target = needs.get("TargetArn")
        if target is not None and not target.texts[0].startswith(GAP):
            needs.templates("sns:Publish", "~sns:{TargetArn!}", why=why)
        else:
            needs.templates("sns:Publish", "~sns:{TargetArn!}", "~sns:endpoint/{TargetArn!}", why=why)
    elif needs.given("PhoneNumber"):
        # IAM knows no ARN of a telephone: a text message is authorised on its number. This allows it, and no topic.
        topics = Resource(text="arn:${AWS::Partition}:sns:*:*:*", excluded=True)
        needs.allow("sns:Publish", [topics], argument=f"{needs.arguments.key}.PhoneNumber", why="send a text message")
    else:
        needs.templates("sns:Publish", "~sns:{TopicArn!}", why=why)


_QUEUE = re.compile(
    rf"https?://(?:sqs\.(?P<region>[^/]+?)|(?P<old>[^/]+?)\.queue|queue)\.{DOMAIN}/(?P<account>[^/]+)/(?P<name>[^/]+)/?"
)


def queue_resource(needs: Collector, text: str) -> Resource:
    """The queue behind a URL."""
    every = expand("~sqs:*")
    if is_arn(text):
        return Resource(text=pattern(text), shape=every, open=GAP in text)
    if is_placeholder(text):
        return Resource(text=needs.beside(text, "Arn", "ARN of the queue whose URL is"), shape=every, open=True)
    url = _QUEUE.fullmatch(text)
    if url is not None:
        region = url["region"] or url["old"] or "${AWS::Region}"
        arn = f"arn:${{AWS::Partition}}:sqs:{region}:{url['account']}:{url['name']}"
        return Resource(text=pattern(arn), shape=every, open=GAP in arn)
    last = split(text, "/")[-1]
    return Resource(text=expand("~sqs:") + pattern(last), shape=every, open=GAP in text)


def on_queue(action: str) -> Callable[[Collector], None]:
    """What a call with a `QueueUrl` needs."""

    def run(needs: Collector) -> None:
        url = needs.get("QueueUrl")
        texts = url.texts if url is not None else (GAP,)
        found = [queue_resource(needs, text) for text in texts]
        if url is not None and url.dynamic:
            needs.unknown(action, found[0], url.path)
        needs.allow(action, found, argument=url.path if url is not None else "", why="use the queue")

    return run

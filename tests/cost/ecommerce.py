"""B1 as an author writes it: the shop of AWS's blog by polling, and with task tokens.

Source: AWS Compute blog, "Building cost-effective AWS Step Functions workflows"; the steps are reconstructed from its
count of 17 transitions, which includes the start and the end.
"""

from __future__ import annotations

from sfdsl import Choice, Pipeline, Wait, aws, context
from sfdsl.dsl.steps import Steps, Task

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/requests"
TOPIC = "arn:aws:sns:us-east-1:123456789012:orders"


def by_polling() -> Pipeline:
    """Approval and payment are asked for by a message, and a table is read until it tells."""
    shop = Pipeline("by-polling", input={"order": str}, type="auto")
    steps = fulfilment(shop)
    for what in ("payment", "approval"):
        ask = aws.sqs.send_message(
            f"Ask for {what}", QueueUrl=QUEUE, MessageBody=shop.input.order, duration=0.3, timeout=60
        )
        wait = Wait(f"Await {what}", 1)
        get = aws.dynamodb.get_item(
            f"Get {what}", TableName="orders", Key={"id": {"S": shop.input.order}}, duration=0.1, timeout=60
        )
        got = Choice(f"Got {what}?").when(
            get.result.Item.state.S == "DONE", notify(shop, what) >> steps, probability=1.0
        )
        steps = ask >> wait >> get >> got.otherwise(wait)
    shop.define(steps)
    return shop


def by_callbacks() -> Pipeline:
    """The same with task tokens; what follows the payment takes 1.9 s."""
    shop = Pipeline("by-callbacks", input={"order": str}, type="auto")

    def ask(name: str) -> Task:
        body = {"order": shop.input.order, "token": context.Task.Token}
        return aws.sqs.send_message.wait_for_task_token(name, QueueUrl=QUEUE, MessageBody=body, timeout="7d")

    shop.define(
        ask("Approve") >> notify(shop, "order") >> ask("Payment") >> notify(shop, "payment") >> fulfilment(shop)
    )
    return shop


def notify(shop: Pipeline, what: str) -> Task:
    return aws.sns.publish(
        f"Notify {what}", TopicArn=TOPIC, Message=shop.input.order, idempotent=True, duration=0.3, timeout=60
    )


def fulfilment(shop: Pipeline) -> Steps:
    ship = aws.sns.publish("Ship", TopicArn=TOPIC, Message=shop.input.order, idempotent=True, duration=0.4, timeout=60)
    orders, inventory, customer, ledger = (
        aws.lambda_.invoke(
            f"Update {what}", FunctionName=f"update-{what}", Payload={"order": shop.input.order},
            idempotent=True, duration=0.3, timeout=60,
        )
        for what in ("orders", "inventory", "customer", "ledger")
    )  # fmt: skip
    return orders >> inventory >> customer >> ledger >> ship

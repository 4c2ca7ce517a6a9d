"""Machines that write items in a row, drawn from a seed."""

from __future__ import annotations

from typing import Any

from sfdsl.model.workflow import Assertion
from tests.cost.rewrites.rows_of_calls import Drawing

Json = Any


class Writes(Drawing):
    """Machines that put, update and delete items of one or two tables."""

    apis: tuple[str, ...] = ("putItem", "putItem", "putItem", "deleteItem", "updateItem")
    conditions = 0.3

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.sdk = self.chance(0.2)
        prefix = "DynamoDb" if self.sdk else "DynamoDB"
        self.transient = (f"{prefix}.ProvisionedThroughputExceededException", f"{prefix}.SdkClientException")
        self.other_errors = (f"{prefix}.ConditionalCheckFailedException",)

    def call(self, name: str) -> Json:
        api = self.pick(self.apis)
        # What a task writes to is told by literals, or only by what they are in fact.
        own = self.pick([name, name, f"{{% '{name} ' & {self.text()} %}}"])
        given: dict[str, Json] = {"TableName": "t" if self.chance(0.85) else "u"}
        if api == "putItem":
            given["Item"] = {"id": {"S": own}, "v": {"S": f"{{% {self.text()} %}}"}}
            if self.chance(0.3):
                given["Item"] = {"id": {"S": own}}
        else:
            given["Key"] = {"id": {"S": own}}
        if api == "updateItem":
            given.update(UpdateExpression="SET n = :n", ExpressionAttributeValues={":n": {"N": "1"}})
        if self.chance(self.conditions):
            given["ConditionExpression"] = "attribute_not_exists(id)"
        if self.chance(0.1):
            given["ReturnValues"] = self.pick(["NONE", "ALL_OLD"])
        resource = f"arn:aws:states:::{'aws-sdk:' if self.sdk else ''}dynamodb:{api}"
        return self.outputs(
            {"Type": "Task", "Resource": resource, "Arguments": given}, ("r",) if self.chance(0.1) else ()
        )


class Batches(Writes):
    """Mostly what BatchWriteItem takes."""

    apis = ("putItem", "putItem", "deleteItem")
    conditions = 0.03

    def retry(self) -> list[Json]:
        for _ in range(3):
            if made := super().retry():
                return made
        return []


class Transactions(Writes):
    """Mostly what TransactWriteItems takes."""

    asserted = (Assertion.ATOMIC, Assertion.ERROR_NAMES_FREE, Assertion.UNORDERED)
    conditions = 0.3

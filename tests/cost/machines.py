"""Machines of published cost cases, and short ways to write others."""

from __future__ import annotations

from typing import Any

from sfdsl.model.asl import read
from sfdsl.model.workflow import MachineType, Notes, Workflow

SNS = "arn:aws:states:::sns:publish"
SQS = "arn:aws:states:::sqs:sendMessage"
TOKEN = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
LAMBDA = "arn:aws:states:::lambda:invoke"
GET = "arn:aws:states:::dynamodb:getItem"
PUT = "arn:aws:states:::dynamodb:putItem"


def workflow(states: dict[str, Any], start: str | None = None, **more: Any) -> Workflow:
    """A workflow of states written as ASL, in JSONata; the first one starts it."""
    language = more.pop("language", "JSONata")
    definition = {"QueryLanguage": language, "StartAt": start or next(iter(states)), "States": states}
    if "timeout" in more:
        definition["TimeoutSeconds"] = more.pop("timeout")
    return Workflow(name=more.pop("name", "case"), machine=read(definition), **more)


def chain(*states: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """States one after the other; one that has a way on already, or none, keeps it."""
    found: dict[str, Any] = {}
    for i, (name, state) in enumerate(states):
        state = dict(state)
        if "Next" not in state and "End" not in state and state["Type"] not in ("Choice", "Succeed", "Fail"):
            if i + 1 < len(states):
                state["Next"] = states[i + 1][0]
            else:
                state["End"] = True
        found[name] = state
    return found


def task(resource: str = LAMBDA, **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, **fields}


def choice(*rules: tuple[str, str], default: str | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {"Type": "Choice", "Choices": [{"Condition": c, "Next": to} for c, to in rules]}
    return told if default is None else {**told, "Default": default}


UPDATES = ("Update orders", "Update inventory", "Update customer", "Update ledger")


def naive() -> Workflow:
    """B1: approval and payment by polling, 15 states on the happy way, no second round of a poll."""
    states: list[tuple[str, dict[str, Any]]] = []
    notes = {}
    for what, after in (("approval", "Ask for payment"), ("payment", UPDATES[0])):
        states += [
            (f"Ask for {what}", task(SQS)),
            (f"Await {what}", {"Type": "Wait", "Seconds": 1}),
            (f"Get {what}", task(GET)),
            (f"Got {what}?", choice(("{% $states.input.ok %}", f"Notify {what}"), default=f"Await {what}")),
            (f"Notify {what}", task(SNS, Next=after)),
        ]
        notes[f"Notify {what}"] = Notes(probability=1.0)
    states += [(name, task()) for name in UPDATES] + [("Ship", task(SNS))]
    return workflow(chain(*states), notes=notes, name="naive")


def callbacks(child_seconds: float = 1.9) -> Workflow:
    """B1: the same with task tokens, nine states; the six after the payment take `child_seconds` together."""
    short = ("Notify payment", *UPDATES, "Ship")
    states = chain(
        ("Approve", task(TOKEN)),
        ("Notify order", task(SNS)),
        ("Payment", task(TOKEN)),
        ("Notify payment", task(SNS)),
        *((name, task()) for name in UPDATES),
        ("Ship", task(SNS)),
    )
    each = round(child_seconds / 6, 1)  # whole steps of 100 ms, the last one takes what is left
    notes = {name: Notes(idempotent=True, duration=each) for name in short[:-1]}
    notes["Ship"] = Notes(idempotent=True, duration=child_seconds - 5 * each)
    notes["Notify order"] = Notes(idempotent=True, duration=0.3)
    return workflow(states, notes=notes, name="callbacks")


def distributed(items: int, batch: int, kind: str, seconds: float, steps: int = 2) -> Workflow:
    """B3: a Distributed Map over objects, `steps` Lambda states in a child of `seconds`."""
    names = [f"Step {i + 1}" for i in range(steps)]
    body = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind},
        "StartAt": names[0],
        "States": chain(*((name, task()) for name in names)),
    }
    each = {"Type": "Map", "ItemProcessor": body, "ItemBatcher": {"MaxItemsPerBatch": batch}, "End": True}
    notes = {name: Notes(duration=seconds / steps, idempotent=True) for name in names}
    return workflow({"Each": each}, notes={**notes, "Each": Notes(items=items)}, name="objects")


SSN = "/^[0-9]{3}-[0-9]{2}-[0-9]{4}$/"
MAIL = "/^[^@ ]+@[^@ ]+$/"


def sign_up() -> Workflow:
    """B8: eight states; two checks side by side, a Choice, then three steps to approve or one to deny."""

    def check(name: str, field: str, pattern: str) -> dict[str, Any]:
        value = f"$states.input.{field}"
        valid = f"{{% $exists({value}) and $type({value}) = 'string' and $contains({value}, {pattern}) %}}"
        return {"StartAt": name, "States": {name: {"Type": "Pass", "Output": {"valid": valid}, "End": True}}}

    given = "{% $states.context.Execution.Input %}"
    checks = {"Type": "Parallel", "Branches": [check("Check SSN", "ssn", SSN), check("Check email", "email", MAIL)]}
    valid = "{% $states.input[0].valid and $states.input[1].valid %}"
    states = chain(
        ("Checks", checks),
        ("Approve?", choice((valid, "Put"), default="Deny")),
        ("Put", task(PUT, Arguments={"TableName": "accounts", "Item": given})),
        ("Send", task(SQS, Arguments={"QueueUrl": "accounts", "MessageBody": given})),
        ("Publish", task(SNS, Arguments={"TopicArn": "approved", "Message": given}, End=True)),
        ("Deny", task(SNS, Arguments={"TopicArn": "denied", "Message": given}, End=True)),
    )
    return workflow(states, name="sign-up")


def express(workflow: Workflow) -> Workflow:
    """The same as an Express workflow."""
    from attrs import evolve

    return evolve(workflow, type=MachineType.EXPRESS)

"""From what each state needs to statements: one for each set of resources and conditions, named after its use."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from sfdsl.permissions.arns import covers, fields, is_placeholder, split
from sfdsl.permissions.statements import Condition, Grant, Statement

__all__ = ["compact", "merge", "named"]

_WORDS = {
    "apigateway": "ApiGateway",
    "dynamodb": "DynamoDb",
    "ec2": "Ec2",
    "ecs": "Ecs",
    "eks": "Eks",
    "elasticmapreduce": "Emr",
    "emr-containers": "EmrContainers",
    "emr-serverless": "EmrServerless",
    "events": "EventBridge",
    "execute-api": "Api",
    "iam": "Iam",
    "kms": "Kms",
    "lakeformation": "LakeFormation",
    "mediaconvert": "MediaConvert",
    "rds": "Rds",
    "redshift-data": "RedshiftData",
    "s3": "S3",
    "sagemaker": "SageMaker",
    "secretsmanager": "SecretsManager",
    "ses": "Ses",
    "sns": "Sns",
    "sqs": "Sqs",
    "ssm": "Ssm",
    "states": "StepFunctions",
    "sts": "Sts",
}
_LONGEST_SID = 128


def merge(grants: Iterable[Grant]) -> tuple[Statement, ...]:
    """Statements in the order of the grants that first need them, actions and resources sorted."""
    # What is needed of the same resources under the same conditions stands together. The resources of one grant stay
    # together too: an action with several types of resources needs them all in one statement.
    groups: dict[tuple[tuple[str, ...], tuple[Condition, ...]], list[Grant]] = {}
    for grant in grants:
        resources = _minimal(dict.fromkeys(resource.text for resource in grant.resources))
        groups.setdefault((resources, grant.conditions), []).append(grant)
    statements = [
        Statement(
            sid="",
            actions=tuple(sorted({action for grant in found for action in grant.actions})),
            resources=resources,
            conditions=conditions,
            reasons=tuple(dict.fromkeys(grant.reason for grant in found)),
        )
        for (resources, conditions), found in groups.items()
    ]
    return named(statements)


def _minimal(resources: Collection[str]) -> tuple[str, ...]:
    """The resources, sorted, without those that another of them covers to the letter."""
    if len(resources) == 1:
        return tuple(resources)
    kept = [
        text
        for text in resources
        if not any(other != text and "*" in other and covers(other, text, exact=True) for other in resources)
    ]
    return tuple(sorted(kept))


def compact(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The same permissions in fewer characters: statements with the same actions and conditions become one."""
    groups: dict[tuple[tuple[str, ...], tuple[Condition, ...]], list[Statement]] = {}
    for statement in statements:
        groups.setdefault((statement.actions, statement.conditions), []).append(statement)
    return named(
        [
            Statement(
                sid="",
                actions=actions,
                resources=tuple(sorted({text for statement in found for text in statement.resources})),
                conditions=conditions,
                reasons=tuple(dict.fromkeys(reason for statement in found for reason in statement.reasons)),
            )
            for (actions, conditions), found in groups.items()
        ]
    )


def named(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with a Sid that says what each is for, unique among them."""
    from attrs import evolve

    taken: dict[str, int] = {}
    made = []
    for statement in statements:
        sid = statement.sid or _sid(statement)
        taken[sid] = taken.get(sid, 0) + 1
        made.append(evolve(statement, sid=sid if taken[sid] == 1 else f"{sid}{taken[sid]}"))
    return tuple(made)


def _sid(statement: Statement) -> str:
    services = list(dict.fromkeys(action.partition(":")[0] for action in statement.actions))
    service = "".join(_service(prefix) for prefix in services[:2])
    names = list(dict.fromkeys(_camel(_name(text)) for text in statement.resources))
    name = "".join(part for part in names if part) if len(names) <= 2 else ""
    if statement.actions == ("iam:PassRole",):
        to = next((c.values[0] for c in statement.conditions if c.key == "iam:PassedToService"), "")
        name = re.sub(r"Arn$", "", name)
        return f"Pass{name or 'Role'}To{_camel(to.split('.')[0])}"[:_LONGEST_SID]
    if all(action.startswith("events:") for action in statement.actions) and "StepFunctionsGetEvent" in name:
        awaited = re.sub(r"StepFunctionsGetEvents?For|Rule", "", name)
        return f"Await{awaited}"[:_LONGEST_SID]
    return f"{_verb(statement)}{service}{name}"[:_LONGEST_SID]


def _verb(statement: Statement) -> str:
    names = [action.partition(":")[2] for action in statement.actions]
    verbs = list(dict.fromkeys(re.match(r"[A-Z][a-z]*|.*", name)[0] for name in names))  # type: ignore[index]
    if len(verbs) == 1:
        return verbs[0]
    started = any(verb in ("Start", "Run", "Submit", "Create", "Execute", "Add") for verb in verbs)
    watched = any(verb in ("Describe", "Get", "Stop", "Cancel", "Terminate", "Batch", "List") for verb in verbs)
    if started and watched:
        return "Run"
    if set(verbs) <= {"Describe", "Stop", "Get", "Cancel", "Terminate", "Delete", "Redrive"} and len(verbs) > 1:
        return "Watch"
    if set(verbs) <= {"Get", "List", "Describe", "Batch", "Query", "Scan"}:
        return "Read"
    return "Use"


def _service(prefix: str) -> str:
    return _WORDS.get(prefix) or _camel(prefix)


def _name(text: str) -> str:
    """What a resource is called, without what all of its type share."""
    if is_placeholder(text):
        return text
    parts = fields(text)
    if parts is None:
        return ""
    rest = parts[5]
    if parts[2] == "s3":
        return rest
    pieces = [piece for part in split(rest) for piece in split(part, "/")]
    if len(pieces) > 1:
        pieces = pieces[1:]
    return " ".join(piece for piece in pieces if piece and piece != "*")


def _camel(text: str) -> str:
    text = re.sub(r"[$#]\{(?:AWS::)?([^{}]*)\}", r" \1 ", text)
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", text))

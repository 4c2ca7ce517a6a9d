"""From what each state needs to statements: one for each set of resources and conditions, named after its use."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from sfdsl.permissions.arns import covers, fields, is_placeholder, split
from sfdsl.permissions.statements import Condition, Grant, Statement

__all__ = ["compact", "merge", "named"]

_WORDS = {
    "aoss": "OpenSearchServerless",
    "ce": "CostExplorer",
    "cloudwatch": "CloudWatch",
    "codebuild": "CodeBuild",
    "cognito-idp": "Cognito",
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
    "logs": "Logs",
    "redshift-data": "RedshiftData",
    "s3": "S3",
    "sagemaker": "SageMaker",
    "securityhub": "SecurityHub",
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
    groups: dict[tuple[tuple[str, ...], tuple[Condition, ...], bool], list[Grant]] = {}
    for grant in grants:
        resources = _minimal(dict.fromkeys(resource.text for resource in grant.resources))
        excluded = any(resource.excluded for resource in grant.resources)
        groups.setdefault((resources, grant.conditions, excluded), []).append(grant)
    statements = [
        Statement(
            sid="",
            actions=tuple(sorted({action for grant in found for action in grant.actions})),
            resources=resources,
            conditions=conditions,
            excluded=excluded,
            reasons=tuple(dict.fromkeys(grant.reason for grant in found)),
        )
        for (resources, conditions, excluded), found in groups.items()
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
    groups: dict[tuple[tuple[str, ...], tuple[Condition, ...], bool], list[Statement]] = {}
    for statement in statements:
        groups.setdefault((statement.actions, statement.conditions, statement.excluded), []).append(statement)
    return named(
        [
            Statement(
                sid="",
                actions=actions,
                resources=tuple(sorted({text for statement in found for text in statement.resources})),
                conditions=conditions,
                excluded=excluded,
                reasons=tuple(dict.fromkeys(reason for statement in found for reason in statement.reasons)),
            )
            for (actions, conditions, excluded), found in groups.items()
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
    verbs_nouns = [_verb_and_noun(action.partition(":")[2]) for action in statement.actions]
    services = list(dict.fromkeys(_service(action.partition(":")[0]) for action in statement.actions))
    name = _names(statement.resources)
    if statement.actions == ("iam:PassRole",):
        to = next((c.values[0] for c in statement.conditions if c.key == "iam:PassedToService"), "")
        return f"Pass{name or 'Role'}To{_camel(to.split('.')[0])}"[:_LONGEST_SID]
    if all(action.startswith("events:") for action in statement.actions) and "StepFunctionsGetEvent" in name:
        awaited = re.sub(r"StepFunctionsGetEvents?For|Rule", "", name)
        return f"Await{awaited}"[:_LONGEST_SID]
    if statement.resources == ("*",) and len(statement.actions) > 2 and not statement.conditions:
        return "UseActionsWithoutResources"
    if statement.excluded:
        name = "TextMessages"  # the one kind of call that is about what no ARN names
    elif not name:
        name = _common([noun for _, noun in verbs_nouns])
    return f"{_verb([verb for verb, _ in verbs_nouns])}{''.join(services[:2])}{name}"[:_LONGEST_SID]


def _verb_and_noun(name: str) -> tuple[str, str]:
    """The parts of an action's name: `BatchImportFindings` is `BatchImport` and `Findings`."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+", name) or [name]
    count = 2 if words[0] in ("Batch", "Is") and len(words) > 1 else 1
    return "".join(words[:count]), "".join(words[count:])


_STARTS = {"Start", "Run", "Submit", "Execute", "Add", "Create", "Retry", "Delete", "Invoke"}
_ENDS = {"Stop", "Cancel", "Terminate", "BatchStop", "Delete"}
_LOOKS = {"BatchGet", "Describe", "Get", "List", "Query", "Scan"}


def _verb(verbs: Sequence[str]) -> str:
    found = set(verbs)
    if len(found) == 1:
        return verbs[0]
    if found <= _LOOKS:
        return "Read"
    if found & (_STARTS - _ENDS) and found & _LOOKS and found & _ENDS:
        return "Run"
    if found <= _LOOKS | _ENDS | {"Redrive"}:
        return "Watch"
    return "Use"


def _common(nouns: Sequence[str]) -> str:
    """The words that all of the nouns begin with."""
    split_up = [re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", noun) for noun in nouns]
    words = []
    for column in zip(*split_up, strict=False):
        if len(set(column)) > 1:
            break
        words.append(column[0])
    return "".join(words)


def _service(prefix: str) -> str:
    return _WORDS.get(prefix) or _camel(prefix)


def _names(resources: Sequence[str]) -> str:
    """What one resource or two are called; of names that begin alike the shortest; nothing for more."""
    names = list(dict.fromkeys(name for name in (_camel(_name(text)) for text in resources) if name))
    names = [name for name in names if not any(other != name and name.startswith(other) for other in names)]
    return "".join(names) if len(names) <= 2 else ""


def _name(text: str) -> str:
    """What a resource is called, without what all of its type share."""
    if is_placeholder(text):
        return re.sub(r"[._-]?(arn|name|url)\}$", "}", text, flags=re.IGNORECASE)
    parts = fields(text)
    if parts is None:
        return ""
    rest = parts[5]
    if parts[2] == "s3":
        return rest
    pieces = [piece for part in split(rest.lstrip("/")) for piece in split(part, "/")]
    if len(pieces) > 1:
        pieces = pieces[1:]
    return " ".join(piece for piece in pieces if piece and piece != "*")


def _camel(text: str) -> str:
    text = re.sub(r"[$#]\{(?:AWS::)?([^{}]*)\}", r" \1 ", text)
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", text))

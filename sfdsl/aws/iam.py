"""Which permissions the calls of Step Functions need, as data; `sfdsl.permissions` fills in the arguments of a call.

`data/iam_optimized.json` has service -> API -> pattern's suffix -> list of needs; `data/iam_sdk.json` has service ->
`prefix`, `operations` (API -> list of needs) and `unverified` (APIs whose action nobody could confirm). Both have one
line per service, and only the line asked for is parsed.

A need is an action or several with templates of resources. In a template `~glue:` stands for
`arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:`, and `~iam:` for the same without a region. An argument
stands in braces:

- `{JobName}` a name;
- `{JobQueue@}` a name or an ARN, which then is the whole resource;
- `{TopicArn!}` an ARN, which is the whole resource, and so is a placeholder unless its name ends in `Name`;
- `{SecretId/}` with a leading slash dropped;
- `A||B` two templates for one resource, of which the call gives the argument of one;
- `{Entries[].EventBusName|default}` of every element, with the value that stands for an absent argument.

Source: integrations.json, sdk_iam_map.json and iam_resources.json of the fact tables; see `data/NOTICE.md`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from attrs import field, frozen

__all__ = ["Need", "known", "optimized_needs", "prefix_of_service", "sdk_needs", "unverified"]

_DATA = Path(__file__).with_name("data")


@frozen(kw_only=True)
class Need:
    """Actions that a call needs on resources that its arguments name.

    Attributes:
        actions: With their prefix, such as `glue:StartJobRun`.
        resources: Templates; empty where the actions have no resource types, so that only `*` can be granted.
        optional: Templates that count where their argument is given.
        otherwise: Templates for a call that names none of the optional ones.
        conditions: Condition operator -> key -> template or templates.
        when: Argument that must be given for the need to arise; None is always, `?` that it depends on the call in a
            way the data does not say.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    conditions: Mapping[str, Any] = field(factory=dict, hash=False)
    when: str | None = None


@cache
def _content(name: str) -> bytes:
    return b"\n" + (_DATA / name).read_bytes()


@cache
def _line(name: str, service: str) -> Any:
    """The entry of one service, without parsing those of the others; None for an unknown service."""
    content = _content(name)
    key = f'\n "{service}": '.encode()
    start = content.find(key)
    if start < 0:
        return None
    end = content.index(b"\n", start + 1)
    return json.loads(content[start + len(key) : end].rstrip(b","))


@cache
def optimized_needs(service: str, api: str, suffix: str) -> tuple[Need, ...] | None:
    """What an optimized integration needs; None where the data does not have it.

    Args:
        service: ASL's word, for example `elasticmapreduce`.
        api: In camelCase.
        suffix: Of the pattern, for example `.sync:2`.
    """
    entry = (_line("iam_optimized.json", service) or {}).get(api, {}).get(suffix)
    if entry is None:
        return None
    return tuple(
        Need(
            actions=tuple(need["actions"]),
            resources=() if need["resources"] == ["*"] else tuple(need["resources"]),
            conditions=need.get("conditions", {}),
            when=need.get("when"),
        )
        for need in entry
    )


@cache
def sdk_needs(service: str, api: str) -> tuple[Need, ...] | None:
    """What an aws-sdk call needs; None for an unknown or unverified operation.

    Args:
        service: ASL's name of the service, for example `sfn`.
        api: In camelCase.
    """
    entry = (_line("iam_sdk.json", service) or {}).get("operations", {}).get(api)
    return None if entry is None else tuple(_sdk_need(need) for need in entry)


def _sdk_need(entry: list[Any]) -> Need:
    rest = entry[1:]
    resources = rest[0] if rest else ()
    optional = rest[1] if len(rest) > 1 else ()
    more: dict[str, Any] = rest[2] if len(rest) > 2 else {}
    conditions = {"StringEquals": {"iam:PassedToService": more["to"]}} if "to" in more else {}
    return Need(
        actions=(entry[0],),
        resources=tuple(resources),
        optional=tuple(optional),
        otherwise=tuple(more.get("else", ())),
        conditions=conditions,
        when=more.get("when"),
    )


def prefix_of_service(service: str) -> str | None:
    """The prefix of a service's actions, for example `states` for `sfn`; None for an unknown service."""
    entry = _line("iam_sdk.json", service)
    return entry["prefix"] if entry else None


def known(service: str, api: str) -> bool:
    """Whether the action of an aws-sdk call has been confirmed."""
    return sdk_needs(service, api) is not None


def unverified(service: str) -> tuple[str, ...]:
    """The operations of a service whose action nobody could confirm, in camelCase."""
    return tuple((_line("iam_sdk.json", service) or {}).get("unverified", ()))

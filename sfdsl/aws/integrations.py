"""Optimized integrations: the calls that Step Functions adapts, with their parameters and patterns."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from attrs import field, frozen

from sfdsl.aws._data import load
from sfdsl.aws.resource import Pattern

__all__ = ["Optimized", "PatternFacts", "all_optimized", "apis", "optimized", "services"]


@frozen(kw_only=True)
class PatternFacts:
    """What one integration pattern of an API adds.

    Attributes:
        pattern: The pattern.
        express: Whether a state machine of type EXPRESS may use it.
        poll_action: Operation that Step Functions polls while it waits, for example `GetJobRun`; None where it does not
            poll or the operation is not known.
        cancel_action: Operation that Step Functions calls when the Task is stopped; None likewise.
        result_note: What is special about the result or the parameters, in words.
        failure_note: How a failure shows, in words.
        note: Anything else, in words.
    """

    pattern: Pattern
    express: bool
    poll_action: str | None = None
    cancel_action: str | None = None
    result_note: str | None = None
    failure_note: str | None = None
    note: str | None = None


@frozen(kw_only=True)
class Optimized:
    """An API that Step Functions calls in its own, adapted form.

    Attributes:
        service: ASL's word for the service, for example `elasticmapreduce`.
        api: The API in camelCase; not always an operation of the service (`createCluster` is EMR's `RunJobFlow`).
        patterns: The patterns it offers; request-response is among them.
        allowed: Names of the parameters it takes, sorted.
        whole_request: Whether `allowed` is the whole request of the operation as of botocore 1.44.5, so that a newer
            botocore may know more; otherwise Step Functions takes these and no others.
        required: Names of the parameters it needs. Tokens that Step Functions fills in by itself are not among them.
        exactly_one_of: Groups of which exactly one is given; a dot leads into a structure.
        enums: Allowed values by parameter where botocore does not have them; a dot leads into a structure.
        operation: The operation as botocore's service and name (`emr:RunJobFlow`); None where there is none.
        error_prefix: What stands before the dot in the names of its errors.
        error_prefix_confirmed: Whether that prefix is documented or seen in use. Source: assumed, where False.
        source: Address of the page that documents it.
    """

    service: str
    api: str
    patterns: tuple[PatternFacts, ...]
    allowed: tuple[str, ...]
    whole_request: bool
    required: tuple[str, ...]
    exactly_one_of: tuple[tuple[str, ...], ...]
    enums: Mapping[str, tuple[str, ...]] = field(hash=False)
    operation: str | None
    error_prefix: str
    error_prefix_confirmed: bool
    source: str

    def facts(self, pattern: Pattern) -> PatternFacts | None:
        """The facts of one pattern, or None where the API does not offer it."""
        return next((facts for facts in self.patterns if facts.pattern is pattern), None)

    def offers(self, pattern: Pattern) -> bool:
        """Whether the API offers the pattern."""
        return self.facts(pattern) is not None


def services() -> tuple[str, ...]:
    """ASL's names of the services with optimized APIs, `http` included, sorted.

    Source: Step Functions Developer Guide, "Integrating optimized services".
    """
    return tuple(sorted(load("integrations.json")))


def apis(service: str) -> tuple[str, ...]:
    """The optimized APIs of a service, sorted; none for an unknown service.

    Source: Step Functions Developer Guide, "Integrating optimized services".
    """
    entry = load("integrations.json").get(service)
    return tuple(sorted(entry["apis"])) if entry else ()


@cache
def optimized(service: str, api: str) -> Optimized | None:
    """The optimized API of that name, spelled exactly as in ASL; None where there is none.

    Source: Step Functions Developer Guide, the page in `Optimized.source`.
    """
    entry = load("integrations.json").get(service)
    facts = entry["apis"].get(api) if entry else None
    if facts is None:
        return None
    return Optimized(
        service=service,
        api=api,
        patterns=tuple(_pattern(Pattern(suffix), pattern) for suffix, pattern in facts["patterns"].items()),
        allowed=tuple(facts["parameters"]["allowed"]),
        whole_request=facts["parameters"]["whole_request"],
        required=tuple(facts["parameters"]["required"]),
        exactly_one_of=tuple(tuple(group) for group in facts.get("exactly_one_of", ())),
        enums={name: tuple(values) for name, values in facts.get("enums", {}).items()},
        operation=facts.get("botocore"),
        error_prefix=facts.get("error_prefix", "States.Http"),  # http:invoke alone has none of its own
        error_prefix_confirmed=facts.get("error_prefix_confirmed", True),
        source=entry["source"],
    )


def all_optimized() -> tuple[Optimized, ...]:
    """Every optimized API, by service and name."""
    found = (optimized(service, api) for service in services() for api in apis(service))
    return tuple(entry for entry in found if entry is not None)


def _pattern(pattern: Pattern, facts: dict[str, Any]) -> PatternFacts:
    notes = [facts[name] for name in ("note", "auth_note", "child_type") if name in facts]
    return PatternFacts(
        pattern=pattern,
        express=facts["express"],
        poll_action=facts.get("poll_action"),
        cancel_action=facts.get("cancel_action"),
        result_note=facts.get("result_note"),
        failure_note=facts.get("failure_note"),
        note="; ".join(notes) or None,
    )

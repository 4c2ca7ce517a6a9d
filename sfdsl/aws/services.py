"""Services and operations: how an author spells a call, in boto3's words, and what it is in ASL.

The names of `sfdsl.aws.sdk` are here as well, so that this module is the one to ask.
"""

from __future__ import annotations

from functools import cache

from attrs import frozen

from sfdsl.aws import integrations
from sfdsl.aws._data import load
from sfdsl.aws.naming import api_of, author_word, fold, snake
from sfdsl.aws.sdk import Operation, Service, Support, botocore_service, sdk_service, sdk_services

__all__ = [
    "Operation",
    "Resolved",
    "Service",
    "Support",
    "author_operations",
    "author_services",
    "author_spelling",
    "botocore_service",
    "resolve",
    "sdk_service",
    "sdk_services",
]


@frozen(kw_only=True)
class Resolved:
    """What a call of the author's is in ASL.

    Attributes:
        service: ASL's word for the service.
        api: The API in camelCase.
        sdk: Whether it is the `aws-sdk` form; otherwise the optimized one.
        known_service: Whether there is such a service.
        known_api: Whether the service has such an operation; False whenever the service is unknown.
    """

    service: str
    api: str
    sdk: bool
    known_service: bool
    known_api: bool


@cache
def resolve(service: str, operation: str, *, sdk: bool = False) -> Resolved:
    """The call that `aws.<service>.<operation>` means, optimized where the service has that API optimized.

    Services are accepted as boto3 spells them (`stepfunctions`, `emr`, `logs`, `lambda_`) and as ASL does (`states`,
    `sfn`, `elasticmapreduce`, `cloudwatchlogs`); operations in snake case, camelCase or PascalCase. What nobody knows
    comes back in camelCase, in the aws-sdk form, so that a check can say what is near.

    Args:
        service: The service.
        operation: The operation; of EMR also the names that only Step Functions has (`create_cluster`, `add_step`).
        sdk: Whether to take the aws-sdk form even where an optimized one exists.
    """
    word = fold(service)
    if not sdk:
        optimized = _optimized_calls().get((word, fold(operation)))
        if optimized is not None:
            return Resolved(service=optimized[0], api=optimized[1], sdk=False, known_service=True, known_api=True)
    found = _sdk_service(word)
    if found is not None:
        api = found.spelled(operation)
        return Resolved(
            service=found.name,
            api=api or api_of(operation),
            sdk=True,
            known_service=True,
            known_api=api is not None,
        )
    if word in _optimized_words():  # http alone has no SDK beside it
        return Resolved(
            service=_optimized_words()[word], api=api_of(operation), sdk=False, known_service=True, known_api=False
        )
    return Resolved(service=word, api=api_of(operation), sdk=True, known_service=False, known_api=False)


@cache
def author_services() -> tuple[str, ...]:
    """Every service an author can write, in boto3's spelling where boto3 has it, else in ASL's; sorted."""
    data = load("services.json")
    names = {entry["botocore"] for entry in data["listed"].values() if entry["botocore"]}
    names |= set(data["unlisted"].values()) | {"http"}
    return tuple(sorted(author_word(name) for name in names))


def author_operations(service: str) -> tuple[str, ...]:
    """Every operation of a service in snake case, optimized ones that the SDK does not have included; sorted.

    Args:
        service: The service in any spelling; an unknown one has no operations.
    """
    word = fold(service)
    found = _sdk_service(word)
    names = {snake(api) for api in found.apis} if found is not None else set()
    names |= {snake(api) for (alias, _), (_, api) in _optimized_calls().items() if alias == word}
    return tuple(sorted(names))


def author_spelling(service: str, api: str, *, sdk: bool) -> tuple[str, str]:
    """Service and operation as an author writes them; `resolve` gives the call back, with the same `sdk`.

    Args:
        service: ASL's word for the service.
        api: The API in camelCase.
        sdk: Whether it is the aws-sdk form.
    """
    if sdk:
        found = sdk_service(service)
        return author_word(found.botocore if found and found.botocore else service), snake(api)
    word = _optimized_sdk().get(service, service)
    return author_word(word), snake(api)


@cache
def _optimized_calls() -> dict[tuple[str, str], tuple[str, str]]:
    """Optimized calls by each word for their service and by API, both folded."""
    calls: dict[tuple[str, str], tuple[str, str]] = {}
    for entry in integrations.all_optimized():
        words = {fold(entry.service), fold(_optimized_sdk().get(entry.service, entry.service))}
        if entry.operation is not None:
            botocore = entry.operation.split(":")[0]
            words |= {fold(botocore), _asl_names()[botocore]}
        for word in words:
            calls[word, fold(entry.api)] = (entry.service, entry.api)
    return calls


@cache
def _optimized_words() -> dict[str, str]:
    return {fold(service): service for service in integrations.services()}


@cache
def _optimized_sdk() -> dict[str, str]:
    """Botocore's name for an optimized service, where ASL has another: `states` is `stepfunctions`."""
    found: dict[str, str] = {}
    for entry in integrations.all_optimized():
        if entry.operation is not None and entry.service not in _sdk_words():
            found.setdefault(entry.service, entry.operation.split(":")[0])
    return found


@cache
def _asl_names() -> dict[str, str]:
    return {entry["botocore"]: name for name, entry in load("services.json")["listed"].items() if entry["botocore"]}


@cache
def _sdk_words() -> dict[str, str]:
    """ASL's name of an aws-sdk service by each of its words, folded where boto3's has hyphens."""
    data = load("services.json")
    words = {fold(botocore): name for botocore, name in _asl_names().items()}
    words |= {fold(botocore): name for name, botocore in data["unlisted"].items()}
    return words | {name: name for name in (*data["listed"], *data["unlisted"])}


def _sdk_service(word: str) -> Service | None:
    name = _sdk_words().get(word)
    if name is None and word in _optimized_words():
        botocore = _optimized_sdk().get(_optimized_words()[word])
        return botocore_service(botocore) if botocore else None
    return sdk_service(name or word) or botocore_service(word)

"""The services and operations of aws-sdk integrations, as the installed botocore knows them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

from attrs import field, frozen

from sfdsl.aws import _models
from sfdsl.aws._data import load
from sfdsl.aws.naming import api_of, fold, prefix_of, sdk_service_name
from sfdsl.aws.shapes import EMPTY, Shape, Spelling, shape_of

__all__ = ["Operation", "Service", "Support", "botocore_service", "sdk_service", "sdk_services"]


class Support(enum.Enum):
    """What is known about a service in aws-sdk integrations; the value says it in words."""

    LISTED = "the developer guide lists it"
    UNLISTED = "botocore has it, but the developer guide does not list it"
    RETIRED = "the developer guide lists it, but botocore no longer has it: AWS has retired it"


@frozen(kw_only=True, eq=False)
class Operation:
    """An operation of a service.

    Attributes:
        api: ASL's name, for example `describeDBInstances`.
        name: Botocore's name, for example `DescribeDBInstances`.
        supported: Whether Step Functions calls it. Source: the developer guide's list of unsupported operations.
        deprecated: Whether the model calls it deprecated.
        errors: Botocore's names of the error shapes it declares, in the order of the model.
    """

    api: str
    name: str
    supported: bool
    deprecated: bool
    errors: tuple[str, ...]
    _service: Service = field(repr=False)

    @cached_property
    def input(self) -> Shape:
        """What an aws-sdk call takes; a structure, without members where it takes nothing."""
        return self.shape("input", Spelling.SDK)

    @cached_property
    def output(self) -> Shape:
        """What an aws-sdk call gives; a structure, without members where it gives nothing."""
        return self.shape("output", Spelling.SDK)

    def shape(self, side: str, spelling: Spelling) -> Shape:
        """Input or output in either spelling of names; optimized integrations use `Spelling.API`.

        Args:
            side: `input` or `output`.
            spelling: How names of members are spelled.
        """
        model = self._service.model
        reference = model["operations"][self.name].get(side)
        return shape_of(model["shapes"], reference, spelling, self._service.botocore) if reference else EMPTY

    def error(self, shape: str) -> Mapping[str, Any]:
        """The model of one of `errors`, as botocore has it."""
        found: Mapping[str, Any] = self._service.model["shapes"].get(shape, {})
        return found


@frozen(kw_only=True, eq=False)
class Service:
    """A service of aws-sdk integrations.

    Attributes:
        name: ASL's name, for example `sfn`.
        botocore: Botocore's name, for example `stepfunctions`; empty for a retired service.
        error_prefix: What stands before the dot in the names of its errors, for example `DynamoDb`.
        support: What is known about it.
        unsupported: Botocore's names of the operations that Step Functions does not call.
    """

    name: str
    botocore: str
    error_prefix: str
    support: Support
    unsupported: frozenset[str] = frozenset()

    @cached_property
    def model(self) -> dict[str, Any]:
        """The botocore model; without operations and shapes where the installed botocore does not have it."""
        return _models.model(self.botocore) or {"metadata": {}, "operations": {}, "shapes": {}}

    @cached_property
    def _names(self) -> dict[str, str]:
        return {api_of(name): name for name in self.model["operations"]}

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {fold(api): api for api in self._names}

    @property
    def apis(self) -> tuple[str, ...]:
        """ASL's names of its operations, in the order of the model, unsupported ones included."""
        return tuple(self._names)

    def operation(self, api: str) -> Operation | None:
        """The operation of that name, spelled exactly as in ASL; None where there is none."""
        name = self._names.get(api)
        if name is None:
            return None
        model = self.model["operations"][name]
        return Operation(
            api=api,
            name=name,
            supported=name not in self.unsupported,
            deprecated=bool(model.get("deprecated")),
            errors=tuple(error["shape"] for error in model.get("errors", ())),
            service=self,
        )

    def spelled(self, operation: str) -> str | None:
        """ASL's name of an operation in any spelling (`describe_db_instances`, `DescribeDBInstances`), or None."""
        return operation if operation in self._names else self._folded.get(fold(operation))


@cache
def sdk_service(name: str) -> Service | None:
    """The aws-sdk service of that name, spelled exactly as in ASL; None where neither list nor botocore has it.

    A service newer than the list is found by the `serviceId` of its model.

    Source: Step Functions Developer Guide, "Supported AWS SDK service integrations"; botocore.
    """
    data = load("services.json")
    entry = data["listed"].get(name)
    if entry is not None:
        return Service(
            name=name,
            botocore=entry["botocore"] or "",
            error_prefix=entry["error_prefix"],
            support=Support.LISTED if entry["botocore"] else Support.RETIRED,
            unsupported=frozenset(entry.get("unsupported", ())),
        )
    botocore = data["unlisted"].get(name) or _newer().get(name)
    return _unlisted(name, botocore) if botocore else None


@cache
def botocore_service(botocore: str) -> Service | None:
    """The service with that name in botocore (`stepfunctions`), or None.

    Source: botocore, `metadata.serviceId` of the model.
    """
    name = _by_botocore().get(botocore)
    if name is None and botocore in _unmapped():
        name = next((newer for newer, found in _newer().items() if found == botocore), None)
    return sdk_service(name) if name else None


@cache
def sdk_services() -> tuple[str, ...]:
    """ASL's names of all listed and unlisted aws-sdk services, retired ones included, sorted.

    Source: Step Functions Developer Guide, "Supported AWS SDK service integrations"; botocore.
    """
    data = load("services.json")
    return tuple(sorted({*data["listed"], *data["unlisted"]}))


@cache
def _by_botocore() -> dict[str, str]:
    data = load("services.json")
    listed = {entry["botocore"]: name for name, entry in data["listed"].items() if entry["botocore"]}
    return listed | {botocore: name for name, botocore in data["unlisted"].items()}


def _unmapped() -> frozenset[str]:
    return _models.installed() - _by_botocore().keys()


@cache
def _newer() -> dict[str, str]:
    """Botocore's names of services the data does not have, by ASL's name; reads each of their models."""
    found: dict[str, str] = {}
    for botocore in sorted(_unmapped()):
        model = _models.model(botocore)
        if model is not None:
            found.setdefault(sdk_service_name(model["metadata"]["serviceId"]), botocore)
    return found


def _unlisted(name: str, botocore: str) -> Service:
    service_id = (_models.model(botocore) or {"metadata": {}})["metadata"].get("serviceId", name)
    return Service(name=name, botocore=botocore, error_prefix=prefix_of(service_id), support=Support.UNLISTED)

"""The structure of what a service takes and gives, read from its botocore model as it is asked for."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from attrs import evolve, field, frozen

from sfdsl.aws.naming import fold, sdk_member

__all__ = ["ANY", "EMPTY", "STRING", "Kind", "Shape", "Spelling", "choice", "listed", "mapped", "shape_of", "structure"]


class Kind(enum.Enum):
    """What a value is; the value of the member is the word for it in messages."""

    STRUCTURE = "object"
    LIST = "array"
    MAP = "map"
    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    BLOB = "text or JSON"
    ANY = "any JSON"


# As arguments. Numbers and booleans are also accepted as strings (in use in published definitions: "MaxResults": "5",
# "RetainStacks": "false"); a string is a string. A blob takes text or any JSON. Source: measured, recorded executions.
_ACCEPTED = {
    Kind.STRUCTURE: frozenset({"object"}),
    Kind.LIST: frozenset({"array"}),
    Kind.MAP: frozenset({"object"}),
    Kind.STRING: frozenset({"string"}),
    Kind.INTEGER: frozenset({"number", "string"}),
    Kind.NUMBER: frozenset({"number", "string"}),
    Kind.BOOLEAN: frozenset({"boolean", "string"}),
    Kind.TIMESTAMP: frozenset({"string", "number"}),
    Kind.BLOB: frozenset({"object", "array", "string", "number", "boolean", "null"}),
    Kind.ANY: frozenset({"object", "array", "string", "number", "boolean", "null"}),
}


class Spelling(enum.Enum):
    """How field names of a service are spelled in ASL."""

    SDK = "aws-sdk"
    """As in aws-sdk calls: capitals in a row become one word (`DbInstanceIdentifier`); see `naming.sdk_member`."""
    API = "optimized"
    """As in optimized calls: as in the API, the first letter upper-cased (`MD5OfMessageBody`)."""


@frozen(kw_only=True, eq=False)
class Shape:
    """What a value of a call or a result looks like.

    Attributes:
        kind: What it is.
        name: Botocore's name of the shape; empty for one that Step Functions makes up.
        required: Names of the members that a call needs, as ASL spells them. Tokens that Step Functions fills in by
            itself are not among them.
        enum: Allowed values of a string, in the order of the model; empty where any is.
        minimum: Smallest number, or shortest length of a string, list or map; None where the model has none.
        maximum: Largest number, or greatest length; None where the model has none.
        pattern: Regular expression (Java's dialect) that a string matches; None where the model has none.
        deprecated: Whether the model calls it deprecated, where it is used or altogether.
        streaming: Whether it is a stream of events or bytes; Step Functions does not stream.
        union: Whether exactly one member of the structure is given.
        more: Whether the structure may have members that are not known, so that an unknown one is no mistake.
        also: JSON types that a call accepts here besides those of its kind.
    """

    kind: Kind
    name: str = ""
    required: tuple[str, ...] = ()
    enum: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    deprecated: bool = False
    streaming: bool = False
    union: bool = False
    more: bool = False
    also: tuple[str, ...] = ()
    _members: Callable[[], Mapping[str, Shape]] | None = field(default=None, repr=False)
    _element: Callable[[], Shape] | None = field(default=None, repr=False)
    _key: Callable[[], Shape] | None = field(default=None, repr=False)

    @cached_property
    def members(self) -> Mapping[str, Shape]:
        """Members of a structure by their name in ASL, in the order of the model; empty for anything else."""
        return self._members() if self._members is not None else {}

    @cached_property
    def element(self) -> Shape | None:
        """What a list holds, or a map as its values; None for anything else."""
        return self._element() if self._element is not None else None

    @cached_property
    def key(self) -> Shape | None:
        """The keys of a map; None for anything else. Keys stay as they are given, unlike names of members."""
        return self._key() if self._key is not None else None

    @property
    def open(self) -> bool:
        """Whether a field with a name that is not in `members` may be read from it or given to it."""
        return self.more or self.kind in (Kind.ANY, Kind.MAP)

    def accepts(self, json_type: str) -> bool:
        """Whether a call takes a literal of that JSON type here.

        Args:
            json_type: `object`, `array`, `string`, `number`, `boolean` or `null`.
        """
        return json_type in _ACCEPTED[self.kind] or json_type in self.also

    def spelled(self, name: str) -> str | None:
        """The member that is meant by another spelling (`DBInstanceIdentifier`, `jobName`), or None."""
        if name in self.members:
            return name
        wanted = fold(name)
        return next((member for member in self.members if fold(member) == wanted), None)

    def at(self, *path: str | int) -> Shape | None:
        """What stands at a path: names of members or keys, numbers for elements; None where nothing can."""
        shape: Shape | None = self
        for step in path:
            if shape is None or shape.kind is Kind.ANY:
                return shape
            if shape.kind is Kind.STRUCTURE:
                shape = shape.members.get(str(step), ANY if shape.more else None)
            else:
                shape = shape.element
        return shape

    def with_members(self, members: Mapping[str, Shape], *, more: bool = False) -> Shape:
        """The structure with some members added or replaced, the others in their place.

        Args:
            members: What to add or replace.
            more: Whether it may have members that are not known; stays true where it was.
        """
        merged = {**self.members, **members}
        return evolve(self, members=lambda: merged, more=self.more or more)

    def only(self, names: tuple[str, ...], *, required: tuple[str, ...]) -> Shape:
        """The structure with these members; a name the model does not have may be any JSON."""
        chosen = {name: self.members.get(name, ANY) for name in names}
        return evolve(self, members=lambda: chosen, required=required)


ANY = Shape(kind=Kind.ANY)
"""Any JSON."""
STRING = Shape(kind=Kind.STRING)
"""A string."""
EMPTY = Shape(kind=Kind.STRUCTURE)
"""An object without fields."""


def structure(members: Mapping[str, Shape], *, required: tuple[str, ...] = (), more: bool = False) -> Shape:
    """A structure that no model has."""
    return Shape(kind=Kind.STRUCTURE, required=required, more=more, members=lambda: members)


def choice(values: tuple[str, ...]) -> Shape:
    """A string that no model has, one of some values."""
    return Shape(kind=Kind.STRING, enum=values)


def listed(element: Shape) -> Shape:
    """A list that no model has."""
    return Shape(kind=Kind.LIST, element=lambda: element)


def mapped(value: Shape) -> Shape:
    """A map from strings that no model has."""
    return Shape(kind=Kind.MAP, element=lambda: value, key=lambda: STRING)


_KINDS = {
    "structure": Kind.STRUCTURE,
    "list": Kind.LIST,
    "map": Kind.MAP,
    "string": Kind.STRING,
    "character": Kind.STRING,
    "integer": Kind.INTEGER,
    "long": Kind.INTEGER,
    "short": Kind.INTEGER,
    "byte": Kind.INTEGER,
    "bigInteger": Kind.INTEGER,
    "double": Kind.NUMBER,
    "float": Kind.NUMBER,
    "bigDecimal": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "timestamp": Kind.TIMESTAMP,
    "blob": Kind.BLOB,
}


def shape_of(shapes: Mapping[str, Any], reference: Mapping[str, Any], spelling: Spelling, service: str) -> Shape:
    """The shape that a reference of a botocore model leads to.

    Args:
        shapes: The model's `shapes`.
        reference: An object with `shape`, as members, lists, maps and operations have them.
        spelling: How names of members are spelled.
        service: Botocore's name of the service.
    """
    name: str = reference["shape"]
    model = shapes[name]
    kind = Kind.ANY if model.get("document") else _KINDS[model["type"]]

    def follow(inner: Mapping[str, Any]) -> Shape:
        return shape_of(shapes, inner, spelling, service)

    members = model.get("members", {}) if kind is Kind.STRUCTURE else {}
    required = (
        _member_name(member, spelling, service)
        for member in model.get("required", ())
        if not members.get(member, {}).get("idempotencyToken")
    )
    return Shape(
        kind=kind,
        name=name,
        required=tuple(required) if members else (),
        enum=tuple(model.get("enum", ())),
        minimum=model.get("min"),
        maximum=model.get("max"),
        pattern=model.get("pattern"),
        deprecated=bool(model.get("deprecated") or reference.get("deprecated")),
        streaming=bool(model.get("streaming") or reference.get("streaming") or model.get("eventstream")),
        union=bool(model.get("union")),
        also=_also(service, name, spelling),
        members=(lambda: {_member_name(key, spelling, service): follow(inner) for key, inner in members.items()}),
        element=_lazily(follow, model.get("member") or model.get("value")),
        key=_lazily(follow, model.get("key")),
    )


def _lazily(
    follow: Callable[[Mapping[str, Any]], Shape], reference: Mapping[str, Any] | None
) -> Callable[[], Shape] | None:
    return None if reference is None else lambda: follow(reference)


def _also(service: str, name: str, spelling: Spelling) -> tuple[str, ...]:
    # In optimized calls a bare string is an attribute value of type S: in use in several published definitions.
    attribute = service == "dynamodb" and name == "AttributeValue" and spelling is Spelling.API
    return ("string",) if attribute else ()


def _member_name(name: str, spelling: Spelling, service: str) -> str:
    match spelling:
        case Spelling.API:
            return name[:1].upper() + name[1:]
        case Spelling.SDK if name == "NULL" and service.startswith("dynamodb"):
            return "Nul"  # Source: measured, aws/aws-sdk-js-v3 issue 4948 and boto3 issue 4253
        case Spelling.SDK:
            return sdk_member(name)

"""What is kept so that a later state can read it: variables, items of a Map, and what a Distributed Map hands over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from sfdsl.dsl.lower.paths import FieldPath, Fields
from sfdsl.dsl.lower.standby import Standby
from sfdsl.dsl.maps import DistributedMap, Map
from sfdsl.jsonata import Resolved, dotted

Textual: TypeAlias = Callable[[FieldPath], Resolved]
"""Gives the JSONata text for some fields of a bound value."""

BOX = "result"
"""The field that a whole result is kept in where it may be missing: a variable itself cannot be."""


def below(base: str, path: FieldPath, *, indexable: bool = False) -> Resolved:
    """Fields of a value that is an object."""
    return Resolved(dotted(base, path), indexable or len(path) < 2)


def _below_kept(base: str, path: FieldPath, fields: Fields) -> Resolved:
    """Fields of a value of which some fields are kept: those stand at the end of objects of our own."""
    kept = fields.kept_at(path)
    if kept == len(path):
        return Resolved(dotted(base, path), indexable=True)
    return below(base, path) if kept == 0 else Resolved(dotted(base, path))


def of_each(base: str, path: FieldPath) -> Resolved:
    """Fields of each element of a list: in brackets, because one element's would stand alone, and none's be missing."""
    return Resolved(f"[{dotted(base, path)}]" if path else base, indexable=True)


class Holder:
    """A variable that holds fields of a value.

    Attributes:
        wish: What it would be called.
        name: What it is called, once that is decided.
        fields: What is read of the value.
        standby: What it holds where its step did not run; None where the step always runs before it is read.
        each: Whether the value is a list, so that fields are those of each element.
    """

    def __init__(self, wish: str, each: bool = False) -> None:
        self.wish = wish
        self.name = ""
        self.fields = Fields()
        self.standby: Standby | None = None
        self.each = each

    @property
    def boxed(self) -> bool:
        """Whether the value is kept in a field of the variable, because it may be missing as a whole."""
        return self.standby is not None and self.fields.whole

    def text(self, path: FieldPath) -> Resolved:
        """How an expression reads it."""
        return self.read(f"${self.name}", path, self.fields)

    def read(self, base: str, path: FieldPath, fields: Fields) -> Resolved:
        """How an expression reads fields of what is kept at `base`, where `fields` of it are kept."""
        if self.boxed:
            base = dotted(base, (BOX,))
        kept = fields.kept_at(path)
        if self.each and kept < len(path):
            return of_each(base, path)._replace(there=dotted(base, path[:kept]))
        return _below_kept(base, path, fields)

    def build(self, fields: Fields, value: Callable[[FieldPath], Any]) -> Any:
        """What is kept, with `value(path)` for each field."""
        built = fields.build(value)
        return {BOX: built} if self.boxed else built


class Carried:
    """A value that a Distributed Map hands to its children.

    Attributes:
        wish: What it would be called in the children's input.
        name: What it is called there.
        source: How the Map itself reads it.
        holder: The variable it comes from; None where it is the input of the parent execution.
        fields: What the children read of it.
    """

    def __init__(self, wish: str, source: Textual, holder: Holder | None) -> None:
        self.wish = wish
        self.name = ""
        self.source = source
        self.holder = holder
        self.fields = Fields()

    def text(self, base: str, path: FieldPath) -> Resolved:
        """How the children read it, by where their input holds what was handed over."""
        base = dotted(base, (self.name,))
        if self.holder is not None:
            return self.holder.read(base, path, self.fields)
        return _below_kept(base, path, self.fields)

    def build(self, value: Callable[[FieldPath], Any]) -> Any:
        """What is handed over, with `value(path)` for each field."""
        return self.fields.build(value) if self.holder is None else self.holder.build(self.fields, value)


class Body:
    """What is known of a Map's body: how its item and index are read, and what is handed to it.

    Attributes:
        owner: The Map.
        item, index: Variables for them, named after the parameters of the body's function.
        carried: What a Distributed Map hands over, by what it is: a variable, or `"input"`.
        indexed: Whether the index is read at all.
        nested_readers: Whether something inside the first step reads the item.
    """

    def __init__(self, owner: Map) -> None:
        self.owner = owner
        self.item = Holder(owner.item._name if owner.item is not None else "item")
        self.index = Holder(owner.index._name if owner.index is not None else "index")
        self.carried: dict[Any, Carried] = {}
        self.indexed = False
        self.nested_readers = False

    @property
    def batched(self) -> bool:
        """Whether the body is given batches."""
        return isinstance(self.owner, DistributedMap) and self.owner.batch is not None

    @property
    def wrapped(self) -> bool:
        """Whether the item stands in an object, beside an index or carried values."""
        return self.indexed or (bool(self.carried) and not self.batched)

    def name_carried(self) -> None:
        """Give each carried value a name that nothing else in the children's input has."""
        if isinstance(self.owner, DistributedMap) and self.owner.batch is not None:
            taken = set(self.owner.batch.input)
        else:
            taken = {self.item.wish, self.index.wish}
        for carried in self.carried.values():
            wish = carried.holder.name if carried.holder is not None and carried.holder.name else carried.wish
            name, number = wish, 1
            while name in taken:
                name, number = f"outer_{wish}" if number == 1 else f"outer_{wish}_{number}", number + 1
            taken.add(name)
            carried.name = name

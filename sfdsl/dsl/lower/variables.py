"""Which state assigns which variables: results, items, what stands by for a result, and the author's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from sfdsl.dsl.lower.bind import Binder
from sfdsl.dsl.lower.holders import Body, Holder
from sfdsl.dsl.lower.names import VariableNames, state_names
from sfdsl.dsl.lower.paths import FieldPath
from sfdsl.dsl.lower.scopes import LoweredScope, Outline
from sfdsl.dsl.lower.spelling import Read, assign, jsonpath, read_each
from sfdsl.dsl.lower.values import Gives, Stage, given, gives
from sfdsl.dsl.steps import Raw, Step
from sfdsl.jsonata import Value, dotted, render, template
from sfdsl.model.fields import Json

Assignments: TypeAlias = "dict[str, Callable[[], Any]]"
"""By variable: its value, JSON with a `Read` wherever something is read; made when all variables have names."""


class Inserted:
    """A Pass before the first step of a scope, for what no step could assign.

    Attributes:
        name: Of the state.
        assignments: What it assigns.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.assignments: Assignments = {}


class Variables:
    """The variables of a pipeline, named and placed.

    Attributes:
        own: What each step assigns on its normal way out.
        always: What each step assigns whichever way on is taken, its catchers included.
        inserted: By scope, the state that is put before its first step.
    """

    def __init__(self, outline: Outline, binder: Binder) -> None:
        self.outline = outline
        self.binder = binder
        self.own: dict[Step, Assignments] = {}
        self.always: dict[Step, Assignments] = {}
        self.inserted: dict[LoweredScope, Inserted] = {}
        self._states = state_names(step.name for step in outline.scope_of)
        self._name()
        for step, holder in binder.results.items():
            self._place_result(step, holder)
        for step in outline.scope_of:
            for name, value in step._assigned.items():
                self.own.setdefault(step, {})[name] = partial(self._value, value, step)
        for scope, body in binder.bodies.items():
            self._place_item(scope, body)
        for holder in binder.results.values():
            self._place_standby(holder)

    def assigned(self, step: Step, language: str) -> dict[str, Json]:
        """The `Assign` of a step."""
        assignments = {**self.always.get(step, {}), **self.own.get(step, {})}
        return assign({name: value() for name, value in assignments.items()}, language)

    def assigned_always(self, step: Step) -> dict[str, Any]:
        """What a catcher of a step assigns beside the error."""
        return {name: value() for name, value in self.always.get(step, {}).items()}

    def _name(self) -> None:
        steps = self.outline.scope_of
        names = VariableNames(
            {*self.outline.pipeline._variables, *(name for step in steps for name in _assigned_by(step))}
        )
        for step in steps:
            if step in self.binder.results:
                self.binder.results[step].name = names.new(step.name)
        for body in self.binder.bodies.values():
            for holder in (body.item, body.index):
                if holder.fields:
                    holder.name = names.new(holder.wish)
        for holder in self.binder.errors.values():
            holder.name = names.new(holder.wish)
        for body in self.binder.bodies.values():
            body.name_carried()

    # -- results --------------------------------------------------------------------------------------------------

    def _place_result(self, step: Step, holder: Holder) -> None:
        fields = holder.fields
        match gives(step):
            case Gives.OUTPUT:
                one: Callable[[FieldPath], Any] = partial(self._part, given(step), step)
            case Gives.LIST:
                one = read_each
            case Gives.RESULT:
                one = partial(_read, "$states.result", holder)
            case _:
                one = partial(_read, "$states.input", holder)
        self.own.setdefault(step, {})[holder.name] = lambda: holder.build(fields, one)

    def _value(self, value: Value, step: Step) -> Json:
        return template(value, self.binder.resolver(step, Stage.ASSIGN))

    def _part(self, value: Value, step: Step, path: FieldPath) -> Json:
        """A field of what a step hands on, by the value written for it."""
        while path and isinstance(value, dict) and path[0] in value:
            value, path = value[path[0]], path[1:]
        resolve = self.binder.resolver(step, Stage.OUTPUT)
        if not path:
            return template(value, resolve)
        return "{% " + dotted(f"({render(value, resolve)})", path) + " %}"

    # -- items ----------------------------------------------------------------------------------------------------

    def _place_item(self, scope: LoweredScope, body: Body) -> None:
        """Keep the item in a variable at the start of a body, where a state further on reads it."""
        wanted: Assignments = {}
        for holder in (body.item, body.index):
            if holder.fields:
                wanted[holder.name] = partial(_item, holder, body.wrapped)
        if not wanted:
            return
        head = scope.head
        looped = bool(scope.graph.incoming[scope.key(head)])
        if looped or head.terminal or body.nested_readers or isinstance(head, Raw):
            self._insert(scope, f"Take {body.item.wish} of {body.owner.name}").update(wanted)
        else:
            self.always.setdefault(head, {}).update(wanted)

    # -- what stands by -------------------------------------------------------------------------------------------

    def _place_standby(self, holder: Holder) -> None:
        """Set a variable to an empty object before the ways part, so that it exists on each of them."""
        if holder.standby is None:
            return
        place = holder.standby.place()
        scope = holder.standby.scope
        if place is None:
            owner = self.outline.pipeline.name if scope.owner is None else scope.owner.name
            self._insert(scope, f"Set defaults of {owner}")[holder.name] = dict
            return
        step, whichever_way = place
        (self.always if whichever_way else self.own).setdefault(step, {})[holder.name] = dict

    def _insert(self, scope: LoweredScope, wish: str) -> Assignments:
        if scope not in self.inserted:
            self.inserted[scope] = Inserted(self._states.free(wish, " "))
        return self.inserted[scope].assignments


def _assigned_by(step: Step) -> list[str]:
    """The variables that an author's own words assign in a step."""
    written = step.state.get("Assign") if isinstance(step, Raw) else None
    return [*step._assigned, *(name.removesuffix(".$") for name in (written if isinstance(written, dict) else ()))]


def _item(holder: Holder, wrapped: bool) -> Any:
    base = dotted("$states.input", (holder.wish,) if wrapped else ())
    return holder.fields.build(partial(_read, base, holder))


def _read(base: str, holder: Holder, path: FieldPath) -> Read:
    return Read(
        jsonata=dotted(base, path), jsonpath=jsonpath(path), missing=bool(path) and not holder.fields.certain(path)
    )

"""Where the value of every reference comes from: a variable, the state's own result, the input, an item.

A first walk over all values of all steps (`Binder`) decides it and notes which fields of what are read; texts are
made afterwards, when the variables have their names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, TypeAlias

from sfdsl.diagnostics import Diagnostic, Rule, did_you_mean
from sfdsl.dsl import references as refs
from sfdsl.dsl.lower.defaults import Standby
from sfdsl.dsl.lower.paths import FieldPath, Fields
from sfdsl.dsl.lower.scopes import LoweredScope, Outline, child_execution
from sfdsl.dsl.pipeline import Pipeline
from sfdsl.dsl.rules import (
    ErrorNotCaught,
    NoJson,
    OwnResultTooEarly,
    ResultInsideScope,
    ResultNotOnEveryPath,
    StrangeReference,
    UnknownInputField,
    UnknownResultField,
)
from sfdsl.dsl.schema import Schema
from sfdsl.dsl.steps import UNSET, Choice, DistributedMap, Fail, Map, Parallel, Pass, Raise, Step, Task, Wait
from sfdsl.jsonata import NO_DEFAULT, Reference, Use, Value, field_name, uses

Textual: TypeAlias = Callable[[FieldPath], str]
"""Gives the JSONata text for some fields of a bound value."""


class Stage(Enum):
    """When a value of a state is evaluated: before its work, or after it, when there is a result."""

    BEFORE = "before"
    AFTER = "after"


class Holder:
    """A variable that holds fields of a value: which fields, and its name once it has one."""

    def __init__(self, wish: str) -> None:
        self.wish = wish
        self.fields = Fields()
        self.name = ""

    def text(self, path: FieldPath) -> str:
        """How an expression reads it."""
        return dotted(f"${self.name}", path)


class Carried(Holder):
    """A value that a Distributed Map hands to its children, and how the Map itself reads it."""

    def __init__(self, wish: str, source: Textual) -> None:
        super().__init__(wish)
        self.source = source


class Body:
    """What is known of a Map's body: how its item and index are read."""

    def __init__(self, owner: Map) -> None:
        self.owner = owner
        self.item = Holder(owner.item._name if owner.item is not None else "item")
        self.index = Holder(owner.index._name if owner.index is not None else "index")
        self.carried: dict[Any, Carried] = {}
        self.indexed = False  # whether the index is read at all
        self.nested_readers = False  # whether something inside the first step reads the item

    @property
    def batched(self) -> bool:
        """Whether the body is given batches."""
        return isinstance(self.owner, DistributedMap) and self.owner.batch is not None

    @property
    def wrapped(self) -> bool:
        """Whether the item stands in an object, beside an index or carried values."""
        return self.indexed or (bool(self.carried) and not self.batched)


class Binder:
    """Decides for every use of a reference what it stands for; collects findings on the way."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.pipeline = outline.pipeline
        self.findings: list[Diagnostic] = []
        self.results: dict[Step, Holder] = {}
        self.bodies: dict[LoweredScope, Body] = {
            scope: Body(scope.owner) for scope in outline.scopes if isinstance(scope.owner, Map)
        }
        self.errors: dict[LoweredScope, Holder] = {}
        self.defaults: dict[Step, Standby] = {}
        self._bound: dict[tuple[int, Step, Stage], Textual] = {}
        self._uncaught: dict[LoweredScope, frozenset[str]] = {}

    def run(self) -> None:
        """Look at every value of every step."""
        for scope in self.outline.scopes:
            for step in scope.steps:
                for stage, value in values(step):
                    self._bind_value(value, step, stage)
        for end in self.ends():
            self._bind_value(self.pipeline._output, end, Stage.AFTER)
        if not self.findings:
            self._check_defaults()

    def ends(self) -> Iterator[Step]:
        """The steps at which the pipeline succeeds and gives its `output`, if it has one; handlers of errors do not."""
        root = self.outline.scopes[0]
        if self.pipeline._output is UNSET:
            return
        for step in root.steps:
            if step in root.handling or isinstance(step, (Fail, Raise, Choice)) or step._output is not UNSET:
                continue
            if root.next(step) is None:
                yield step

    def resolver(self, step: Step, stage: Stage) -> Callable[[Reference, FieldPath], str]:
        """What `sfdsl.jsonata.render` asks for references in a value of a step."""

        def resolve(reference: Reference, path: FieldPath) -> str:
            return self._bound[id(reference), step, stage](path)

        return resolve

    # -- deciding -------------------------------------------------------------------------------------------------

    def _bind_value(self, value: Value, step: Step, stage: Stage) -> None:
        try:
            found = list(uses(value))
        except TypeError as problem:
            self._report(
                NoJson,
                step,
                f"step {step.name!r} holds a value that ASL cannot: {problem}",
                "write JSON and expressions",
            )
            return
        for use in found:
            self.bind(use, step, stage)

    def bind(self, use: Use, step: Step, stage: Stage) -> Textual:
        """Decide one use, and note what it reads."""
        textual = self._decide(use, step, stage)
        self._bound[id(use.reference), step, stage] = textual
        return textual

    def _decide(self, use: Use, step: Step, stage: Stage) -> Textual:
        scope = self.outline.scope_of[step]
        match use.reference:
            case refs.StepResult():
                return self._result(use, use.reference._step, step, scope, stage)
            case refs.PipelineInput():
                return self._input(use, use.reference._pipeline, step, scope)
            case refs.PipelineError():
                return self._error(use, step, scope)
            case refs.MapItem() | refs.MapIndex():
                return self._item(use, use.reference, step, scope)
            case refs.Context():
                return lambda path: dotted("$states.context", path)
            case _:
                raise AssertionError(use.reference)

    def _result(self, use: Use, producer: Step, step: Step, scope: LoweredScope, stage: Stage) -> Textual:
        home = self.outline.scope_of.get(producer)
        if home is None:
            message = f"step {step.name!r} reads the result of {producer.name!r}, which is not part of this pipeline"
            hint = "use a step of this pipeline; a step that stands in no define() has no result"
            return self._report(StrangeReference, step, message, hint)
        self._check_fields(use.path, producer, step)
        if producer is step:
            if stage is Stage.AFTER and not isinstance(step, Pass):
                return lambda path: dotted("$states.result", path)
            if use.default is NO_DEFAULT:
                field = "".join(f".{name}" for name in use.path)
                message = f"step {step.name!r} reads its own result before it has one"
                hint = "read it in output=, in assign(...), or in a later step; "
                hint += f"in a loop write .result{field}.default(...) for what stands for it in the first round"
                return self._report(OwnResultTooEarly, step, message, hint)
        at = self._seen_from(home, step, scope)
        if at is None:
            return self._report(ResultInsideScope, step, *self._inside(producer, home, step, scope))
        if at is producer and step is not producer:
            message = f"step {step.name!r} stands inside of {producer.name!r} and reads its result"
            return self._report(OwnResultTooEarly, step, message, "read it in a step that follows")
        graph = home.graph
        if not graph.completes_before(home.key(producer), home.key(at)):
            if use.default is NO_DEFAULT:
                way = [name.partition("\0")[0] for name in graph.path_around(home.key(producer), home.key(at))]
                shown = " -> ".join(way if len(way) <= 8 else [*way[:3], "...", *way[-4:]])
                failed = home.key(producer) in graph.path_around(home.key(producer), home.key(at))
                why = f"{producer.name!r} fails" if failed else f"{producer.name!r} does not run"
                message = f"step {step.name!r} reads the result of {producer.name!r}, but on the path {shown} {why}"
                field = "".join(f".{name}" for name in use.path)
                hint = f"write .result{field}.default(...) for that path, or read it only behind {producer.name!r}"
                return self._report(ResultNotOnEveryPath, step, message, hint)
            standby = self.defaults.setdefault(producer, Standby(producer, home))
            standby.values[use.path] = use.default
            standby.readers.append(at)
            for inner in uses(use.default):
                self._bind_default(inner, standby)
        holder = self.results.setdefault(producer, Holder(producer.name))
        certain = not use.optional and use.default is NO_DEFAULT and self._always_read(producer, at, home, step, scope)
        holder.fields.add(use.path, certain, use.optional)
        return self._carried(holder, holder.text, use, step, scope, home)

    def _bind_default(self, use: Use, standby: Standby) -> None:
        """Bind what a default reads before the producer runs; for the reader, `uses` has given it as well."""
        self.bind(use, standby.producer, Stage.BEFORE)
        if isinstance(use.reference, refs.StepResult):
            if self.outline.scope_of.get(use.reference._step) is standby.scope:
                standby.sources.add(use.reference._step)
        elif isinstance(use.reference, (refs.MapItem, refs.MapIndex)):
            standby.reads_item = standby.reads_item or use.reference._owner is standby.scope.owner

    def _check_defaults(self) -> None:
        for producer, standby in self.defaults.items():
            if (standby.sources or standby.reads_item) and standby.place() is None:
                names = ", ".join(repr(name) for name in sorted(step.name for step in standby.sources)) or "the item"
                message = f"what stands for the result of {producer.name!r} reads {names}; no step can set it in time"
                hint = "put a Pass with output= where the value is known and the ways have not parted, and read that"
                self._report(ResultNotOnEveryPath, producer, message, hint)

    def _input(self, use: Use, pipeline: Pipeline, step: Step, scope: LoweredScope) -> Textual:
        if pipeline is not self.pipeline:
            message = f"step {step.name!r} reads the input of pipeline {pipeline.name!r}"
            return self._report(StrangeReference, step, message, "read the input of its own pipeline")
        declared: Schema | None = self.pipeline.schema
        for i, name in enumerate(use.path):
            if declared is not None and declared.element is not None:  # JSONata reads the field of each element
                declared = declared.element
            if declared is None or declared.fields is None:
                break
            if name not in declared.fields:
                where = ".".join(("input", *use.path[:i]))
                read = ".".join(("input", *use.path))
                message = f"step {step.name!r} reads {read!r}, but {where!r} has no field {name!r}"
                known = ", ".join(declared.fields) or f"none: it is a {declared.name}"
                hint = did_you_mean(name, declared.fields) or f"its fields are {known}"
                return self._report(UnknownInputField, step, message, hint)
            declared = declared.fields[name]
        root = self.outline.scopes[0]
        return self._carried(
            "input", lambda path: dotted("$states.context.Execution.Input", path), use, step, scope, root
        )

    def _error(self, use: Use, step: Step, scope: LoweredScope) -> Textual:
        at, home = step, scope
        while home.key(at) in self._without_error(home):
            if home.parent is None or home.owner is None:
                message = f"step {step.name!r} reads the pipeline's error, but it also runs where nothing failed"
                return self._report(
                    ErrorNotCaught, step, message, "read it only in on_error, in a catch handler, or behind a Raise"
                )
            at, home = home.owner, home.parent
        holder = self.errors.setdefault(home, Holder("caught" if home.depth == 0 else f"caught_{home.depth + 1}"))
        unknown = next((name for name in use.path[:1] if name not in ("Error", "Cause", "State")), None)
        if unknown is not None:
            message = f"step {step.name!r} reads {unknown!r} of the error, which has Error, Cause and State"
            return self._report(UnknownResultField, step, message, did_you_mean(unknown, ("Error", "Cause", "State")))
        holder.fields.add(use.path[:1], certain=True)
        return self._carried(holder, holder.text, use, step, scope, home)

    def _without_error(self, scope: LoweredScope) -> frozenset[str]:
        """The steps that can be entered although nothing was caught in this scope."""
        if scope not in self._uncaught:
            graph = scope.graph
            raising = {scope.key(step) for step in scope.steps if isinstance(step, Raise)}
            seen = {scope.key(scope.head)}
            stack = list(seen)
            while stack:
                name = stack.pop()
                for edge in graph.outgoing[name]:
                    if edge.kind.value != "Catch" and name not in raising and edge.target not in seen:
                        seen.add(edge.target)
                        stack.append(edge.target)
            self._uncaught[scope] = frozenset(seen)
        return self._uncaught[scope]

    def _item(self, use: Use, reference: refs.MapItem | refs.MapIndex, step: Step, scope: LoweredScope) -> Textual:
        owner = reference._owner
        home = next((inner for inner in self.outline.inner.get(owner, ()) if self._seen_from(inner, step, scope)), None)
        if home is None:
            message = f"step {step.name!r} reads {reference.label()}, which exists only in the body"
            return self._report(StrangeReference, step, message, f"read {owner.name!r}'s result instead")
        body = self.bodies[home]
        at = self._seen_from(home, step, scope)
        if isinstance(reference, refs.MapIndex):
            body.indexed = True
            holder, key = body.index, body.index.wish
        else:
            holder, key = body.item, body.item.wish
        if isinstance(owner, DistributedMap):

            def in_child(path: FieldPath) -> str:
                return dotted("$states.context.Execution.Input", (key, *path) if body.wrapped else path)

            return self._carried(holder, in_child, use, step, scope, home)
        first = at is home.head and not home.graph.incoming[home.key(home.head)]
        if first and step is home.head:
            return lambda path: dotted("$states.input", (key, *path) if body.wrapped else path)
        body.nested_readers = body.nested_readers or at is home.head
        certain = not use.optional and self._always_read(home.head, at, home, step, scope)
        holder.fields.add(use.path, certain, use.optional)
        return self._carried(holder, holder.text, use, step, scope, home)

    def _carried(
        self, key: Any, text: Textual, use: Use, step: Step, scope: LoweredScope, home: LoweredScope
    ) -> Textual:
        """The text within a Distributed Map's body: what the Map hands to its children, by level."""
        child = child_execution(scope)
        if child is None or child is child_execution(home) or child.depth <= home.depth:
            return text
        body = self.bodies[child]
        assert child.parent is not None
        assert child.owner is not None
        outside = self._carried(key, text, use, child.owner, child.parent, home)
        wish = key if isinstance(key, str) else key.wish
        carried = body.carried.setdefault(key, Carried(wish, outside))
        carried.fields.add(use.path, not use.optional and self._always_runs(step, scope, child), use.optional)
        base = "$states.context.Execution.Input.BatchInput" if body.batched else "$states.context.Execution.Input"
        return lambda path: dotted(f"{base}.{field_name(carried.name)}", path)

    def _always_read(self, source: Step, at: Step | None, home: LoweredScope, step: Step, scope: LoweredScope) -> bool:
        """Whether a reader runs whenever the source has run and nothing fails."""
        assert at is not None  # the reader is within `home`
        reached = at is source or home.graph.always_leads_to(home.key(source), home.key(at))
        return reached and (scope is home or self._always_runs(step, scope, home))

    def _always_runs(self, step: Step, scope: LoweredScope, within: LoweredScope) -> bool:
        """Whether a step runs whenever the scopes around it, below `within`, are entered and nothing fails."""
        current: LoweredScope | None = scope
        at: Step | None = step
        while current is not None and at is not None and current is not within:
            if not (at is current.head or current.graph.always_leads_to(current.key(current.head), current.key(at))):
                return False
            at, current = current.owner, current.parent
        return True

    # -- looking --------------------------------------------------------------------------------------------------

    def _seen_from(self, home: LoweredScope, step: Step, scope: LoweredScope) -> Step | None:
        """The step of `home` that is or contains the reader; None where the reader is not within `home`."""
        current: LoweredScope | None = scope
        at: Step | None = step
        while current is not None and current is not home:
            at, current = current.owner, current.parent
        return at if current is home else None

    def _inside(self, producer: Step, home: LoweredScope, step: Step, scope: LoweredScope) -> tuple[str, str]:
        owner = home.owner
        while home.parent is not None and self._seen_from(home.parent, step, scope) is None:
            home = home.parent
            owner = home.owner
        assert owner is not None
        kind = "the body" if isinstance(owner, Map) else "a branch"
        message = f"step {step.name!r} reads the result of {producer.name!r}, which is inside {kind} of {owner.name!r}"
        if isinstance(owner, Parallel):
            index = self.outline.inner[owner].index(home)
            return message, f"read the result of {owner.name!r}: .result[{index}] is what that branch gives"
        return message, f"read the result of {owner.name!r}: a list with what the body gives for each item"

    def _check_fields(self, path: FieldPath, producer: Step, step: Step) -> None:
        if not isinstance(producer, Task) or not path:
            return
        from sfdsl.aws.resource import ServiceTask, parse
        from sfdsl.aws.results import result_shape

        resource = parse(producer.resource)
        shape = result_shape(resource) if isinstance(resource, ServiceTask) else None
        for i, name in enumerate(path):
            while shape is not None and shape.kind.value == "list":  # JSONata reads the field of each element
                shape = shape.element
            if shape is None or not shape.members:
                return
            if name not in shape.members:
                where = f"{'.'.join(path[:i])!r} of the result" if i else "the result"
                read = ".".join(path)
                message = f"step {step.name!r} reads {read!r} of {producer.name!r}, but {where} has no field {name!r}"
                known = list(shape.members)
                shown = ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")
                self._report(UnknownResultField, step, message, did_you_mean(name, known) or f"its fields are {shown}")
                return
            shape = shape.members[name]

    def _report(self, rule: type[Rule], step: Step, message: str, hint: str) -> Textual:
        self.findings.append(rule.finding(message, hint=hint, origin=step.origin, state=step.name))
        return lambda path: dotted("$undefined", path)


def values(step: Step) -> Iterator[tuple[Stage, Value]]:
    """Every value of a step that may hold references, with the moment of its evaluation."""
    match step:
        case Task():
            yield from ((Stage.BEFORE, value) for value in (step.arguments, step.credentials) if value is not UNSET)
            yield from ((Stage.BEFORE, value) for value in (step.timeout, step.heartbeat))
        case Wait():
            yield from ((Stage.BEFORE, value) for value in (step.seconds, step.until))
        case Fail() | Raise():
            yield from ((Stage.BEFORE, value) for value in (step.error, step.cause))
        case Choice():
            yield from ((Stage.BEFORE, arm.test) for arm in step._arms)
        case Map():
            own = (step.over, step.max_concurrency, step.select)
            yield from ((Stage.BEFORE, value) for value in own if value is not UNSET)
            if isinstance(step, DistributedMap):
                yield from ((Stage.BEFORE, value) for value in _distributed(step))
        case _:
            pass
    if step._output is not UNSET:
        yield Stage.AFTER, step._output
    yield from ((Stage.AFTER, value) for value in step._assigned.values())


def _distributed(step: DistributedMap) -> Iterator[Value]:
    if step.reader is not None:
        yield from (step.reader.arguments, step.reader.config)
    if step.batch is not None:
        yield from (step.batch.items, step.batch.bytes, step.batch.input)
    if step.writer is not None:
        yield step.writer.arguments
    yield from (step.tolerated_failure_percentage, step.tolerated_failure_count)


def dotted(base: str, path: FieldPath) -> str:
    """A value with fields below it."""
    return base + "".join(f".{field_name(name)}" for name in path)

"""The model of a pipeline: a node for every step, with the variables that the bindings ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeAlias

from attrs import evolve, frozen

from sfdsl.dsl.lower.bind import Binder, Body, Carried, Holder, Stage, dotted
from sfdsl.dsl.lower.defaults import Standby
from sfdsl.dsl.lower.names import Names
from sfdsl.dsl.lower.paths import FieldPath, Fields
from sfdsl.dsl.lower.scopes import LoweredScope, Outline
from sfdsl.dsl.policies import Retry, Transient, seconds
from sfdsl.dsl.references import StepResult
from sfdsl.dsl.steps import (
    UNSET,
    Catching,
    Choice,
    DistributedMap,
    Fail,
    Map,
    Parallel,
    Pass,
    Raise,
    Raw,
    Step,
    Succeed,
    Task,
    Wait,
)
from sfdsl.jsonata import Expression, Reference, Value, quote, render, template
from sfdsl.model import asl
from sfdsl.model import states as model
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.workflow import JSONATA, JSONPATH, Notes
from sfdsl.origin import Origin

Assignments: TypeAlias = "dict[str, Callable[[], Any]]"
"""By variable: its value, JSON with a `Read` wherever something is read."""


@frozen
class Read:
    """A field of the result, the input or the caught error, as each query language reads it.

    Attributes:
        missing: Whether it is no fault if the field is not there; the object around it is then built in one
            expression, which leaves missing fields out. Source: JSONata 2.0 documentation, object constructors.
    """

    jsonata: str
    jsonpath: str
    missing: bool = False


class Builder:
    """Builds the machine of one pipeline from its outline and its bindings."""

    def __init__(self, outline: Outline, binder: Binder) -> None:
        self.outline = outline
        self.binder = binder
        self.pipeline = outline.pipeline
        mixed = any(isinstance(s, Raw) and s.state.get("QueryLanguage") == JSONPATH for s in outline.scope_of)
        # A JSONata machine cannot hold JSONPath states; a JSONPath machine can hold both.
        self.own_language = JSONATA if mixed else None
        self.machine_language = None if mixed else JSONATA
        self.assigned: dict[Step, Assignments] = {}
        self.always: dict[Step, Assignments] = {}  # those that a catcher assigns as well: set whichever way on is taken
        self.inserted: dict[LoweredScope, tuple[str, Assignments]] = {}
        self.folded: set[Step] = set()
        self.ends = set(binder.ends())

    def build(self) -> model.StateMachine:
        """The machine."""
        self._name_variables()
        self._place_results()
        for scope, body in self.binder.bodies.items():
            self._place_item(scope, body)
        self._place_defaults()
        self._fold_raises()
        root = self.outline.scopes[0]
        states, start_at = self._flow(root)
        return model.StateMachine(
            comment=self.pipeline.documentation.partition("\n")[0] or None,
            query_language=self.machine_language,
            timeout_seconds=self.pipeline.timeout,
            start_at=start_at,
            states=states,
            origin=self.pipeline.origin,
        )

    def notes(self) -> dict[str, Notes]:
        """The author's assertions, by state."""
        found: dict[str, Notes] = {}
        chances = {
            arm.target: arm.probability
            for step in self.outline.scope_of
            if isinstance(step, Choice)
            for arm in step._arms
            if arm.target is not None and arm.probability is not None
        }
        for step in self.outline.scope_of:
            length = None if step.duration is None else seconds(step.duration, "duration")
            notes = Notes(
                idempotent=step.idempotent,
                duration=float(length) if isinstance(length, int) else None,
                probability=chances.get(step),
                items=step.items if isinstance(step, Map) else None,
                resources=step.resources if isinstance(step, Task) else (),
                suppress=step.suppress,
            )
            if notes != Notes():
                found[step.name] = notes
        return found

    # -- variables ------------------------------------------------------------------------------------------------

    def _name_variables(self) -> None:
        names = Names(name for step in self.outline.scope_of for name in step._assigned)
        for step in self.outline.scope_of:
            if step in self.binder.results:
                self.binder.results[step].name = names.new(step.name)
        for body in self.binder.bodies.values():
            for holder in (body.item, body.index):
                if holder.fields:
                    holder.name = names.new(holder.wish)
        for holder in self.binder.errors.values():
            holder.name = names.new(holder.wish)
        for body in self.binder.bodies.values():
            taken = {body.item.wish, body.index.wish}
            for key, carried in body.carried.items():
                wish = key.name if isinstance(key, Holder) and key.name else carried.wish
                carried.name = wish if wish not in taken else f"outer_{wish}"
                taken.add(carried.name)

    def _place_results(self) -> None:
        for step, holder in self.binder.results.items():
            self.assigned.setdefault(step, {})[holder.name] = self._result_of(step, holder.fields)
        for step in self.outline.scope_of:
            for name, value in step._assigned.items():
                self.assigned.setdefault(step, {})[name] = partial(self._value, value, step, Stage.AFTER)

    def _result_of(self, step: Step, fields: Fields) -> Callable[[], Any]:
        if isinstance(step, Pass) and step._output is not UNSET:
            return lambda: fields.build(lambda path: self._part(step._output, path, step))
        if isinstance(step, Map) and not (isinstance(step, DistributedMap) and step.writer is not None):
            # A field of each element; without the brackets none at all, and an error, where there are no elements.
            return lambda: fields.build(lambda path: _each("$states.result", path))
        base = "$states.result" if isinstance(step, Catching) else "$states.input"
        return lambda: fields.build(partial(_read, base, fields))

    def _part(self, value: Value, path: FieldPath, step: Step) -> Json:
        """A field of what a Pass gives, by the value written for it."""
        while path and isinstance(value, dict) and path[0] in value:
            value, path = value[path[0]], path[1:]
        if not path:
            return self._value(value, step, Stage.AFTER)
        text = render(value, self.binder.resolver(step, Stage.AFTER))
        return "{% " + dotted(f"({text})", path) + " %}"

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
            self.inserted[scope] = (f"Take {body.item.wish} of {body.owner.name}", wanted)
        else:
            self.always.setdefault(head, {}).update(wanted)

    def _place_defaults(self) -> None:
        """Set a variable to its default before the ways part, so that it exists on each of them."""
        for producer, standby in self.binder.defaults.items():
            scope = standby.scope
            holder = self.binder.results[producer]
            place = standby.place()
            value = partial(self._standby, standby, None if place is None else place[0])
            if place is not None:
                step, whichever_way = place
                kept = self.always if whichever_way else self.assigned
                kept.setdefault(step, {})[holder.name] = value
            else:
                name, assignments = self.inserted.get(scope, (f"Set defaults of {self._scope_name(scope)}", {}))
                self.inserted[scope] = (name, {**assignments, holder.name: value})

    def _standby(self, standby: Standby, place: Step | None) -> Json:
        before = self.binder.resolver(standby.producer, Stage.BEFORE)

        def resolve(reference: Reference, path: FieldPath) -> str:
            own = place is not None and isinstance(reference, StepResult) and reference._step is place
            return dotted("$states.result", path) if own else before(reference, path)

        if () in standby.values:
            return template(standby.values[()], resolve)
        return Fields(standby.values).build(lambda path: template(standby.values[path], resolve))

    def _scope_name(self, scope: LoweredScope) -> str:
        return self.pipeline.name if scope.owner is None else scope.owner.name

    def _fold_raises(self) -> None:
        """A Raise that only rules of Choices lead to needs no state: the rule assigns the error itself."""
        root = self.outline.scopes[0]
        if root.on_error is None:
            return
        raises: set[Step] = {step for step in root.steps if isinstance(step, Raise) and step is not root.head}
        for step in root.steps:
            if not isinstance(step, (Choice, Raise)):
                raises -= set(root.targets(step))
        self.folded = raises

    # -- flows ----------------------------------------------------------------------------------------------------

    def _flow(self, scope: LoweredScope) -> tuple[tuple[model.State, ...], str]:
        states: list[model.State] = []
        start_at = scope.head.name
        if scope in self.inserted:
            name, assignments = self.inserted[scope]
            assign = {key: _spelled(value(), JSONATA) for key, value in assignments.items()}
            states.append(
                model.Pass(
                    name=name, assign=assign, next=start_at, query_language=self.own_language, origin=scope.head.origin
                )
            )
            start_at = name
        states += [self._state(step, scope) for step in scope.steps if step not in self.folded]
        return tuple(states), start_at

    def _inner(self, step: Step) -> Iterator[tuple[tuple[model.State, ...], str, Origin]]:
        for scope in self.outline.inner[step]:
            states, start_at = self._flow(scope)
            yield states, start_at, scope.head.origin

    def _state(self, step: Step, scope: LoweredScope) -> model.State:
        match step:
            case Choice():
                return self._choice(step, scope)
            case Succeed():
                return model.Succeed(**self._common(step))
            case Fail() | Raise() if scope.next(step) is None:
                common = self._common(step)
                common.pop("output", None)
                error, cause = self._value(step.error, step), self._value(step.cause, step)
                return model.Fail(**common, error=error, cause=cause if cause != "" else None)
            case Raise():
                assign = {**self._assign(step, JSONATA), **self._raised(step, scope)}
                following = scope.next(step)
                assert following is not None
                return model.Pass(**self._common(step), next=following.name, assign=assign or ABSENT)
            case Wait():
                length, until = self._value(step.seconds, step), self._value(step.until, step)
                return model.Wait(**self._onward(step, scope), seconds=length, timestamp=until)
            case Pass():
                return model.Pass(**self._onward(step, scope))
            case Task():
                return self._task(step, scope)
            case Parallel():
                branches = tuple(
                    model.Branch(start_at=start_at, states=states, origin=origin)
                    for states, start_at, origin in self._inner(step)
                )
                return model.Parallel(**self._catching(step, scope), branches=branches)
            case Map():
                return self._map(step, scope)
            case Raw():
                return self._raw(step, scope)
            case _:
                raise AssertionError(step)

    def _common(self, step: Step) -> dict[str, Any]:
        common: dict[str, Any] = {
            "name": step.name, "comment": step.comment, "query_language": self.own_language, "origin": step.origin,
        }  # fmt: skip
        output = step._output if step not in self.ends else self.pipeline._output
        if output is not UNSET:
            common["output"] = self._value(output, step, Stage.AFTER)
        return common

    def _assign(self, step: Step, language: str) -> dict[str, Json]:
        assignments = {**self.always.get(step, {}), **self.assigned.get(step, {})}
        return _written({name: value() for name, value in assignments.items()}, language)

    def _onward(self, step: Step, scope: LoweredScope) -> dict[str, Any]:
        fields = self._common(step)
        assign = self._assign(step, JSONATA)
        if assign:
            fields["assign"] = assign
        following = scope.next(step)
        fields["next"] = None if following is None else following.name
        return fields

    def _catching(self, step: Catching, scope: LoweredScope, transient: tuple[str, ...] = ()) -> dict[str, Any]:
        fields = self._onward(step, scope)
        fields["retry"] = tuple(_retrier(policy, transient, step.origin) for policy in self._policies(step))
        fields["catch"] = tuple(self._catcher(names, handler, step, scope) for names, handler in scope.catchers(step))
        return fields

    def _policies(self, step: Catching) -> tuple[Retry, ...]:
        if step._retry is not None:
            return step._retry
        return self.pipeline.defaults.retry if isinstance(step, Task) else ()

    def _catcher(
        self, names: tuple[str, ...], handler: Step, step: Step, scope: LoweredScope, language: str = JSONATA
    ) -> model.Catcher:
        assigned = {name: value() for name, value in self.always.get(step, {}).items()}
        holder = self.binder.errors.get(scope)
        if holder is not None:
            assigned[holder.name] = holder.fields.build(partial(_caught, step.name))
        assign = _written(assigned, language)
        target = handler.name
        if handler in self.folded:
            target = scope.on_error.name if scope.on_error is not None else target
        return model.Catcher(error_equals=names, next=target, origin=step.origin, assign=assign or ABSENT)

    def _raised(self, step: Raise, scope: LoweredScope) -> dict[str, Json]:
        holder = self.binder.errors.get(scope)
        if holder is None:
            return {}
        parts = {"Error": self._value(step.error, step), "Cause": self._value(step.cause, step), "State": step.name}
        return {holder.name: holder.fields.build(lambda path: parts if not path else parts[path[0]])}

    def _choice(self, step: Choice, scope: LoweredScope) -> model.State:
        own = self._assign(step, JSONATA)
        output = ABSENT if step._output is UNSET else self._value(step._output, step, Stage.AFTER)
        after = scope.after(step)
        rules = []
        for arm in step._arms:
            target, raised = self._way(arm.target if arm.target is not None else after, scope)
            assign = {**own, **raised}
            test = arm.test if isinstance(arm.test, bool) else self._value(arm.test, step)
            rules.append(
                model.ChoiceRule(
                    test=model.Condition(text=test, origin=step.origin),
                    next=target,
                    origin=step.origin,
                    output=output,
                    assign=assign or ABSENT,
                )
            )
        default, raised = self._way(scope.default(step), scope)
        assign = {**own, **raised}
        return model.Choice(**self._common(step), choices=tuple(rules), default=default, assign=assign or ABSENT)

    def _way(self, target: Step | None, scope: LoweredScope) -> tuple[str | None, dict[str, Json]]:
        """The name of the state that a rule leads to, and what it assigns in place of a Raise."""
        if target is None:
            return None, {}
        if isinstance(target, Raise) and target in self.folded and scope.on_error is not None:
            return scope.on_error.name, self._raised(target, scope)
        return target.name, {}

    def _task(self, step: Task, scope: LoweredScope) -> model.State:
        from sfdsl.aws.errors import transient
        from sfdsl.aws.resource import Activity, Pattern, ServiceTask, parse

        resource = parse(step.resource)
        passing = any(isinstance(policy.errors, Transient) for policy in self._policies(step))
        names = transient(resource) if passing else ()
        fields = self._catching(step, scope, names)
        defaults = self.pipeline.defaults
        timeout = step.timeout if step.timeout is not None else defaults.timeout
        tokened = isinstance(resource, Activity) or (
            isinstance(resource, ServiceTask) and resource.pattern is Pattern.WAIT_FOR_TASK_TOKEN
        )
        heartbeat = step.heartbeat if step.heartbeat is not None else defaults.heartbeat if tokened else None
        if step.arguments is not UNSET:
            fields["arguments"] = self._value(step.arguments, step)
        if step.credentials is not UNSET:
            role = step.credentials
            fields["credentials"] = self._value(role if isinstance(role, dict) else {"RoleArn": role}, step)
        return model.Task(
            resource=step.resource,
            timeout_seconds=None if timeout is None else self._value(timeout, step),
            heartbeat_seconds=None if heartbeat is None else self._value(heartbeat, step),
            **fields,
        )

    def _map(self, step: Map, scope: LoweredScope) -> model.State:
        fields = self._catching(step, scope)
        ((states, start_at, origin),) = self._inner(step)
        (inner,) = self.outline.inner[step]
        body = self.binder.bodies[inner]
        distributed = isinstance(step, DistributedMap)
        config = model.ProcessorConfig(
            mode="DISTRIBUTED" if distributed else "INLINE",
            execution_type=step.execution_type if isinstance(step, DistributedMap) else None,
            origin=step.origin,
        )
        if step.over is not UNSET:
            fields["items"] = self._value(step.over, step)
        selector = self._selector(step, body)
        if selector is not ABSENT:
            fields["item_selector"] = selector
        if isinstance(step, DistributedMap):
            fields.update(self._distributed(step, body))
        return model.Map(
            **fields,
            max_concurrency=self._value(step.max_concurrency, step),
            item_processor=model.ItemProcessor(
                processor_config=config, start_at=start_at, states=states, origin=origin
            ),
        )

    def _selector(self, step: Map, body: Body) -> Json:
        selected = ABSENT if step.select is UNSET else self._value(step.select, step)
        if not body.wrapped:
            return selected
        item = "{% $states.context.Map.Item.Value %}" if selected is ABSENT else selected
        wrapped = {body.item.wish: item}
        if body.indexed:
            wrapped[body.index.wish] = "{% $states.context.Map.Item.Index %}"
        return wrapped | ({} if body.batched else self._carried(body))

    def _carried(self, body: Body) -> dict[str, Json]:
        return {
            carried.name: _spelled(carried.fields.build(partial(_handed, carried)), JSONATA)
            for carried in body.carried.values()
        }

    def _distributed(self, step: DistributedMap, body: Body) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "label": step.label,
            "tolerated_failure_percentage": self._value(step.tolerated_failure_percentage, step),
            "tolerated_failure_count": self._value(step.tolerated_failure_count, step),
        }
        if step.reader is not None:
            config = asl.read_part(model.ReaderConfig, self._value(step.reader.config, step), step.origin)
            fields["item_reader"] = model.ItemReader(
                resource=step.reader.resource,
                arguments=self._value(step.reader.arguments, step),
                reader_config=config if step.reader.config else None,
                origin=step.origin,
            )
        if step.batch is not None:
            given = self._value(step.batch.input, step) | self._carried(body)
            fields["item_batcher"] = model.ItemBatcher(
                max_items_per_batch=self._value(step.batch.items, step),
                max_input_bytes_per_batch=self._value(step.batch.bytes, step),
                origin=step.origin,
                batch_input=given or ABSENT,
            )
        if step.writer is not None:
            formed = step.writer.transformation is not None or step.writer.output_type is not None
            writer = model.WriterConfig(
                transformation=step.writer.transformation or "NONE",
                output_type=step.writer.output_type or "JSON",
                origin=step.origin,
            )
            target = self._value(step.writer.arguments, step)
            fields["result_writer"] = model.ResultWriter(
                resource="arn:aws:states:::s3:putObject" if target else None,
                writer_config=writer if formed else None,
                origin=step.origin,
                arguments=target or ABSENT,
            )
        return fields

    def _raw(self, step: Raw, scope: LoweredScope) -> model.State:
        value = dict(step.state)
        language = value.get("QueryLanguage", JSONATA)
        if self.own_language is not None and "QueryLanguage" not in value:
            value["QueryLanguage"] = self.own_language
        has_way = any(key in value for key in ("Next", "End", "Choices")) or value.get("Type") in ("Succeed", "Fail")
        if not has_way:
            following = scope.next(step)
            value |= {"End": True} if following is None else {"Next": following.name}
        state = asl.read_state(step.name, value, step.origin)
        if isinstance(state, (model.Task, model.Parallel, model.Map)):
            retry = tuple(_retrier(policy, (), step.origin) for policy in step._retry or ())
            catch = tuple(self._catcher(*way, step, scope, language) for way in scope.catchers(step))
            state = evolve(state, retry=state.retry + retry, catch=state.catch + catch)
        assign = self._assign(step, language)
        if assign and not isinstance(state, (model.Succeed, model.Fail, model.Opaque)):
            written = state.assign if isinstance(state.assign, dict) else {}
            state = evolve(state, assign={**written, **assign})
        return state

    def _value(self, value: Value, step: Step, stage: Stage = Stage.BEFORE) -> Any:
        return template(value, self.binder.resolver(step, stage))


def _read(base: str, fields: Fields, path: FieldPath) -> Read:
    return Read(jsonata=dotted(base, path), jsonpath=dotted("$", path), missing=not fields.certain(path))


def _each(base: str, path: FieldPath) -> Read:
    text = dotted(base, path)
    return Read(jsonata=f"[{text}]" if path else text, jsonpath=dotted("$", path))


def _handed(carried: Carried, path: FieldPath) -> Read:
    return Read(jsonata=carried.source(path), jsonpath="", missing=not carried.fields.certain(path))


def _item(holder: Holder, wrapped: bool) -> Any:
    base = dotted("$states.input", (holder.wish,) if wrapped else ())
    return holder.fields.build(partial(_read, base, holder.fields))


def _caught(state: str, path: FieldPath) -> Any:
    """A part of the caught error as a catcher assigns it; all three parts for ()."""
    # A Fail may have no Cause; joined to '' it is a text all the same, where a bare read would fail the execution.
    parts = {
        "Error": Read(jsonata="$states.errorOutput.Error", jsonpath="$.Error"),
        "Cause": Read(jsonata="$states.errorOutput.Cause & ''", jsonpath="$.Cause"),
        "State": state,
    }
    return parts if not path else parts[path[0]]


def _written(assigned: dict[str, Any], language: str) -> dict[str, Json]:
    """The value of an `Assign`; each variable stands for itself."""
    if language == JSONPATH:
        keyed: dict[str, Json] = _spelled(assigned, language)
        return keyed
    return {name: _spelled(value, language) for name, value in assigned.items()}


def _spelled(value: Any, language: str) -> Any:
    """JSON with every `Read` as the query language writes it: an expression, or a key that ends in `.$`."""
    if isinstance(value, Read):
        return "{% " + value.jsonata + " %}"
    if not isinstance(value, dict):
        return value
    if language == JSONPATH:
        return {
            f"{key}.$" if isinstance(item, Read) else key: item.jsonpath
            if isinstance(item, Read)
            else _spelled(item, language)
            for key, item in value.items()
        }
    if any(isinstance(item, Read) and item.missing for item in value.values()):
        return "{% " + _constructed(value) + " %}"
    return {key: _spelled(item, language) for key, item in value.items()}


def _constructed(value: Any) -> str:
    """JSON with `Read` in it as one JSONata expression."""
    if isinstance(value, Read):
        return value.jsonata
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quote(key)}: {_constructed(item)}" for key, item in value.items()) + "}"
    return render(value, _nothing)


def _nothing(reference: Reference, path: FieldPath) -> str:
    raise AssertionError(f"{reference!r} was resolved before")


def _retrier(policy: Retry, transient: tuple[str, ...], origin: Origin) -> model.Retrier:
    return model.Retrier(
        error_equals=(transient or ("States.TaskFailed",)) if isinstance(policy.errors, Transient) else policy.errors,
        interval_seconds=_number(policy.interval),
        max_attempts=policy.max_attempts,
        backoff_rate=policy.backoff_rate,
        max_delay_seconds=None if policy.max_delay is None else _number(policy.max_delay),
        jitter_strategy="FULL" if policy.jitter else None,
        origin=origin,
    )


def _number(value: int | str | Expression) -> int | str:
    return str(value) if isinstance(value, Expression) else value

"""The model of a pipeline: a node for every step, with the variables that the bindings ask for."""

from __future__ import annotations

from typing import Any, TypeAlias

from attrs import evolve

from sfdsl.dsl.lower.bind import Binder
from sfdsl.dsl.lower.maps import MapFields
from sfdsl.dsl.lower.scopes import LoweredScope, Outline
from sfdsl.dsl.lower.spelling import assign, caught
from sfdsl.dsl.lower.values import Stage
from sfdsl.dsl.lower.variables import Variables
from sfdsl.dsl.maps import Map
from sfdsl.dsl.policies import Retry, Transient
from sfdsl.dsl.steps import UNSET, Catching, Choice, Fail, Parallel, Pass, Raise, Raw, Step, Succeed, Task, Wait
from sfdsl.jsonata import Value, template
from sfdsl.model import asl
from sfdsl.model import states as model
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.workflow import JSONATA, JSONPATH
from sfdsl.origin import Origin

Flow: TypeAlias = "tuple[str, tuple[model.State, ...]]"
"""The name of the first state, and the states."""


class Builder:
    """Builds the machine of one pipeline from its outline and its bindings."""

    def __init__(self, outline: Outline, binder: Binder) -> None:
        self.outline = outline
        self.binder = binder
        self.pipeline = outline.pipeline
        mixed = any(isinstance(step, Raw) and step.language == JSONPATH for step in outline.scope_of)
        # A JSONata machine cannot hold JSONPath states; a JSONPath machine can hold both.
        self.own_language = JSONATA if mixed else None
        self.machine_language = None if mixed else JSONATA
        self.variables = Variables(outline, binder)
        self.folded = self._folded()
        self.ends = set(binder.ends())
        self.flows: dict[LoweredScope, Flow] = {}

    def build(self) -> model.StateMachine:
        """The machine."""
        for scope in reversed(self.outline.scopes):  # inner ones first
            self.flows[scope] = self._flow(scope)
        start_at, states = self.flows[self.outline.scopes[0]]
        return model.StateMachine(
            comment=self.pipeline.documentation.partition("\n")[0] or None,
            query_language=self.machine_language,
            timeout_seconds=self.pipeline.timeout,
            start_at=start_at,
            states=states,
            origin=self.pipeline.origin,
        )

    def _folded(self) -> set[Step]:
        """The Raises that need no state: only rules of Choices lead to them, which assign the error themselves."""
        root = self.outline.scopes[0]
        if root.on_error is None:
            return set()
        folded: set[Step] = {step for step in root.steps if isinstance(step, Raise) and root.next(step) is not None}
        folded.discard(root.head)
        for step in root.steps:
            # What a Choice assigns is there in the states behind it, and not yet in its own rules.
            if not isinstance(step, (Choice, Raise)) or step in self.variables.own or step in self.variables.always:
                folded.difference_update(root.targets(step))
        return folded

    def _flow(self, scope: LoweredScope) -> Flow:
        states: list[model.State] = []
        start_at = scope.head.name
        inserted = self.variables.inserted.get(scope)
        if inserted is not None:
            wanted = {name: value() for name, value in inserted.assignments.items()}
            states.append(
                model.Pass(
                    name=inserted.name,
                    assign=assign(wanted, JSONATA),
                    next=start_at,
                    query_language=self.own_language,
                    origin=scope.head.origin,
                )
            )
            start_at = inserted.name
        states += [self._state(step, scope) for step in scope.steps if step not in self.folded]
        return start_at, tuple(states)

    # -- states ---------------------------------------------------------------------------------------------------

    def _state(self, step: Step, scope: LoweredScope) -> model.State:
        match step:
            case Choice():
                return self._choice(step, scope)
            case Succeed():
                return model.Succeed(**self._common(step))
            case Fail() | Raise() if scope.next(step) is None:
                error, cause = self.value(step.error, step), self.value(step.cause, step)
                return model.Fail(**self._common(step), error=error, cause=cause if cause != "" else None)
            case Raise():
                following = scope.next(step)
                assert following is not None
                raised = assign(self._raised(step, scope), JSONATA)
                return model.Pass(**self._common(step), next=following.name, assign=raised or ABSENT)
            case Wait():
                length, until = self.value(step.seconds, step), self.value(step.until, step)
                return model.Wait(**self._onward(step, scope), seconds=length, timestamp=until)
            case Pass():
                return model.Pass(**self._onward(step, scope))
            case Task():
                return self._task(step, scope)
            case Parallel():
                branches = tuple(
                    model.Branch(start_at=self.flows[inner][0], states=self.flows[inner][1], origin=inner.head.origin)
                    for inner in self.outline.inner[step]
                )
                return model.Parallel(**self._catching(step, scope), branches=branches)
            case Map():
                (inner,) = self.outline.inner[step]
                start_at, states = self.flows[inner]
                fields = MapFields(step, self.binder.bodies[inner], lambda value: self.value(value, step))
                return model.Map(
                    **self._catching(step, scope),
                    **fields.all(),
                    item_processor=model.ItemProcessor(
                        processor_config=fields.config(), start_at=start_at, states=states, origin=inner.head.origin
                    ),
                )
            case Raw():
                return self._raw(step, scope)
            case _:
                raise AssertionError(step)

    def _common(self, step: Step) -> dict[str, Any]:
        common: dict[str, Any] = {
            "name": step.name, "comment": step.comment, "query_language": self.own_language, "origin": step.origin,
        }  # fmt: skip
        output = self._output(step)
        if output is not UNSET:
            common["output"] = self.value(output, step, Stage.OUTPUT)
        return common

    def _output(self, step: Step) -> Value:
        return self.pipeline._output if step in self.ends else step._output

    def _onward(self, step: Step, scope: LoweredScope) -> dict[str, Any]:
        fields = self._common(step)
        assigned = self.variables.assigned(step, JSONATA)
        if assigned:
            fields["assign"] = assigned
        following = scope.next(step)
        fields["next"] = None if following is None else following.name
        return fields

    def _catching(self, step: Catching, scope: LoweredScope, transient: tuple[str, ...] = ()) -> dict[str, Any]:
        fields = self._onward(step, scope)
        fields["retry"] = tuple(_retrier(policy, transient, step.origin) for policy in self._policies(step))
        fields["catch"] = self._catchers(step, scope, JSONATA)
        return fields

    def _policies(self, step: Catching) -> tuple[Retry, ...]:
        if step._retry is not None:
            return step._retry
        return self.pipeline.defaults.retry if isinstance(step, Task) else ()

    def _catchers(self, step: Catching, scope: LoweredScope, language: str) -> tuple[model.Catcher, ...]:
        wanted = self.variables.assigned_always(step)
        holder = self.binder.errors.get(scope)
        if holder is not None:
            wanted[holder.name] = holder.fields.build(lambda path: caught(step.name, path))
        assigned = assign(wanted, language) or ABSENT
        return tuple(
            model.Catcher(error_equals=names, next=self._way(handler, scope), origin=step.origin, assign=assigned)
            for names, handler in scope.catchers(step)
        )

    def _raised(self, step: Raise, scope: LoweredScope) -> dict[str, Json]:
        holder = self.binder.errors.get(scope)
        if holder is None:
            return {}
        parts = {"Error": self.value(step.error, step), "Cause": self.value(step.cause, step), "State": step.name}
        return {holder.name: holder.fields.build(lambda path: parts if not path else parts[path[0]])}

    def _choice(self, step: Choice, scope: LoweredScope) -> model.State:
        own = self.variables.assigned(step, JSONATA)
        output = ABSENT if step._output is UNSET else self.value(step._output, step, Stage.OUTPUT)
        after = scope.after(step)
        rules = []
        for arm in step._arms:
            target = arm.target if arm.target is not None else after
            test = arm.test if isinstance(arm.test, bool) else self.value(arm.test, step)
            rules.append(
                model.ChoiceRule(
                    test=model.Condition(text=test, origin=step.origin),
                    next=None if target is None else self._way(target, scope),
                    origin=step.origin,
                    output=output,
                    assign={**own, **self._raised_on_the_way(target, scope)} or ABSENT,
                )
            )
        otherwise = scope.default(step)
        return model.Choice(
            **self._common(step),
            choices=tuple(rules),
            default=None if otherwise is None else self._way(otherwise, scope),
            assign={**own, **self._raised_on_the_way(otherwise, scope)} or ABSENT,
        )

    def _way(self, target: Step, scope: LoweredScope) -> str:
        """The name of the state that a way leads to; past a Raise that is folded to where it leads."""
        if target not in self.folded:
            return target.name
        assert scope.on_error is not None  # else nothing would be folded
        return scope.on_error.name

    def _raised_on_the_way(self, target: Step | None, scope: LoweredScope) -> dict[str, Json]:
        """What a rule assigns in place of a Raise."""
        return self._raised(target, scope) if isinstance(target, Raise) and target in self.folded else {}

    def _task(self, step: Task, scope: LoweredScope) -> model.State:
        from sfdsl.aws.errors import transient
        from sfdsl.aws.resource import Activity, Pattern, ServiceTask, parse

        resource = parse(step.resource)
        passing = any(isinstance(policy.errors, Transient) for policy in self._policies(step))
        fields = self._catching(step, scope, transient(resource) if passing else ())
        defaults = self.pipeline.defaults
        timeout = step.timeout if step.timeout is not None else defaults.timeout
        tokened = isinstance(resource, Activity) or (
            isinstance(resource, ServiceTask) and resource.pattern is Pattern.WAIT_FOR_TASK_TOKEN
        )
        heartbeat = step.heartbeat if step.heartbeat is not None else defaults.heartbeat if tokened else None
        if step.arguments is not UNSET:
            fields["arguments"] = self.value(step.arguments, step)
        if step.credentials is not UNSET:
            role = step.credentials
            fields["credentials"] = self.value(role if isinstance(role, dict) else {"RoleArn": role}, step)
        return model.Task(
            resource=step.resource,
            timeout_seconds=self.value(timeout, step),
            heartbeat_seconds=self.value(heartbeat, step),
            **fields,
        )

    def _raw(self, step: Raw, scope: LoweredScope) -> model.State:
        language = step.language
        stages = {"Output": Stage.OUTPUT, "Assign": Stage.ASSIGN}
        value = {key: self.value(each, step, stages.get(key, Stage.BEFORE)) for key, each in step.state.items()}
        if self.own_language is not None and "QueryLanguage" not in value:
            value["QueryLanguage"] = self.own_language
        if step.comment is not None:
            value["Comment"] = step.comment
        output = self._output(step)
        if output is not UNSET and "Output" not in value and language == JSONATA:
            value["Output"] = self.value(output, step, Stage.OUTPUT)
        has_way = any(key in value for key in ("Next", "End", "Choices")) or value.get("Type") in ("Succeed", "Fail")
        if not has_way:
            following = scope.next(step)
            value |= {"End": True} if following is None else {"Next": following.name}
        state = asl.read_state(step.name, value, step.origin)
        if isinstance(state, (model.Task, model.Parallel, model.Map)):
            retry = tuple(_retrier(policy, (), step.origin) for policy in step._retry or ())
            state = evolve(state, retry=state.retry + retry, catch=state.catch + self._catchers(step, scope, language))
        assigned = self.variables.assigned(step, language)
        if assigned and not isinstance(state, (model.Succeed, model.Fail, model.Opaque)):
            written = state.assign if isinstance(state.assign, dict) else {}
            state = evolve(state, assign={**written, **assigned})
        return state

    def value(self, value: Value, step: Step, stage: Stage = Stage.BEFORE) -> Any:
        """A value of a step as it stands in ASL."""
        return template(value, self.binder.resolver(step, stage))


def _retrier(policy: Retry, transient: tuple[str, ...], origin: Origin) -> model.Retrier:
    return model.Retrier(
        error_equals=(transient or ("States.TaskFailed",)) if isinstance(policy.errors, Transient) else policy.errors,
        interval_seconds=policy.interval,
        max_attempts=policy.max_attempts,
        backoff_rate=policy.backoff_rate,
        max_delay_seconds=policy.max_delay,
        jitter_strategy="FULL" if policy.jitter else None,
        origin=origin,
    )

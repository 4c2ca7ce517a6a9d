"""A plan carried out: the parent, and its Express children with definitions of their own.

The parent runs a child by `aws-sdk:sfn:startSyncExecution`, which waits, starts it at most once, and does not fail when
the child fails: it gives `Status` FAILED. The Task's `Output` then raises an error whose text holds the child's error
and cause; a Catch takes it apart again and leads to a Fail state with the same error and cause, so that whoever caught
the error before, catches it now. Where a Catch led out of the region, the child's error says where to, or, where data
goes with it, the child ends well and a Choice of the parent asks it. A cause that was missing is "" now.

Source: Step Functions API Reference, StartSyncExecution. That the text of `$error` ends the Cause is inferred from
recorded causes of other evaluation errors; where it is not found, the error of the Task itself goes on.
"""

from __future__ import annotations

import re

from attrs import evolve, frozen

from sfdsl.aws.errors import transient
from sfdsl.aws.resource import ServiceTask, parse, service_task
from sfdsl.cost.partition.child import EXIT, Child, as_workflow, exit_key, machine_of, unique
from sfdsl.cost.partition.plan import Plan
from sfdsl.cost.partition.runs import Region, Return
from sfdsl.cost.partition.spread import spread
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import (
    Catcher,
    Choice,
    ChoiceRule,
    Condition,
    Fail,
    Map,
    Parallel,
    Pass,
    Retrier,
    State,
    Succeed,
    Task,
    Wait,
)
from sfdsl.model.texts import assigned
from sfdsl.model.workflow import JSONATA, MachineType, Notes, Scope, Workflow, inner, scopes, walk

_SUCCEEDED = "$states.result.Status = 'SUCCEEDED'"
_CHILD = "$parse($states.result.Output)"
# The mark is put together where it is used: the Cause quotes the expression, and only the message may hold it whole.
_ERROR = (
    "{\"Error\": $states.result.Status = 'TIMED_OUT' ? 'States.Timeout' : $states.result.Error, "
    '"Cause": $states.result.Cause}'
)
_RAISED = f"$error('outcome ' & 'of the child: ' & $string({_ERROR}))"
_TAKEN_APART = (
    "{% $contains($states.errorOutput.Cause, 'outcome ' & 'of the child: ') ? "
    "$parse($substringAfter($states.errorOutput.Cause, 'outcome ' & 'of the child: ')) : $states.errorOutput %}"
)


_AGAIN = Retrier(interval_seconds=1, max_attempts=3, backoff_rate=2.0, jitter_strategy="FULL")
"""Where the child could not be called; if it ran all the same, no harm is done: what may not run twice is in none."""


@frozen(kw_only=True)
class Outlined:
    """A workflow and its children.

    Attributes:
        workflow: The parent; the workflow itself where nothing changes.
        children: In the order of the parent's states.
    """

    workflow: Workflow
    children: tuple[Child, ...] = ()


def outline(plan: Plan) -> Outlined:
    """The parent and the children of a plan."""
    workflow = plan.workflow
    if plan.type is MachineType.EXPRESS:
        return Outlined(workflow=evolve(workflow, type=MachineType.EXPRESS))
    if not plan.regions and not plan.children and not plan.batched:
        return Outlined(workflow=evolve(workflow, type=MachineType.STANDARD))
    return _Outliner(plan).outlined()


class _Outliner:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.workflow = plan.workflow
        self.names = {state.name for _, state in walk(self.workflow.machine)}
        self.variables = {
            each.name for scope in scopes(self.workflow.machine) for state in scope.flow.states
            for each in assigned(scope, state)
        }  # fmt: skip
        self.caller = unique("caller", self.variables)
        self.types = {each.state: each.after for each in plan.children}
        self.batched = {each.state: each for each in plan.batched}
        self.regions: dict[int, list[Region]] = {}
        for region in plan.regions:
            self.regions.setdefault(id(region.scope.flow), []).append(region)
        self.children: list[Child] = []
        self.child_names = {self.workflow.name}
        self.notes: dict[str, Notes] = dict(self.workflow.notes)
        self.partition = self._partition()

    def outlined(self) -> Outlined:
        root = next(iter(scopes(self.workflow.machine)))
        states, start = self._flow(root)
        machine = evolve(self.workflow.machine, states=states, start_at=start)
        gone = {name for region in self.plan.regions for name in region.states}
        notes = {name: notes for name, notes in self.notes.items() if name not in gone}
        workflow = evolve(self.workflow, machine=machine, notes=notes, type=MachineType.STANDARD)
        return Outlined(workflow=workflow, children=tuple(self.children))

    def _partition(self) -> str:
        for _, state in walk(self.workflow.machine):
            if isinstance(state, Task):
                resource = parse(state.resource or "")
                if isinstance(resource, ServiceTask):
                    return resource.partition
        return "aws"

    def _flow(self, scope: Scope) -> tuple[tuple[State, ...], str | None]:
        """The states of a scope with regions replaced, and where it starts."""
        regions = self.regions.get(id(scope.flow), [])
        names = {region.entry: self._state_name(region) for region in regions}
        inside = {name for region in regions for name in region.states}
        by_entry = {region.entry: region for region in regions}
        by_name = {state.name: state for state in scope.flow.states}
        fails: list[Fail] = []
        states: list[State] = []
        for state in scope.flow.states:
            if state.name in by_entry:
                states += self._instead(scope, by_entry[state.name], by_name, names, fails)
            elif state.name not in inside:
                states.append(_led(self._deeper(scope, state), names))
        start = scope.flow.start_at
        return (*states, *fails), names.get(start, start) if start is not None else None

    def _deeper(self, scope: Scope, state: State) -> State:
        """A state that stays, with what happens inside it."""
        below = inner(scope, state)
        if isinstance(state, Parallel):
            branches = []
            for each, branch in zip(below, state.branches, strict=True):
                states, start = self._flow(each)
                branches.append(evolve(branch, states=states, start_at=start))
            return evolve(state, branches=tuple(branches))
        if isinstance(state, Map) and state.name in self.batched:
            name = self._new(f"{state.name}: batch")
            self.notes[name] = Notes(items=self.batched[state.name].size)
            return spread(self.batched[state.name], state, self.caller, name)
        if isinstance(state, Map) and state.body is not None:
            states, start = self._flow(below[0])
            body = evolve(state.body, states=states, start_at=start)
            if state.name in self.types and body.processor_config is not None:
                config = evolve(body.processor_config, execution_type=self.types[state.name])
                body = evolve(body, processor_config=config)
            if state.item_processor is None:
                return evolve(state, iterator=body)
            return evolve(state, item_processor=body)
        return state

    def _state_name(self, region: Region) -> str:
        more = len(region.states) - 1
        wish = f"{region.entry} and {more} more" if more else f"{region.entry} in Express"
        if len(wish) > 80:
            wish = wish[len(wish) - 80 :]
        name = unique(wish, self.names)
        self.names.add(name)
        return name

    def _instead(
        self, scope: Scope, region: Region, by_name: dict[str, State], names: dict[str, str], fails: list[Fail]
    ) -> list[State]:
        """The parent's states in place of a region: the Task, and what asks the child where it ended."""
        name = names[region.entry]
        child = self._child(region, by_name, name)
        self.children.append(child)
        self.notes[name] = Notes(duration=region.billed_seconds, idempotent=True)
        language = None if scope.query_language == JSONATA else JSONATA
        entry = by_name[region.entry]
        failed = self._failed(fails, language, entry)
        after = f"After {name}"
        asking: State | None = None
        catch = [Catcher(error_equals=("States.QueryEvaluationError",), output=_TAKEN_APART, next=failed)]
        next_: str | None = None
        if region.returns is Return.TAGGED:
            asking, more = self._asking(region, after, language, names)
            next_ = asking.name
        else:
            more = []
            target = _only(region)
            next_ = None if target is None else names.get(target, target)
            if region.returns is Return.RAISE:
                asking = self._routing(region, after, language, names, failed)
                catch = [evolve(catch[0], next=asking.name)]
        other = _catch_all(scope, region, by_name, names)
        if other is not None:
            catch.append(other)
        resource = service_task("sfn", "startSyncExecution", sdk=True, partition=self.partition)
        task = Task(
            name=name,
            query_language=language,
            comment=f"Express child: {', '.join(region.states)}"[:1000],
            resource=resource.text,
            arguments={"StateMachineArn": child.placeholder, "Input": _input(region)},
            output=self._output(region),
            assign=self._assign(region),
            retry=(evolve(_AGAIN, error_equals=transient(resource)),),
            catch=tuple(catch),
            next=next_,
            origin=entry.origin,
        )
        return [task, *([asking] if asking is not None else []), *more]

    def _child(self, region: Region, by_name: dict[str, State], state: str) -> Child:
        workflow = self.workflow
        slug = re.sub(r"[^A-Za-z0-9]+", "-", region.entry).strip("-").lower() or "child"
        wish = f"{workflow.name}-{slug}"
        name = unique(wish if len(wish) <= 80 else wish[:80].rstrip("-"), self.child_names).replace(" ", "-")
        self.child_names.add(name)
        comment = f"Express child of {workflow.name}, run by {state!r}"
        machine = machine_of(region, by_name, comment, self.caller)
        placeholder = "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name)) + "Arn"
        return Child(
            workflow=as_workflow(workflow, name, machine, region),
            placeholder=f"${{{placeholder}}}",
            state=state,
            region=region,
        )

    def _output(self, region: Region) -> str:
        packed = region.returns is not Return.TAGGED and any(region.needs.results.values())
        well = f"{_CHILD}.output" if packed else _CHILD
        return f"{{% {_SUCCEEDED} ? {well} : {_RAISED} %}}"

    def _assign(self, region: Region) -> Json:
        if region.returns is Return.TAGGED:
            return ABSENT
        variables = region.needs.results.get(_only(region), ())
        if not variables:
            return ABSENT
        return {each: f"{{% {_SUCCEEDED} ? {_CHILD}.variables.{each} : null %}}" for each in variables}

    def _failed(self, fails: list[Fail], language: str | None, entry: State) -> str:
        """The Fail state of a scope that ends it with a child's error."""
        if not fails:
            name = unique("Failed in child", self.names)
            self.names.add(name)
            text = "{{% $exists($states.input.{0}) ? $states.input.{0} : '' %}}"
            fails.append(
                Fail(
                    name=name, query_language=language, error=text.format("Error"), cause=text.format("Cause"),
                    origin=entry.origin,
                )
            )  # fmt: skip
        return fails[0].name

    def _asking(
        self, region: Region, wish: str, language: str | None, names: dict[str, str]
    ) -> tuple[Choice, list[State]]:
        """The Choice that a tagged child's end is looked at with; a Succeed where one of its ends is the flow's."""
        more: list[State] = []
        name = self._new(wish)
        rules = []
        for target in (*region.exits, *region.caught):
            lead = target
            if target is None:
                lead = self._new(f"{wish}: end")
                more.append(Succeed(name=lead, query_language=language))
            rules.append(
                ChoiceRule(
                    test=Condition(text=f"{{% $states.input.exit = {_quoted(exit_key(target))} %}}"),
                    next=names.get(str(lead), lead),
                    output="{% $states.input.output %}",
                    assign=_taken(region, target, "$states.input.variables"),
                )
            )
        last = rules.pop()
        choice = Choice(
            name=name,
            query_language=language,
            choices=tuple(rules),
            default=last.next,
            output=last.output,
            assign=last.assign,
        )
        return choice, more

    def _routing(self, region: Region, wish: str, language: str | None, names: dict[str, str], failed: str) -> Choice:
        """The Choice that leads a child's error to the handler that a Catch in the child meant, or to the Fail."""
        rules = tuple(
            ChoiceRule(
                test=Condition(text=f"{{% $states.input.Error = '{EXIT}{place}' %}}"),
                next=names.get(target, target),
                output="{% $parse($states.input.Cause).output %}",
                assign=_taken(region, target, "$parse($states.input.Cause).variables"),
            )
            for place, target in enumerate(region.caught, start=1)
        )
        return Choice(name=self._new(wish), query_language=language, choices=rules, default=failed)

    def _new(self, wish: str) -> str:
        name = unique(wish, self.names)
        self.names.add(name)
        return name


def _only(region: Region) -> str | None:
    """Where the parent goes on after a child that is not tagged."""
    return (*region.exits, *region.caught, None)[0]


def _input(region: Region) -> str:
    needs = region.needs
    parts = ['"input": $states.input']
    if needs.variables:
        parts.append('"variables": {' + ", ".join(f'"{name}": ${name}' for name in needs.variables) + "}")
    if needs.context:
        groups: dict[str, list[str]] = {}
        whole: list[str] = []
        for read in needs.context:
            if len(read) == 1:
                whole.append(read[0])
            else:
                groups.setdefault(read[0], []).append(read[1])
        told = [f'"{name}": $states.context.{name}' for name in whole]
        for name, fields in groups.items():
            if name not in whole:
                inside = ", ".join(f'"{each}": $states.context.{name}.{each}' for each in dict.fromkeys(fields))
                told.append(f'"{name}": {{{inside}}}')
        parts.append('"context": {' + ", ".join(told) + "}")
    return "{% $string({" + ", ".join(parts) + "}) %}"


def _taken(region: Region, target: str | None, where: str) -> Json:
    variables = region.needs.results.get(target, ())
    return {each: f"{{% {where}.{each} %}}" for each in variables} if variables else ABSENT


def _catch_all(scope: Scope, region: Region, by_name: dict[str, State], names: dict[str, str]) -> Catcher | None:
    """A catcher for what starting the child may fail with, where every Task of the region catches everything alike."""
    found: Catcher | None = None
    for name in region.states:
        state = by_name[name]
        if not isinstance(state, Task):
            continue
        last = next((each for each in state.catch if "States.ALL" in each.error_equals), None)
        if last is None or last.next is None or last.next in region.states:
            return None
        if found is not None and last.next != found.next:
            return None
        if scope.language(state) != JSONATA and not (last.result_path in (ABSENT, "$") and last.assign is ABSENT):
            return None
        if found is None:
            found = evolve(last, next=names.get(last.next, last.next), error_equals=("States.ALL",), result_path=ABSENT)
    return found


def _led(state: State, names: dict[str, str]) -> State:
    """A state whose ways lead to the Tasks in place of regions."""

    def to(target: str | None) -> str | None:
        return None if target is None else names.get(target, target)

    match state:
        case Choice():
            rules = tuple(evolve(rule, next=to(rule.next)) for rule in state.choices)
            return evolve(state, choices=rules, default=to(state.default))
        case Task() | Parallel() | Map():
            catch = tuple(evolve(each, next=to(each.next)) for each in state.catch)
            return evolve(state, next=to(state.next), catch=catch)
        case Pass() | Wait():
            return evolve(state, next=to(state.next))
        case _:
            return state


def _quoted(text: str) -> str:
    import json

    return json.dumps(text)

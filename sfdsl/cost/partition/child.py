"""The definition of an Express child: the states of a region between one that unpacks and others that pack.

A child is started with `{"input": ..., "variables": {...}, "context": {...}}`: what the region's first state was given,
the variables that the region reads, and what it reads of the context of the execution around it. `$string` of JSONata
keeps 15 digits of a number.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from attrs import evolve, frozen

from sfdsl.cost.partition.contexts import moved
from sfdsl.cost.partition.runs import Region, Return
from sfdsl.model import asl
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Choice, Fail, Map, Parallel, Pass, State, StateMachine, Succeed, Task, Wait
from sfdsl.model.workflow import JSONATA, MachineType, Workflow

EXIT = "sfdsl.exit."
"""Begins the name of the error with which a child tells that a Catch led out of it."""


@frozen(kw_only=True)
class Child:
    """One Express child.

    Attributes:
        workflow: Its own definition, EXPRESS.
        placeholder: What stands for its ARN in the parent, `${...}`.
        state: Name of the parent's state that runs it.
        region: What it was made of.
    """

    workflow: Workflow
    placeholder: str
    state: str
    region: Region


def unique(name: str, taken: Collection[str], most: int = 80) -> str:
    """A name that is not taken, at most so many characters long."""
    found, number = name[:most], 2
    while found in taken:
        end = f" {number}"
        found, number = name[: most - len(end)] + end, number + 1
    return found


def exit_key(target: str | None) -> str:
    """How a child calls the place where it was left."""
    return "(end)" if target is None else target


def machine_of(region: Region, states: Mapping[str, State], comment: str, caller: str) -> StateMachine:
    """The definition of a child.

    Args:
        region: What it runs.
        states: Those of the scope, by name.
        comment: For the definition.
        caller: Name of the variable for the caller's context.
    """
    builder = _Builder(region, states, caller)
    return StateMachine(
        comment=comment,
        query_language=region.scope.query_language,
        start_at=builder.begin,
        states=tuple(builder.states()),
        origin=builder.graph[region.entry].origin,
    )


def as_workflow(parent: Workflow, name: str, machine: StateMachine, region: Region) -> Workflow:
    """A child as a workflow of its own, with the notes on its states."""
    notes = {name: parent.notes[name] for name in _all_names(machine.states) if name in parent.notes}
    title = f"Express child of {parent.name}: {', '.join(region.states[:6])}{', ...' if len(region.states) > 6 else ''}"
    return Workflow(
        name=name,
        machine=machine,
        type=MachineType.EXPRESS,
        title=title,
        documentation=title,
        notes=notes,
        suppress=parent.suppress,
        origin=parent.origin,
    )


class _Builder:
    def __init__(self, region: Region, states: Mapping[str, State], caller: str) -> None:
        self.region = region
        self.caller = caller
        self.inside = set(region.states)
        self.graph: dict[str, State] = {name: states[name] for name in region.states}
        self.taken = set(_all_names(self.graph.values()))
        self.language = region.scope.query_language
        self.begin = self._name("Begin")
        self.packs = self._packs()
        self.used: dict[str | None, str] = {}

    def states(self) -> list[State]:
        """The states of the child in order."""
        own = [self._moved(self.graph[name]) for name in self.region.states]
        return [self._unpacking(), *own, *(self._packing(target, name) for target, name in self.used.items())]

    def _name(self, wish: str) -> str:
        name = unique(wish, self.taken)
        self.taken.add(name)
        return name

    def _packs(self) -> bool:
        """Whether more must be handed back than what the last state gives."""
        return self.region.returns is Return.TAGGED or any(self.region.needs.results.values())

    def _unpacking(self) -> Pass:
        needs = self.region.needs
        assign: dict[str, Json] = {name: f"{{% $states.input.variables.{name} %}}" for name in needs.variables}
        if needs.context:
            assign[self.caller] = "{% $states.input.context %}"
        return Pass(
            name=self.begin,
            query_language=None if self.language == JSONATA else JSONATA,
            output="{% $states.input.input %}",
            assign=assign or ABSENT,
            next=self.region.entry,
            origin=self.graph[self.region.entry].origin,
        )

    def _packing(self, target: str | None, name: str) -> State:
        """The state that a way out of the region leads to."""
        language = None if self.language == JSONATA else JSONATA
        origin = self.graph[self.region.entry].origin
        variables = {each: f"{{% ${each} %}}" for each in self.region.needs.results.get(target, ())}
        if target in self.region.caught and self.region.returns is Return.RAISE:
            told = ", ".join(f'"{each}": ${each}' for each in variables)
            cause = f'{{% $string({{"output": $states.input, "variables": {{{told}}}}}) %}}'
            place = self.region.caught.index(target) + 1 if target is not None else 0
            return Fail(name=name, query_language=language, error=f"{EXIT}{place}", cause=cause, origin=origin)
        if not self.packs:
            return Pass(name=name, query_language=language, origin=origin)
        output: dict[str, Json] = {}
        if self.region.returns is Return.TAGGED:
            output["exit"] = exit_key(target)
        output["output"] = "{% $states.input %}"
        if variables:
            output["variables"] = variables
        return Pass(name=name, query_language=language, output=output, origin=origin)

    def _moved(self, state: State) -> State:
        """A state of the region as it stands in the child."""
        if self.region.needs.context:
            json = moved(asl.write_state(state), self.language, self.caller)
            state = asl.read_state(state.name, json, state.origin)
        match state:
            case Choice():
                rules = tuple(evolve(rule, next=self._target(rule.next)) for rule in state.choices)
                default = None if state.default is None else self._target(state.default)
                return evolve(state, choices=rules, default=default)
            case Succeed():
                if not self.packs:
                    return state
                told: dict[str, Any] = {
                    key: getattr(state, key)
                    for key in ("input_path", "output_path", "output", "comment", "query_language", "origin")
                }
                return Pass(name=state.name, next=self._target(None), **told)
            case Task() | Parallel() | Map():
                catch = tuple(evolve(catcher, next=self._target(catcher.next)) for catcher in state.catch)
                return evolve(state, catch=catch, next=self._next(state.next))
            case Pass() | Wait():
                return evolve(state, next=self._next(state.next))
            case _:
                return state

    def _next(self, target: str | None) -> str | None:
        """Where a state goes on; it may end the child itself where nothing must be packed."""
        if target in self.inside:
            return target
        return self._target(target) if self.packs else None

    def _target(self, target: str | None) -> str:
        """The state to lead to in place of a target; a Choice and a Catch cannot end a flow themselves."""
        if target is not None and target in self.inside:
            return target
        if target not in self.used:
            wish = "Return" if len(self.region.exits) + len(self.region.caught) == 1 else f"Leave to {exit_key(target)}"
            self.used[target] = self._name(wish)
        return self.used[target]


def _all_names(states: Collection[State]) -> dict[str, None]:
    """The names of states and of those inside them, in no order that means anything, but always in the same."""
    found: dict[str, None] = {}
    stack = list(states)
    while stack:
        state = stack.pop()
        found[state.name] = None
        if isinstance(state, Parallel):
            stack.extend(each for branch in state.branches for each in branch.states)
        elif isinstance(state, Map) and state.body is not None:
            stack.extend(state.body.states)
    return found

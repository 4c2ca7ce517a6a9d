"""From a machine to its compiled form, which is kept as long as the machine."""

from __future__ import annotations

import weakref

from sfdsl.model.states import (
    Choice,
    Fail,
    Map,
    Opaque,
    Parallel,
    Pass,
    State,
    StateMachine,
    Succeed,
    Task,
    Wait,
)
from sfdsl.model.workflow import JSONATA, JSONPATH, Scope, inner
from sfdsl.simulate.code import ChoiceCode, Code, FailCode, FlowCode, PassCode, SucceedCode, WaitCode
from sfdsl.simulate.distributed import DistributedCode
from sfdsl.simulate.groups import MapCode, ParallelCode
from sfdsl.simulate.paths import InvalidText
from sfdsl.simulate.tasks import TaskCode


class Program:
    """A machine ready to run.

    Attributes:
        name: Of the state machine, for ARNs and the context object.
        flow: Its states.
        express: Whether it has Express limits.
        timeout: Seconds an execution may take, from `TimeoutSeconds`; None for no limit of its own.
    """

    __slots__ = ("express", "flow", "name", "timeout")

    def __init__(self, name: str, flow: FlowCode, express: bool, timeout: float | None) -> None:
        self.name = name
        self.flow = flow
        self.express = express
        self.timeout = timeout


class InvalidDefinition(ValueError):
    """A machine that AWS would not have accepted, so that nothing can be said about what it does."""


_FLOWS: dict[int, tuple[weakref.ref[StateMachine], FlowCode]] = {}


def compiled(machine: StateMachine) -> FlowCode:
    """The flow of a machine; the same object gives the same flow, compiled once.

    Raises:
        InvalidDefinition: A field holds what AWS refuses, or a name leads nowhere.
    """
    key = id(machine)
    if (kept := _FLOWS.get(key)) is not None and kept[0]() is machine:
        return kept[1]
    flow = compile_machine(machine)
    _FLOWS[key] = (weakref.ref(machine, lambda _: _FLOWS.pop(key, None)), flow)
    return flow


def compile_machine(machine: StateMachine) -> FlowCode:
    """The flow of a machine, compiled anew."""
    try:
        return _flow(Scope(flow=machine, query_language=machine.query_language or JSONPATH))
    except InvalidText as wrong:
        raise InvalidDefinition(str(wrong)) from None


def _flow(scope: Scope) -> FlowCode:
    flow = FlowCode()
    for state in scope.flow.states:
        try:
            flow.states[state.name] = code(scope, state)
        except InvalidText as wrong:
            raise InvalidText(_placed(state.name, str(wrong))) from None
    for state in scope.flow.states:
        flow.states[state.name].link(state, flow)
    if scope.flow.start_at not in flow.states:
        raise InvalidText(f"StartAt is {scope.flow.start_at!r}, which its flow does not have")
    flow.start = flow.states[scope.flow.start_at]
    return flow


def _placed(name: str, message: str) -> str:
    return message if message.startswith("state ") else f"state {name!r}: {message}"


def code(scope: Scope, state: State) -> Code:
    """One state compiled, with the flows inside it; not yet linked to those it leads to.

    Raises:
        InvalidText: A field holds what AWS refuses.
    """
    jsonata = scope.language(state) == JSONATA
    match state:
        case Task():
            return TaskCode(state, jsonata)
        case Pass():
            return PassCode(state, jsonata)
        case Choice():
            return ChoiceCode(state, jsonata)
        case Wait():
            return WaitCode(state, jsonata)
        case Succeed():
            return SucceedCode(state, jsonata)
        case Fail():
            return FailCode(state, jsonata)
        case Parallel():
            parallel = ParallelCode(state, jsonata)
            parallel.branches = [_flow(below) for below in inner(scope, state)]
            if not parallel.branches:
                raise InvalidText(f"state {state.name!r} has no Branches")
            return parallel
        case Map():
            below = inner(scope, state)
            if not below:
                raise InvalidText(f"state {state.name!r} has no ItemProcessor")
            mapping = DistributedCode(state, jsonata) if state.distributed else MapCode(state, jsonata)
            mapping.body = _flow(below[0])
            return mapping
        case Opaque():
            raise InvalidText(f"state {state.name!r} is none of the eight types")

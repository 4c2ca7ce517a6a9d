"""A machine with what is known about it beside its ASL: the unit that checks, cost rules and emitters are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum

from attrs import field, frozen

from sfdsl.model.states import Flow, Map, Parallel, State, StateMachine
from sfdsl.origin import NOWHERE, Origin

JSONPATH = "JSONPath"
JSONATA = "JSONata"


class MachineType(Enum):
    """Standard or Express, which differ in guarantees, limits and price."""

    STANDARD = "STANDARD"
    EXPRESS = "EXPRESS"


class Assertion(Enum):
    """What an author may assert about a state for a cost rule that is not safe without it; written as `asserts=`."""

    UNORDERED = "unordered"
    """Its effect may come before or after those of its neighbours."""
    ATOMIC = "atomic"
    """It may happen together with its neighbours or not at all."""
    NO_BARRIER = "no_barrier"
    """An item may go on before the Map in front is done with all others."""
    STOP_ON_ABORT = "stop_on_abort"
    """What it started may be stopped where the execution is aborted or times out."""
    ERROR_NAMES_FREE = "error_names_free"
    """Nobody reads the names of its errors."""
    PURE = "pure"
    """It has no effect but its result."""


@frozen(kw_only=True)
class Notes:
    """What an author asserts about a state, beside what ASL can carry.

    Attributes:
        idempotent: Running it twice does no harm; None where nobody said.
        asserts: What else holds of it.
        fused: Function that does what the one before it and its own do, one after the other; None is none.
        duration: Seconds it takes as a rule; None is unknown.
        probability: Of the way from a Choice to this state, 0 to 1; None is unknown.
        items: How many items a Map has as a rule; None is unknown.
        resources: ARNs that the role is narrowed to for this state.
        suppress: Codes of findings that are not reported for this state.
    """

    idempotent: bool | None = None
    asserts: frozenset[Assertion] = frozenset()
    fused: str | None = None
    duration: float | None = None
    probability: float | None = None
    items: int | None = None
    resources: tuple[str, ...] = ()
    suppress: tuple[str, ...] = ()


@frozen(kw_only=True)
class Workflow:
    """One pipeline: its machine, its name and type, and the author's notes on its states.

    Attributes:
        name: As deployed and as the folder in `generated/`; 1 to 80 characters.
        title: First line of the documentation; empty where there is none.
        documentation: The whole of it, for the page.
        notes: By state name; a state without notes is not in it.
        suppress: Codes of findings that are not reported for this workflow.
        auto: Whether the cheapest type is chosen, and which parts run as Express children; else it stays of its type.
        rewrites: Whether cost rules may rewrite it.
        executions_per_month: How often it runs; None is unknown.
        budget: Dollars that a month may cost; None is any.
    """

    name: str
    machine: StateMachine
    type: MachineType = MachineType.STANDARD
    auto: bool = False
    rewrites: bool = True
    executions_per_month: float | None = None
    budget: float | None = None
    title: str = ""
    documentation: str = ""
    notes: Mapping[str, Notes] = field(factory=dict, hash=False)
    suppress: tuple[str, ...] = ()
    origin: Origin = field(default=NOWHERE, eq=False, repr=False)


@frozen(kw_only=True)
class Scope:
    """One `States` object: of the machine, of a branch or of a Map's body; variables live in it.

    Attributes:
        flow: What holds the states.
        owner: The Parallel or Map that the flow belongs to; None for the machine.
        parent: The scope that the owner stands in; None for the machine.
        index: Which branch of its Parallel, from 0; 0 elsewhere.
        query_language: What a state without `QueryLanguage` has here.
        distributed: Whether the flow runs in child executions of a Distributed Map, its own owner or one above.
    """

    flow: Flow
    owner: Parallel | Map | None = None
    parent: Scope | None = None
    index: int = 0
    query_language: str = JSONPATH
    distributed: bool = False

    @property
    def depth(self) -> int:
        """How many Parallels and Maps stand around it; 0 for the machine."""
        return 0 if self.parent is None else self.parent.depth + 1

    def language(self, state: State) -> str:
        """The query language that a state of this scope is written in."""
        return getattr(state, "query_language", None) or self.query_language

    def child_execution(self) -> Scope | None:
        """The nearest scope, this one included, that is the body of a Distributed Map; None in the machine itself."""
        scope: Scope | None = self
        while scope is not None and not (isinstance(scope.owner, Map) and scope.owner.distributed):
            scope = scope.parent
        return scope


def scopes(machine: StateMachine) -> Iterator[Scope]:
    """Every scope of a machine, outer before inner, in the order of the states."""
    root = Scope(flow=machine, query_language=machine.query_language or JSONPATH)
    yield root
    yield from _below(root)


def walk(machine: StateMachine) -> Iterator[tuple[Scope, State]]:
    """Every state with its scope, nested ones right behind their owner."""
    root = Scope(flow=machine, query_language=machine.query_language or JSONPATH)
    yield from _states(root)


def inner(scope: Scope, state: State) -> list[Scope]:
    """The scopes that a state opens: the branches of a Parallel, the body of a Map."""
    if isinstance(state, Parallel):
        return [_open(scope, state, branch, i) for i, branch in enumerate(state.branches)]
    if isinstance(state, Map) and state.body is not None:
        return [_open(scope, state, state.body, 0)]
    return []


def _open(scope: Scope, owner: Parallel | Map, flow: Flow, index: int) -> Scope:
    # A state takes the language of the nearest flow that names one, else of the machine; the language
    # of the Parallel or Map itself is not handed down. Source: Developer Guide, "Transforming data", QueryLanguage.
    return Scope(
        flow=flow,
        owner=owner,
        parent=scope,
        index=index,
        query_language=flow.query_language or scope.query_language,
        distributed=scope.distributed or (isinstance(owner, Map) and owner.distributed),
    )


def _below(scope: Scope) -> Iterator[Scope]:
    for state in scope.flow.states:
        for below in inner(scope, state):
            yield below
            yield from _below(below)


def _states(scope: Scope) -> Iterator[tuple[Scope, State]]:
    for state in scope.flow.states:
        yield scope, state
        for below in inner(scope, state):
            yield from _states(below)

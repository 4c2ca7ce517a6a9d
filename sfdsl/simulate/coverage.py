"""Which ways of a pipeline its tests took: states, edges, choice rules and catchers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from sfdsl.model.edges import Edge, EdgeKind, edges
from sfdsl.model.workflow import Workflow, walk
from sfdsl.simulate.run import Run

Key = tuple[str, EdgeKind, int]


@frozen(kw_only=True)
class Share:
    """How many of some things were taken."""

    taken: int
    all: int

    @property
    def percent(self) -> float:
        """0 to 100; 100 where there is nothing to take."""
        return 100.0 if self.all == 0 else 100.0 * self.taken / self.all

    def __str__(self) -> str:
        return f"{self.taken}/{self.all}"


@frozen(kw_only=True)
class PathCoverage:
    """The coverage of one pipeline.

    Attributes:
        states, edges, rules, catchers: How many were entered or taken. `edges` are Next and Default.
        missing: What was not, as a reader calls it, in the order of the definition.
        runs: How many simulations it is made of.
    """

    name: str
    states: Share
    edges: Share
    rules: Share
    catchers: Share
    missing: tuple[str, ...]
    runs: int

    @property
    def percent(self) -> float:
        """Of all four together."""
        parts = (self.states, self.edges, self.rules, self.catchers)
        return Share(taken=sum(part.taken for part in parts), all=sum(part.all for part in parts)).percent


class Collected:
    """What the runs of one pipeline entered and took; can be merged, and sent between processes as JSON."""

    def __init__(self) -> None:
        self.states: set[str] = set()
        self.edges: set[Key] = set()
        self.runs = 0

    def add(self, run: Run) -> None:
        """Count a run."""
        self.states.update(run.path)
        self.edges.update(run.taken)
        self.runs += 1

    def as_json(self) -> dict[str, Any]:
        """Plain lists, for another process."""
        ways = [[state, kind.name, place] for state, kind, place in sorted(self.edges, key=_order)]
        return {"states": sorted(self.states), "edges": ways, "runs": self.runs}

    def merge(self, told: Mapping[str, Any]) -> None:
        """Count what another process told by `as_json`."""
        self.states.update(told["states"])
        self.edges.update((state, EdgeKind[kind], place) for state, kind, place in told["edges"])
        self.runs += told["runs"]


def path_coverage(name: str, workflow: Workflow, collected: Collected) -> PathCoverage:
    """The coverage of a pipeline by what its runs took, under the name that reports give it."""
    missing: list[str] = []
    states: list[bool] = []
    ways: dict[EdgeKind, list[bool]] = {kind: [] for kind in EdgeKind}
    for _, state in walk(workflow.machine):
        entered = state.name in collected.states
        states.append(entered)
        if not entered:
            missing.append(f"state {state.name!r}")
        for edge in edges(state):
            taken = (edge.source, edge.kind, edge.index) in collected.edges
            ways[edge.kind].append(taken)
            if not taken and entered:
                missing.append(described(edge))
    return PathCoverage(
        name=name,
        states=_share(states),
        edges=_share(ways[EdgeKind.NEXT] + ways[EdgeKind.DEFAULT]),
        rules=_share(ways[EdgeKind.RULE]),
        catchers=_share(ways[EdgeKind.CATCH]),
        missing=tuple(missing),
        runs=collected.runs,
    )


def described(edge: Edge) -> str:
    """A way between states in words."""
    if edge.kind is EdgeKind.RULE:
        return f"rule {edge.index + 1} of {edge.source!r} to {edge.target!r}"
    if edge.kind is EdgeKind.CATCH:
        names = ", ".join(getattr(edge.via, "error_equals", ()))
        return f"catcher {edge.index + 1} of {edge.source!r} ({names}) to {edge.target!r}"
    return f"{edge.kind.value} of {edge.source!r} to {edge.target!r}"


def table(coverages: Iterable[PathCoverage]) -> list[str]:
    """The report as lines: a table, and below it what no test took."""
    all_of_them = sorted(coverages, key=lambda each: each.name)
    width = max([len("pipeline"), *(len(each.name) for each in all_of_them)])
    lines = [f"{'pipeline':<{width}}  runs   states    edges    rules  catchers  covered"]
    for each in all_of_them:
        lines.append(
            f"{each.name:<{width}}  {each.runs:>4}  {each.states!s:>7}  {each.edges!s:>7}  {each.rules!s:>7}  "
            f"{each.catchers!s:>8}  {each.percent:>6.1f}%"
        )
    for each in all_of_them:
        lines += [f"  {each.name}: not taken: {missing}" for missing in each.missing]
    return lines


def _share(taken: list[bool]) -> Share:
    return Share(taken=sum(taken), all=len(taken))


def _order(key: Key) -> tuple[str, str, int]:
    state, kind, place = key
    return state, kind.name, place

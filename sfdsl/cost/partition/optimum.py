"""The cheapest partition of a Standard workflow: a dynamic programme over runs of siblings, exact.

Outside a child all charges add up and no constraint couples two children, so that every sequence has optimal
substructure: what the siblings from a position on cost at least is either this one in Standard and the rest, or a child
of some run that begins here and the rest after it. A composite in Standard is its own transitions and the optima of its
nested sequences; entries are absolute, so that nothing depends on where in the tree a sequence stands.

Few runs are looked at closely: a child costs at least its seconds unrounded in one step of 64 MB, and runs whose least
is above the best found so far are passed over.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator

from attrs import field, frozen

from sfdsl.aws.quotas import PAYLOAD_BYTES
from sfdsl.cost.behaviour import runs_express
from sfdsl.cost.partition.batching import Batched, batching
from sfdsl.cost.partition.runs import Region, Run, Runs
from sfdsl.cost.partition.sequences import Sequence, Sibling
from sfdsl.cost.partition.terms import Terms
from sfdsl.cost.prices import CHUNK_MB, memory_chunks
from sfdsl.cost.times import Times
from sfdsl.model.states import Map
from sfdsl.model.workflow import MachineType, Scope, inner

SMALL = 1e-15
"""Dollars that do not count as a saving."""
FAR = 32
"""Siblings of a run, above which it is asked early whether it can be in time."""


@frozen(kw_only=True)
class ChildType:
    """The type that the children of a Distributed Map had better have.

    Attributes:
        state: Name of the Map.
        before, after: STANDARD or EXPRESS.
        saved: Dollars in one execution of the workflow.
    """

    state: str
    before: str
    after: str
    saved: float


@frozen(kw_only=True)
class Optimum:
    """The cheapest plan for a Standard workflow.

    Attributes:
        dollars: What one execution costs at the margin, Step Functions only.
        standard: The same without any change.
        regions: What becomes an Express child, in the order of the scopes.
        children: Distributed Maps whose children change their type.
        batched: Inline Maps that become Distributed Maps with batches.
    """

    dollars: float
    standard: float
    regions: tuple[Region, ...] = field(hash=False)
    children: tuple[ChildType, ...] = ()
    batched: tuple[Batched, ...] = field(default=(), hash=False)


def optimum(terms: Terms) -> Optimum:
    """The cheapest partition; without `options.children`, only the types of Distributed Maps' children are chosen."""
    search = _Search(terms)
    root = terms.graph.scopes[0]
    surcharge = terms.prices.start_end_surcharge * terms.transition
    regions = tuple(search.regions(root))
    return Optimum(
        dollars=surcharge + search.best[id(root.flow)],
        standard=surcharge + search.plain[id(root.flow)],
        regions=regions,
        children=tuple(search.changed(root)),
        batched=tuple(search.taken),
    )


class _Choice:
    """What was found for one sequence: the least dollars from each position on, and the runs that become children."""

    __slots__ = ("lasts", "least", "regions")

    def __init__(self, count: int) -> None:
        self.least = [0.0] * (count + 1)
        self.lasts: list[int | None] = [None] * count
        self.regions: list[Region | None] = [None] * count


class _Search:
    """Optima of all scopes, inner before outer.

    Attributes:
        best: Scope's flow -> least dollars of its states in one execution, children included.
        plain: The same where nothing is changed.
        taken: The Maps with batches that `regions` came by.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.best: dict[int, float] = {}
        self.plain: dict[int, float] = {}
        self._runs: dict[int, Runs] = {}
        self._choices: dict[int, _Choice] = {}
        self._std: dict[int, float] = {}
        self._plain: dict[int, float] = {}
        self._types: dict[str, ChildType] = {}
        self._batched: dict[str, Batched] = {}
        self.taken: list[Batched] = []
        for scope in reversed(terms.graph.scopes):
            self._scope(scope)

    def regions(self, scope: Scope) -> Iterator[Region]:
        """The regions chosen in a scope and in what stays Standard inside it."""
        runs = self._runs.get(id(scope.flow))
        if runs is None:
            return
        stack: list[Sequence] = list(reversed(runs.sequences.roots))
        while stack:
            sequence = stack.pop()
            choice = self._choices[id(sequence)]
            position = 0
            below: list[Sequence] = []
            while position < len(sequence.siblings):
                last, region = choice.lasts[position], choice.regions[position]
                if last is not None and region is not None:
                    position = last + 1
                    yield region
                    continue
                sibling = sequence.siblings[position]
                below.extend(sibling.nested)
                if not sibling.loop:
                    state = runs.graph.by_name[sibling.head]
                    if sibling.head in self._batched:
                        self.taken.append(self._batched[sibling.head])
                    elif self._type_after(state) != "EXPRESS":
                        for body in inner(scope, state):
                            yield from self.regions(body)
                position += 1
            stack.extend(reversed(below))

    def changed(self, scope: Scope) -> Iterator[ChildType]:
        """The Distributed Maps whose children change their type; those inside a region have none to change."""
        for _, state in self.terms.graph.states():
            if state.name in self._types:
                yield self._types[state.name]

    def _type_after(self, state: object) -> str | None:
        return self._types[state.name].after if isinstance(state, Map) and state.name in self._types else None

    def _scope(self, scope: Scope) -> None:
        terms = self.terms
        key = id(scope.flow)
        if runs_express(scope, MachineType.STANDARD):
            # In the Express children of a Distributed Map nothing is left to choose.
            self.best[key] = self.plain[key] = self._express_children(scope)
            return
        runs = self._runs[key] = Runs(terms, scope)
        plain = 0.0
        for name in terms.graph.graph(scope).reachable:
            plain += self._own(scope, name) + sum(self.plain[id(b.flow)] for b in self._bodies(scope, name))
        self.plain[key] = plain
        for sequence in runs.sequences.order:
            for sibling in sequence.siblings:
                self._std[id(sibling)] = self._standard(scope, sibling)
                self._plain[id(sibling)] = self._unchanged(runs, scope, sibling)
            self._choices[id(sequence)] = self._solve(runs, sequence)
        self.best[key] = sum(self._choices[id(root)].least[0] for root in runs.sequences.roots)

    def _own(self, scope: Scope, name: str) -> float:
        """Transitions of a state itself, and those that start the children of a Distributed Map."""
        does = self.terms.behaviour.state(scope, name)
        if does is None:
            return 0.0
        state = self.terms.graph.graph(scope).by_name[name]
        count = does.transitions + (does.rounds if isinstance(state, Map) and state.distributed else 0.0)
        return self.terms.behaviour.entries(scope, name) * count * self.terms.transition

    def _bodies(self, scope: Scope, name: str) -> list[Scope]:
        return inner(scope, self.terms.graph.graph(scope).by_name[name])

    def _standard(self, scope: Scope, sibling: Sibling) -> float:
        """What a sibling costs in Standard, everything inside it at its best."""
        total = sum(self._choices[id(sequence)].least[0] for sequence in sibling.nested)
        if sibling.loop:
            return total
        state = self.terms.graph.graph(scope).by_name[sibling.head]
        inside = sum(self.best[id(body.flow)] for body in inner(scope, state))
        if isinstance(state, Map) and state.distributed:
            inside = self._child_type(scope, state, inside)
        elif isinstance(state, Map) and self.terms.options.children:
            batched = batching(self.terms, scope, state, inside)
            if batched is not None:
                self._batched[state.name] = batched
                inside = batched.after
        return total + self._own(scope, sibling.head) + inside

    def _unchanged(self, runs: Runs, scope: Scope, sibling: Sibling) -> float:
        """What a sibling costs in Standard as it is."""
        total = sum(self._plain[id(each)] for sequence in sibling.nested for each in sequence.siblings)
        if sibling.loop:
            return total
        inside = sum(self.plain[id(body.flow)] for body in self._bodies(scope, sibling.head))
        return total + self._own(scope, sibling.head) + inside

    def _child_type(self, scope: Scope, state: Map, inside: float) -> float:
        """The least that the children of a Distributed Map cost, in the better of the two types."""
        for body in inner(scope, state):
            if runs_express(body, MachineType.STANDARD):
                standard = self._as_standard(body)
                if standard < inside - SMALL:
                    self._types[state.name] = ChildType(
                        state=state.name, before="EXPRESS", after="STANDARD", saved=inside - standard
                    )
                    return standard
            else:
                express = self._express_children(body)
                eligible = all(not self.terms.blockers[name] for name in self.terms.graph.graph(body).reachable)
                if eligible and self._in_time(body) and express < inside - SMALL:
                    self._types[state.name] = ChildType(
                        state=state.name, before="STANDARD", after="EXPRESS", saved=inside - express
                    )
                    return express
        return inside

    def _as_standard(self, scope: Scope) -> float:
        """What the states of an Express child's flow would cost in Standard children."""
        total = 0.0
        for name in self.terms.graph.graph(scope).reachable:
            total += self._own(scope, name) + sum(self._as_standard(body) for body in self._bodies(scope, name))
        return total

    def _express_children(self, scope: Scope) -> float:
        """What the executions of a scope's flow cost as Express children."""
        terms = self.terms
        count, gb_seconds = express_children(terms, scope)
        logs = terms.log_dollars(len(terms.graph.graph(scope).by_name))
        return count * (terms.request + logs) + gb_seconds * terms.prices.duration_rate(terms.tier)

    def _in_time(self, scope: Scope) -> bool:
        return late(self.terms, self.terms.elapsed.flow(scope)) <= self.terms.late

    def _solve(self, runs: Runs, sequence: Sequence) -> _Choice:
        """The least from each position on.

        Runs are weighed as if their data could be passed; those chosen are looked at, and if one cannot be what it was
        taken for, the sequence is solved again, every run being looked at before it is preferred to another.
        """
        standard = [self._std[id(each)] for each in sequence.siblings]
        plain = [self._plain[id(each)] for each in sequence.siblings]
        solver = _Solver(self.terms, runs, sequence, standard, plain)
        choice = solver.solve()
        if not solver.confirm(choice):
            choice = solver.solve(careful=True)
            solver.confirm(choice)
        return choice


class _Solver:
    """The dynamic programme over one sequence."""

    def __init__(self, terms: Terms, runs: Runs, sequence: Sequence, standard: list[float], plain: list[float]) -> None:
        self.terms = terms
        self.runs = runs
        self.sequence = sequence
        self.standard = standard
        self.plain = plain
        self.known: dict[tuple[int, int], Region | None] = {}  # runs that were looked at; None cannot get its data
        self.pieces = [runs.siblings[id(each)] for each in sequence.siblings]
        self.limits = runs.limits(sequence)
        self.odd = [k for k, low in enumerate(self.limits) if 0 <= low < k - 1]
        # Sums before each position, to have those of a run by one subtraction.
        self.seconds, self.steps, self.extra, self.bytes, self.counts = [0.0], [0.0], [0.0], [0], [0]
        self.most_entered: list[float] = []  # of the siblings up to each position
        for piece, sibling in zip(self.pieces, sequence.siblings, strict=True):
            self.most_entered.append(max(piece.entered, *self.most_entered[-1:], 0.0))
            self.seconds.append(self.seconds[-1] + piece.seconds)
            self.steps.append(self.steps[-1] + piece.steps)
            self.extra.append(self.extra[-1] + piece.extra)
            self.bytes.append(self.bytes[-1] + piece.bytes)
            self.counts.append(self.counts[-1] + max(1, sibling.last - sibling.first + 1))
        self.masks: dict[int, tuple[int, int]] = {}  # position -> what its sibling reads and writes
        self.longest: dict[int, tuple[int, Run]] = {}  # last position of a run -> its first one so far, and the run

    def solve(self, careful: bool = False) -> _Choice:
        """The least from each position on, last one first.

        Args:
            careful: Whether to look at a run before it is preferred: whether it can get its data, and how it returns.
        """
        self.longest.clear()
        count = len(self.pieces)
        choice = _Choice(count)
        least = choice.least
        each = self.terms.transition + self.terms.request
        top = self.runs.last(self.sequence) if count else -1
        reach: list[tuple[float, int]] = []  # seconds and least of what follows a run that ends here; where it ends
        for position in range(count - 1, -1, -1):
            least[position] = self.standard[position] + least[position + 1]
            piece = self.pieces[position]
            if not self.terms.options.children or not piece.eligible:
                reach.clear()
                continue
            insort(reach, (self._paid(position + 1) + least[position + 1], position))
            fixed = piece.entered * each - self._paid(position)
            barrier = min((k for k in self.odd if self.limits[k] < position < k), default=count)
            too_late = never = count
            if careful and reach:
                furthest = max(last for _, last in reach)
                barrier = min(barrier, self._too_large(position, furthest))
                too_late = self._late_from(position, min(barrier - 1, furthest))
            for tail, last in reach if piece.entered > 0 else ():
                if fixed + tail >= least[position] - SMALL:
                    break
                if last >= min(barrier, too_late) or (position == 0 and last > top):
                    continue
                dollars, late = self._weigh(position, last)
                if late > self.terms.late:
                    if self.terms.options.late == 0:
                        too_late = min(too_late, last)
                        # A run that begins earlier is as late as often as it comes here.
                        if late * piece.entered > self.terms.late * self.most_entered[position]:
                            never = min(never, last)
                elif dollars + least[last + 1] < least[position] - SMALL:
                    if careful:
                        region = self._look(position, last)
                        if region is None or region.after + least[last + 1] >= least[position] - SMALL:
                            continue
                        dollars = region.after
                    least[position] = dollars + least[last + 1]
                    choice.lasts[position] = last
            if never < count:
                reach = [entry for entry in reach if entry[1] < never]
            if self.limits[position] < 0:
                reach.clear()
        return choice

    def _paid(self, position: int) -> float:
        """The least that Express pays for the time of all siblings before a position."""
        return self.terms.second() * self.seconds[position] + self.extra[position]

    def confirm(self, choice: _Choice) -> bool:
        """Look at the runs that were chosen; whether all of them are what they were taken for."""
        position = 0
        right = True
        while position < len(self.pieces):
            last = choice.lasts[position]
            if last is None:
                position += 1
                continue
            choice.regions[position] = region = self._look(position, last)
            right = right and region is not None and region.returns is self.runs.hoped(self._run(position, last))
            position = last + 1
        return right

    def _look(self, position: int, last: int) -> Region | None:
        """A run as a child, with what it needs; None where it cannot get that."""
        if (position, last) not in self.known:
            before = sum(self.plain[position : last + 1])
            run = self._run(position, last)
            self.known[position, last] = self.runs.region(self.sequence, position, last, run, before)
        return self.known[position, last]

    def _too_large(self, position: int, last: int) -> int:
        """The first position at which a run from here on is given too much, whatever comes after; one more for none."""
        terms, scope = self.terms, self.runs.scope
        given = written = 0
        size = 0.0
        for end in range(position, last + 1):
            if end not in self.masks:
                self.masks[end] = terms.flows.masks(scope, self.runs.states(self.sequence, end, end))
            reads, writes = self.masks[end]
            more = reads & ~written & ~given
            if more:
                given |= more
                size += terms.variable_bytes(terms.flows.named(more))
                if size > PAYLOAD_BYTES.limit:
                    return end
            written |= writes
        return last + 1

    def _late_from(self, position: int, last: int) -> int:
        """A position from which on runs that begin here are too late, found in steps twice as long each time."""
        step = FAR
        while self.terms.options.late == 0 and position + step <= last:
            if self._weigh(position, position + step)[1] > self.terms.late:
                return position + step
            step *= 2
        return len(self.pieces)

    def _weigh(self, position: int, last: int) -> tuple[float, float]:
        """Dollars of a run as a child, and how likely it takes too long."""
        if (position, last) in self.known:
            region = self.known[position, last]
            return (float("inf") if region is None else region.after), 0.0
        run = self._run(position, last)
        behind = last + 1
        cost = self.runs.cost(
            run,
            self.pieces[position].entered,
            self.bytes[behind] - self.bytes[position],
            self.steps[behind] - self.steps[position],
            self.counts[behind] - self.counts[position],
            self.extra[behind] - self.extra[position],
            self.runs.hoped(run),
        )
        return cost.dollars, cost.late

    def _run(self, position: int, last: int) -> Run:
        """A run, from the longest one known that ends at the same place."""
        start, run = self.longest.get(last, (last + 1, None))
        if start < position:
            start, run = last + 1, None
        while start > position:
            start -= 1
            run = self.runs.extended(self.sequence, start, last, run)
        assert run is not None
        self.longest[last] = (position, run)
        return self.runs.closed(self.sequence, position, last, run)


def express_children(terms: Terms, scope: Scope) -> tuple[float, float]:
    """How many executions of a scope's flow there are in one of the workflow, and their GB-seconds as Express."""
    count = terms.behaviour.runs[id(scope.flow)]
    if not count:
        return 0.0, 0.0
    size = sum(terms.bytes_of(state) for state in terms.graph.graph(scope).by_name.values())
    own = sum(terms.behaviour.flow(scope).entries.values())
    chunks = memory_chunks(size, terms.payload, terms.inner_steps(scope) / count - own)
    return count, count * terms.elapsed.flow(scope).billed_seconds * chunks * CHUNK_MB / 1024


def late(terms: Terms, time: Times) -> float:
    """Probability that something takes longer than a child may."""
    return time.over + sum(p for ms, p in time.atoms.items() if ms > terms.limit_ms)

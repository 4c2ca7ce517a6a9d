"""What runs of siblings would be as Express children: when they take how long, where they are left, what they cost.

Times are put together from the inside out and from the last sibling to the first, so that each step adds one sibling;
only where a way jumps into the middle of something are they computed state by state (`Elapsed.region`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable
from enum import Enum
from typing import NamedTuple

from attrs import frozen

from sfdsl.aws.quotas import PAYLOAD_BYTES as PAYLOAD
from sfdsl.cost.elapsed import END, FAILS, LEFT_OVER, MOST_ROUNDS, Elapsed
from sfdsl.cost.partition.data import Needs
from sfdsl.cost.partition.sequences import Sequence, Sequences, Sibling
from sfdsl.cost.partition.terms import Terms
from sfdsl.cost.prices import memory_chunks
from sfdsl.cost.times import NEVER, NOW, Times
from sfdsl.model.edges import EdgeKind
from sfdsl.model.workflow import Scope, inner

Exits = dict[Hashable, Times]


class Return(Enum):
    """How a child tells its parent where it ended.

    Members:
        PLAIN: There is one place to go on.
        RAISE: One place to go on; other ways out are errors that somebody outside catches, told as an error.
        TAGGED: Several places; the parent asks in a Choice, which is one more transition each time.
    """

    PLAIN = "plain"
    RAISE = "raise"
    TAGGED = "tagged"


@frozen(kw_only=True)
class Region:
    """States that run as one Express child.

    Attributes:
        scope: Where they stand.
        entry: The only state that is entered from outside.
        states: All of them, the entry first.
        entered: How often they are entered in one execution of the workflow.
        returns: How the child tells where it ended.
        exits: Targets that it is left to on normal ways, None for the end of the flow; in order of the definition.
        caught: Targets that it is left to only by errors that a Catch takes there.
        fails: Probability that it fails.
        billed_seconds: Mean of what is billed for one run.
        chunks: Steps of 64 MB that are billed.
        before: Dollars an execution of the workflow spends on these states in Standard.
        after: The same as a child.
        needs: What it is given and hands back.
    """

    scope: Scope
    entry: str
    states: tuple[str, ...]
    entered: float
    returns: Return
    exits: tuple[str | None, ...]
    caught: tuple[str, ...]
    fails: float
    billed_seconds: float
    chunks: int
    before: float
    after: float
    needs: Needs


class Run(NamedTuple):
    """Siblings that follow each other, as one child.

    Attributes:
        exits: Times until it is left, by where; None where a way jumps into the middle of it (`Runs.closed`).
        normal, caught: Where it can be left to, on normal ways and by catchers.
    """

    exits: Exits | None
    normal: frozenset[Hashable]
    caught: frozenset[Hashable]


class Cost(NamedTuple):
    """What a run costs as a child.

    Attributes:
        dollars: In one execution of the workflow.
        late: Probability that it takes longer than a child may.
        fails: Probability that it fails.
        billed_seconds: Mean of what is billed for one run.
        chunks: Steps of 64 MB.
    """

    dollars: float
    late: float
    fails: float
    billed_seconds: float
    chunks: int


class Piece:
    """A sibling or a whole sequence, as a part of a child.

    Attributes:
        eligible: Whether all its states can run in Express.
        exits: From entering it to leaving it, by where it is left; None where it is not eligible.
        normal, caught: Where it can be left to, on normal ways and by catchers; `END` among the normal ones.
        seconds: Mean time that one execution of the workflow spends in it, a lower bound of what a child is billed.
        steps: Parallel branches' and Map iterations' states in one execution of the workflow.
        bytes: Of its states' definitions.
        entered: How often it is entered from outside in one execution.
        extra: Dollars more that one execution of the workflow pays for what is called here if it is in Express.
        flat: Whether `exits` can be put together from its parts.
    """

    __slots__ = ("bytes", "caught", "eligible", "entered", "exits", "extra", "flat", "normal", "seconds", "steps")

    def __init__(self) -> None:
        self.eligible = True
        self.exits: Exits | None = None
        self.normal: set[Hashable] = set()
        self.caught: set[Hashable] = set()
        self.seconds = 0.0
        self.steps = 0.0
        self.bytes = 0
        self.entered = 0.0
        self.extra = 0.0
        self.flat = True

    def take(self, other: Piece) -> None:
        """Add what a part has, all but its times."""
        self.eligible = self.eligible and other.eligible
        self.normal |= other.normal
        self.caught |= other.caught
        self.seconds += other.seconds
        self.steps += other.steps
        self.extra += other.extra
        self.bytes += other.bytes


class Runs:
    """The siblings and sequences of one scope as parts of children."""

    def __init__(self, terms: Terms, scope: Scope) -> None:
        self.terms = terms
        self.scope = scope
        self.graph = terms.graph.graph(scope)
        self.elapsed: Elapsed = terms.elapsed
        self.sequences = Sequences(self.graph, [name for name in self.graph.by_name if terms.blockers[name]])
        self.siblings: dict[int, Piece] = {}
        self.whole: dict[int, Piece] = {}
        roots = set(map(id, self.sequences.roots))
        for sequence in self.sequences.order:
            for sibling in sequence.siblings:
                self.siblings[id(sibling)] = self._sibling(sibling)
            if id(sequence) not in roots:
                self.whole[id(sequence)] = self._whole(sequence)
        self._limits: dict[int, list[int]] = {}

    def limits(self, sequence: Sequence) -> list[int]:
        """Position -> the last position that a run which holds this sibling further on may begin at; -1 for none.

        A run must not be entered in its middle: whatever leads to a sibling that is not its first must be in it.
        """
        key = id(sequence)
        if key not in self._limits:
            firsts = [sibling.first for sibling in sequence.siblings]
            found = []
            for position, sibling in enumerate(sequence.siblings):
                low = -1 if self.graph.flow.start_at == sibling.head else position
                for edge in self.graph.incoming[sibling.head]:
                    if edge.source not in self.graph.reachable or self.sequences.inside(edge.source, sibling):
                        continue
                    if not self.sequences.inside(edge.source, sequence):
                        low = -1
                        break
                    source = bisect_right(firsts, self.sequences.numbers[edge.source]) - 1
                    low = min(low, source) if source < position else -1
                found.append(low)
            self._limits[key] = found
        return self._limits[key]

    def last(self, sequence: Sequence) -> int:
        """The last position that a run which begins at the first one may hold.

        In the body of a loop, a run with the header must not hold a way back to it: that would be the loop itself.
        """
        head = sequence.siblings[0]
        last = len(sequence.siblings) - 1
        if not head.loop:
            for position, sibling in enumerate(sequence.siblings):
                piece = self.siblings[id(sibling)]
                if head.head in piece.normal or head.head in piece.caught:
                    return position - 1
        return last

    # -- putting together ---------------------------------------------------------------------------------------------

    def extended(self, sequence: Sequence, position: int, last: int, rest: Run | None) -> Run:
        """The run from `position` to `last`, from the one that begins one later.

        Args:
            sequence: Whose siblings they are.
            position: Of the first sibling.
            last: Of the last one.
            rest: The run from `position + 1` on; None where there is none, as `position` is the last.
        """
        sibling = sequence.siblings[position]
        piece = self.siblings[id(sibling)]
        if rest is None:
            return Run(piece.exits, frozenset(piece.normal), frozenset(piece.caught))
        numbers = self.sequences.numbers
        first, end = sequence.siblings[position + 1].first, sequence.siblings[last].last
        own_first, own_last = sibling.first, sibling.last
        outside = [t for t in piece.normal if not (isinstance(t, str) and first <= numbers.get(t, -1) <= end)]
        caught = [t for t in piece.caught if not (isinstance(t, str) and first <= numbers.get(t, -1) <= end)]
        back = {
            t for t in rest.normal | rest.caught if isinstance(t, str) and own_first <= numbers.get(t, -1) <= own_last
        }
        found: Exits | None = None
        if piece.exits is not None and rest.exits is not None and not back:
            following = sequence.siblings[position + 1].head
            found = {}
            for target, time in piece.exits.items():
                if target == following:
                    for further, more in rest.exits.items():
                        _add(found, further, time.then(more))
                elif isinstance(target, str) and first <= numbers.get(target, -1) <= end:
                    found = None
                    break
                else:
                    _add(found, target, time)
        return Run(found, (rest.normal - back).union(outside), (rest.caught - back).union(caught))

    def closed(self, sequence: Sequence, position: int, last: int, run: Run) -> Run:
        """The run with its exits, computed state by state where a way jumps into the middle of it."""
        if run.exits is not None:
            return run
        states = set(self.states(sequence, position, last))
        return run._replace(exits=self.elapsed.region(self.scope, sequence.siblings[position].head, states))

    def states(self, sequence: Sequence, position: int, last: int) -> list[str]:
        """The states of a run, its entry first."""
        return [name for each in sequence.siblings[position : last + 1] for name in self.sequences.states(each)]

    def cost(
        self, run: Run, entered: float, size: int, steps: float, count: int, extra: float, returns: Return
    ) -> Cost:
        """What a run costs as a child.

        Args:
            run: With its exits.
            entered: How often it is entered in one execution of the workflow.
            size: Bytes of its definition.
            steps: States of Parallel branches and Map iterations in one execution of the workflow.
            count: How many states it has.
            extra: Dollars more in one execution of the workflow for what is called.
            returns: How it tells where it ended.
        """
        terms = self.terms
        assert run.exits is not None
        total = NEVER
        for time in run.exits.values():
            total = total.plus(time)
        late = total.over + sum(p for ms, p in total.atoms.items() if ms > terms.limit_ms)
        chunks = memory_chunks(size, terms.payload, steps / entered if entered else 0.0)
        billed = total.billed_seconds
        fails = run.exits[FAILS].mass if FAILS in run.exits else 0.0
        after = terms.transition + terms.request + terms.second(chunks) * billed + terms.log_dollars(count)
        after += terms.transition * fails  # the Fail state of the parent that names the child's error
        if returns is Return.TAGGED:
            after += terms.transition * (1.0 - fails)
            if END in run.exits:
                after += terms.transition * run.exits[END].mass  # a Choice cannot end the flow: a Succeed does
        elif returns is Return.RAISE:
            # Errors come to a Choice, which leads on those that a catcher takes, and the others to the Fail.
            errors = {FAILS, *(run.caught - run.normal)}
            after += terms.transition * sum(time.mass for target, time in run.exits.items() if target in errors)
        return Cost(entered * after + extra, late, fails, billed, chunks)

    def hoped(self, run: Run) -> Return:
        """How a run tells where it ended at best."""
        if len(run.normal | run.caught) <= 1:
            return Return.PLAIN
        return Return.RAISE if len(run.normal) == 1 else Return.TAGGED

    def region(self, sequence: Sequence, position: int, last: int, run: Run, before: float) -> Region | None:
        """A run as a child; None where the data that it needs cannot be passed to it.

        Args:
            sequence: Whose siblings they are.
            position: Of the first sibling.
            last: Of the last one.
            run: With its exits.
            before: Dollars an execution spends on these states in Standard.
        """
        terms = self.terms
        states = self.states(sequence, position, last)
        members = frozenset(states)
        needs = terms.flows.needs(self.scope, states[0], members)
        if needs.missing or terms.data_bytes(self.scope, members, states[0], needs) > PAYLOAD.limit:
            return None
        pieces = [self.siblings[id(each)] for each in sequence.siblings[position : last + 1]]
        order = {name: i for i, name in enumerate(self.graph.by_name)}
        normal = sorted((t for t in run.normal if isinstance(t, str)), key=order.__getitem__)
        exits: tuple[str | None, ...] = (*((None,) if END in run.normal else ()), *normal)
        caught = tuple(sorted((t for t in run.caught - run.normal if isinstance(t, str)), key=order.__getitem__))
        returns = self.hoped(run)
        if returns is Return.RAISE and not all(
            terms.small_error(self.scope, members, target, needs) for target in caught
        ):
            returns = Return.TAGGED
        entered = pieces[0].entered
        cost = self.cost(
            run, entered, sum(piece.bytes for piece in pieces), sum(piece.steps for piece in pieces), len(states),
            sum(piece.extra for piece in pieces), returns,
        )  # fmt: skip
        return Region(
            scope=self.scope,
            entry=states[0],
            states=tuple(states),
            entered=entered,
            returns=returns,
            exits=exits,
            caught=caught,
            fails=cost.fails,
            billed_seconds=cost.billed_seconds,
            chunks=cost.chunks,
            before=before,
            after=cost.dollars,
            needs=needs,
        )

    def _sibling(self, sibling: Sibling) -> Piece:
        piece = Piece()
        if not sibling.loop:
            self._state(piece, sibling.head)
        for sequence in sibling.nested:
            piece.take(self.whole[id(sequence)])
        piece.entered = self._entered(sibling)
        inside = self.sequences.inside
        for targets in (piece.normal, piece.caught):
            for target in [each for each in targets if isinstance(each, str) and inside(each, sibling)]:
                targets.discard(target)
        if piece.eligible:
            piece.exits = self._exits(sibling)
        return piece

    def _whole(self, sequence: Sequence) -> Piece:
        piece = Piece()
        for sibling in sequence.siblings:
            piece.take(self.siblings[id(sibling)])
        if piece.eligible:
            run: Run | None = None
            last = len(sequence.siblings) - 1
            for position in range(last, -1, -1):
                run = self.extended(sequence, position, last, run)
                if run.exits is None:
                    piece.flat = False
                    return piece
            piece.exits = None if run is None else run.exits
        return piece

    def _exits(self, sibling: Sibling) -> Exits:
        """Times from entering a sibling to leaving it, put together from its nested sequences where that is right."""
        if not sibling.nested:
            return self._leaf(sibling.head)
        heads = {sequence.siblings[0].head: self.whole[id(sequence)] for sequence in sibling.nested}
        found: Exits = {}
        arrived: dict[str, Times] = {sibling.head: NOW} if sibling.loop else {}
        flat = all(piece.flat and piece.exits is not None for piece in heads.values())

        def lead(target: Hashable, time: Times) -> bool:
            if isinstance(target, str) and target in heads:
                arrived[target] = arrived.get(target, NEVER).plus(time)
            elif isinstance(target, str) and self.sequences.inside(target, sibling):
                return False
            else:
                _add(found, target, time)
            return True

        if flat and not sibling.loop:
            flat = all(lead(target, time) for target, time in self._leaf(sibling.head).items())
        for _ in range(MOST_ROUNDS if flat else 0):
            for head, piece in heads.items():
                time = arrived.pop(head, NEVER)
                if piece.exits is not None and (time.atoms or time.over):
                    flat = flat and all(lead(target, time.then(more)) for target, more in piece.exits.items())
            if not flat or sum(sum(each.atoms.values()) for each in arrived.values()) <= LEFT_OVER:
                break
        if not flat:
            return self.elapsed.region(self.scope, sibling.head, set(self.sequences.states(sibling)))
        stays = sum(each.mass for each in arrived.values())
        if stays > 0:
            _add(found, FAILS, Times({}, stays))
        return found

    def _leaf(self, name: str) -> Exits:
        found: Exits = {}
        for way, time in self.elapsed.state(self.scope, name):
            _add(found, FAILS if way.kind is None else way.target, time)
        return found

    def _state(self, piece: Piece, name: str) -> None:
        state = self.graph.by_name[name]
        terms = self.terms
        piece.eligible = not terms.blockers[name]
        if any(edge.source not in self.graph.reachable for edge in self.graph.incoming[name]):
            piece.eligible = False  # a state that is never entered would lead into the middle of a child
        for edge in self.graph.outgoing[name]:
            if edge.target in self.graph.by_name:
                (piece.caught if edge.kind is EdgeKind.CATCH else piece.normal).add(edge.target)
        if self.graph.ends(state) and type(state).__name__ != "Fail":
            piece.normal.add(END)
        if piece.eligible:
            entered = terms.behaviour.entries(self.scope, name)
            piece.seconds = entered * sum(time.seconds for _, time in self.elapsed.state(self.scope, name))
        piece.bytes = terms.bytes_of(state)
        piece.steps = sum(terms.inner_steps(below) for below in inner(self.scope, state))
        if terms.options.extra:
            piece.extra = terms.extra(self.scope, state)

    def _entered(self, sibling: Sibling) -> float:
        behaviour = self.terms.behaviour
        if not sibling.loop:
            return behaviour.entries(self.scope, sibling.head)
        total = behaviour.runs[id(self.scope.flow)] if self.graph.flow.start_at == sibling.head else 0.0
        sources = {edge.source for edge in self.graph.incoming[sibling.head]}
        for source in sources:
            does = behaviour.state(self.scope, source)
            if does is not None and not self.sequences.inside(source, sibling):
                share = sum(way.probability for way in does.ways if way.target == sibling.head)
                total += behaviour.entries(self.scope, source) * share
        return total


def _add(left: Exits, key: Hashable, time: Times) -> None:
    left[key] = left[key].plus(time) if key in left else time

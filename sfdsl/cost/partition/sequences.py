"""A flow as sequences of siblings, nested as its Choices and loops are: the tree in which Express children are sought.

Siblings of a sequence follow each other on every normal way that does not fail: each is the immediate postdominator of
the one before. What lies between two of them (the arms of a Choice, a handler of its own) is the first one's and forms
nested sequences; a loop with one way in is one sibling, its body a nested sequence. States that nothing else owns, such
as a handler that many states lead to, begin sequences of their own.

Every state is in exactly one sequence as the head of one sibling. Nothing here is recursive: a flow of Choices each of
which may end early is nested as deep as it is long.
"""

from __future__ import annotations

from collections.abc import Collection

from sfdsl.dominance import Dominators
from sfdsl.graph import FlowGraph
from sfdsl.model.edges import EdgeKind
from sfdsl.model.states import Fail

_START, _END = "\0start", "\0end"


class Sibling:
    """A state, or a loop, with everything between it and the next sibling.

    Attributes:
        head: The state that it is entered at.
        loop: Whether it is a loop; then its first nested sequence begins with `head` itself.
        nested: The sequences inside.
        first, last: Its numbers in a walk over the whole flow; it encloses another if they enclose the other's.
    """

    __slots__ = ("first", "head", "last", "loop", "nested")

    def __init__(self, head: str, loop: bool) -> None:
        self.head = head
        self.loop = loop
        self.nested: list[Sequence] = []
        self.first = self.last = 0


class Sequence:
    """Siblings that follow each other.

    Attributes:
        siblings: In order.
        first, last: As those of `Sibling`.
    """

    __slots__ = ("first", "last", "siblings")

    def __init__(self) -> None:
        self.siblings: list[Sibling] = []
        self.first = self.last = 0


class Sequences:
    """The sequences of one flow.

    Args:
        graph: Of the flow.
        blocked: States that cannot run in Express.

    Attributes:
        roots: Those that no sibling encloses, the main one first.
        order: All of them, inner before outer.
        place: State -> the sequence and position of the sibling that it heads. The header of a loop heads two: the
            place is that in the body.
    """

    def __init__(self, graph: FlowGraph, blocked: Collection[str] = ()) -> None:
        self.graph = graph
        self.roots = _Builder(graph, blocked).roots
        self.order: list[Sequence] = []
        self.place: dict[str, tuple[Sequence, int]] = {}
        self.numbers: dict[str, int] = {}
        self._number()

    def states(self, sibling: Sibling) -> list[str]:
        """All states of a sibling, its head first."""
        found = [] if sibling.loop else [sibling.head]
        stack = list(reversed(sibling.nested))
        while stack:
            sequence = stack.pop()
            for each in sequence.siblings:
                if not each.loop:
                    found.append(each.head)
                stack.extend(reversed(each.nested))
        return found

    def inside(self, state: str, part: Sibling | Sequence) -> bool:
        """Whether a state belongs to a sibling or sequence."""
        return part.first <= self.numbers.get(state, -1) <= part.last

    def _number(self) -> None:
        count = 0
        # Enter and leave each part; sequences are complete when they are left.
        stack: list[tuple[Sequence | Sibling, bool]] = [(root, False) for root in reversed(self.roots)]
        while stack:
            part, leaving = stack.pop()
            if leaving:
                part.last = count
                if isinstance(part, Sequence):
                    self.order.append(part)
                continue
            part.first = count + 1
            stack.append((part, True))
            if isinstance(part, Sequence):
                for position, sibling in enumerate(part.siblings):
                    if not sibling.loop:
                        self.place[sibling.head] = (part, position)
                stack.extend((sibling, False) for sibling in reversed(part.siblings))
            else:
                if not part.loop:
                    count += 1
                    self.numbers[part.head] = count
                stack.extend((inner, False) for inner in reversed(part.nested))


class _Job:
    """A set of states that is to become sequences of one owner.

    Attributes:
        states: The states; loops among them are not yet found.
        entry: Where it is entered.
        owner: The list that takes the sequences.
        body: Whether it is the body of a loop: then ways back to the entry are left out.
    """

    __slots__ = ("body", "entry", "owner", "states")

    def __init__(self, states: Collection[str], entry: str, owner: list[Sequence], body: bool) -> None:
        self.states = states
        self.entry = entry
        self.owner = owner
        self.body = body


class _Builder:
    def __init__(self, graph: FlowGraph, blocked: Collection[str]) -> None:
        self.graph = graph
        self.blocked = frozenset(blocked)
        self.position = {name: i for i, name in enumerate(graph.by_name)}
        self.failing = _failing(graph)
        self.roots: list[Sequence] = []
        start = graph.flow.start_at
        if start in graph.by_name:
            jobs = [_Job(graph.reachable, str(start), self.roots, False)]
            while jobs:
                jobs.extend(_Part(self, jobs.pop()).build())


class _Part:
    """One set of states, its loops taken as points."""

    def __init__(self, builder: _Builder, job: _Job) -> None:
        self.builder = builder
        self.graph = builder.graph
        self.job = job
        self.states = set(job.states)
        self.point: dict[str, str] = {name: name for name in self.states}
        self.loops: dict[str, list[str]] = {}
        self.tangled: set[str] = set()
        self._find_loops()
        self.normal: dict[str, list[str]] = {}
        self.every: dict[str, list[str]] = {}
        self.before: dict[str, list[str]] = {}
        self.ends: set[str] = set()
        self._join()

    def build(self) -> list[_Job]:
        """Make the sequences; the answer are the loops, whose bodies are still to be made."""
        entry = self.point[self.job.entry]
        after = self._following()
        dominators = Dominators(_START, {_START: [entry, *self._unreached(entry)], **self.every})
        jobs: list[_Job] = []
        claimed: set[str] = set()
        pending: list[tuple[str, set[str] | None, list[Sequence]]] = []
        for head in [entry, *self._topological()]:
            if head not in claimed:
                pending.append((head, None, self.job.owner))
            while pending:
                begin, within, owner = pending.pop()
                if begin in claimed:
                    continue
                sequence = Sequence()
                owner.append(sequence)
                here: str | None = begin
                while here is not None and here not in claimed and (within is None or here in within):
                    claimed.add(here)
                    sibling = Sibling(here, here in self.loops)
                    sequence.siblings.append(sibling)
                    following = after.get(here)
                    if sibling.loop:
                        jobs.append(_Job(self.loops[here], here, sibling.nested, True))
                    between = self._between(here, following, within, claimed, dominators)
                    for inside in self._arms(here, between):
                        pending.append((inside, between, sibling.nested))
                    here = following
        return jobs

    def _find_loops(self) -> None:
        """Loops with one way in become points; the states of others stay on their own, their ways back left out."""
        entry = self.job.entry
        for loop in self._components():
            inside = set(loop)
            doors = {
                name for name in loop
                if name == entry or any(edge.source not in inside for edge in self.graph.incoming[name]
                                        if edge.source in self.graph.reachable)
            }  # fmt: skip
            if len(doors) == 1:
                header = next(iter(doors))
                loop = [*loop, *self._failures_of(loop)]
                self.loops[header] = loop
                self.point.update(dict.fromkeys(loop, header))
            else:
                self.tangled |= inside

    def _failures_of(self, loop: list[str]) -> list[str]:
        """States that only a loop leads to and that only fail: they belong to it, though they lead not back."""
        graph = self.graph
        inside = set(loop)
        found: list[str] = []
        stack = list(loop)
        while stack:
            for target in graph.successors[stack.pop()]:
                if target in inside or target not in self.states or target not in self.builder.failing:
                    continue
                if all(edge.source in inside for edge in graph.incoming[target] if edge.source in graph.reachable):
                    inside.add(target)
                    found.append(target)
                    stack.append(target)
        return found

    def _components(self) -> list[list[str]]:
        # Inside a loop the ways back to its header are left out, so that the loops within it show.
        return self.graph.loops(self.states - {self.job.entry} if self.job.body else self.states)

    def _join(self) -> None:
        graph, point = self.graph, self.point
        for name in self.states:
            self.normal.setdefault(point[name], [])
            self.every.setdefault(point[name], [])
            self.before.setdefault(point[name], [])
        seen: set[tuple[str, str, bool]] = set()
        for name in sorted(self.states, key=self.builder.position.__getitem__):
            source = point[name]
            if graph.ends(graph.by_name[name]):
                self.ends.add(source)
            for edge in graph.outgoing[name]:
                if edge.target not in graph.by_name:
                    continue
                if edge.target not in self.states or (self.job.body and edge.target == self.job.entry):
                    if edge.kind is not EdgeKind.CATCH:
                        self.ends.add(source)
                    continue
                target = point[edge.target]
                if target == source or (source in self.tangled and target in self.tangled):
                    continue
                catch = edge.kind is EdgeKind.CATCH
                if (source, target, catch) in seen:
                    continue
                seen.add((source, target, catch))
                if not catch:
                    self.normal[source].append(target)
                if (source, target, not catch) not in seen:
                    self.every[source].append(target)
                    self.before[target].append(source)
        # Ways among tangled states are left out: each of these states is a sequence of its own.
        for name in self.tangled:
            self.ends.add(name)

    def _following(self) -> dict[str, str]:
        """Point -> the next sibling: the nearest point that every normal way which does not fail goes through."""
        failing = {point for point in self.normal if self._fails(point)}
        alive: set[str] = {point for point in self.ends if point not in failing}
        incoming: dict[str, list[str]] = {point: [] for point in self.normal}
        for point, targets in self.normal.items():
            for target in targets:
                incoming[target].append(point)
        stack = list(alive)
        while stack:
            for source in incoming[stack.pop()]:
                if source not in alive:
                    alive.add(source)
                    stack.append(source)
        # Read backwards from the end: a way from a living point to a dead one is a failure and does not count.
        backwards: dict[str, list[str]] = {_END: []}
        for point, targets in self.normal.items():
            if (point in self.ends and point not in failing) or (not targets or point in failing):
                backwards[_END].append(point)
            for target in targets:
                if point not in alive or target in alive:
                    backwards.setdefault(target, []).append(point)
        dominators = Dominators(_END, backwards)
        found: dict[str, str] = {}
        for point in self.normal:
            above = dominators.above(point)
            if above and above[0] != _END:
                found[point] = above[0]
        return found

    def _fails(self, point: str) -> bool:
        return point not in self.loops and isinstance(self.graph.by_name[point], Fail)

    def _unreached(self, entry: str) -> list[str]:
        """Points that no kept way leads to from the entry: behind tangled states only."""
        seen = {entry}
        stack = [entry]
        found: list[str] = []
        order = self._topological()
        while True:
            while stack:
                for target in self.every[stack.pop()]:
                    if target not in seen:
                        seen.add(target)
                        stack.append(target)
            missing = next((point for point in order if point not in seen), None)
            if missing is None:
                return found
            found.append(missing)
            seen.add(missing)
            stack.append(missing)

    def _topological(self) -> list[str]:
        """The points, each before those it leads to."""
        if not hasattr(self, "_sorted"):
            degree = {point: len(sources) for point, sources in self.before.items()}
            ready = [point for point, count in degree.items() if count == 0]
            ready.sort(key=self.builder.position.__getitem__, reverse=True)
            order: list[str] = []
            while ready:
                point = ready.pop()
                order.append(point)
                for target in reversed(self.every[point]):
                    degree[target] -= 1
                    if degree[target] == 0:
                        ready.append(target)
            self._sorted = order
        return self._sorted

    def _numbers(self) -> dict[str, int]:
        if not hasattr(self, "_number"):
            self._number = {point: i for i, point in enumerate(self._topological())}
        return self._number

    def _between(
        self, head: str, following: str | None, within: set[str] | None, claimed: set[str], dominators: Dominators[str]
    ) -> set[str]:
        """The points that belong to a sibling besides its head: reached from it only, before the next sibling."""
        found: set[str] = set()

        def reach(targets: list[str], ways: dict[str, list[str]]) -> set[str]:
            reached: set[str] = set()
            stack = list(targets)
            while stack:
                point = stack.pop()
                if point == following or point in found or point in reached or point in claimed:
                    continue
                if (within is None or point in within) and dominators.dominates(head, point):
                    reached.add(point)
                    stack.extend(ways[point])
            return reached

        found |= reach(self.normal[head], self.normal)
        # A handler joins what it handles, unless it cannot run in Express: it would keep all of it out.
        for source in (head, *sorted(found, key=self._numbers().__getitem__)):
            for target in self.every[source]:
                if target not in self.normal[source]:
                    handler = reach([target], self.every)
                    if not any(self._blocked(point) for point in handler):
                        found |= handler
        # Whatever has a way in from elsewhere leaves, and so does what only it led to.
        check = list(found)
        while check:
            target = check.pop()
            if target in found and any(source != head and source not in found for source in self.before[target]):
                found.discard(target)
                check.extend(each for each in self.every[target] if each in found)
        return found

    def _blocked(self, point: str) -> bool:
        return not self.builder.blocked.isdisjoint(self.loops.get(point, (point,)))

    def _arms(self, head: str, between: set[str]) -> list[str]:
        """Where the nested sequences of a sibling begin, last first, so that a stack takes the first arm first."""
        arms = [target for target in self.every[head] if target in between]
        known = set(arms)
        if len(between) > len(arms):
            arms += sorted((point for point in between if point not in known), key=self._numbers().__getitem__)
        return arms[::-1]


def _failing(graph: FlowGraph) -> frozenset[str]:
    """The states from which every normal way comes to a Fail."""
    fine = [name for name, state in graph.by_name.items() if graph.ends(state) and not isinstance(state, Fail)]
    seen = set(fine)
    while fine:
        for edge in graph.incoming[fine.pop()]:
            if edge.kind is not EdgeKind.CATCH and edge.source not in seen:
                seen.add(edge.source)
                fine.append(edge.source)
    return frozenset(graph.by_name) - seen

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

from sfdsl.cost.partition.nesting import Nesting, failing
from sfdsl.graph import FlowGraph


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
        self.roots: list[Sequence] = []
        _build(graph, blocked, self.roots)
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


def _build(graph: FlowGraph, blocked: Collection[str], roots: list[Sequence]) -> None:
    start = graph.flow.start_at
    if start not in graph.by_name:
        return
    fails = failing(graph)
    shut = frozenset(blocked)
    jobs = [_Job(graph.reachable, str(start), roots, False)]
    while jobs:
        job = jobs.pop()
        jobs.extend(_sequences(Nesting(graph, job.states, job.entry, job.body, shut, fails), job.owner))


def _sequences(nesting: Nesting, roots: list[Sequence]) -> list[_Job]:
    """Chain the points of a nesting into sequences; the answer are the bodies of loops, which are still to be made."""
    jobs: list[_Job] = []
    claimed: set[str] = set()
    owners: dict[str | None, list[Sequence]] = {None: roots}
    # Points come before what they lead to, so that an owner is there before what it owns; arms in their own order.
    for begin in nesting.order:
        if begin in claimed:
            continue
        parent = nesting.parent.get(begin)
        sequence = Sequence()
        owners[parent].append(sequence)
        here: str | None = begin
        while here is not None and here not in claimed and nesting.parent.get(here) == parent:
            claimed.add(here)
            sibling = Sibling(here, here in nesting.loops)
            sequence.siblings.append(sibling)
            owners[here] = sibling.nested
            if sibling.loop:
                jobs.append(_Job(nesting.loops[here], here, sibling.nested, True))
            here = nesting.following.get(here)
    return jobs

"""What a child would be given and hand back, found on the tree of a workflow: whether that is there, and is not too much.

Shares no code with the product: sets of names, walked until nothing changes.
"""

from __future__ import annotations

from attrs import frozen

from tests.cost.partition.structured import Both, Each, Fork, Items, Loop, Step, Stop, head_of

KIB = 256

Way = tuple[str, str | None, str | None]
"""From a state to another, None for the end of the flow, setting the variable of a step or None."""


@frozen
class Flow:
    """The states of one flow.

    Attributes:
        start: The first one.
        ways: Between them.
        reads: State -> steps whose variables are read in it, flows inside it included.
        sizes: Step -> KiB of its variable and output.
        outside: Variables of flows around it that have a value.
    """

    start: str
    ways: list[Way]
    reads: dict[str, set[str]]
    sizes: dict[str, int]
    outside: set[str]

    def always(self) -> dict[str, set[str]]:
        """State -> variables that have a value whenever it is entered."""
        found = {self.start: set(self.outside)}
        moved = True
        while moved:
            moved = False
            for source, target, gives in self.ways:
                if source in found and target is not None:
                    there = found[source] | ({gives} if gives else set())
                    kept = there & found[target] if target in found else there
                    if found.get(target) != kept:
                        found[target], moved = kept, True
        return found

    def live(self) -> dict[str | None, set[str]]:
        """State -> variables that are read there or later, as they are when it is entered."""
        found: dict[str | None, set[str]] = {name: set(read) for name, read in self.reads.items()}
        moved = True
        while moved:
            moved = False
            for source, target, gives in self.ways:
                more = found.get(target, set()) - {gives}
                if not more <= found[source]:
                    found[source] |= more
                    moved = True
        return found

    def fits(self, region: frozenset[str]) -> bool:
        """Whether a region can be given what it needs and hand back what is needed later."""
        entered = {target for source, target, _ in self.ways if target in region and source not in region}
        (entry,) = entered or {self.start}
        inside = Flow(entry, [way for way in self.ways if way[0] in region and way[1] in region], self.reads, {}, set())
        sure, live = inside.always(), self.live()
        wanted = {name for state, there in sure.items() for name in self.reads[state] - there}
        exits = [way for way in self.ways if way[0] in sure and way[1] not in region]
        gives = {way[2] for way in self.ways if way[0] in sure and way[2]}
        back: dict[str | None, set[str]] = {}
        for source, target, given in exits:
            later = gives & live.get(target, set())
            wanted |= later - sure[source] - {given}
            back.setdefault(target, set()).update(later)
        if not wanted <= self.always()[entry]:
            return False
        before = [self.sizes.get(way[0], 0) for way in self.ways if way[1] == entry and way[0] not in region]
        most = max(before, default=0) + self._size(wanted)
        for source, target, _ in exits:
            most = max(most, self.sizes.get(source, 0) + self._size(back[target]))
        return most <= KIB

    def _size(self, names: set[str]) -> int:
        return sum(self.sizes[name] for name in names)


def flows(items: Items) -> dict[str, Flow]:
    """State -> the flow that it stands in."""
    found: dict[str, Flow] = {}
    sizes: dict[str, int] = {}
    _flow(items, set(), sizes, found)
    return found


def _flow(items: Items, outside: set[str], sizes: dict[str, int], found: dict[str, Flow]) -> set[str]:
    """Add a flow and those inside it; what it reads that is not its own."""
    flow = Flow(str(head_of(items, None)), [], {}, sizes, outside)
    inner: list[tuple[str, list[Items]]] = []
    _ways(items, None, flow, inner)
    always = flow.always()
    for name, bodies in inner:
        for body in bodies:
            flow.reads[name] |= _flow(body, always.get(name, set()), sizes, found)
    found.update(dict.fromkeys(flow.reads, flow))
    own = {gives for _, _, gives in flow.ways if gives}
    return {name for read in flow.reads.values() for name in read} - own


def _ways(items: Items, follow: str | None, flow: Flow, inner: list[tuple[str, list[Items]]]) -> None:
    for i, item in enumerate(items):
        after = head_of(items[i + 1 :], follow)
        flow.reads[item.name] = set()
        match item:
            case Step():
                flow.reads[item.name] = set(item.reads)
                flow.ways.append((item.name, after, item.name if item.gives else None))
                if item.gives:
                    flow.sizes[item.name] = item.gives
                if item.handler is not None:
                    flow.ways.append((item.name, head_of(item.handler, after), None))
                    _ways(item.handler, after, flow, inner)
            case Fork():
                for _, arm in item.arms:
                    flow.ways.append((item.name, head_of(arm, after), None))
                    _ways(arm, after, flow, inner)
            case Loop():
                flow.ways.extend([(item.name, head_of(item.body, item.name), None), (item.name, after, None)])
                _ways(item.body, item.name, flow, inner)
            case Both():
                flow.ways.append((item.name, after, None))
                inner.append((item.name, list(item.branches)))
            case Each():
                flow.ways.append((item.name, after, None))
                inner.append((item.name, [item.body]))
            case Stop():
                pass

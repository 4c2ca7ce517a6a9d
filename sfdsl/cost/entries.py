"""How often the states of a flow are entered: the flow equations `f = start + P^T f`, solved sparsely.

States are eliminated one by one; what leads into an eliminated state is led on to where it leads, loops back to itself
summed up as a geometric series. There is no subtraction but that of a loop's probability from 1 (the algorithm of
Grassmann, Taksar and Heyman, 1985), so that nothing cancels; chains and loops make no new ways, so that it is linear
on flows as people write them.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping

ENDLESS = 1.0 - 1e-9
"""A loop that is left less often than this is taken to be endless, and its states count for about one round."""

Ways = Mapping[str, Mapping[str, float]]


def entries(starts: Mapping[str, float], ways: Ways) -> dict[str, float]:
    """Expected entries of each state.

    Args:
        starts: State -> how often the flow begins there.
        ways: State -> state that it leads to -> probability; what is missing to 1 ends the flow.
    """
    after: dict[str, dict[str, float]] = {name: {} for name in ways}
    before: dict[str, set[str]] = {name: set() for name in ways}
    for name, targets in ways.items():
        for target, p in targets.items():
            if p > 0 and target in after:
                after[name][target] = after[name].get(target, 0.0) + p
                before[target].add(name)
    inflow = {name: starts.get(name, 0.0) for name in ways}
    queue = [(_fill(name, before, after), i, name) for i, name in enumerate(ways)]
    number = {name: i for i, name in enumerate(ways)}
    heapq.heapify(queue)
    done: list[tuple[str, float, dict[str, float]]] = []
    left = set(ways)
    while queue:
        cost, _, name = heapq.heappop(queue)
        if name not in left:
            continue
        now = _fill(name, before, after)
        if now > cost:
            heapq.heappush(queue, (now, number[name], name))
            continue
        left.discard(name)
        back = after[name].pop(name, 0.0)
        before[name].discard(name)
        stays = 1.0 if back >= ENDLESS else 1.0 - back
        sources = {source: after[source].pop(name) for source in before[name]}
        for target, p in after[name].items():
            before[target].discard(name)
            inflow[target] += inflow[name] * p / stays
        for source, to in sources.items():
            ways_on = after[source]
            for target, p in after[name].items():
                ways_on[target] = ways_on.get(target, 0.0) + to * p / stays
                before[target].add(source)
        done.append((name, stays, sources))
    found: dict[str, float] = {}
    for name, stays, sources in reversed(done):
        total = inflow[name]
        for source, p in sources.items():
            total += found[source] * p
        found[name] = total / stays
    return {name: found[name] for name in ways}


def _fill(name: str, before: Mapping[str, set[str]], after: Mapping[str, Mapping[str, float]]) -> int:
    """How many ways eliminating a state makes at most."""
    return len(before[name]) * len(after[name])

"""Dominators of a directed graph, asked in constant time.

Written here because every compile asks for them and importing networkx takes longer than all else of a compile
together; the tests hold it to networkx on generated graphs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, TypeVar

N = TypeVar("N", bound=Hashable)


class Dominators(Generic[N]):
    """Which nodes lie on every path from a start.

    Args:
        start: Where all paths begin.
        ways: The nodes that each node leads to; a node without an entry leads nowhere.

    Source: Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm", 2001.
    """

    def __init__(self, start: N, ways: Mapping[N, Iterable[N]]) -> None:
        order = _postorder(start, ways)
        number = {node: i for i, node in enumerate(order)}
        before: dict[N, list[int]] = {node: [] for node in order}
        for node in order:
            for after in ways.get(node, ()):
                before[after].append(number[node])
        last = len(order) - 1
        above = [-1] * len(order)
        above[last] = last
        changed = True
        while changed:
            changed = False
            for i in range(last - 1, -1, -1):
                found = -1
                for other in before[order[i]]:
                    if above[other] == -1:
                        continue
                    if found == -1:
                        found = other
                        continue
                    while found != other:  # up both branches of the tree until they meet
                        while found < other:
                            found = above[found]
                        while other < found:
                            other = above[other]
                if above[i] != found:
                    above[i] = found
                    changed = True
        self._above = {order[i]: order[above[i]] for i in range(last)}
        self._spans = self._walk(start)

    def __contains__(self, node: object) -> bool:
        """Whether any path leads to the node."""
        return node in self._spans

    def dominates(self, first: N, second: N) -> bool:
        """Whether every path to `second` goes through `first`; True where no path leads to `second`."""
        if second not in self._spans:
            return True
        if first not in self._spans:
            return False
        outer, inner = self._spans[first], self._spans[second]
        return outer[0] <= inner[0] and inner[1] <= outer[1]

    def above(self, node: N) -> list[N]:
        """The dominators of a node without the node itself, nearest first."""
        found: list[N] = []
        while node in self._above:
            node = self._above[node]
            found.append(node)
        return found

    def _walk(self, start: N) -> dict[N, tuple[int, int]]:
        """First and last number of each node in a walk over the tree: one dominates what its span encloses."""
        below: dict[N, list[N]] = {}
        for node, dominator in self._above.items():
            below.setdefault(dominator, []).append(node)
        first: dict[N, int] = {}
        spans: dict[N, tuple[int, int]] = {}
        stack: list[tuple[N, bool]] = [(start, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                spans[node] = (first[node], len(first))
                continue
            first[node] = len(first) + 1
            stack.append((node, True))
            stack.extend((inner, False) for inner in below.get(node, ()))
        return spans


def _postorder(start: N, ways: Mapping[N, Iterable[N]]) -> list[N]:
    seen = {start}
    order: list[N] = []
    stack = [(start, iter(ways.get(start, ())))]
    while stack:
        node, rest = stack[-1]
        for after in rest:
            if after not in seen:
                seen.add(after)
                stack.append((after, iter(ways.get(after, ()))))
                break
        else:
            stack.pop()
            order.append(node)
    return order

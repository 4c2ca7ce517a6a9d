"""Dominators are those that networkx finds."""

from __future__ import annotations

import networkx
from hypothesis import given
from hypothesis import strategies as st

from sfdsl.dominance import Dominators

graphs = st.integers(1, 12).flatmap(
    lambda n: st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=40).map(
        lambda edges: {i: [b for a, b in edges if a == i] for i in range(n)}
    )
)


@given(graphs)
def test_dominators_are_those_that_networkx_finds(ways: dict[int, list[int]]) -> None:
    graph = networkx.DiGraph()
    graph.add_nodes_from(ways)
    graph.add_edges_from((a, b) for a, after in ways.items() for b in after)
    expected = {**networkx.immediate_dominators(graph, 0), 0: None}  # some versions leave the start out
    found = Dominators(0, ways)
    for node in ways:
        assert (node in found) == (node in expected)
        chain: list[int] = []
        above = expected.get(node)
        while above is not None and above != (chain[-1] if chain else node):
            chain.append(above)
            above = expected[above]
        assert found.above(node) == chain
        if node in expected:
            assert {other for other in ways if found.dominates(other, node)} == {node, *chain}


def test_a_node_that_nothing_leads_to_is_dominated_by_all() -> None:
    found = Dominators("a", {"a": ["b"], "x": ["b"]})
    assert "x" not in found
    assert found.dominates("b", "x")
    assert not found.dominates("x", "b")


def test_a_long_chain_needs_no_stack_and_no_square() -> None:
    found = Dominators(0, {i: [i + 1] for i in range(50_000)})
    assert found.dominates(10, 40_000)
    assert not found.dominates(40_000, 10)

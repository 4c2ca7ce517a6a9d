"""What leads where: by example, and against networkx on flows that nobody thought of."""

from __future__ import annotations

from typing import Any

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdsl.graph import FlowGraph, WorkflowGraph
from sfdsl.model.asl import read
from sfdsl.model.edges import EdgeKind
from sfdsl.model.workflow import Workflow


def flow(start: str = "A", **states: Any) -> FlowGraph:
    """A flow from the ways of its states: `A="B"` is a Pass with Next, `A=["B", "C"]` a Choice, `A=None` ends.

    `A=("B", "H")` is a Task that continues with B and has a catcher that leads to H.
    """
    definitions: dict[str, Any] = {}
    for name, ways in states.items():
        match ways:
            case None:
                definitions[name] = {"Type": "Pass", "End": True}
            case str():
                definitions[name] = {"Type": "Pass", "Next": ways}
            case (str(on), str(handler)) if isinstance(ways, tuple):
                catch = [{"ErrorEquals": ["States.ALL"], "Next": handler}]
                definitions[name] = {"Type": "Task", "Resource": "r", "Next": on, "Catch": catch}
            case [*rules, default]:
                choices = [{"Variable": "$.x", "IsNull": True, "Next": target} for target in rules]
                definitions[name] = {"Type": "Choice", "Choices": choices, "Default": default}
            case _:
                definitions[name] = ways
    return FlowGraph(read({"StartAt": start, "States": definitions}))


def names(states: Any) -> list[str]:
    return [state.name for state in states]


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        pytest.param(flow(A=None), [], id="a lone state"),
        pytest.param(flow(A=None, B=None), [["B"]], id="a state nothing leads to"),
        pytest.param(flow(A=None, B="C", C=None), [["B", "C"]], id="what only an unreachable state leads to"),
        pytest.param(flow(A=None, B="C", C="B"), [["B", "C"]], id="an island"),
        pytest.param(flow(A=None, C="B", B="D", D=None), [["C", "B", "D"]], id="the head comes first"),
        pytest.param(flow(A=None, B="D", C="D", D=None), [["B", "D"], ["C"]], id="two groups share a state"),
        pytest.param(flow(A=("B", "H"), B=None, H=None), [], id="a handler is reachable"),
        pytest.param(flow(A="B", B="A", C="A"), [["C"]], id="an unreachable way into the reachable part"),
        pytest.param(flow("Z", A=None, B=None), [], id="without a start nothing is said"),
        pytest.param(flow(A=["B", "Z"], B=None), [], id="a target that does not exist"),
    ],
)
def test_islands(graph: FlowGraph, expected: list[list[str]]) -> None:
    assert graph.islands() == expected
    assert set(names(graph.unreachable())) == {name for group in expected for name in group}


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        pytest.param(flow(A=None), [], id="an end"),
        pytest.param(flow(A="B", B="A"), ["A", "B"], id="a ring"),
        pytest.param(flow(A=["B", "C"], B="A", C=None), [], id="a ring with an exit"),
        pytest.param(flow(A=["B", "C"], B="B", C=None), ["B"], id="a trap beside an end"),
        pytest.param(flow(A="A", B=None), ["A"], id="an end that nothing leads to does not help"),
        pytest.param(flow(A="B", B="Z"), [], id="a missing target is another fault"),
        pytest.param(flow(A="B", B={"Type": "Pass"}), [], id="a missing Next is another fault"),
        pytest.param(flow(A="B", B={"Type": "Pass", "Next": 7}), [], id="a Next of the wrong type is another fault"),
        pytest.param(flow(A="B", B={"Type": "Chioce"}), [], id="an unknown type may end"),
        pytest.param(flow(A=("A", "H"), H=None), [], id="a catcher leads out"),
        pytest.param(flow(A="B", B={"Type": "Fail"}), [], id="a Fail is an end"),
        pytest.param(flow(A="B", B={"Type": "Choice", "Choices": []}), [], id="a Choice without rules fails"),
    ],
)
def test_endless(graph: FlowGraph, expected: list[str]) -> None:
    assert names(graph.endless()) == expected


def test_loops_are_in_the_order_of_the_flow() -> None:
    graph = flow(A="C", C=["B", "D"], B="A", D="E", E=["D", "F"], F="F")
    assert graph.loops() == [["A", "C", "B"], ["D", "E"], ["F"]]


def test_loops_among_some_states_stay_among_them() -> None:
    graph = flow(A="B", B=["C", "A"], C="A")
    assert graph.loops({"A", "B"}) == [["A", "B"]]
    assert graph.loops({"A", "C"}) == []
    assert graph.loops({"B"}) == []


def test_edges_name_the_field_that_leads_on() -> None:
    graph = flow(A=("B", "H"), B=["C", "D"], C=None, D=None, H=None)
    assert [(edge.source, edge.target, edge.kind) for edge in graph.edges] == [
        ("A", "B", EdgeKind.NEXT),
        ("A", "H", EdgeKind.CATCH),
        ("B", "C", EdgeKind.RULE),
        ("B", "D", EdgeKind.DEFAULT),
    ]
    assert [edge.target for edge in graph.outgoing["A"]] == ["B", "H"]
    assert [edge.source for edge in graph.incoming["D"]] == ["B"]


@pytest.mark.parametrize(
    ("producer", "reader", "expected"),
    [
        ("A", "B", True),
        ("A", "H", False),  # the handler runs when A has not completed
        ("B", "E", False),
        ("A", "E", False),
        ("B", "B", False),
        ("X", "B", False),
        ("A", "X", True),  # no path enters X
    ],
)
def test_completes_before(producer: str, reader: str, expected: bool) -> None:
    graph = flow(A=("B", "H"), B="E", H="E", E=None, X="B")
    assert graph.completes_before(producer, reader) is expected


def test_the_dominators_are_told_nearest_first() -> None:
    graph = flow(A="B", B=["C", "D"], C="E", D="E", E=None)
    assert graph.dominators("E") == ["B", "A"]
    assert graph.entered_before("B", "E")
    assert graph.entered_before("E", "E")
    assert not graph.entered_before("C", "E")


def test_a_path_around_a_producer_is_told() -> None:
    graph = flow(A=["B", "C"], B="D", C="D", D=None)
    assert graph.path_around("B", "D") == ["A", "C", "D"]
    assert graph.path_around("A", "D") == []
    assert graph.path("A", "D") == ["A", "B", "D"]
    assert graph.path("D", "A") == []
    assert graph.path("A", "Z") == []


def test_a_state_leads_to_itself_only_on_a_loop() -> None:
    graph = flow(A="B", B=["A", "C"], C=None)
    assert graph.leads_to("A", "A")
    assert graph.leads_to("A", "C")
    assert not graph.leads_to("C", "C")


def test_what_is_computed_once_is_the_same_afterwards() -> None:
    workflow = WorkflowGraph(Workflow(name="w", machine=read({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})))
    assert workflow.once(tally) is workflow.once(tally)
    assert workflow.once(tally) == ["A"]


def tally(graph: WorkflowGraph) -> list[str]:
    return [state.name for _, state in graph.states()]


@st.composite
def graphs(draw: st.DrawFn) -> FlowGraph:
    """Flows of up to twelve states with any ways between them, islands, traps and rings included."""
    count = draw(st.integers(1, 12))
    labels = [f"S{i}" for i in range(count)]
    ways = st.one_of(st.none(), st.sampled_from(labels), st.lists(st.sampled_from(labels), min_size=1, max_size=3))
    return flow("S0", **{label: draw(ways) for label in labels})


@given(graphs())
def test_reachability_is_what_networkx_says(graph: FlowGraph) -> None:
    assert graph.reachable == networkx.descendants(graph.graph, "S0") | {"S0"}
    groups = graph.islands()
    assert sorted(name for group in groups for name in group) == sorted(names(graph.unreachable()))
    outside = graph.graph.subgraph(names(graph.unreachable()))
    sources = [c for c in networkx.strongly_connected_components(outside) if _entered_from_nowhere(outside, c)]
    assert {group[0] for group in groups} == {min(c, key=list(graph.by_name).index) for c in sources}


def _entered_from_nowhere(graph: Any, component: set[str]) -> bool:
    return all(before in component for name in component for before in graph.predecessors(name))


@given(graphs())
def test_loops_are_what_networkx_says(graph: FlowGraph) -> None:
    expected = {
        frozenset(component)
        for component in networkx.strongly_connected_components(graph.graph)
        if len(component) > 1 or graph.graph.has_edge(*[next(iter(component))] * 2)
    }
    assert {frozenset(loop) for loop in graph.loops()} == expected


@given(graphs())
def test_endless_states_are_those_without_a_path_to_an_end(graph: FlowGraph) -> None:
    ends = [name for name, state in graph.by_name.items() if graph.ends(state)]
    expected = [
        name
        for name in graph.by_name
        if name in graph.reachable and not any(networkx.has_path(graph.graph, name, end) for end in ends)
    ]
    assert names(graph.endless()) == expected


@given(graphs())
def test_dominance_is_what_every_path_says(graph: FlowGraph) -> None:
    for first in graph.by_name:
        for second in graph.by_name:
            cut = graph.graph.copy()
            cut.remove_node(first)
            free = first != "S0" and second in cut and networkx.has_path(cut, "S0", second)
            assert graph.entered_before(first, second) is (not free or second not in graph.reachable)


def test_the_walks_take_long_flows() -> None:
    size = 5_000
    chain = {f"S{i}": [f"S{i + 1}", f"S{max(0, i - 3)}"] for i in range(size)} | {f"S{size}": None}
    chain |= {f"U{i}": "S0" for i in range(size)}  # as many heads of islands
    graph = flow("S0", **chain)
    assert len(graph.islands()) == size
    assert len(graph.loops()) == 1
    assert graph.endless() == []

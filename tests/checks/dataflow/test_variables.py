"""Rules on variables: SF240 to SF247, and the sets behind them against a walk over every path."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfdsl.checks.dataflow._variables import variables
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import read
from sfdsl.model.workflow import Workflow
from tests.checks.dataflow.helpers import Json, codes, findings, machine, only

TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}}


def assign(**values: object) -> Json:
    return {"Type": "Pass", "Assign": values}


def use(*names: str) -> Json:
    return {"Type": "Pass", "Parameters": {f"p{i}.$": f"${name}" for i, name in enumerate(names)}}


def choice(then: str, otherwise: str, **more: object) -> Json:
    return {
        "Type": "Choice",
        "Choices": [{"Variable": "$.a", "IsNull": True, "Next": then, **more}],
        "Default": otherwise,
    }


def catch(target: str, **more: object) -> list[Json]:
    return [{"ErrorEquals": ["States.ALL"], "Next": target, **more}]


def inside(kind: str, *states: tuple[str, Json], **more: object) -> Json:
    flow = machine(*states)
    del flow["QueryLanguage"]
    if kind == "Parallel":
        return {"Type": "Parallel", "Branches": [flow], **more}
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"} if kind == "Distributed" else {"Mode": "INLINE"}
    return {"Type": "Map", "ItemProcessor": {"ProcessorConfig": config, **flow}, **more}


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(machine(("A", assign(x=1)), ("B", use("x"))), [], id="assigned before"),
        pytest.param(machine(("B", use("x"))), ["SF240"], id="assigned nowhere"),
        pytest.param(machine(("B", use("x")), ("A", assign(x=1))), ["SF240"], id="assigned after"),
        pytest.param(machine(("A", {**use("x"), "Assign": {"x": 1}})), ["SF240"], id="assigned by the reader itself"),
        pytest.param(
            machine(("C", choice("A", "B")), ("A", assign(x=1)), ("B", use("x"))), ["SF241"], id="on one of two paths"
        ),
        pytest.param(
            machine(("C", choice("A", "B", Assign={"x": 0})), ("A", assign(y=1)), ("B", use("x"))),
            ["SF241", "SF242"],
            id="by a rule, and not by the default",
        ),
        pytest.param(
            machine(("C", {**choice("A", "B", Assign={"x": 0}), "Assign": {"x": 1}}), ("A", use("x")), ("B", use("x"))),
            [],
            id="by a rule and by the default",
        ),
        pytest.param(
            machine(("T", {**TASK, "Assign": {"x": 1}, "Catch": catch("H"), "Next": "B"}), ("H", use("x")), ("B", use("x"))),
            ["SF240"],
            id="a handler does not see what the task assigns",
        ),
        pytest.param(
            machine(("T", {**TASK, "Catch": catch("H", Assign={"e": 1}), "Next": "B"}), ("H", {**use("e"), "End": True}),
                    ("B", use("e"))),
            ["SF240"],
            id="only a handler sees what the catcher assigns",
        ),
        pytest.param(
            machine(("T", {**TASK, "Assign": {"x": 1}, "Catch": catch("B", Assign={"x": 0})}), ("B", use("x"))),
            [],
            id="assigned on both ways out of a task",
        ),
        pytest.param(
            machine(("A", {**use("x"), "Assign": {"x": 1}, "Next": "C"}), ("C", choice("A", "D")), ("D", {"Type": "Succeed"})),
            ["SF241"],
            id="assigned only by the round before",
        ),
        pytest.param(
            machine(("C", choice("A", "B")), ("A", assign(x=1)), ("B", use("x")), ("D", use("x"))),
            ["SF241"],
            id="told at the first reader only",
        ),
        pytest.param(
            machine(("A", assign(x=1)), ("M", inside("Map", ("I", use("x"))))), [], id="an iteration reads outside"
        ),
        pytest.param(
            machine(("P", inside("Parallel", ("A", assign(x=1)), ("I", use("x")))), ("B", use("x"))),
            ["SF240"],
            id="a variable of a branch ends with it",
        ),
        pytest.param(
            machine(("P", inside("Parallel", ("I", use("x")), Assign={"x": 1})), ("B", use("x"))),
            ["SF240"],
            id="a branch does not see what its own Parallel assigns",
        ),
        pytest.param(
            machine(("A", assign(x=1)), ("M", inside("Distributed", ("I", use("x")))), ("B", use("x"))),
            ["SF244"],
            id="a child execution reads outside",
        ),
        pytest.param(
            machine(("A", assign(x=1)), ("M", inside("Distributed", ("I", assign(x=2)), ("J", use("x")))), ("B", use("x"))),
            [],
            id="a child execution has a variable of the same name",
        ),
        pytest.param(
            machine(("A", assign(x=1)), ("M", inside("Distributed", ("N", inside("Map", ("I", use("x")))))), ("B", use("x"))),
            ["SF244"],
            id="an inline Map in a child execution reads outside both",
        ),
        pytest.param(
            machine(("A", assign(x=1)), ("M", inside("Map", ("I", assign(x=2)), ("J", use("x"))))),
            ["SF243"],
            id="an iteration assigns a name from outside",
        ),
        pytest.param(
            machine(("P", inside("Parallel", ("I", assign(x=2)), ("J", use("x")))), ("Q", inside("Parallel", ("K", assign(x=2)), ("L", use("x"))))),
            [],
            id="two branches use one name",
        ),
        pytest.param(machine(("A", assign(x=1))), ["SF242"], id="never read"),
        pytest.param(machine(("A", {"Type": "Pass", "Assign": {"a-b": 1}})), ["SF245"], id="a dash"),
        pytest.param(machine(("A", {"Type": "Pass", "Assign": {"1st": 1}})), ["SF245"], id="a digit first"),
        pytest.param(machine(("A", {"Type": "Pass", "Assign": {"$x": 1}})), ["SF245"], id="a dollar sign"),
        pytest.param(machine(("A", {"Type": "Pass", "Assign": {"states": 1}})), ["SF245"], id="states"),
        pytest.param(machine(("A", {"Type": "Pass", "Assign": {"größe": 1}}), ("B", use("größe"))), [], id="a letter"),
        pytest.param(machine(("A", {"Type": "Pass", "Assign": {"x" * 80: 1}}), ("B", use("x" * 80))), [], id="80 long"),
        pytest.param(
            machine(("A", {"Type": "Pass", "Assign": {"x" * 81: 1}}), ("B", use("x" * 81))), ["SF245"], id="81 long"
        ),
        pytest.param(machine(("A", {"Type": "Pass", "Assign": {"a.b": 1}})), ["SF247"], id="a part of an object"),
        pytest.param(machine(("A", {"Type": "Pass", "Assign": {"a[0].$": "$"}})), ["SF247"], id="a part of an array"),
        pytest.param(
            machine(("A", {"Type": "Pass", "Assign": "${Assign}"}), ("B", use("x"))), [], id="an Assign that nobody knows"
        ),
    ],
)  # fmt: skip
def test_codes(definition: Json, expected: list[str]) -> None:
    assert codes(definition) == expected


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        pytest.param("{% $x %}", ["SF241"], id="a variable alone"),
        pytest.param("{% $x + 1 %}", ["SF241"], id="a sum"),
        pytest.param("{% $exists($x) ? $x : 0 %}", [], id="asked for with $exists"),
        pytest.param("{% $append($x, 1) %}", [], id="appended to"),
        pytest.param("{% $x ? $x : 0 %}", [], id="asked for itself"),
        pytest.param("{% ($x := 1; $x) %}", ["SF242"], id="bound by the expression"),
    ],
)
def test_jsonata_goes_on_without_a_value(output: str, expected: list[str]) -> None:
    definition = machine(
        ("C", {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.a %}", "Next": "A"}], "Default": "B"}),
        ("A", assign(x=1)),
        ("B", {"Type": "Pass", "Output": output}),
        language="JSONata",
    )
    assert codes(definition) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(
            machine(("A", assign(orderId=1)), ("B", use("orderID")), ("C", use("orderId"))),
            (
                "SF240",
                "/States/B/Parameters/p0.$",
                "Parameters.p0.$ of state 'B' reads the variable 'orderID', which nothing assigns",
                "did you mean $orderId?",
            ),
            id="a misspelt name",
        ),
        pytest.param(
            machine(("P", inside("Parallel", ("A", assign(x=1)), ("I", use("x")))), ("B", use("x"))),
            (
                "SF240",
                "/States/B/Parameters/p0.$",
                "Parameters.p0.$ of state 'B' reads the variable 'x', which nothing assigns",
                "'A' assigns it, and variables of a branch or an iteration end with it; hand it out with the output of "
                "the flow and the result of 'P'",
            ),
            id="a variable of a branch",
        ),
        pytest.param(
            machine(("A", {**use("x"), "Assign": {"x": 1}})),
            (
                "SF240",
                "/States/A/Parameters/p0.$",
                "Parameters.p0.$ of state 'A' reads the variable 'x', which no path to it has assigned",
                "a state's expressions see the values that variables had when it was entered; assign 'x' in a state "
                "before 'A'",
            ),
            id="its own variable",
        ),
        pytest.param(
            machine(("C", choice("A", "B")), ("A", assign(x=1)), ("B", use("x"))),
            (
                "SF241",
                "/States/B/Parameters/p0.$",
                "Parameters.p0.$ of state 'B' reads the variable 'x', which has no value on the path 'C' -> 'B'",
                "assign 'x' on that path too",
            ),
            id="a path around",
        ),
        pytest.param(
            machine(("A", assign(x=1)), ("M", inside("Distributed", ("I", use("x")))), ("B", use("x"))),
            (
                "SF244",
                "/States/M/ItemProcessor/States/I/Parameters/p0.$",
                "Parameters.p0.$ of state 'I' reads the variable 'x', which the child executions of 'M' do not have",
                'carry it in: ItemSelector of \'M\' with {"x.$": "$x", "item.$": "$$.Map.Item.Value"}, and read '
                "x of the input",
            ),
            id="a child execution",
        ),
        pytest.param(
            machine(("A", assign(x=1)), ("M", inside("Map", ("I", assign(x=2)), ("J", use("x"))))),
            (
                "SF243",
                "/States/M/ItemProcessor/States/I/Assign/x",
                "state 'I' assigns the variable 'x', which state 'A' outside assigns",
                "give it another name here, and hand it out with the output of 'M'",
            ),
            id="a name from outside",
        ),
        pytest.param(
            machine(("A", {"Type": "Pass", "Assign": {"order-id.$": "$.id"}})),
            (
                "SF245",
                "/States/A/Assign/order-id.$",
                "state 'A' assigns the variable 'order-id', which is no name for one",
                "name it 'orderId'",
            ),
            id="a dash in a name",
        ),
        pytest.param(
            machine(("A", assign(x=1))),
            (
                "SF242",
                "/States/A/Assign/x",
                "state 'A' assigns the variable 'x', and nothing reads it",
                "leave 'x' out of its Assign",
            ),
            id="never read",
        ),
    ],
)
def test_what_is_said(definition: Json, expected: tuple[str, str, str, str]) -> None:
    assert only(definition) == expected


def test_a_function_without_parentheses_is_called_one() -> None:
    found = only(machine(("A", {"Type": "Pass", "Output": "{% $uuid %}"}), language="JSONata"))
    assert (found[0], found[3]) == ("SF240", "a function is called: write $uuid(...)")


def test_the_path_of_an_inner_reader_is_that_of_the_flow_that_assigns() -> None:
    definition = machine(
        ("C", choice("A", "M")), ("A", assign(x=1)), ("M", inside("Map", ("I", use("x")), ("J", use("x"))))
    )
    assert [f.message.split("no value ")[1] for f in findings(definition)] == ["on the path 'C' -> 'M'"]


# -- the sets, against a walk over every path --------------------------------------------------------------------------

NAMES = ("x", "y", "z")


@st.composite
def flows(draw: st.DrawFn) -> Json:
    """Up to seven states with any ways between them, some of which assign."""
    count = draw(st.integers(1, 7))
    target = st.integers(0, count - 1).map(lambda i: f"S{i}")
    written = st.dictionaries(st.sampled_from(NAMES), st.just(1), max_size=1)
    states: Json = {}
    for i in range(count):
        if draw(st.booleans()):
            rules = [
                {"Variable": "$.a", "IsNull": True, "Next": draw(target), "Assign": draw(written)}
                for _ in range(draw(st.integers(1, 2)))
            ]
            states[f"S{i}"] = {"Type": "Choice", "Choices": rules, "Default": draw(target), "Assign": draw(written)}
        else:
            onward: Json = {"Next": draw(target)} if draw(st.booleans()) else {"End": True}
            task = {**TASK, **onward, "Assign": draw(written)}
            if draw(st.booleans()):
                task["Catch"] = catch(draw(target), Assign=draw(written))
            states[f"S{i}"] = task
    return {"StartAt": "S0", "States": states}


def ways(state: Json) -> list[tuple[str, set[str]]]:
    out = [(rule["Next"], set(rule["Assign"])) for rule in state.get("Choices", ())]
    if "Default" in state:
        out.append((state["Default"], set(state["Assign"])))
    if "Next" in state:
        out.append((state["Next"], set(state["Assign"])))
    return out + [(each["Next"], set(each["Assign"])) for each in state.get("Catch", ())]


def arrivals(definition: Json) -> dict[str, set[frozenset[str]]]:
    """State -> the sets of variables with which some path arrives there."""
    found: dict[str, set[frozenset[str]]] = {"S0": {frozenset()}}
    open_ = [("S0", frozenset[str]())]
    while open_:
        name, have = open_.pop()
        for target, gives in ways(definition["States"][name]):
            then = have | gives
            if then not in found.setdefault(target, set()):
                found[target].add(then)
                open_.append((target, then))
    return found


@settings(max_examples=400, deadline=None)
@given(flows())
def test_the_sets_are_those_of_a_walk_over_every_path(definition: Json) -> None:
    graph = WorkflowGraph(Workflow(name="w", machine=read(definition)))
    found = variables(graph)
    table = found.table(graph.scopes[0])
    expected = arrivals(definition)
    assert table.always.keys() == table.maybe.keys() == expected.keys()
    for name, sets in expected.items():
        always = {v for v, bit in found.bits.items() if table.always[name] & bit}
        maybe = {v for v, bit in found.bits.items() if table.maybe[name] & bit}
        assert always == frozenset.intersection(*sets)
        assert maybe == frozenset().union(*sets)

"""R18: an inline Map as a Distributed Map with batches in Express children.

The judge of what it does has two tasks' worth of meaning: a task answers, and fails, by what it is asked, so that both
machines meet the same faults at the same items. Equal are the output and every call where no item fails; where one does,
both machines fail or go where the Catch leads, and no call is made that the machine would not have made without the fault.
Waived is the name and the cause of the error, and which of the other items were still worked on.
"""

from __future__ import annotations

import json
import math
import os
import random
from collections import Counter
from typing import Any

import pytest

from sfdsl.checks import check
from sfdsl.cost.estimate import STEP_FUNCTIONS, estimate
from sfdsl.cost.partition.batching import sizes
from sfdsl.cost.partition.outline import outline
from sfdsl.cost.partition.plan import ERRORS_FREE, Plan, choose, keep
from sfdsl.cost.profile import Profile, StateProfile
from sfdsl.diagnostics import Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model import asl
from sfdsl.model.workflow import Assertion, Notes, Workflow
from sfdsl.permissions.derive import derive
from sfdsl.simulate.outcomes import Call, Result, TaskError
from sfdsl.testing import simulate
from tests.cost.machines import LAMBDA, chain, choice, task, workflow

Json = Any
FULL = 5_000
MACHINES = int(os.environ.get("SFDSL_REWRITE_MACHINES", FULL))
FREE = frozenset({Assertion.ERROR_NAMES_FREE})


def of_map(
    items: float = 2_000, seconds: float = 10.0, body: dict[str, Any] | None = None, asserts: Any = FREE,
    idempotent: bool | None = True, around: Any = (), **fields: Any,
) -> Workflow:  # fmt: skip
    """A Map over so many items with a body of two tasks that take so long together."""
    states = body or chain(
        ("A", task(Arguments={"FunctionName": "a", "Payload": "{% $states.input %}"})),
        ("B", task(Arguments={"FunctionName": "b", "Payload": "{% $states.input %}"})),
    )
    each = {"Type": "Map", "Items": "{% $states.input.list %}", "MaxConcurrency": 40, **fields}
    each["ItemProcessor"] = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": next(iter(states)), "States": states}
    each = {key: value for key, value in each.items() if value is not None}
    notes = {"M": Notes(items=int(items), asserts=asserts)}
    for name, state in states.items():
        if state["Type"] == "Task":
            notes[name] = Notes(idempotent=idempotent, duration=seconds / 2)
    return workflow(chain(*around, ("M", each)), notes=notes)


# -- what it costs --------------------------------------------------------------------------------------------------------

C, R, S = 0.000025, 0.000001, 0.06 / 3600 / 16


def by_hand(
    items: int, seconds: float, concurrency: int, *, payload: int = 0, sizes: Any = None
) -> tuple[float, int]:  # fmt: skip
    """The least that batches cost, over all sizes, and the size; without the code under test."""
    best = (math.inf, 0)
    for size in sizes or range(2, items + 1):
        width = min(size, concurrency)
        dollars = 0.0
        for count, times in ((size, items // size), (items % size, 1 if items % size else 0)):
            took = math.ceil(count / width) * seconds
            if times and took > 270.0:
                dollars = math.inf
            chunks = math.ceil((50 + (2 * count * payload + 300) / 2**20) / 64)
            dollars += times * (C + R + chunks * S * math.ceil(took * 10 - 1e-9) / 10)
        best = min(best, (dollars, size))
    return best


@pytest.mark.parametrize(("items", "seconds", "concurrency"), [
    (2_000, 9.8, 40), (2_000, 100.0, 40), (500, 40.0, 3), (3_001, 6.0, 7), (1_999, 20.0, 1), (90, 130.0, 40),
])  # fmt: skip
def test_the_batch_size_is_the_cheapest_of_all(items: int, seconds: float, concurrency: int) -> None:
    plan = choose(of_map(items, seconds, MaxConcurrency=concurrency), Profile(payload_bytes=0), unlocking=False)
    (batched,) = plan.batched
    dollars, size = by_hand(items, seconds, concurrency)
    assert batched.after == pytest.approx(dollars)
    assert plan.after == pytest.approx(C + dollars)
    assert by_hand(items, seconds, concurrency, sizes=[batched.size])[0] == pytest.approx(dollars), size
    assert batched.width == min(batched.size, concurrency)
    assert batched.children * batched.width <= concurrency
    assert plan.before == pytest.approx(C + 2 * items * C)
    assert plan.bound is None


@pytest.mark.parametrize("payload", [20_000, 60_000, 250_000])
def test_a_larger_batch_is_not_chosen_where_it_is_billed_more_memory(payload: int) -> None:
    plan = choose(of_map(3_000, 30.0), Profile(payload_bytes=payload), unlocking=False)
    (batched,) = plan.batched
    assert batched.after == pytest.approx(by_hand(3_000, 30.0, 40, payload=payload)[0])


def test_sizes_fill_their_waves_or_their_memory() -> None:
    assert sizes(100, 40) == [40, 80, 100]
    assert sizes(30, 40) == [30]
    assert sizes(9, 1) == [2, 3, 4, 5, 6, 7, 8, 9]
    assert sizes(100, 40, [55, 900]) == [40, 55, 80, 100]


def test_the_estimate_of_the_machine_is_what_the_plan_says() -> None:
    plan = choose(of_map(1_600, 100.0), unlocking=False)
    assert plan.batched
    told = estimate(outline(plan).workflow)
    dollars = sum(line.dollars for line in told.lines if line.what in STEP_FUNCTIONS)
    assert dollars == pytest.approx(plan.after)


def test_a_month_counts_the_children_of_batches() -> None:
    plan = choose(of_map(1_000, 100.0), Profile(executions_per_month=1_000), unlocking=False)
    assert plan.batched
    assert plan.month_after == pytest.approx(plan.after * 1_000 - 4_000 * C, rel=1e-6)


def test_the_whole_map_in_one_child_is_cheaper_where_it_is_done_in_time() -> None:
    plan = choose(of_map(100, 2.0), unlocking=False)
    assert plan.batched == ()
    assert [region.entry for region in plan.regions] == ["M"]
    later = choose(of_map(2_000, 100.0), unlocking=False)
    assert later.regions == ()


def test_states_beside_the_map_become_children_of_their_own() -> None:
    short = [(name, task(Arguments={"FunctionName": name, "Payload": 1})) for name in ("X", "Y", "Z")]
    machine = of_map(2_000, 100.0, around=short, Items="{% $states.context.Execution.Input.list %}")
    notes = {**machine.notes, **{name: Notes(idempotent=True, duration=0.5) for name in ("X", "Y", "Z")}}
    machine = workflow(asl.write(machine.machine)["States"], notes=notes)
    plan = choose(machine, unlocking=False)
    assert [region.states for region in plan.regions] == [("X", "Y", "Z")]
    assert len(plan.batched) == 1
    assert plan.after == pytest.approx(C + R + 1.5 * S + C + by_hand(2_000, 100.0, 40)[0])


def drawn_sequence(seed: int) -> tuple[Workflow, list[tuple[float, int, int]]]:
    """A row of tasks and Maps: for each the seconds of a task or an item, items (0 for a task), and how many at a time."""
    drawn = random.Random(f"row {seed}")
    parts: list[tuple[float, int, int]] = []
    states: list[tuple[str, Any]] = []
    notes: dict[str, Notes] = {}
    for place in range(drawn.randint(2, 5)):
        if drawn.random() < 0.5:
            parts.append((drawn.choice([0.4, 3.0, 20.0, 60.0, 150.0]), 0, 0))
            states.append((f"T{place}", task(Arguments={"FunctionName": "t", "Payload": 1})))
            notes[f"T{place}"] = Notes(idempotent=True, duration=parts[-1][0])
            continue
        parts.append(
            (drawn.choice([1.0, 8.0, 30.0, 130.0, 280.0]), drawn.choice([2, 9, 50, 400]), drawn.choice([1, 4, 40]))
        )
        body = chain(*((f"{name}{place}", task(Arguments={"FunctionName": "b", "Payload": 1})) for name in "AB"))
        processor = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": f"A{place}", "States": body}
        states.append((f"M{place}", {"Type": "Map", "Items": "{% $states.context.Execution.Input.list %}", "MaxConcurrency": parts[-1][2], "ItemProcessor": processor}))  # fmt: skip
        notes[f"M{place}"] = Notes(items=parts[-1][1], asserts=FREE)
        notes |= {f"{name}{place}": Notes(idempotent=True, duration=parts[-1][0] / 2) for name in "AB"}
    return workflow(chain(*states), notes=notes), parts


def billed(seconds: float) -> float:
    return S * math.ceil(seconds * 10 - 1e-6) / 10


def alone(seconds: float, items: int, at_a_time: int) -> float:
    """What a task or a Map costs in Standard, its iterations at their best."""
    if not items:
        return C
    each = [2 * C, *([C + R + billed(seconds)] if seconds <= 270.0 else [])]
    return C + min(items * min(each), by_hand(items, seconds, at_a_time)[0])


def cheapest(parts: list[tuple[float, int, int]]) -> float:
    """The least that a row costs, over every way to make children of runs and batches of Maps."""
    if not parts:
        return 0.0
    best = alone(*parts[0]) + cheapest(parts[1:])
    took = 0.0
    for place, (seconds, items, at_a_time) in enumerate(parts):
        took += math.ceil(items / at_a_time) * seconds if items else seconds
        if took <= 270.0:
            best = min(best, C + R + billed(took) + cheapest(parts[place + 1 :]))
    return best


@pytest.mark.parametrize("seed", range(120))
def test_the_plan_is_the_cheapest_of_all(seed: int) -> None:
    machine, parts = drawn_sequence(seed)
    plan = choose(machine, Profile(payload_bytes=0), unlocking=False)
    assert plan.after == pytest.approx(cheapest(parts), abs=1e-12), parts


# -- when it is done --------------------------------------------------------------------------------------------------------

CAUGHT = [{"ErrorEquals": ["States.ALL"], "Next": "Z"}]
Z = ("Z", {"Type": "Pass", "Output": "caught"})


def in_map(machine: Workflow) -> Workflow:
    body = asl.write(machine.machine)
    outer = {"Type": "Map", "Items": [1, 2], "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": body["StartAt"], "States": body["States"]}}  # fmt: skip
    return workflow(chain(("Outer", outer)), notes={**machine.notes, "Outer": Notes(items=2)})


@pytest.mark.parametrize(("machine", "done"), [
    pytest.param(of_map(seconds=100.0), True, id="a plain Map"),
    pytest.param(of_map(seconds=100.0, MaxConcurrency=None), True, id="as many at a time as there may be"),
    pytest.param(of_map(seconds=100.0, Retry=[{"ErrorEquals": ["States.ALL"]}]), True, id="a Retry of everything"),
    pytest.param(of_map(seconds=100.0, Output="{% $count($states.result) %}"), True, id="an Output that reads the results"),
    pytest.param(of_map(seconds=100.0, asserts=frozenset()), False, id="nobody says that names of errors are not read"),
    pytest.param(of_map(seconds=100.0, idempotent=None), False, id="nobody says that the tasks are idempotent"),
    pytest.param(of_map(seconds=100.0, Retry=[{"ErrorEquals": ["Busy"]}]), False, id="a Retry that names an error"),
    pytest.param(of_map(seconds=100.0, Retry=[{"ErrorEquals": ["States.TaskFailed"]}]), False, id="a Retry of all but timeouts"),
    pytest.param(of_map(seconds=100.0, MaxConcurrency="{% $states.input.n %}"), False, id="a computed number at a time"),
    pytest.param(of_map(seconds=100.0, Output="{% $string($states) %}"), False, id="an Output that is not understood"),
    pytest.param(in_map(of_map(seconds=100.0)), False, id="a Map in a Map"),
    pytest.param(of_map(items=1, seconds=100.0), False, id="one item"),
    pytest.param(of_map(seconds=300.0), False, id="an item that takes too long"),
    pytest.param(of_map(seconds=200.0, MaxConcurrency=1), False, id="no two items done in time one after the other"),
])  # fmt: skip
def test_when_batches_are_chosen(machine: Workflow, done: bool) -> None:
    assert bool(choose(machine, unlocking=False).batched) is done


def test_a_jsonpath_map_stays() -> None:
    body = chain(("A", task(Parameters={"FunctionName": "a", "Payload.$": "$"})))
    processor = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "A", "States": body}
    states = chain(("M", {"Type": "Map", "ItemsPath": "$.list", "ItemProcessor": processor}))
    notes = {"M": Notes(items=2_000, asserts=FREE), "A": Notes(idempotent=True, duration=100.0)}
    assert choose(workflow(states, notes=notes, language="JSONPath"), unlocking=False).batched == ()


def test_what_is_carried_in_must_not_be_too_large() -> None:
    body = chain(("A", task(Arguments={"FunctionName": "a", "Payload": "{% $big %}"})))
    machine = of_map(seconds=100.0, body=body, around=[("P", {"Type": "Pass", "Assign": {"big": "{% $states.input %}"}, "Output": "{% $states.input %}"})])  # fmt: skip
    assert choose(machine, unlocking=False).batched
    large = Profile(states={"P": StateProfile(payload_bytes=300_000)})
    assert choose(machine, large, unlocking=False).batched == ()


def test_what_the_assertion_would_save_is_told() -> None:
    with_it = choose(of_map(seconds=100.0), unlocking=False)
    plan = choose(of_map(seconds=100.0, asserts=frozenset()))
    (unlock,) = [each for each in plan.unlocks if each.hint == ERRORS_FREE]
    assert unlock.states == ("M",)
    assert unlock.saved == pytest.approx(plan.after - with_it.after)
    kept = keep(of_map(seconds=100.0))
    assert kept.batched == ()
    assert kept.after == kept.before


# -- what is written --------------------------------------------------------------------------------------------------------


def test_the_definition() -> None:
    found = outline(choose(of_map(2_000, 100.0, MaxConcurrency=5), unlocking=False))
    assert found.children == ()
    state = asl.write(found.workflow.machine)["States"]["M"]
    inner = state["ItemProcessor"]["States"]["M: batch"]
    assert state["ItemProcessor"]["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
    assert state["ItemBatcher"] == {"MaxItemsPerBatch": 10, "MaxInputBytesPerBatch": 262_144}
    assert (state["MaxConcurrency"], inner["MaxConcurrency"]) == (1, 5)
    assert "ItemSelector" not in state
    assert state["Output"] == "{% $reduce($states.result, function($all, $some) { $append($all, $some) }, []) %}"
    assert inner["Items"] == "{% $states.input.Items %}"
    assert list(inner["ItemProcessor"]["States"]) == ["A", "B"]
    assert inner["ItemProcessor"]["ProcessorConfig"] == {"Mode": "INLINE"}


def test_what_the_body_reads_from_around_is_carried_in() -> None:
    reads = {"v": "{% $v.a.b %}", "w": "{% $w %}", "i": "{% $states.context.Map.Item.Index %}", "day": "{% $states.context.Execution.Input.day %}"}  # fmt: skip
    body = chain(("A", task(Arguments={"FunctionName": "a", "Payload": reads})))
    around = [("P", {"Type": "Pass", "Assign": {"v": {"a": {"b": 1}, "big": 2}, "w": 3}})]
    found = outline(choose(of_map(2_000, 100.0, body=body, around=around), unlocking=False))
    state = asl.write(found.workflow.machine)["States"]["M"]
    assert state["ItemBatcher"]["BatchInput"] == {
        "variables": {"v": "{% {'a': $v.a} %}", "w": "{% $w %}"},
        "context": {"Execution": {"Input": "{% {'day': $states.context.Execution.Input.day} %}"}},
    }
    assert state["ItemSelector"] == {
        "input": "{% $states.context.Map.Item.Value %}", "item": "{% $states.context.Map.Item %}",
    }  # fmt: skip
    inner = state["ItemProcessor"]["States"]["M: batch"]
    assert inner["ItemSelector"] == {
        "input": "{% $states.context.Map.Item.Value.input %}",
        "variables": "{% $states.input.BatchInput.variables %}",
        "context": {
            "Execution": "{% $states.input.BatchInput.context.Execution %}",
            "Map": {"Item": "{% $states.context.Map.Item.Value.item %}"},
        },
    }
    states = inner["ItemProcessor"]["States"]
    assert states["Begin"]["Assign"] == {
        "v": "{% $states.input.variables.v %}", "w": "{% $states.input.variables.w %}",
        "caller": "{% $states.input.context %}",
    }  # fmt: skip
    assert states["A"]["Arguments"]["Payload"]["i"] == "{% $caller.Map.Item.Index %}"


@pytest.mark.parametrize(("read", "carried"), [
    pytest.param("$v.a", "{% {'a': $v.a} %}", id="a field"),
    pytest.param("$v.a[0].b & $v.c", "{% {'a': $v.a, 'c': $v.c} %}", id="two fields, and a place in one of them"),
    pytest.param("$v[0].a", "{% $v %}", id="a place in the whole"),
    pytest.param("$v[x = 1].a", "{% $v %}", id="a filter of the whole"),
    pytest.param("$string($v) & $v.a", "{% $v %}", id="the whole and a field"),
    pytest.param("$v.*", "{% $v %}", id="all fields"),
])  # fmt: skip
def test_of_what_all_items_share_just_what_is_read_is_carried(read: str, carried: str) -> None:
    body = chain(("A", task(Arguments={"FunctionName": "a", "Payload": f"{{% {read} %}}"})))
    around = [("P", {"Type": "Pass", "Assign": {"v": 1}})]
    found = outline(choose(of_map(2_000, 100.0, body=body, around=around), unlocking=False))
    state = asl.write(found.workflow.machine)["States"]["M"]
    assert state["ItemBatcher"]["BatchInput"] == {"variables": {"v": carried}}
    assert "ItemSelector" not in state


def test_the_role_may_run_the_children() -> None:
    found = outline(choose(of_map(2_000, 100.0), unlocking=False))
    before = {a for s in derive(WorkflowGraph(of_map(2_000, 100.0))).statements for a in s.actions}
    actions = {a for s in derive(WorkflowGraph(found.workflow)).statements for a in s.actions}
    assert {"states:StartExecution", "lambda:InvokeFunction"} <= actions
    assert before <= actions


# -- what it does ---------------------------------------------------------------------------------------------------------


class Drawing:
    """Draws a machine with a Map, and what it is given."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(f"batches {seed}")

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def machine(self) -> Workflow:
        fields: dict[str, Any] = {"MaxConcurrency": self.random.choice([1, 3, 7, 40, None])}
        if self.chance(0.5):
            fields["ItemSelector"] = {
                "item": "{% $states.context.Map.Item.Value %}", "n": "{% $v + $states.context.Map.Item.Index %}",
                "day": "{% $states.input.day %}",
            }  # fmt: skip
        if self.chance(0.4):
            fields["Output"] = self.random.choice([
                "{% $count($states.result) %}", "{% $states.result[0] %}", {"all": "{% $states.result %}", "v": "{% $v %}"},
                "{% $map($states.result, function($x) { $type($x) }) %}", "{% $states.input.day %}",
            ])  # fmt: skip
        if self.chance(0.3):
            fields["Assign"] = {"got": "{% $states.result %}"}
        around: list[tuple[str, Any]] = [("P", {"Type": "Pass", "Assign": {"v": 7, "w": {"x": [1, 2], "y": [{"z": 1}]}, "list": [{"z": 1, "o": 2}, {"z": 3}]}, "Output": "{% $states.input %}"})]  # fmt: skip
        behind: list[tuple[str, Any]] = [
            ("Q", {"Type": "Pass", "Output": {"out": "{% $states.input %}", "got": "{% $got %}"}})
        ]
        if self.chance(0.4):
            fields["Catch"] = CAUGHT
            behind.append(Z)
        if self.chance(0.3):
            fields["Retry"] = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1, "IntervalSeconds": 1}]
        around[0][1]["Assign"]["got"] = 0
        machine = of_map(5_000, self.random.choice([5.0, 10.0]), body=self.body(), around=around, **fields)
        states = asl.write(machine.machine)["States"]
        states["M"].pop("End", None)
        states["M"]["Next"] = "Q"
        states.update(dict(behind))
        for name, _ in behind:
            states[name]["End"] = True
        return workflow(states, notes=machine.notes)

    def body(self) -> dict[str, Any]:
        reads: dict[str, str] = {"in": "{% $states.input %}"}
        for key, text in (("v", "$v"), ("w", "$w.x[1]"), ("w2", "$w.y[0].z"), ("ws", "$list.z"), ("w0", "$list[0].z"), ("i", "$states.context.Map.Item.Index"), ("value", "$states.context.Map.Item.Value"), ("day", "$states.context.Execution.Input.day")):  # fmt: skip
            if self.chance(0.3):
                reads[key] = f"{{% {text} %}}"
        call = task(LAMBDA, Arguments={"FunctionName": "f", "Payload": reads})
        match self.random.randint(0, 3):
            case 0:
                return chain(("A", call))
            case 1:
                call["Output"] = self.random.choice(["{% $states.result.Payload %}", [1, "{% $states.input %}"], "{% [] %}", {"own": "{% $own %}"}])  # fmt: skip
                own = {"Type": "Pass", "Assign": {"own": "{% $string($states.input) %}"}}
                return chain(("Own", own), ("A", call))
            case 2:
                odd = choice(("{% $states.context.Map.Item.Index % 2 = 1 %}", "A"), default="Even")
                even = {"Type": "Pass", "Output": "{% [$states.input] %}", "End": True}
                return {**chain(("Odd", odd), ("A", call)), "Even": even}
            case _:
                handled = {**call, "Catch": [{"ErrorEquals": ["Odd"], "Next": "H"}], "End": True}
                return {"A": handled, "H": {"Type": "Pass", "Output": None, "End": True}}

    def given(self) -> Json:
        kinds: list[Json] = [1, "text", None, [1], [], [[2]], {"a": 1}, True]
        count = self.random.choice([0, 1, 2, 5, 12, 30])
        return {"list": [self.random.choice(kinds) for _ in range(count)], "day": "2026-01-02"}


def ran(each: Workflow, given: Json, seed: int, faults: float) -> tuple[Any, ...]:
    calls: list[str] = []

    def answer(arguments: Json, call: Call) -> Any:
        key = json.dumps(arguments, sort_keys=True)
        calls.append(key)
        drawn = random.Random(f"{seed} {key}")
        if drawn.random() < faults:
            return TaskError(drawn.choice(["Odd", "Busy"]), "drawn", after=1.0)
        return Result(
            {"Payload": drawn.choice([1, None, [1, 2], [[3]], {"b": []}, "x"])}, after=drawn.uniform(0.5, 2.0)
        )

    bare = workflow(asl.write(each.machine)["States"])
    run = simulate(bare, given, {"*": answer}, seed=seed, check_results=False, max_transitions=3_000)
    return run.status, run.output, run.error, calls


def judge(seed: int, counts: Counter[str]) -> None:
    drawing = Drawing(seed)
    before = drawing.machine()
    plan: Plan = choose(before, unlocking=False)
    assert [each.state for each in plan.batched] == ["M"], f"seed {seed}"
    after = outline(plan).workflow
    errors = [found for found in check(WorkflowGraph(after)) if found.severity is Severity.ERROR]
    assert errors == [], f"seed {seed}: {errors}"
    for again in range(3):
        faults = (0.0, 0.02, 0.3)[again]
        given = drawing.given()
        was, now = ran(before, given, seed, faults), ran(after, given, seed, faults)
        free = ran(before, given, seed, 0.0)
        told = f"seed {seed} {again} {given}\n{was}\n{now}"
        assert now[:2] == was[:2], told
        if was[2] is None and "caught" not in str(was[1]):
            assert sorted(now[3]) == sorted(was[3]), told
            if asl.write(before.machine)["States"]["M"].get("MaxConcurrency") == 1:
                assert now[3] == was[3], told
        else:
            counts["failed"] += 1
            assert was[2] is None or now[2] in ("States.ExceedToleratedFailureThreshold", was[2]), told
            assert set(now[3]) <= {*free[3], *was[3]}, told
        counts[was[0]] += 1
        counts["items"] += len(given["list"])


def test_batches_do_the_same() -> None:
    counts: Counter[str] = Counter()
    for seed in range(60):
        judge(seed, counts)
    assert counts["SUCCEEDED"] > 60
    assert counts["failed"] > 10
    print(counts)


@pytest.mark.campaign
def test_batches_do_the_same_in_thousands_of_machines() -> None:
    counts: Counter[str] = Counter()
    for seed in range(1_000_000, 1_000_000 + MACHINES):
        judge(seed, counts)
    assert counts["failed"] > MACHINES // 4
    print(MACHINES, counts)

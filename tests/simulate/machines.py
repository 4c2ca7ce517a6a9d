"""Machines, inputs and task results that nobody thought of: drawn from a seed, so that a find can be drawn again.

All are valid definitions. Paths mostly lead somewhere, so that executions get far, and now and then nowhere.
"""

from __future__ import annotations

import random
from typing import Any

from attrs import frozen

Json = Any


@frozen
class Case:
    """A machine with what it is given.

    Attributes:
        seed: That draws it again.
        tasks: Ends of tasks by state, for one call each: `{"return": ...}` or `{"error": ..., "cause": ...}`; the last repeats.
    """

    seed: int
    definition: dict[str, Json]
    input: Json
    tasks: dict[str, list[dict[str, Json]]]


INPUT = {
    "a": 3, "b": "text", "c": [1, 2, 3, 4], "d": {"x": 1, "y": "two", "z": [5, 6]}, "flag": True, "n": None,
    "t": "2026-01-02T03:04:05Z", "rows": [{"id": 1, "ok": True}, {"id": 2, "ok": False}], "f": 1.5,
}  # fmt: skip
PATHS = (
    "$",
    "$.a",
    "$.b",
    "$.c",
    "$.c[0]",
    "$.d",
    "$.d.x",
    "$.d.z",
    "$.flag",
    "$.n",
    "$.t",
    "$.rows",
    "$.rows[1].id",
    "$.f",
)
ARRAYS = ("$.c", "$.d.z", "$.rows")
ERRORS = ("Busy", "Rejected", "Lambda.TooManyRequestsException")
MATCHED = (*ERRORS, "States.TaskFailed", "States.Timeout")


class Drawing:
    """Draws one machine."""

    def __init__(self, seed: int, *, jsonata: bool = False, loops: bool = False, waits: bool = True) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.jsonata = jsonata
        self.loops = loops
        self.waits = waits
        self.names = 0
        self.tasks: dict[str, list[dict[str, Json]]] = {}
        self.variables: list[str] = []

    def case(self) -> Case:
        definition = self.flow(self.random.randint(1, 6), 0)
        if self.jsonata:
            definition["QueryLanguage"] = "JSONata"
        return Case(self.seed, definition, self.value(dict(INPUT)), self.tasks)

    # -- small things ---------------------------------------------------------------------------------------------

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def name(self) -> str:
        self.names += 1
        return f"S{self.names}"

    def value(self, given: dict[str, Json]) -> Json:
        for key in list(given):
            if self.chance(0.1):
                given[key] = self.random.choice([0, "other", [], {}, None, False, -1.25, [7]])
            elif self.chance(0.03):
                del given[key]
        return given

    def path(self) -> str:
        if self.variables and self.chance(0.2):
            return f"${self.random.choice(self.variables)}"
        if self.chance(0.02):
            return "$.missing.field"
        return self.random.choice(PATHS)

    def expression(self) -> str:
        pick = self.random.choice
        field = "$states.input" + pick(PATHS)[1:]
        if self.variables and self.chance(0.3):
            field = f"${pick(self.variables)}"
        forms = (
            field, f"$exists({field})", f"$string({field})", f"[{field}]", f"$count({field})", f"$type({field})",
            "$states.input.a + 1", "$states.input.b & '!'", "$states.input.rows.id", "$states.input.rows[ok].id",
            "$sum($states.input.c)", "$states.input.c[0]", "$states.input.a > 2 ? 'many' : 'few'",
            "$map($states.input.c, function($v) { $v * 2 })", "$join($states.input.rows.$string(id), ',')",
            "$merge([$states.input.d, {'w': 1}])", "$states.input.c[$ > 2]", "$reverse($states.input.c)",
            "{'id': $states.input.rows[0].id}", "$partition($states.input.c, 2)", "$range(0, 4, 2)", "$parse('[1]')",
            "$hash('x', 'SHA-256')", "$keys($states.input.d)", "$states.input.missing", "$not($states.input.flag)",
        )  # fmt: skip
        return f"{{% {pick(forms)} %}}"

    def template(self, depth: int = 0) -> Json:
        made: dict[str, Json] = {}
        for place in range(self.random.randint(1, 3)):
            if self.jsonata:
                made[f"k{place}"] = self.expression() if self.chance(0.7) else self.literal()
            elif self.chance(0.6):
                made[f"k{place}.$"] = self.intrinsic() if self.chance(0.3) else self.path()
            elif depth < 2 and self.chance(0.3):
                made[f"k{place}"] = self.template(depth + 1)
            else:
                made[f"k{place}"] = self.literal()
        return made

    def literal(self) -> Json:
        return self.random.choice([1, "v", None, True, [1, "x"], {"in": {"side": 0.5}}, [], {}])

    def intrinsic(self) -> str:
        return self.random.choice(
            [
                "States.Format('{} and {}', $.a, $.b)",
                "States.Array($.a, $.b, 1)",
                "States.MathAdd(1, 2)",
                "States.ArrayLength($.c)",
                "States.ArrayContains($.c, 2)",
                "States.ArrayPartition($.c, 2)",
                "States.ArrayRange(0, 6, 2)",
                "States.ArrayGetItem($.c, 1)",
                "States.ArrayUnique($.c)",
                "States.StringToJson('[1]')",
                "States.StringSplit('a,b;c', ',;')",
                "States.Base64Encode('abc')",
                "States.Base64Decode('YWJj')",
                "States.Hash('x', 'SHA-256')",
                "States.JsonMerge($.d, $.d, false)",
                "States.JsonToString($.d)",
                "States.Format('{}', States.MathAdd($.a, 1))",
            ]
        )

    def assign(self, state: dict[str, Json]) -> None:
        if self.chance(0.2):
            name = f"v{self.names}_{len(self.variables)}"
            if self.jsonata:
                state["Assign"] = {name: self.expression()}
            else:
                state["Assign"] = {f"{name}.$": self.path()}
            self.variables.append(name)

    # -- states ---------------------------------------------------------------------------------------------------

    def flow(self, length: int, depth: int) -> dict[str, Json]:
        visible = list(self.variables)
        names = [self.name() for _ in range(length)]
        states = {name: self.state(name, names[place + 1 :], names, depth) for place, name in enumerate(names)}
        self.variables = visible
        reached = self.reached(names[0], states)
        return {"StartAt": names[0], "States": {name: state for name, state in states.items() if name in reached}}

    @staticmethod
    def reached(start: str, states: dict[str, Json]) -> set[str]:
        found: set[str] = set()
        left = [start]
        while left:
            name = left.pop()
            if name in found:
                continue
            found.add(name)
            state = states[name]
            left += [state[key] for key in ("Next", "Default") if key in state]
            left += [way["Next"] for key in ("Choices", "Catch") for way in state.get(key, ())]
        return found

    def state(self, name: str, later: list[str], all_names: list[str], depth: int) -> dict[str, Json]:
        kinds = ["Pass"] * 4 + ["Task"] * 3 + (["Wait"] if self.waits else [])
        if later:
            kinds += ["Choice"] * 3
        else:
            kinds += ["Succeed", "Fail"]
        if depth < 2:
            kinds += ["Parallel", "Map"]
        kind = self.random.choice(kinds)
        state: dict[str, Json] = {"Type": kind}
        getattr(self, f"draw_{kind.lower()}")(name, state, later, depth)
        if kind in ("Task", "Parallel", "Map"):
            self.handlers(state, later)
        if kind not in ("Choice", "Succeed", "Fail"):
            self.go_on(state, later, all_names)
        return state

    def go_on(self, state: dict[str, Json], later: list[str], all_names: list[str]) -> None:
        if self.loops and self.chance(0.1):
            state["Next"] = self.random.choice(all_names)
        elif later:
            state["Next"] = later[0] if self.chance(0.8) else self.random.choice(later)
        else:
            state["End"] = True

    def data_flow(self, state: dict[str, Json], *, result: bool) -> None:
        if self.jsonata:
            if result or self.chance(0.2):
                merged = f"{{% $merge([$states.input, {{'k': {self.expression()[2:-2]}}}]) %}}"
                state["Output"] = merged if self.chance(0.9) else self.template()
            return
        if self.chance(0.04):
            state["InputPath"] = self.random.choice(["$", "$.d", None])
        if result and self.chance(0.9):
            state["ResultPath"] = self.random.choice(["$.r", "$.d.r", "$.new.deep", None, "$.p", "$.a", "$.c", "$"])
        if self.chance(0.02):
            state["OutputPath"] = self.random.choice(["$", "$.d", None])

    def draw_pass(self, name: str, state: dict[str, Json], later: list[str], depth: int) -> None:
        self.data_flow(state, result=True)
        if not self.jsonata:
            if self.chance(0.3):
                state["Result"] = self.literal()
            elif self.chance(0.6):
                state["Parameters"] = self.template()
                state.setdefault("ResultPath", "$.p")
        self.assign(state)

    def draw_task(self, name: str, state: dict[str, Json], later: list[str], depth: int) -> None:
        state["Resource"] = "arn:aws:states:::lambda:invoke"
        state["Arguments" if self.jsonata else "Parameters"] = {"FunctionName": "f", "Payload": self.template()}
        self.data_flow(state, result=True)
        if not self.jsonata:
            state.setdefault("ResultPath", "$.task")
            if self.chance(0.2):
                state["ResultSelector"] = {"got.$": "$.Payload"}
        self.assign(state)
        ends: list[dict[str, Json]] = []
        for _ in range(self.random.randint(1, 3)):
            if self.chance(0.35):
                ends.append({"error": self.random.choice(ERRORS), "cause": "drawn"})
            else:
                ends.append(
                    {"return": {"Payload": self.random.choice([1, {"v": [1, 2]}, "x", [], None]), "StatusCode": 200}}
                )
        self.tasks[name] = ends

    def draw_wait(self, name: str, state: dict[str, Json], later: list[str], depth: int) -> None:
        state["Seconds"] = 0
        self.data_flow(state, result=False)
        self.assign(state)

    def draw_succeed(self, name: str, state: dict[str, Json], later: list[str], depth: int) -> None:
        self.data_flow(state, result=False)

    def draw_fail(self, name: str, state: dict[str, Json], later: list[str], depth: int) -> None:
        state["Error"] = self.random.choice(ERRORS)
        if self.jsonata and self.chance(0.4):
            state["Cause"] = "{% 'at ' & $string($states.input.a) %}"
        elif not self.jsonata and self.chance(0.3):
            state["CausePath"] = "States.Format('at {}', $.a)"
        else:
            state["Cause"] = "drawn"

    def draw_choice(self, name: str, state: dict[str, Json], later: list[str], depth: int) -> None:
        state["Choices"] = []
        for _ in range(self.random.randint(1, 3)):
            rule = {"Condition": self.condition()} if self.jsonata else self.test()
            state["Choices"].append({**rule, "Next": self.random.choice(later)})
        if self.chance(0.9):
            state["Default"] = self.random.choice(later)
        if self.jsonata:
            self.data_flow(state, result=False)
        self.assign(state)

    def condition(self) -> str:
        return self.random.choice(
            [
                "{% $states.input.a > 2 %}",
                "{% $states.input.flag %}",
                "{% $exists($states.input.d.x) %}",
                "{% $states.input.b = 'text' and $count($states.input.c) > 1 %}",
                "{% $states.input.a in [1, 3] %}",
                "{% $not($states.input.flag) %}",
                "{% $contains($states.input.b, 'ex') %}",
            ]
        )

    def test(self, depth: int = 0) -> dict[str, Json]:
        pick = self.random.choice
        if depth < 2 and self.chance(0.25):
            kind = pick(["And", "Or", "Not"])
            if kind == "Not":
                return {"Not": self.test(depth + 1)}
            return {kind: [self.test(depth + 1) for _ in range(self.random.randint(1, 3))]}
        forms = [
            ("NumericEquals", 3), ("NumericGreaterThan", 1.5), ("NumericLessThanEquals", 3), ("StringEquals", "text"),
            ("StringMatches", "t*t"), ("StringGreaterThan", "s"), ("BooleanEquals", True), ("IsNull", True),
            ("IsPresent", True), ("IsPresent", False), ("IsNumeric", True), ("IsString", False), ("IsBoolean", True),
            ("TimestampLessThan", "2027-01-01T00:00:00Z"), ("NumericEqualsPath", "$.a"), ("StringEqualsPath", "$.b"),
            ("NumericLessThanPath", "$.f"), ("IsTimestamp", True), ("TimestampEquals", "2026-01-02T03:04:05+00:00"),
        ]  # fmt: skip
        operator, operand = pick(forms)
        return {"Variable": self.path(), operator: operand}

    def draw_parallel(self, name: str, state: dict[str, Json], later: list[str], depth: int) -> None:
        state["Branches"] = [self.flow(self.random.randint(1, 3), depth + 1) for _ in range(self.random.randint(1, 3))]
        self.data_flow(state, result=True)
        if not self.jsonata:
            state.setdefault("ResultPath", "$.branches")

    def draw_map(self, name: str, state: dict[str, Json], later: list[str], depth: int) -> None:
        state["ItemProcessor"] = {
            "ProcessorConfig": {"Mode": "INLINE"},
            **self.flow(self.random.randint(1, 3), depth + 1),
        }
        state["MaxConcurrency"] = 1
        if self.jsonata:
            state["Items"] = f"{{% $states.input{self.random.choice(ARRAYS)[1:]} %}}"
            state["ItemSelector"] = {
                **{key: f"{{% $states.input.{key} %}}" for key in ("a", "b", "c", "d", "rows", "flag")}
            }
            state["ItemSelector"]["item"] = "{% $states.context.Map.Item.Value %}"
        else:
            state["ItemsPath"] = self.random.choice(ARRAYS)
            selected = {f"{key}.$": f"$.{key}" for key in ("a", "b", "c", "d", "rows", "flag")}
            state["ItemSelector"] = {**selected, "item.$": "$$.Map.Item.Value", "index.$": "$$.Map.Item.Index"}
        self.data_flow(state, result=True)
        if not self.jsonata:
            state.setdefault("ResultPath", "$.items")

    def handlers(self, state: dict[str, Json], later: list[str]) -> None:
        if self.chance(0.35):
            names = ["States.ALL"] if self.chance(0.4) else [self.random.choice(MATCHED)]
            state["Retry"] = [{"ErrorEquals": names, "IntervalSeconds": 1, "MaxAttempts": self.random.randint(0, 2)}]
        if later and self.chance(0.4):
            names = ["States.ALL"] if self.chance(0.6) else [self.random.choice(MATCHED)]
            catcher: dict[str, Json] = {"ErrorEquals": names, "Next": self.random.choice(later)}
            if self.jsonata:
                if self.chance(0.5):
                    catcher["Output"] = "{% $merge([$states.input, {'error': $states.errorOutput}]) %}"
            else:
                catcher["ResultPath"] = self.random.choice(["$.error", "$.d.error", None])
            state["Catch"] = [catcher]


def draw(seed: int, **options: bool) -> Case:
    """The machine of a seed."""
    return Drawing(seed, **options).case()

"""Machines for the judge of rewrites, drawn from a seed, so that a find can be drawn again.

They are full of what rewrites look for, and of its near misses: states that do nothing and states that almost do nothing,
chains of Passes, Choices behind Choices, waits behind waits, single branches, shared and unshared successors, handlers that
see evaluation errors and handlers that do not, fields that may be missing, and texts that observe the name of a state.
"""

from __future__ import annotations

import random
from typing import Any

from attrs import frozen

Json = Any

INPUT = {
    "a": 3, "b": "text", "c": [1, 2, 3, 4], "d": {"x": 1, "y": "two", "z": [5, 6]}, "ok": True, "n": None,
    "rows": [{"id": 1, "ok": True}, {"id": 2, "ok": False}], "state": "RUNNING", "t": "2026-01-02T03:04:05Z",
}  # fmt: skip
FIELDS = ("a", "b", "c", "d", "d.x", "d.y", "ok", "rows", "state", "d.z")
ERRORS = (
    "Busy",
    "Rejected",
    "States.TaskFailed",
    "States.Timeout",
    "States.QueryEvaluationError",
    "States.Permissions",
)


@frozen
class Case:
    seed: int
    definition: dict[str, Json]
    input: Json


class Drawing:
    """Draws one machine.

    Args:
        seed: Of what is drawn.
        jsonata: In which query language; None mixes both.
        only: Kinds of states to draw beside Task and Choice; empty draws all. Also what to draw more of: `alike`, `copy`,
            `loop`, `carried`, `told` (see `plant_*`), `single` and `pure` Parallels, Maps over `known` items.
    """

    def __init__(self, seed: int, *, jsonata: bool = False, only: tuple[str, ...] = ()) -> None:
        self.seed = seed
        self.random = random.Random(f"{seed} {jsonata} {only}")
        self.jsonata = jsonata
        self.only = only
        self.names = 0
        self.variables: list[str] = []

    def case(self) -> Case:
        definition = self.flow(self.random.randint(2, 7), 0)
        if self.jsonata:
            definition["QueryLanguage"] = "JSONata"
        given: Json = {key: value for key, value in INPUT.items() if not self.chance(0.03)}
        if self.chance(0.1):
            given[self.pick(list(given))] = self.pick([None, 0, "odd", [], [[2]], {}, False])
        if self.chance(0.03):
            given = self.pick([[given], "plain", 3, [given, given]])
        return Case(self.seed, definition, given)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def pick(self, values: Any) -> Any:
        return self.random.choice(values)

    def name(self) -> str:
        self.names += 1
        return f"S{self.names}"

    # -- texts ------------------------------------------------------------------------------------------------------

    def path(self) -> str:
        if self.variables and self.chance(0.25):
            return f"${self.pick(self.variables)}"
        if self.chance(0.04):
            return self.pick(
                ["$$.State.Name", "$$.Execution.Name", "$.missing", "$$.Execution.Input.a", "$.c[*]", "$.rows[*].id"]
            )
        return (
            "$"
            if self.chance(0.15)
            else "$." + self.pick(FIELDS)
            if self.chance(0.9)
            else self.pick(["$.c[0]", "$.rows[1].id"])
        )

    def source(self) -> str:
        if self.variables and self.chance(0.3):
            return f"${self.pick(self.variables)}"
        if self.chance(0.04):
            return self.pick(
                ["$states.context.State.Name", "$states.context.Execution.Name", "$uuid()", "$states.input.missing"]
            )
        return "$states.input" if self.chance(0.1) else "$states.input." + self.pick(FIELDS)

    def expression(self) -> str:
        x, y = self.source(), self.source()
        return self.pick(
            [
                x,
                x,
                x,
                x,
                f"$exists({x})",
                f"$string({x})",
                f"[{x}]",
                f"$count({x})",
                f"{x} = {y}",
                f"{x} & '!'",
                f"{x} ? {y} : 'no'",
                f"{{'k': {x}, 'l': {y}}}",
                f"$exists({x}) and {y} = 3",
                f"$type({x})",
                f"$string({x}) & $string({y})",
                "$states.input.a + 1",
                "$states.input.rows[0].id",
                "$states.input.c[0]",
                "$sum($states.input.c)",
                "$merge([$states.input, {'m': 1}])",
                "$map($states.input.c, function($v) { $v * 2 })",
                "'constant'",
                "1 + 2",
                "$states.input.rows.id",
                "$states.input.rows[ok].id",
                f"$not($exists({x}))",
                f"($t := {x}; $t)",
                "'$states.input'",
            ]
        )

    def text(self) -> str:
        return f"{{% {self.expression()} %}}"

    def payload(self, depth: int = 0) -> Json:
        """An object, with expressions or paths for values."""
        made: dict[str, Json] = {}
        for key in self.random.sample(["a", "b", "c", "d", "ok", "rows", "state", "k"], self.random.randint(1, 5)):
            if self.jsonata:
                made[key] = self.text() if self.chance(0.6) else self.literal()
            elif self.chance(0.6):
                made[f"{key}.$"] = self.intrinsic() if self.chance(0.15) else self.path()
            elif depth < 2 and self.chance(0.25):
                made[key] = self.payload(depth + 1)
            else:
                made[key] = self.literal()
        return made

    def handed_on(self) -> Json:
        """An Output or a Result: half of the time one with all fields, so that the states behind it find what they read."""
        made = self.payload()
        if self.chance(0.5):
            written = {key.removesuffix(".$") for key in made}
            for key in ("a", "b", "c", "d", "ok", "rows", "state"):
                if key not in written:
                    made[key] = INPUT[key]
        return made

    def literal(self) -> Json:
        return self.pick([1, 3, "text", "DONE", None, True, False, [1, "x"], {"x": 1, "y": "two"}, [], {}, [1, 2, 3]])

    def intrinsic(self) -> str:
        return self.pick(
            [
                "States.Format('{} {}', $.a, $.b)",
                "States.Array($.a, $.b)",
                "States.ArrayLength($.c)",
                "States.JsonToString($.d)",
                "States.MathAdd(1, 2)",
                "States.Array($, 1)",
            ]
        )

    def assign(self, state: dict[str, Json], chance: float = 0.2) -> None:
        if not self.chance(chance):
            return
        name = (
            self.pick(self.variables) if self.variables and self.chance(0.4) else f"v{self.names}_{len(self.variables)}"
        )
        if self.jsonata:
            state["Assign"] = {name: self.text() if self.chance(0.7) else self.literal()}
        else:
            state["Assign"] = {f"{name}.$": self.path()} if self.chance(0.7) else {name: self.literal()}
        if name not in self.variables:
            self.variables.append(name)

    # -- states -----------------------------------------------------------------------------------------------------

    def flow(self, length: int, depth: int, *, first: str | None = None) -> dict[str, Json]:
        visible = list(self.variables)
        names = [self.name() for _ in range(length)]
        states = {
            name: self.state(name, names[place + 1 :], names[: place + 1], depth, first if place == 0 else None)
            for place, name in enumerate(names)
        }
        self.variables = visible
        plants = (
            ("alike", self.plant_alike), ("copy", self.plant_copy), ("loop", self.plant_loop),
            ("carried", self.plant_carried), ("told", self.plant_told),
        )  # fmt: skip
        for kind, plant in plants:
            if self.chance(0.9 if kind in self.only else 0.1):
                plant(states, names)
        reached = self.reached(names[0], states)
        return {"StartAt": names[0], "States": {name: state for name, state in states.items() if name in reached}}

    # -- what rewrites look for, and what chance alone makes too seldom ------------------------------------------------

    def ways(self, states: dict[str, Json]) -> list[tuple[dict[str, Json], str]]:
        """The objects and keys by which states lead to others."""
        found = []
        for state in states.values():
            found += [(state, key) for key in ("Next", "Default") if key in state]
            found += [(way, "Next") for key in ("Choices", "Catch") for way in state.get(key, ())]
        return found

    def plant_alike(self, states: dict[str, Json], names: list[str]) -> None:
        """A Choice among tasks that differ in their arguments, or nearly."""
        choices = [state for state in states.values() if state["Type"] == "Choice"]
        if not choices:
            return
        state = self.pick(choices)
        common: dict[str, Json] = {"Type": "Task"}
        self.draw_task("", common, [], 0)
        common["End"] = True
        if len(names) > 1 and self.chance(0.5):
            self.handlers(common, names[-1:])
        if self.chance(0.8):
            state.pop("Assign", None)
            state.pop("Output", None)
            state.pop("OutputPath", None)
        for way, key in [*[(rule, "Next") for rule in state["Choices"]], (state, "Default")]:
            if key == "Next":
                if self.chance(0.85):
                    way.pop("Assign", None)
                    way.pop("Output", None)
                if self.jsonata and self.chance(0.85):
                    way["Condition"] = self.pick(
                        [
                            "{% $states.input.state = 'DONE' %}",
                            "{% $exists($states.input.a) and $states.input.ok %}",
                            "{% $states.input.b in ['text', 'x'] %}",
                            "{% $states.input.a = 3 %}",
                        ]
                    )
            name = self.name()
            states[name] = dict(common)
            if self.jsonata:
                states[name]["Arguments"] = self.pick(
                    [
                        self.payload(),
                        {"a": self.text(), "b": "same"},
                        {"a": self.literal(), "b": "same"},
                        {"a": 1, "b": "same"},
                    ]
                )
            if self.chance(0.05):
                states[name]["TimeoutSeconds"] = 59
            way[key] = name

    def plant_carried(self, states: dict[str, Json], names: list[str]) -> None:
        """A Pass that computes what the task behind it is given, and a task that handles what may fail in it."""
        for state in states.values():
            behind = states.get(state.get("Next", ""), {})
            if state["Type"] != "Pass" or behind.get("Type") != "Task" or not self.chance(0.7):
                continue
            keys = self.random.sample(["a", "b", "d", "ok"], self.random.randint(1, 3))
            if self.jsonata:
                state.pop("Result", None)
                state["Output"] = {key: self.text() for key in keys}
                behind["Arguments"] = {key: f"{{% $states.input.{key} %}}" for key in keys}
            else:
                for field in ("Result", "InputPath", "ResultPath", "OutputPath"):
                    state.pop(field, None)
                state["Parameters"] = {f"{key}.$": self.path() for key in keys}
                behind["Parameters"] = {f"{key}.$": f"$.{key}" for key in keys}
            if self.chance(0.4):
                behind["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": self.pick(names[-1:])}]

    def plant_told(self, states: dict[str, Json], names: list[str]) -> None:
        """A rule that computes an output or a variable on the way to a Choice, which hands on something else."""
        for state in states.values():
            for rule in state.get("Choices", ()):
                behind = states.get(rule["Next"], {})
                if behind.get("Type") != "Choice" or not self.chance(0.5):
                    continue
                if self.jsonata:
                    rule["Output"] = self.handed_on()
                    for further in behind["Choices"]:
                        if self.chance(0.5):
                            further["Output"] = self.handed_on()
                else:
                    self.assign(rule, 1.0)

    def plant_copy(self, states: dict[str, Json], names: list[str]) -> None:
        """A state written out a second time for one of the ways into it."""
        way, key = self.pick(self.ways(states) or [({}, "")])
        if key and way[key] in states:
            name = self.name()
            copied = states[way[key]]
            if copied["Type"] in ("Task", "Pass", "Choice", "Wait"):
                states[name] = dict(copied)
                way[key] = name

    def plant_loop(self, states: dict[str, Json], names: list[str]) -> None:
        """A task that is begun again after a Wait when it fails."""
        tasks = [name for name, state in states.items() if state["Type"] == "Task"]
        if not tasks:
            return
        task, wait = self.pick(tasks), self.name()
        if self.chance(0.8):
            states[task].pop("Retry", None)
        errors = ["States.ALL"] if self.chance(0.5) else [self.pick(ERRORS)]
        catcher: dict[str, Json] = {"ErrorEquals": errors, "Next": wait}
        if self.chance(0.9):
            catcher.update({"Output": "{% $states.input %}"} if self.jsonata else {"ResultPath": None})
        others = [] if errors == ["States.ALL"] and self.chance(0.7) else states[task].get("Catch", [])
        states[task]["Catch"] = [*others, catcher] if self.chance(0.3) else [catcher, *others]
        states[wait] = {"Type": "Wait", "Seconds": self.random.randint(0, 9), "Next": task}
        if self.chance(0.1):
            states[wait].update({"Output": {"a": 1}} if self.jsonata else {"OutputPath": "$.d"})

    @staticmethod
    def reached(start: str, states: dict[str, Json]) -> set[str]:
        found: set[str] = set()
        left = [start]
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                state = states[name]
                left += [state[key] for key in ("Next", "Default") if key in state]
                left += [way["Next"] for key in ("Choices", "Catch") for way in state.get(key, ())]
        return found

    def kinds(self, later: list[str], depth: int) -> list[str]:
        kinds = ["Pass"] * 5 + ["Task"] * 5 + ["Wait"] * 2
        kinds += ["Choice"] * 4 if later else ["Succeed", "Succeed", "Fail"]
        if depth < 2:
            kinds += ["Parallel", "Map"]
        if self.only:
            kinds = [kind for kind in kinds if kind in self.only or kind in ("Task", "Choice")] or ["Task"]
        return kinds

    def state(self, name: str, later: list[str], earlier: list[str], depth: int, kind: str | None) -> dict[str, Json]:
        kind = kind or self.pick(self.kinds(later, depth))
        state: dict[str, Json] = {"Type": kind}
        getattr(self, f"draw_{kind.lower()}")(name, state, later, depth)
        if kind not in ("Choice", "Succeed", "Fail"):
            if kind in ("Task", "Parallel", "Map"):
                self.handlers(state, later)
            if kind == "Task" and self.chance(0.03):
                state["Next"] = self.pick(earlier)
            elif later:
                state["Next"] = later[0] if self.chance(0.7) else self.pick(later)
            else:
                state["End"] = True
        return state

    def handlers(self, state: dict[str, Json], later: list[str]) -> None:
        if state["Type"] != "Task" and not {"single", "pure", "known"}.isdisjoint(self.only) and self.chance(0.85):
            return
        if self.chance(0.3):
            names = ["States.ALL"] if self.chance(0.4) else [self.pick(ERRORS)]
            state["Retry"] = [
                {
                    "ErrorEquals": names,
                    "IntervalSeconds": self.random.randint(1, 9),
                    "MaxAttempts": self.random.randint(0, 2),
                }
            ]
        if later and self.chance(0.4):
            names = ["States.ALL"] if self.chance(0.5) else [self.pick(ERRORS)]
            catcher: dict[str, Json] = {"ErrorEquals": names, "Next": self.pick(later)}
            if self.jsonata:
                if self.chance(0.6):
                    catcher["Output"] = self.pick(
                        [
                            "{% $merge([$states.input, {'error': $states.errorOutput}]) %}",
                            "{% $states.input %}",
                            {"b": "{% $states.errorOutput.Error %}"},
                        ]
                    )
                self.assign(catcher, 0.1)
            else:
                catcher["ResultPath"] = self.pick(["$.error", "$.d.error", None, "$"])
            state["Catch"] = [catcher]

    def draw_task(self, name: str, state: dict[str, Json], later: list[str], depth: int) -> None:
        state["Resource"] = f"arn:aws:lambda:us-east-1:123456789012:function:f{self.random.randint(1, 9)}"
        if self.chance(0.8):
            state["TimeoutSeconds"] = self.random.randint(5, 60)
        if self.jsonata:
            if self.chance(0.75):
                state["Arguments"] = self.payload() if self.chance(0.7) else self.text()
            self.result(state)
        else:
            if self.chance(0.6):
                state["Parameters"] = self.payload()
            if self.chance(0.1):
                state["InputPath"] = self.path()
            if self.chance(0.2):
                state["ResultSelector"] = self.payload()
            self.paths(state)
        self.assign(state)

    def result(self, state: dict[str, Json]) -> None:
        """What a JSONata state with a result hands on."""
        if self.chance(0.6):
            state["Output"] = self.pick(
                [
                    "{% $merge([$states.input, {'r': $states.result}]) %}",
                    "{% $states.input %}",
                    self.handed_on(),
                    {
                        "a": "{% $states.result.a %}",
                        "b": "{% $states.input.b %}",
                        "c": [1, 2],
                        "d": {"x": "{% $states.result.d.x %}"},
                    },
                    {"state": "{% $states.result.state %}", "rows": "{% $states.input.rows %}", "ok": True},
                    "{% $states.result %}",
                ]
            )

    def paths(self, state: dict[str, Json], names: tuple[Json, ...] = ("$.r", "$.a", "$.d.x", None, "$")) -> None:
        if self.chance(0.6):
            state["ResultPath"] = self.pick(names)
        if self.chance(0.05):
            state["OutputPath"] = self.pick(["$.d", "$", None, "$.a"])

    def draw_pass(self, name: str, state: dict[str, Json], later: list[str], depth: int) -> None:
        if self.chance(0.3):
            if self.chance(0.2):
                state.update(
                    {"Output": "{% $states.input %}"} if self.jsonata else {"InputPath": "$", "ResultPath": "$"}
                )
            return
        if self.jsonata:
            if self.chance(0.75):
                state["Output"] = self.handed_on() if self.chance(0.8) else self.text()
            self.assign(state, 0.4)
            return
        drawn = self.random.random()
        if drawn < 0.3:
            state["Result"] = {"a": 1, "b": "text", "c": [7], "d": {"x": 0}} if self.chance(0.7) else self.literal()
        elif drawn < 0.8:
            state["Parameters"] = self.handed_on()
        if self.chance(0.1):
            state["InputPath"] = self.pick(["$.d", "$.a", None, "$$.Execution.Input", "$"])
        self.paths(state)
        self.assign(state, 0.3)

    def draw_wait(self, name: str, state: dict[str, Json], later: list[str], depth: int) -> None:
        drawn = self.random.random()
        if drawn < 0.7:
            state["Seconds"] = self.pick([0, 1, 7, 60])
        elif drawn < 0.85:
            state["Timestamp"] = self.pick(["2026-01-02T03:04:05Z", "2030-01-02T03:04:05Z", "2030-06-02T03:04:05Z"])
        elif self.jsonata:
            state["Seconds"] = self.pick(["{% $states.input.a %}", "{% 2 + 3 %}", "{% 0 %}"])
        else:
            state["SecondsPath"] = "$.a"
        if self.chance(0.15):
            state.update(
                {"Output": self.handed_on()}
                if self.jsonata
                else {"OutputPath": self.path() if self.chance(0.5) else "$"}
            )
        self.assign(state, 0.1)

    def draw_succeed(self, name: str, state: dict[str, Json], later: list[str], depth: int) -> None:
        if self.chance(0.3):
            state.update({"Output": self.payload()} if self.jsonata else {"OutputPath": self.pick(["$", "$.a", "$.d"])})

    def draw_fail(self, name: str, state: dict[str, Json], later: list[str], depth: int) -> None:
        if self.jsonata:
            state["Error"] = self.pick(["Drawn", "{% $string($states.input.b) %}", "{% $states.input.b %}"])
            state["Cause"] = self.pick(["drawn", "{% 'a is ' & $states.input.a %}"])
        else:
            state.update(
                self.pick(
                    [
                        {"Error": "Drawn", "Cause": "drawn"},
                        {"ErrorPath": "$.b"},
                        {"Error": "E", "CausePath": "States.Format('{}', $.a)"},
                    ]
                )
            )

    def draw_choice(self, name: str, state: dict[str, Json], later: list[str], depth: int) -> None:
        state["Choices"] = []
        for _ in range(self.random.randint(1, 3)):
            rule = {"Condition": self.condition()} if self.jsonata else self.test()
            rule["Next"] = self.pick(later[:3])
            if self.jsonata and self.chance(0.15):
                rule["Output"] = self.handed_on()
            self.assign(rule, 0.1)
            state["Choices"].append(rule)
        if self.chance(0.85):
            state["Default"] = self.pick(later[:3])
        if self.jsonata and self.chance(0.15):
            state["Output"] = self.handed_on()
        elif not self.jsonata and self.chance(0.05):
            state["OutputPath"] = "$.d"
        self.assign(state, 0.1)

    def condition(self) -> Json:
        x, y = self.source(), self.source()
        return self.pick(
            [
                f"{{% {x} = {y} %}}",
                f"{{% $exists({x}) %}}",
                "{% $states.input.a > 2 %}",
                "{% $states.input.ok %}",
                f"{{% {x} = 3 and {y} != 'text' %}}",
                "{% $states.input.state = 'DONE' %}",
                "{% $states.input.state = 'DONE' %}",
                "{% $states.input.a in [1, 3] %}",
                "{% true %}",
                "{% 1 > 2 %}",
                "{% 'a' = 'a' %}",
                "{% $count($states.input.c) > 1 %}",
                "{% $random() < 0.5 %}",
                "{% $states.context.State.Name = 'S2' %}",
            ]
        )

    def test(self, depth: int = 0) -> dict[str, Json]:
        if depth < 2 and self.chance(0.25):
            kind = self.pick(["And", "Or", "Not"])
            if kind == "Not":
                return {"Not": self.test(depth + 1)}
            return {kind: [self.test(depth + 1) for _ in range(self.random.randint(1, 3))]}
        operator, operand = self.pick(
            [
                ("NumericEquals", 3),
                ("NumericGreaterThan", 1.5),
                ("StringEquals", "text"),
                ("StringEquals", "DONE"),
                ("StringMatches", "t*t"),
                ("BooleanEquals", True),
                ("IsNull", True),
                ("IsPresent", True),
                ("IsPresent", False),
                ("IsNumeric", True),
                ("NumericEqualsPath", "$.a"),
                ("StringEqualsPath", "$.b"),
                ("IsTimestamp", False),
            ]
        )
        if operator == "StringEquals" and self.chance(0.5):
            return {"Variable": "$.state", operator: operand}
        return {"Variable": self.path(), operator: operand}

    def draw_parallel(self, name: str, state: dict[str, Json], later: list[str], depth: int) -> None:
        branches = (
            1 if "single" in self.only else self.pick([2, 3]) if "pure" in self.only else self.pick([1, 1, 1, 2, 2, 3])
        )
        # Flows that run side by side begin with a task that takes a time of its own, so that they never race.
        first = "Task" if branches > 1 else None
        if branches > 1 and self.chance(0.9 if "pure" in self.only else 0.3):
            state["Branches"] = [self.pure() for _ in range(branches)]
        else:
            state["Branches"] = [self.flow(self.random.randint(1, 4), depth + 1, first=first) for _ in range(branches)]
        if "single" in self.only and self.chance(0.6):
            # What stands around a single branch mostly keeps it where it is.
            if not self.jsonata:
                state.update(
                    self.pick(
                        [
                            {"OutputPath": "$[0]"},
                            {"OutputPath": "$[0]"},
                            {"ResultSelector": {"a.$": "$[0].a", "b.$": "$[0].b"}},
                            {"ResultSelector": {"first.$": "$[0]"}},
                        ]
                    )
                )
        elif self.jsonata:
            if self.chance(0.2):
                state["Arguments"] = self.payload()
            if self.chance(0.5):
                state["Output"] = self.pick(
                    [
                        "{% $states.result[0] %}",
                        "{% $merge([$states.input, {'p': $states.result}]) %}",
                        {"a": "{% $states.result[0].a %}", "b": "{% $states.input.b %}"},
                    ]
                )
        else:
            if self.chance(0.2):
                state["Parameters"] = self.payload()
            if self.chance(0.3):
                state["ResultSelector"] = self.pick(
                    [{"a.$": "$[0].a", "b.$": "$[0].b"}, {"all.$": "$"}, {"first.$": "$[0]"}]
                )
            self.paths(state)
        self.assign(state, 0.1)

    def pure(self) -> dict[str, Json]:
        name = self.name()
        state: dict[str, Json] = {"Type": "Pass", "End": True}
        if self.jsonata:
            state["Output"] = self.pick(
                [
                    {"x": 1},
                    {"n": "{% $exists($states.input.a) %}", "i": "{% $states.input %}"},
                    self.payload(),
                    "{% $states.input %}",
                ]
            )
        else:
            state.update(self.pick([{"Result": {"x": 1}}, {"Parameters": self.payload()}, {}]))
        return {"StartAt": name, "States": {name: state}}

    def draw_map(self, name: str, state: dict[str, Json], later: list[str], depth: int) -> None:
        body = self.flow(self.random.randint(1, 3), depth + 1)
        state["ItemProcessor"] = {"ProcessorConfig": {"Mode": "INLINE"}, **body}
        state["MaxConcurrency"] = 1
        keys = ("a", "b", "c", "d", "rows", "ok", "state")
        if self.jsonata:
            state["Items"] = self.pick(
                [
                    "{% $states.input.c %}",
                    "{% $states.input.rows %}",
                    [],
                    ["one"],
                    "{% [] %}",
                    ["{% $states.input.a %}"],
                    [1, 2],
                    "{% [1] %}",
                ]
            )
            if "known" in self.only:
                state["Items"] = self.pick(
                    [
                        [],
                        [{"a": 1, "b": "text", "c": [1]}],
                        ["{% $states.input %}"],
                        "{% [{'a': 3, 'b': 'x'}] %}",
                        "{% [] %}",
                    ]
                )
            if self.chance(0.2 if "known" in self.only else 0.7):
                selected: dict[str, Json] = {key: f"{{% $states.input.{key} %}}" for key in keys}
                state["ItemSelector"] = {**selected, "item": "{% $states.context.Map.Item.Value %}"}
            self.result(state)
        else:
            state["ItemsPath"] = self.pick(["$.c", "$.rows", "$.d.z"])
            if self.chance(0.7):
                selected = {f"{key}.$": f"$.{key}" for key in keys}
                state["ItemSelector"] = {**selected, "item.$": "$$.Map.Item.Value"}
            self.paths(state)


def draw(seed: int, *, jsonata: bool = False, only: tuple[str, ...] = ()) -> Case:
    """The machine of a seed."""
    return Drawing(seed, jsonata=jsonata, only=only).case()

"""Machines with calls in a row that may be made one, and their near misses, drawn from a seed."""

from __future__ import annotations

import random
from typing import Any

from sfdsl.model.workflow import Assertion, Notes
from tests.cost.rewrites.calls import Case, Fault
from tests.cost.rewrites.judge import workflow_of

Json = Any
INPUT = {"a": 3, "b": "text", "d": {"x": "u", "y": 2}}
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:"
PERMANENT = 99


class Drawing:
    """Draws one machine: rows of calls of one kind, with other states among them.

    Attributes:
        transient: Names of errors that a Retry may name.
        asserted: What is mostly asserted of each call.
        language: Of the machine.
    """

    language = "JSONata"
    transient: tuple[str, ...] = ()
    other_errors: tuple[str, ...] = ()
    asserted: tuple[Assertion, ...] = (Assertion.UNORDERED, Assertion.ERROR_NAMES_FREE, Assertion.ATOMIC)
    kinds: tuple[str, ...] = ("part", "part", "call", "silent", "lost")

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(f"{type(self).__name__} {seed}")
        self.pieces: list[str] = []
        self.named: tuple[str, ...] = ()
        self.notes: dict[str, Notes] = {}
        self.variables: list[str] = []
        self.fused: dict[str, str] = {}
        self.idempotent = self.chance(0.9)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def pick(self, values: Any) -> Any:
        return self.random.choice(values)

    def case(self) -> Case:
        retry, catch = self.retry(), self.catch()
        names = [f"S{i}" for i in range(self.random.randint(2, 6))]
        states: dict[str, Json] = {}
        for place, name in enumerate(names):
            state = self.call(name) if self.chance(0.85) else self.other()
            if state["Type"] == "Task" and self.is_piece(state):
                self.pieces.append(name)
                self.note(name)
                state["TimeoutSeconds"] = 60 if self.chance(0.97) else 61
                if self.chance(0.96):
                    state.update({"Retry": retry} if retry else {})
                    state.update({"Catch": self.named_in(catch, name)} if catch else {})
            state.update({"Next": names[place + 1]} if place + 1 < len(names) else {"Next": "Last"})
            if state["Type"] == "Choice":
                state["Default"] = state.pop("Next")
                state["Choices"][0]["Next"] = self.pick(names[place + 1 :] or ["Last"])
            states[name] = state
        states["Last"] = self.last()
        if any("Catch" in state for state in states.values()):
            states["Handler"] = self.handler()
        given = {key: value for key, value in INPUT.items() if not self.chance(0.04)}
        definition = {"QueryLanguage": self.language, "StartAt": "S0", "States": states}
        return Case(seed=self.seed, workflow=workflow_of(definition, self.notes), input=given, faults=self.faults())

    def is_piece(self, state: Json) -> bool:
        """Whether a Task is one of the calls."""
        return not state["Resource"].startswith(FUNCTION)

    # -- what is around the calls ------------------------------------------------------------------------------------

    def retry(self) -> list[Json]:
        if self.chance(0.35):
            return []
        made = []
        if self.chance(0.2):
            made.append({"ErrorEquals": ["States.Timeout"], "MaxAttempts": self.random.randint(0, 2)})
        if self.chance(0.5):
            self.named = self.transient
        names = list(self.named) or [self.pick(["States.ALL", "States.TaskFailed"])]
        made.append({"ErrorEquals": names, "MaxAttempts": self.pick([0, 1, 2, 3, 3]), "IntervalSeconds": 1})
        return made

    def catch(self) -> list[Json]:
        if self.chance(0.5):
            return []
        names = (
            [self.other_errors[0]]
            if self.chance(0.08)
            else [self.pick(["States.ALL", "States.ALL", "States.TaskFailed"])]
        )
        catcher: dict[str, Json] = {"ErrorEquals": names, "Next": "Handler"}
        if self.chance(0.6):
            catcher["Assign"] = self.pick([
                {"caught": {"error": "{% $states.errorOutput.Error %}", "state": "NAME"}},
                {"caught": 1},
            ])  # fmt: skip
        if self.chance(0.6):
            catcher["Output"] = self.pick([
                "{% $states.input %}", {"error": "{% $states.errorOutput.Error %}"}, {"handled": True},
                {"error": "{% $states.errorOutput.Error %}", "a": "{% $states.input.a %}"},
            ])  # fmt: skip
        return [catcher]

    def named_in(self, value: Json, name: str) -> Json:
        if isinstance(value, dict):
            return {key: self.named_in(each, name) for key, each in value.items()}
        if isinstance(value, list):
            return [self.named_in(each, name) for each in value]
        return name if value == "NAME" else value

    def handler(self) -> Json:
        # A variable that is not set on every way would be an error of the machine's own.
        if self.variables and self.chance(0.6):
            given: Json = {"n": f"{{% $exists(${self.pick(self.variables)}) %}}"}
            return {"Type": "Task", "Resource": f"{FUNCTION}handler", "Arguments": given, "Output": {}, "End": True}
        given = self.pick(
            [{"of": "handler"}, {"given": "{% $exists($states.input.a) %}"}, {"n": "{% $exists($caught) %}"}]
        )
        return {"Type": "Task", "Resource": f"{FUNCTION}handler", "Arguments": given, "Output": {}, "End": True}

    def other(self) -> Json:
        return self.pick([
            {"Type": "Task", "Resource": f"{FUNCTION}f", "Arguments": {"a": "{% $states.input.a %}"}, "Output": "{% $states.input %}"},
            {"Type": "Pass", "Output": INPUT},
            {"Type": "Pass"},
            {"Type": "Wait", "Seconds": 1},
            {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.a = 3 %}"}]},
        ])  # fmt: skip

    def last(self) -> Json:
        return self.pick([
            {"Type": "Succeed"},
            {"Type": "Succeed", "Output": {"done": True}},
            {"Type": "Pass", "Output": {"a": "{% $exists($states.input.a) %}"}, "End": True},
            {"Type": "Task", "Resource": f"{FUNCTION}last", "Arguments": {"of": "last"}, "Output": {}, "End": True},
            {"Type": "Task", "Resource": f"{FUNCTION}last", "Arguments": {"v": f"{{% ${self.pick(self.variables or ['x'])} %}}"}, "Output": {}, "End": True},
        ])  # fmt: skip

    def note(self, name: str) -> None:
        asserts = frozenset(each for each in self.asserted if not self.chance(0.04))
        self.notes[name] = Notes(
            idempotent=True if self.idempotent and not self.chance(0.03) else None, asserts=asserts
        )

    def faults(self) -> dict[str, Fault]:
        likely = self.pick([0.0, 0.2, 0.5])
        made = {}
        for name in self.pieces:
            if self.chance(likely):
                kind = self.pick(self.kinds)
                lasting = self.chance(0.2)
                error = self.pick(self.transient) if not lasting else self.pick(self.other_errors)
                made[name] = Fault(kind=kind, times=PERMANENT if lasting else self.random.randint(1, 3), error=error)
        return made

    # -- calls -------------------------------------------------------------------------------------------------------

    def call(self, name: str) -> Json:
        raise NotImplementedError

    def text(self) -> str:
        return self.pick([
            "$states.input.b", "$states.input.d.x", "'plain'", "$states.context.Execution.Name", "$string($states.input.a)",
            *[f"$string(${name})" for name in self.variables[-1:]],
        ])  # fmt: skip

    def outputs(self, state: Json, fields: tuple[str, ...] = ()) -> Json:
        """A call with what it hands on."""
        if self.chance(0.85):
            state["Output"] = self.pick([
                "{% $states.input %}", "{% $states.input %}", "{% $states.input %}", {"a": "{% $states.input.a %}", "b": "x"},
                {"b": "{% $states.input.b %}", "n": 1}, {}, {"a": 3, "b": "constant"},
                "{% $merge([$states.input, {'e': 1}]) %}", *[{"a": 1, "r": f"{{% $states.result.{field} %}}"} for field in fields],
            ])  # fmt: skip
        if self.chance(0.2):
            variable = f"v{len(self.variables)}"
            state["Assign"] = {variable: self.pick(
                ["{% $states.input.a %}", 5, "{% $states.input.b %}", *[f"{{% $states.result.{field} %}}" for field in fields]]
            )}  # fmt: skip
            self.variables.append(variable)
        return state


class InJsonPath:
    """What is around calls in JSONPath; a class that mixes it in draws its calls itself."""

    language = "JSONPath"

    def catch(self: Any) -> list[Json]:
        if self.chance(0.5):
            return []
        names = [self.pick(["States.ALL", "States.ALL", "States.TaskFailed"])]
        return [{"ErrorEquals": names, "Next": "Handler", "ResultPath": self.pick([None, None, "$.error", "$"])}]

    def handler(self: Any) -> Json:
        given = self.pick([{"Parameters": {"of": "handler"}}, {}])
        return {"Type": "Task", "Resource": f"{FUNCTION}handler", **given, "ResultPath": None, "End": True}

    def other(self: Any) -> Json:
        return self.pick([
            {"Type": "Task", "Resource": f"{FUNCTION}f", "Parameters": {"a.$": "$.a"}, "ResultPath": None},
            {"Type": "Pass", "Result": INPUT}, {"Type": "Pass"}, {"Type": "Wait", "Seconds": 1},
            {"Type": "Choice", "Choices": [{"Variable": "$.a", "NumericEquals": 3}]},
        ])  # fmt: skip

    def last(self: Any) -> Json:
        return self.pick([{"Type": "Succeed"}, {"Type": "Pass", "Result": {"done": True}, "End": True}])

    def texts(self: Any, key: str, name: str) -> Json:
        """An entry whose text begins with the name of a piece."""
        if self.chance(0.4):
            return {key: name}
        return {f"{key}.$": f"States.Format('{name} {{}}', {self.pick(['$.b', '$.d.x', '$$.Execution.Name', '$.a'])})"}

    def handed_on(self: Any, state: Json) -> Json:
        if self.chance(0.93):
            state["ResultPath"] = None
        elif self.chance(0.5):
            state["ResultPath"] = "$.r"
        return state

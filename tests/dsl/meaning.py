"""What a program means, told without sfdsl: which steps run, what tasks are called with, and what comes out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from tests.dsl.generate import Block, Choice, End, Expr, Loop, Map, Parallel, Program, Step, Task, Wait, steps_of

INPUT = {
    "n": 4, "flag": True, "text": "in", "obj": {"a": 1, "b": {"c": "d"}},
    "rows": [{"id": 1, "tags": [7]}, {"id": 2, "tags": [], "opt": 5}, {"id": 5, "tags": [8, 9]}],
}  # fmt: skip
MISSING = object()


class Anything:
    """A value that an author does not think of: what a handler is handed, or how an item is wrapped."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


ANYTHING = Anything()


class Unsure(Exception):
    """What happens is nobody's intention: two errors side by side, or a value that nobody thinks of is passed on."""


class Failed(Exception):
    """An error on its way up."""

    def __init__(self, error: str, state: str) -> None:
        super().__init__(error)
        self.error = error
        self.state = state


class Ended(Exception):
    """A flow that has ended well, with its output."""

    def __init__(self, output: Any) -> None:
        super().__init__()
        self.output = output


class Stopped(Failed):
    """A Fail of the pipeline itself, which nothing catches."""


class Raised(Failed):
    """An error of the author's own, for the pipeline's handler."""


@dataclass
class Frame:
    """The variables of one scope while it runs.

    Attributes:
        error: The error that was caught last in this scope.
        handled: The scope whose error can be read here; None where no error was caught for certain.
    """

    outer: Frame | None = None
    place: tuple[Any, ...] = ()
    results: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    items: dict[str, Any] = field(default_factory=dict)
    indexes: dict[str, int] = field(default_factory=dict)
    error: dict[str, str] | None = None
    handled: Frame | None = None


class Meaning:
    """Runs a program.

    Attributes:
        calls: What tasks were called with, in order, by the scope that they are in.
        unsure: Steps of which nothing is known, because something beside them failed.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.calls: dict[tuple[Any, ...], list[tuple[str, Any]]] = {}
        self.unsure: set[str] = set()

    def run(self) -> tuple[str, Any]:
        """SUCCEEDED with the output, or FAILED with the error."""
        frame = Frame()
        try:
            try:
                return "SUCCEEDED", self.block(self.program.steps, INPUT, frame)
            except Failed as failed:
                if self.program.on_error is None or isinstance(failed, Stopped):
                    raise
                frame.error, frame.handled = {"Error": failed.error, "State": failed.state}, frame
                return "SUCCEEDED", self.block(self.program.on_error, ANYTHING, frame)
        except Ended as ended:
            return "SUCCEEDED", ended.output
        except Failed as failed:
            return "FAILED", failed.error

    # -- steps ----------------------------------------------------------------------------------------------------

    def block(self, block: Block, data: Any, frame: Frame) -> Any:
        for step in block:
            data = self.step(step, data, frame)
        return data

    def scope(self, block: Block, data: Any, frame: Frame) -> Any:
        try:
            return self.block(block, data, frame)
        except Ended as ended:
            return ended.output

    def step(self, step: Step, data: Any, frame: Frame) -> Any:
        try:
            return self.work(step, data, frame)
        except (Raised, Stopped):
            raise
        except Failed as failed:
            if isinstance(step, (Choice, Loop, End)):
                raise
            for error, handler, goes_on in step.catch:
                if error in (failed.error, "States.ALL"):
                    before = frame.handled
                    frame.error, frame.handled = {"Error": failed.error, "State": step.name}, frame
                    output = self.block(handler, ANYTHING, frame)
                    frame.handled = before
                    if goes_on:
                        return output
                    raise Ended(output) from None
            raise Failed(failed.error, step.name) from None

    def work(self, step: Step, data: Any, frame: Frame) -> Any:
        match step:
            case Task():
                return self.task(step, frame)
            case Wait():
                return data
            case End(kind="Succeed"):
                raise Ended(data)
            case End(kind="Fail"):
                raise (Stopped if frame.outer is None else Failed)(self.value(step.error, frame), step.name)
            case End():
                error = self.value(step.error, frame)
                raise (Raised if frame.outer is None else Failed)(error, step.name)
            case Choice():
                for test, way in [*step.arms, (("bool", True), step.otherwise)]:
                    if self.value(test, frame) is True:
                        if way is None:
                            return data
                        data = self.block(way, data, frame)
                        if step.joins and way is step.otherwise:
                            assert step.arms[0][1] is not None
                            return self.block(step.arms[0][1], data, frame)
                        return data
                raise AssertionError
            case Loop():
                while True:
                    data = self.block(step.body, data, frame)
                    if self.value(step.again, frame) is not True:
                        return data
            case Parallel():
                inner = [(Frame(frame, frame.place, handled=frame.handled), branch) for branch in step.branches]
                result = self.side_by_side(step, [(block, data, each) for each, block in inner])
            case Map():
                result = self.map(step, frame)
            case _:
                raise AssertionError(step)
        frame.results[step.name] = result
        return result

    def task(self, step: Task, frame: Frame) -> Any:
        argument = self.value(step.argument, frame)
        if step.idle:
            result = argument
        else:
            self.calls.setdefault(frame.place, []).append((step.name, argument))
            answer = respond(self.program, step.name, argument)
            if isinstance(answer, str):
                raise Failed(answer, step.name)
            result = {"Payload": answer}
        frame.results[step.name] = result
        output = result if step.output is None else self.value(step.output, frame)
        assigned = {}
        for name, value in step.assign.items():
            assigned[name] = self.value(value, frame)
        frame.variables.update(assigned)
        return output

    def map(self, step: Map, frame: Frame) -> list[Any]:
        rows = self.value(step.over, frame)
        given = rows if step.batch is None else [{"Items": part} for part in _batches(rows, step.batch)]
        inner = []
        for i, item in enumerate(given):
            each = Frame(frame, (*frame.place, i), handled=frame.handled)
            each.items[step.name], each.indexes[step.name] = item, i
            plain = step.index is None and not step.distributed
            inner.append((step.body, item if plain else ANYTHING, each))
        try:
            return self.side_by_side(step, inner)
        except Failed as failed:
            error = "States.ExceedToleratedFailureThreshold" if step.distributed else failed.error
            raise Failed(error, step.name) from None

    def side_by_side(self, step: Step, flows: list[tuple[Block, Any, Frame]]) -> list[Any]:
        results, errors = [], []
        for block, data, frame in flows:
            try:
                results.append(self.scope(block, data, frame))
            except Failed as failed:
                errors.append(failed.error)
        if errors:
            if len(set(errors)) > 1 and not (isinstance(step, Map) and step.distributed):
                raise Unsure
            blocks = step.branches if isinstance(step, Parallel) else [step.body] if isinstance(step, Map) else []
            self.unsure.update(each.name for block in blocks for each in steps_of(block))
            raise Failed(errors[0], step.name)
        return results

    # -- values ---------------------------------------------------------------------------------------------------

    def value(self, expr: Expr, frame: Frame) -> Any:
        match expr:
            case ("text" | "number" | "bool", value):
                return value
            case ("list", values):
                return list(values)
            case ("object", fields):
                return {key: self.value(each, frame) for key, each in fields}
            case ("input", path):
                return _below(INPUT, path)
            case ("result", name, path):
                return _below(_find(frame, "results", name), () if path is None else ("Payload", *path))
            case ("default", value, otherwise):
                found = self.value(value, frame)
                return self.value(otherwise, frame) if found is MISSING else found
            case ("each" | "first" as kind, name, key):
                listed = _find(frame, "results", name)
                if listed is MISSING:
                    return MISSING
                found = [each["Payload"][key] for each in listed if key in each["Payload"]]
                return found if kind == "each" else found[0] if found else 0
            case ("item", name, path):
                return _below(_find(frame, "items", name), path)
            case ("index", name):
                return _find(frame, "indexes", name)
            case ("variable", name):
                return _find(frame, "variables", name)
            case ("error", part):
                assert frame.handled is not None
                assert frame.handled.error is not None
                return frame.handled.error[part]
            case _:
                return self.computed(expr, frame)

    def computed(self, expr: Expr, frame: Frame) -> Any:
        def of(part: Any) -> Any:
            return self.value(part, frame)

        match expr:
            case ("+", a, b):
                return of(a) + of(b)
            case ("-", a, b):
                return of(a) - of(b)
            case ("*", a, b):
                return of(a) * of(b)
            case ("negative", a):
                return -of(a)
            case ("=", a, b):
                return of(a) == of(b)
            case ("!=", a, b):
                return of(a) != of(b)
            case ("<", a, b):
                return of(a) < of(b)
            case ("<=", a, b):
                return of(a) <= of(b)
            case ("and", a, b):
                return of(a) and of(b)
            case ("or", a, b):
                return of(a) or of(b)
            case ("not", a):
                return not of(a)
            case ("in", a, values):
                return of(a) in values
            case ("has", a):
                return of(a) is not MISSING
            case ("when", test, a, b):
                return of(a) if of(test) else of(b)
            case ("joined", text, a, b):
                return f"{of(a)}{text}{of(b)}"
            case ("upper", a):
                return of(a).upper()
            case ("count_of", rows):
                return len(of(rows))
            case ("sum_ids", rows, _):
                return sum(row["id"] for row in of(rows))
            case ("filter", rows, _, least):
                return [row for row in of(rows) if row["id"] > of(least)]
            case ("first_tag", rows, otherwise):
                return next((tag for row in of(rows) for tag in row["tags"]), None) or of(otherwise)
            case ("by_hand", _, a, b):
                return of(a) * 2 - of(b)
            case _:
                raise AssertionError(expr)


def respond(program: Program, state: str, argument: Any) -> Any:
    """What a task gives, or the name of the error that it fails with; the same for the same argument."""
    if "round" in argument:
        return {"n": argument["round"] + 1}
    text = json.dumps([program.salt, state, _whole(argument)], sort_keys=True)
    drawn = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")

    def draw(most: int) -> int:
        nonlocal drawn
        drawn, found = divmod(drawn, most)
        return found

    if draw(100) < program.failing:
        return ("Busy", "Rejected")[draw(2)]
    rows = [{"id": draw(6), "tags": [draw(9) + 1 for _ in range(draw(3))]} for _ in range(draw(4))]
    given = {"n": draw(6), "ok": draw(2) == 1, "text": ("", "x", "it's")[draw(3)], "rows": rows,
             "obj": {"a": draw(5), "b": {"c": "deep"}}}  # fmt: skip
    return {**given, "opt": draw(5)} if draw(2) else given


def _whole(value: Any) -> Any:
    """A value with whole numbers as integers, however they were computed."""
    if value is ANYTHING:
        raise Unsure
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return {key: _whole(each) for key, each in value.items()} if isinstance(value, dict) else value


def _find(frame: Frame, kind: str, name: str) -> Any:
    current: Frame | None = frame
    while current is not None:
        held = getattr(current, kind)
        if name in held:
            return held[name]
        current = current.outer
    return MISSING


def _below(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        if value is MISSING or key not in value:
            return MISSING
        value = value[key]
    return value


def _batches(rows: list[Any], size: int) -> list[list[Any]]:
    return [rows[i : i + size] for i in range(0, len(rows), size)]

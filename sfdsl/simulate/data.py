"""The data flow of a state, one class per query language: what it works on, what it hands on, what it assigns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sfdsl.model.states import ABSENT, Catcher
from sfdsl.simulate.errors import StatesError
from sfdsl.simulate.paths import Reader, Writer, path, template, writer
from sfdsl.simulate.queries import Query, query, reads_context
from sfdsl.simulate.values import Json

if TYPE_CHECKING:
    from sfdsl.simulate.frames import Frame

Assigned: TypeAlias = "dict[str, Json] | None"


def _nothing(data: Json, frame: Frame) -> Json:
    return {}


def _drop(data: Json, result: Json) -> Json:
    return data


def selecting(written: Any) -> Reader | None:
    """The function of InputPath, OutputPath or ItemsPath; None where it would hand on what it is given."""
    if written is ABSENT or written == "$":
        return None
    if written is None:
        return _nothing
    return path(written)


def putting(written: Any) -> Writer | None:
    """The function of ResultPath; None where the result replaces the input."""
    if written is ABSENT or written == "$":
        return None
    return _drop if written is None else writer(written)


class PathData:
    """The data flow of a JSONPath state.

    Source: Step Functions Developer Guide, "Processing input and output in Step Functions".
    """

    jsonata = False

    __slots__ = ("assign", "input_path", "output_path", "parameters", "result_path", "result_selector")

    def __init__(self, state: Any) -> None:
        def field(name: str) -> Any:
            return getattr(state, name, ABSENT)

        self.input_path = selecting(field("input_path"))
        self.output_path = selecting(field("output_path"))
        self.result_path = putting(field("result_path"))
        self.parameters = None if field("parameters") is ABSENT else template(field("parameters"))
        self.result_selector = None if field("result_selector") is ABSENT else template(field("result_selector"))
        self.assign = None if field("assign") is ABSENT else template(field("assign"))

    def effective(self, frame: Frame) -> Json:
        """The input after InputPath."""
        return frame.input if self.input_path is None else self.input_path(frame.input, frame)

    def arguments(self, frame: Frame, effective: Json) -> Json:
        """The input after Parameters."""
        return effective if self.parameters is None else self.parameters(effective, frame)

    def finish(self, frame: Frame, result: Json) -> tuple[Json, Assigned]:
        """Output and assigned variables of a state that has a result."""
        assigned = None if self.assign is None else self.assign(result, frame)
        if self.result_selector is not None:
            result = self.result_selector(result, frame)
        output = result if self.result_path is None else self.result_path(frame.input, result)
        if self.output_path is not None:
            output = self.output_path(output, frame)
        return output, assigned

    def leave(self, frame: Frame, effective: Json, assign: Reader | None) -> tuple[Json, Assigned]:
        """Output and assigned variables of a state that hands its input on: Choice, Wait, Succeed."""
        assigned = None if assign is None else assign(effective, frame)
        return effective if self.output_path is None else self.output_path(effective, frame), assigned


class QueryData:
    """The data flow of a JSONata state.

    Source: Step Functions Developer Guide, "Transforming data with JSONata in Step Functions".
    """

    jsonata = True

    __slots__ = ("assign", "context", "given", "output")

    def __init__(self, state: Any, *fields: Any) -> None:
        given = getattr(state, "arguments", ABSENT)
        output = getattr(state, "output", ABSENT)
        assign = getattr(state, "assign", ABSENT)
        self.given = None if given is ABSENT else query(given, "Arguments")
        self.output = None if output is ABSENT else query(output, "Output")
        self.assign = None if assign is ABSENT else query(assign, "Assign")
        self.context = any(reads_context(each) for each in (given, output, assign, *fields))

    def states(self, frame: Frame) -> dict[str, Json]:
        """`$states` before there is a result."""
        return {"input": frame.input, "context": frame.context() if self.context else {}}

    def effective(self, frame: Frame) -> Json:
        """The input, which no field narrows."""
        return frame.input

    def arguments(self, frame: Frame, effective: Json) -> Json:
        """What Arguments gives, else the input."""
        return effective if self.given is None else self.given(frame, self.states(frame))

    def finish(self, frame: Frame, result: Json) -> tuple[Json, Assigned]:
        """Output and assigned variables of a state that has a result."""
        if self.output is None and self.assign is None:
            return result, None
        states = self.states(frame)
        states["result"] = result
        assigned = None if self.assign is None else self.assign(frame, states)
        return result if self.output is None else self.output(frame, states), assigned

    def leave(
        self, frame: Frame, output: Query | None, assign: Query | None, states: dict[str, Json]
    ) -> tuple[Json, Assigned]:
        """Output and assigned variables of a state that hands its input on, by these two fields."""
        assigned = None if assign is None else assign(frame, states)
        return frame.input if output is None else output(frame, states), assigned


Data: TypeAlias = PathData | QueryData


class CaughtByPath:
    """What a catcher of a JSONPath state hands on."""

    __slots__ = ("assign", "result_path")

    def __init__(self, catcher: Catcher) -> None:
        self.result_path = putting(catcher.result_path)
        self.assign = None if catcher.assign is ABSENT else template(catcher.assign)

    def finish(self, frame: Frame, error: StatesError) -> tuple[Json, Assigned]:
        """Output and assigned variables."""
        told = error_output(error)
        assigned = None if self.assign is None else self.assign(told, frame)
        return told if self.result_path is None else self.result_path(frame.input, told), assigned


class CaughtByQuery:
    """What a catcher of a JSONata state hands on."""

    __slots__ = ("assign", "context", "output")

    def __init__(self, catcher: Catcher) -> None:
        self.output = None if catcher.output is ABSENT else query(catcher.output, "Output")
        self.assign = None if catcher.assign is ABSENT else query(catcher.assign, "Assign")
        self.context = reads_context(catcher.output) or reads_context(catcher.assign)

    def finish(self, frame: Frame, error: StatesError) -> tuple[Json, Assigned]:
        """Output and assigned variables."""
        told = error_output(error)
        states = {"input": frame.input, "context": frame.context() if self.context else {}, "errorOutput": told}
        assigned = None if self.assign is None else self.assign(frame, states)
        return told if self.output is None else self.output(frame, states), assigned


def error_output(error: StatesError) -> dict[str, Json]:
    """What a catcher is given.

    That both are there, and null where a callback named none: measured, the recorded execution
    test_sqs_failure_in_wait_for_task_tok_no_error_field.
    """
    return {"Error": error.error, "Cause": error.cause}

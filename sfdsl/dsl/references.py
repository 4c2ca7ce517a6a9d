"""What an expression can read: results of steps, the input, caught errors, items, and the context object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfdsl.jsonata import Reference

if TYPE_CHECKING:
    from sfdsl.dsl.maps import Map
    from sfdsl.dsl.pipeline import Pipeline
    from sfdsl.dsl.steps import Step


class StepResult(Reference):
    """What a step gives: the result of a task, the outputs of branches, the value of a Pass."""

    def __init__(self, step: Step) -> None:
        self._step = step

    def _label(self) -> str:
        return f"the result of {self._step.name!r}"


class PipelineInput(Reference):
    """What the execution was started with."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def _label(self) -> str:
        return "the pipeline's input"


class PipelineError(Reference):
    """The error that was caught, or raised by `Raise`: Error, Cause, and State, the name of the state it came from."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def _label(self) -> str:
        return "the caught error"


class MapItem(Reference):
    """One item of a Map, or one batch of a Distributed Map with batches (`Items` and `BatchInput`)."""

    def __init__(self, owner: Map, name: str) -> None:
        self._owner = owner
        self._name = name

    def _label(self) -> str:
        return f"the item of {self._owner.name!r}"


class MapIndex(Reference):
    """The position of an item of a Map, from 0."""

    def __init__(self, owner: Map, name: str) -> None:
        self._owner = owner
        self._name = name

    def _label(self) -> str:
        return f"the index of {self._owner.name!r}"


class Context(Reference):
    """AWS's context object: `context.Execution.Id`, `context.State.Name`, `context.Task.Token`."""

    def _label(self) -> str:
        return "the context"


context = Context()
"""The context object of the running execution."""

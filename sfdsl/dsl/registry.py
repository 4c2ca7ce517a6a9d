"""What a pipeline file declares while it runs, so that a step that no pipeline uses can be found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sfdsl.dsl.pipeline import Pipeline
    from sfdsl.dsl.steps import Step


class Declared:
    """The pipelines and the steps that were declared, in order."""

    def __init__(self) -> None:
        self.pipelines: list[Pipeline] = []
        self.steps: list[Step] = []


_current: list[Declared] = []


@contextmanager
def collecting() -> Iterator[Declared]:
    """Collect what is declared within the `with` block."""
    declared = Declared()
    _current.append(declared)
    try:
        yield declared
    finally:
        _current.remove(declared)


def declare_step(step: Step) -> None:
    """Note a step; nothing happens outside `collecting`."""
    if _current:
        _current[-1].steps.append(step)


def declare_pipeline(pipeline: Pipeline) -> None:
    """Note a pipeline; nothing happens outside `collecting`."""
    if _current:
        _current[-1].pipelines.append(pipeline)

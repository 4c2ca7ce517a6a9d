"""The pipeline: its steps, its input, what happens to errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sfdsl.dsl.errors import DeclarationError
from sfdsl.dsl.policies import Defaults, Duration, seconds
from sfdsl.dsl.references import PipelineError, PipelineInput
from sfdsl.dsl.registry import declare_pipeline
from sfdsl.dsl.schema import schema
from sfdsl.dsl.steps import UNSET, Step, Steps, chain
from sfdsl.jsonata import Expression, Value, Variable
from sfdsl.origin import here, module_docstring

_TYPES = ("standard", "express")


class Pipeline:
    """One state machine, with what an author says about it.

    Args:
        name: Of the state machine and of the folder in `generated/`; 1 to 80 letters, digits, `-` and `_`.
        input: What the execution is started with: names and types, a TypedDict, an attrs class or a JSON
            Schema; None is anything.
        output: What a successful execution gives; left out, what its last state gives.
        defaults: What every task has unless it says otherwise.
        type: `standard` or `express`.
        timeout: How long a whole execution may take; None is as long as AWS lets it.
        documentation: For the page; left out, the docstring of the module.
        suppress: Codes of findings that are not reported for this pipeline.
        definition: A whole state machine as ASL instead of steps: the way out.
    """

    def __init__(
        self,
        name: str,
        *,
        input: Any = None,
        output: Value = UNSET,
        defaults: Defaults | None = None,
        type: str = "standard",
        timeout: Duration | None = None,
        documentation: str | None = None,
        suppress: Sequence[str] = (),
        definition: dict[str, Any] | None = None,
    ) -> None:
        if not isinstance(name, str) or not name:
            raise DeclarationError(f"a pipeline's name is a text, not {name!r}", "write Pipeline('orders-etl')")
        if type not in _TYPES:
            raise DeclarationError(f"a pipeline's type is {' or '.join(map(repr, _TYPES))}, not {type!r}")
        self.name = name
        self.origin = here()
        self.type = type
        self.defaults = Defaults() if defaults is None else defaults
        limit = None if timeout is None else seconds(timeout, "timeout")
        if isinstance(limit, Expression):
            raise DeclarationError(
                f"the timeout of pipeline {name!r} is {limit!r}", "AWS takes a number here: write '1h'"
            )
        self.timeout: int | str | None = limit
        self.suppress = (suppress,) if isinstance(suppress, str) else tuple(suppress)
        self.definition = definition
        self.documentation = module_docstring() if documentation is None else documentation.strip()
        self.schema = schema(input)
        self._output = output
        self._head: Step | None = None
        self._on_error: Step | None = None
        self._variables: dict[str, Variable] = {}
        self.input: Expression = PipelineInput(self)
        self.error: Expression = PipelineError(self)
        declare_pipeline(self)

    def define(self, steps: Steps, *, on_error: Steps | None = None) -> Pipeline:
        """Say what the pipeline does.

        Args:
            steps: The first step and, by `>>`, all that follow.
            on_error: Where an error leads that no step caught by itself; `error` holds it there.
        """
        if self._head is not None:
            raise DeclarationError(f"pipeline {self.name!r} is defined twice", "join the steps with >> in one define()")
        self._head = chain(steps, "in define()").head
        self._on_error = None if on_error is None else chain(on_error, "in on_error").head
        return self

    def variable(self, name: str) -> Expression:
        """A variable that a step sets with `assign(name=...)`."""
        if name not in self._variables:
            self._variables[name] = Variable(name)
        return self._variables[name]

    def __repr__(self) -> str:
        return f"<Pipeline {self.name!r}>"

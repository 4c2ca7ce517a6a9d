"""The pipeline: its steps, its input, what happens to errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sfdsl.dsl.errors import DeclarationError
from sfdsl.dsl.given import amount, json_object, one_of, shown, text, texts
from sfdsl.dsl.policies import Defaults, Duration, fixed_seconds
from sfdsl.dsl.references import PipelineError, PipelineInput
from sfdsl.dsl.registry import declare_pipeline
from sfdsl.dsl.schema import schema
from sfdsl.dsl.steps import UNSET, Step, Steps, chain, variable_name
from sfdsl.jsonata import Expression, Value, Variable
from sfdsl.origin import here, module_docstring

_TYPES = ("standard", "express", "auto")


class Pipeline:
    """One state machine, with what an author says about it.

    Args:
        name: Of the state machine and of the folder in `generated/`; 1 to 80 letters, digits, `-` and `_`.
        input: What the execution is started with: names and types, a TypedDict, an attrs class or a JSON
            Schema; None is anything.
        output: What a successful execution gives; left out, what its last state gives.
        defaults: What every task has unless it says otherwise.
        type: `standard`, `express`, or `auto`: the cheapest of Standard, Standard with Express children for parts of
            it, and Express. With `auto` you say that whoever starts it can do without what Express lacks.
        timeout: How long a whole execution may take; None is as long as AWS lets it.
        documentation: For the page; left out, the docstring of the module.
        suppress: Codes of findings that are not reported for this pipeline.
        rewrites: Whether cost rules may merge and drop states; False where somebody reads names of states in histories.
        executions_per_month: How often it runs, for costs in dollars a month; a profile says it, too.
        budget: Dollars that a month may cost, the services called included where their prices are known.
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
        rewrites: bool = True,
        executions_per_month: float | None = None,
        budget: float | None = None,
        definition: dict[str, Any] | None = None,
    ) -> None:
        self.name = text(name, "a pipeline's name", "write Pipeline('orders-etl')")
        if not name or name in (".", "..") or any(letter in name for letter in "/\\\0"):
            # It is the name of a folder, too, which no suppressed finding may lead somewhere else.
            raise DeclarationError(f"{name!r} cannot be the name of a pipeline", "write letters, digits, '-' and '_'")
        if not isinstance(type, str) or type not in _TYPES:
            from sfdsl.diagnostics import did_you_mean

            hint = did_you_mean(type, _TYPES) if isinstance(type, str) else ""
            raise DeclarationError(f"a pipeline's type is 'standard', 'express' or 'auto', not {shown(type)}", hint)
        if not isinstance(rewrites, bool):
            raise DeclarationError(f"rewrites of pipeline {name!r} is True or False, not {shown(rewrites)}")
        self.rewrites = rewrites
        self.executions_per_month = amount(executions_per_month, f"executions_per_month of pipeline {name!r}")
        self.budget = amount(budget, f"the budget of pipeline {name!r}")
        self.origin = here()
        self.type = type
        given = one_of(defaults, Defaults, f"defaults of pipeline {name!r}", "write Defaults(timeout='1h')")
        self.defaults = Defaults() if given is None else given
        self.timeout = fixed_seconds(timeout, f"the timeout of pipeline {name!r}")
        self.suppress = texts(suppress, f"suppress of pipeline {name!r}", "write suppress=['SF113']")
        asl = "write the state machine's ASL as a dict"
        self.definition = None if definition is None else json_object(definition, f"the definition of {name!r}", asl)
        written = module_docstring() if documentation is None else documentation
        self.documentation = text(written, f"the documentation of pipeline {name!r}").strip()
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
        if self.definition is not None:
            raise DeclarationError(
                f"pipeline {self.name!r} has a definition= and steps", "leave one of them out; Raw is a single state"
            )
        self._head = chain(steps, "in define()").head
        self._on_error = None if on_error is None else chain(on_error, "in on_error").head
        return self

    def variable(self, name: str) -> Expression:
        """A variable that a step sets with `assign(name=...)`."""
        if variable_name(name) not in self._variables:
            self._variables[name] = Variable(name)
        return self._variables[name]

    def __repr__(self) -> str:
        return f"<Pipeline {self.name!r}>"

"""Steps as an author holds them, and how `>>` leads from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias, TypeVar

from sfdsl.dsl.errors import DeclarationError
from sfdsl.dsl.fragments import labelled
from sfdsl.dsl.given import (
    assertions,
    boolean,
    optional_text,
    options_of,
    refuse_unknown,
    shown,
    text,
    text_or_later,
    texts,
)
from sfdsl.dsl.policies import Duration, Retry, length, policies, seconds
from sfdsl.dsl.references import StepResult
from sfdsl.dsl.registry import declare_step
from sfdsl.jsonata import Expression, Value
from sfdsl.origin import Origin, here

Self = TypeVar("Self", bound="Step")
CatchingSelf = TypeVar("CatchingSelf", bound="Catching")

_JSONATA = "JSONata"  # the model has it too; importing the model takes longer than all of this package


class Unset:
    """The type of `UNSET`: the author said nothing."""


UNSET = Unset()


class Conflict:
    """A second way on from a step that has one: reported when the pipeline is lowered."""

    def __init__(self, step: Step, other: Step, origin: Origin) -> None:
        self.step = step
        self.other = other
        self.origin = origin


class Step:
    """One state of the machine.

    Args:
        name: As it stands in the graph, in histories and in the bill; 1 to 80 characters, unique in the pipeline.
        output: What the state hands on; left out, what AWS hands on: the result of a task, else the input. A function
            is given the step's own result: `output=lambda result: {"id": result.Id}`.
        comment: For the definition.
        idempotent: Assert that running it twice does no harm.
        asserts: What else holds of it and unlocks savings; `sfdsl cost` says what each would save: `unordered`,
            `atomic`, `no_barrier`, `stop_on_abort`, `error_names_free`, `pure`.
        duration: Assert how long it takes as a rule: seconds, also parts of them, or a text such as `300ms` or `2m`.
        suppress: Codes of findings that are not reported for this step.
    """

    terminal: ClassVar[bool] = False

    def __init__(
        self,
        name: str,
        *,
        output: Value = UNSET,
        comment: str | None = None,
        idempotent: bool | None = None,
        asserts: Sequence[str] = (),
        duration: Duration | None = None,
        suppress: Sequence[str] = (),
        **unknown: Any,
    ) -> None:
        kind = type(self).__name__
        if unknown:
            refuse_unknown(kind, unknown, options_of(type(self)))
        if not isinstance(name, str):
            raise DeclarationError(f"a step's name is a text, not {shown(name)}", f"write {kind}('Name', ...)")
        self.name = labelled(text(name, "the name of a step", f"write {kind}('Name', ...)"))
        if not self.name:
            raise DeclarationError("a step's name is empty", f"write {kind}('Name', ...)")
        self.origin = here()
        self.comment = None if comment is None else text(comment, f"the comment of {self.name!r}")
        self.idempotent = boolean(idempotent, f"idempotent of {self.name!r}")
        self.asserts = assertions(asserts, f"asserts of {self.name!r}")
        self.duration = length(duration, f"the duration of {self.name!r}")
        self.suppress = texts(suppress, f"suppress of {self.name!r}", "write suppress=['SF113']")
        self._output = self._output_of(output)
        if output is not UNSET and isinstance(self, (Fail, Raise)):
            raise DeclarationError(f"{kind} {self.name!r} has no output", "write error= and cause=")
        self._assigned: dict[str, Value] = {}
        self._next: Step | None = None
        self._conflicts: list[Conflict] = []
        declare_step(self)

    @property
    def result(self) -> Expression:
        """What the step gives, for use in any step that runs after it: `step.result.Field`."""
        return StepResult(self)

    def assign(self: Self, **variables: Value) -> Self:
        """Set variables of your own when the step is done; `pipeline.variable("name")` reads them.

        Expressions see the values from before the step, as AWS evaluates them.
        """
        if self.terminal:
            raise DeclarationError(
                f"{type(self).__name__} {self.name!r} ends the flow, so that nothing could read a variable of it"
            )
        for variable in variables:
            variable_name(variable)
        self._assigned.update(variables)
        return self

    def __rshift__(self, following: Steps) -> Chain:
        return Chain(self, self) >> following

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"

    def _lead_to(self, following: Step, origin: Origin) -> None:
        if self._next is None:
            self._next = following
        elif self._next is not following:
            self._conflicts.append(Conflict(self, following, origin))

    def _output_of(self, output: Value) -> Value:
        if not callable(output) or isinstance(output, Expression):
            return output
        import inspect

        try:
            inspect.signature(output).bind(None)
        except (TypeError, ValueError):
            raise DeclarationError(
                f"output of {self.name!r} is {shown(output)}, which does not take the result of the step",
                'write output=lambda result: {"id": result.Id}, or a value',
            ) from None
        return output(StepResult(self))

    # What the lowering asks of every step.
    def _branches(self) -> list[Step]:
        """Heads of further ways on within the same scope, besides `>>`."""
        return []


class Chain:
    """Steps joined by `>>`: where it begins, and which step the next `>>` goes on from."""

    def __init__(self, head: Step, last: Step) -> None:
        self.head = head
        self.last = last

    def __rshift__(self, following: Steps) -> Chain:
        after = chain(following, "after >>")
        if self.last.terminal:
            raise DeclarationError(
                f"{type(self.last).__name__} {self.last.name!r} ends the flow, but {after.head.name!r} is to follow it",
                f"leave out '>> {after.head.name}', or put it before {self.last.name!r}",
            )
        self.last._lead_to(after.head, here())
        return Chain(self.head, after.last)

    def __getattr__(self, name: str) -> Any:
        if name in ("retry", "catch", "result", "assign", "when", "otherwise"):
            raise DeclarationError(
                f"steps joined by >> have no {name!r}, a single step has",
                f"keep the step in a variable, and write step.{name} before it is joined",
            )
        raise AttributeError(name)

    def __repr__(self) -> str:
        return f"<{self.head.name!r} ... {self.last.name!r}>"


Steps: TypeAlias = "Step | Chain"
"""A step, or steps joined by `>>`."""


def chain(steps: Any, where: str) -> Chain:
    """A step or chain as a chain.

    Raises:
        DeclarationError: It is neither.
    """
    if isinstance(steps, Chain):
        return steps
    if isinstance(steps, Step):
        return Chain(steps, steps)
    if isinstance(steps, (list, tuple)):
        hint = "join steps with >>; for branches side by side write Parallel('Name', first, second)"
    elif callable(steps) and not isinstance(steps, Expression):
        hint = "call it with the step's name first: operation('Name', ...)"
    else:
        hint = "write a step, or steps joined by >>"
    raise DeclarationError(f"{where} stands {shown(steps)}, which is no step", hint)


def variable_name(name: Any) -> str:
    """The name of a variable of an author's own.

    Raises:
        DeclarationError: AWS takes no such name. Source: Developer Guide, "Passing data between states with variables".
    """
    if isinstance(name, str) and name.isidentifier() and len(name) <= 80 and name != "states":
        return name
    raise DeclarationError(
        f"{shown(name)} cannot be the name of a variable",
        "write letters, digits and '_', 80 at most, the first no digit; 'states' is AWS's own",
    )


class Catching(Step):
    """A step that can fail: a task, a Parallel or a Map."""

    def __init__(self, name: str, **common: Any) -> None:
        super().__init__(name, **common)
        self._retry: tuple[Retry, ...] | None = None
        self._catch: list[tuple[tuple[str, ...], Step]] = []

    def retry(self: CatchingSelf, *given: Retry) -> CatchingSelf:
        """Retry by these policies, tried in order, instead of the pipeline's default; none never retries."""
        self._retry = policies(given, f"retry() of {self.name!r}")
        return self

    def catch(self: CatchingSelf, handler: Steps, errors: str | Sequence[str] = ("States.ALL",)) -> CatchingSelf:
        """Lead these errors to a handler, where `pipeline.error` holds the error; tried in the order of the calls."""
        names = texts(errors, f"an error that {self.name!r} catches", "write .catch(handler, errors=['Busy'])")
        self._catch.append((names, chain(handler, "in catch()").head))
        return self

    def _branches(self) -> list[Step]:
        return [handler for _, handler in self._catch]


class Task(Catching):
    """A call of an AWS service; made by `aws.<service>.<operation>("Name", Parameter=...)`.

    Args:
        name: Of the state.
        resource: What does the work, as the text of `Resource`.
        arguments: Parameters as the API names them.
        timeout: How long one attempt may take; None takes the pipeline's default.
        heartbeat: How long may pass between two heartbeats; None takes the pipeline's default for tasks with a token.
        credentials: ARN of a role to take on for this task.
        resources: ARNs that the role is narrowed to for this step, where the arguments do not say them.
        fused: Assert that this function does what the function of the step before and the one of this step do, one
            after the other, so that calling it alone is enough.
        common: See `Step`.
    """

    def __init__(
        self,
        name: str,
        resource: str,
        arguments: Value = UNSET,
        *,
        timeout: Duration | None = None,
        heartbeat: Duration | None = None,
        credentials: Value = UNSET,
        resources: Sequence[str] = (),
        fused: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name, **common)
        self.fused = optional_text(fused, f"fused of {self.name!r}")
        self.resource = text(resource, f"the resource of {self.name!r}")
        self.arguments = arguments
        self.timeout = None if timeout is None else seconds(timeout, f"the timeout of {self.name!r}")
        self.heartbeat = None if heartbeat is None else seconds(heartbeat, f"the heartbeat of {self.name!r}")
        self.credentials = credentials
        self.resources = texts(
            resources, f"resources of {self.name!r}", "write the ARNs, with `*` or `${Name}` for what is not known now"
        )


class Pass(Step):
    """Hand on a value that is computed from others, without any work: `Pass("Plan", output={"parts": 4})`."""


class Wait(Step):
    """Hold the execution.

    Args:
        name: Of the state.
        duration: How long: `Wait("Cool down", "5m")`.
        until: A moment instead, RFC 3339 with capital T and Z, or an expression that gives one.
        common: See `Step`.
    """

    def __init__(self, name: str, duration: Duration | None = None, *, until: Value = None, **common: Any) -> None:
        super().__init__(name, **common)
        if (duration is None) == (until is None):
            raise DeclarationError(
                f"Wait {self.name!r} needs either a duration or until=",
                "write Wait('Name', '5m') or Wait('Name', until=...)",
            )
        self.seconds = None if duration is None else seconds(duration, "the duration of a Wait")
        self.until = text_or_later(until, f"until of {self.name!r}")


class Succeed(Step):
    """End the flow well."""

    terminal = True


class Fail(Step):
    """End the flow with an error.

    Args:
        name: Of the state.
        error: Name of the error, at most 256 characters; a text or an expression.
        cause: What happened, at most 32,768 characters; a text or an expression.
        common: See `Step`.
    """

    terminal = True

    def __init__(self, name: str, error: Value = None, cause: Value = None, **common: Any) -> None:
        super().__init__(name, **common)
        self.error = text_or_later(error, f"the error of {self.name!r}")
        self.cause = text_or_later(cause, f"the cause of {self.name!r}")


class Raise(Step):
    """Hand an error of your own to the pipeline's `on_error`; without one, or inside a branch or body, fail with it.

    Args:
        name: Of the state; behind a Choice, the rule itself does it and no state is needed.
        error: Name of the error; a text or an expression.
        cause: What happened; a text or an expression.
        common: See `Step`.
    """

    terminal = True

    def __init__(self, name: str, *, error: Value, cause: Value = "", **common: Any) -> None:
        super().__init__(name, **common)
        if error is None:
            raise DeclarationError(f"Raise {self.name!r} has no error", "write error='RowsUncorrectable'")
        self.error = text_or_later(error, f"the error of {self.name!r}")
        self.cause = text_or_later("" if cause is None else cause, f"the cause of {self.name!r}")


class Arm:
    """One `when` of a Choice."""

    def __init__(self, test: Value, target: Step | None, probability: float | None) -> None:
        self.test = test
        self.target = target
        self.probability = probability


class Choice(Step):
    """Go one way or another: `Choice("Any?").when(test, steps).otherwise(steps)`.

    What stands behind it with `>>`, or in `then`, follows all its ways that do not end by themselves.
    """

    def __init__(self, name: str, **common: Any) -> None:
        super().__init__(name, **common)
        self._arms: list[Arm] = []
        self._otherwise: Step | None = None

    def when(self, test: Value, steps: Steps | None = None, *, probability: float | None = None) -> Choice:
        """Go there if the test is true and none before it was.

        Args:
            test: An expression that gives a boolean.
            steps: Where to; None goes straight to what follows the Choice.
            probability: How often, 0 to 1, for the estimate of cost.
        """
        if not isinstance(test, (Expression, bool)) and not (isinstance(test, str) and test.startswith("{%")):
            raise DeclarationError(
                f"when() takes a test on values of the pipeline, not {shown(test)}",
                "write .when(step.result.Field == value, steps)",
            )
        if probability is not None and not (isinstance(probability, (int, float)) and 0 <= probability <= 1):
            raise DeclarationError(f"a probability is a number from 0 to 1, not {shown(probability)}")
        self._arms.append(Arm(test, None if steps is None else chain(steps, "in when()").head, probability))
        return self

    def otherwise(self, steps: Steps) -> Choice:
        """Go there if no test is true."""
        if self._otherwise is not None:
            raise DeclarationError(f"Choice {self.name!r} has an otherwise() already", "give each further way a when()")
        self._otherwise = chain(steps, "in otherwise()").head
        return self

    def then(self, steps: Steps) -> Chain:
        """Follow all ways that do not end by themselves; the same as `>>`."""
        return self >> steps

    @property
    def result(self) -> Expression:
        """A Choice gives nothing."""
        raise DeclarationError(f"Choice {self.name!r} has no result", "read the results of the steps before it")

    def _branches(self) -> list[Step]:
        heads = [arm.target for arm in self._arms if arm.target is not None]
        return heads if self._otherwise is None else [*heads, self._otherwise]


class Parallel(Catching):
    """Run branches side by side; `parallel.result[0]` is the output of the first.

    Args:
        name: Of the state.
        branches: Steps, one flow each.
        common: See `Step`.
    """

    def __init__(self, name: str, *branches: Steps, **common: Any) -> None:
        super().__init__(name, **common)
        if not branches:
            raise DeclarationError(
                f"Parallel {self.name!r} has no branches", "write Parallel('Name', first, second >> third)"
            )
        self._heads = [chain(branch, "as a branch").head for branch in branches]


class Raw(Catching):
    """A state as ASL, for what the other steps do not say: `Raw("Old", {"Type": "Task", ...})`.

    Args:
        name: Of the state.
        state: The state's JSON; `Next` and `End` may be left out and come from `>>`. References may stand in it. A
            state in JSONPath has `"QueryLanguage": "JSONPath"`, and no references; the machine is then declared
            JSONPath and all other states JSONata.
        common: See `Step`.
    """

    def __init__(self, name: str, state: dict[str, Any], **common: Any) -> None:
        super().__init__(name, **common)
        if not isinstance(state, dict) or not all(isinstance(key, str) for key in state):
            raise DeclarationError(f"Raw {self.name!r} is given {shown(state)}", "write the state's ASL as a dict")
        self.state = state
        if self._output is not UNSET and (self.language != _JSONATA or "Output" in state):
            raise DeclarationError(
                f"Raw {self.name!r} takes no output=",
                "write it in the state: Output in JSONata, OutputPath in JSONPath",
            )

    @property
    def language(self) -> str:
        """The query language of the state."""
        return str(self.state.get("QueryLanguage", _JSONATA))

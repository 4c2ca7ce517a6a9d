"""Steps as an author holds them, and how `>>` leads from one to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeAlias, TypeVar

from sfdsl.dsl.errors import DeclarationError
from sfdsl.dsl.fragments import labelled
from sfdsl.dsl.policies import Duration, Retry, seconds
from sfdsl.dsl.references import MapIndex, MapItem, StepResult
from sfdsl.dsl.registry import declare_step
from sfdsl.jsonata import Expression, Value
from sfdsl.origin import Origin, here

Self = TypeVar("Self", bound="Step")
CatchingSelf = TypeVar("CatchingSelf", bound="Catching")


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
        duration: Assert how long it takes as a rule.
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
        duration: Duration | None = None,
        suppress: Sequence[str] = (),
    ) -> None:
        if not isinstance(name, str):
            raise DeclarationError(
                f"a step's name is a text, not {name!r}", f"write {type(self).__name__}('Name', ...)"
            )
        self.name = labelled(name)
        self.origin = here()
        self.comment = comment
        self.idempotent = idempotent
        self.duration = duration
        self.suppress = (suppress,) if isinstance(suppress, str) else tuple(suppress)
        self._output = output(StepResult(self)) if callable(output) and not isinstance(output, Expression) else output
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
    hint = (
        "call it with the step's name first: operation('Name', ...)"
        if callable(steps)
        else "write a step, or steps joined by >>"
    )
    raise DeclarationError(f"{where} stands {steps!r}, which is no step", hint)


class Catching(Step):
    """A step that can fail: a task, a Parallel or a Map."""

    def __init__(self, name: str, **common: Any) -> None:
        super().__init__(name, **common)
        self._retry: tuple[Retry, ...] | None = None
        self._catch: list[tuple[tuple[str, ...], Step]] = []

    def retry(self: CatchingSelf, *policies: Retry) -> CatchingSelf:
        """Retry by these policies, tried in order, instead of the pipeline's default; none never retries."""
        for policy in policies:
            if not isinstance(policy, Retry):
                raise DeclarationError(
                    f"retry() takes policies, not {policy!r}", "write .retry(Retry(errors=[...], max_attempts=3))"
                )
        self._retry = policies
        return self

    def catch(self: CatchingSelf, handler: Steps, errors: str | Sequence[str] = ("States.ALL",)) -> CatchingSelf:
        """Lead these errors to a handler, where `pipeline.error` holds the error; tried in the order of the calls."""
        names = (errors,) if isinstance(errors, str) else tuple(errors)
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
        **common: Any,
    ) -> None:
        super().__init__(name, **common)
        self.resource = resource
        self.arguments = arguments
        self.timeout = None if timeout is None else seconds(timeout, "timeout")
        self.heartbeat = None if heartbeat is None else seconds(heartbeat, "heartbeat")
        self.credentials = credentials
        self.resources = (resources,) if isinstance(resources, str) else tuple(resources)


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
        self.until = until


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
        self.error = error
        self.cause = cause


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
        self.error = error
        self.cause = cause


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
                f"when() takes a test on values of the pipeline, not {test!r}",
                "write .when(step.result.Field == value, steps)",
            )
        if probability is not None and not 0 <= probability <= 1:
            raise DeclarationError(f"a probability is 0 to 1, not {probability!r}")
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


class Map(Catching):
    """Run a body for each item: `Map("Each file", over=listing.result.Contents, body=lambda item: ...)`.

    Args:
        name: Of the state.
        over: The array.
        body: A function that is given the item, and as a second parameter its index, and returns the steps; or steps.
        max_concurrency: How many at a time; 0 as many as AWS runs, about 40.
        select: What the body is given in place of the item.
        items: Assert how many there are as a rule, for the estimate of cost.
        common: See `Step`.
    """

    distributed: ClassVar[bool] = False

    def __init__(
        self,
        name: str,
        *,
        over: Value = UNSET,
        body: Callable[..., Steps] | Steps,
        max_concurrency: Value = None,
        select: Value = UNSET,
        items: int | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name, **common)
        self.over = over
        self.max_concurrency = max_concurrency
        self.select = select
        self.items = items
        self.item: MapItem | None = None
        self.index: MapIndex | None = None
        self._head = self._build(body)

    def _build(self, body: Callable[..., Steps] | Steps) -> Step:
        if isinstance(body, (Step, Chain)):
            return chain(body, "as the body").head
        if not callable(body):
            raise DeclarationError(f"the body of {self.name!r} is {body!r}", "write body=lambda item: steps")
        import inspect

        names = list(inspect.signature(body).parameters)
        if len(names) > 2:
            raise DeclarationError(
                f"the body of {self.name!r} takes {len(names)} parameters",
                "take the item, and its index as a second one",
            )
        given: list[Expression] = []
        if names:
            self.item = MapItem(self, names[0])
            given.append(self.item)
        if len(names) > 1:
            self.index = MapIndex(self, names[1])
            given.append(self.index)
        return chain(body(*given), f"returned by the body of {self.name!r}").head


class DistributedMap(Map):
    """Run a body for each item, or batch of items, of a data set, in child executions of their own.

    Args:
        name: Of the state.
        body: As of `Map`; with `batch` it is given the batch (`batch.Items`).
        over: An array or object; instead of it `reader`.
        reader: Where the items come from: `Reader.csv(Bucket=..., Key=...)`.
        batch: How items are grouped: `Batch(items=100)`.
        writer: Where results go: `Writer(Bucket=..., Prefix=...)`.
        tolerated_failure_percentage, tolerated_failure_count: How much may fail; None is nothing.
        execution_type: Of the children, `STANDARD` or `EXPRESS`.
        label: For the names of the children, at most 40 characters.
        more: As of `Map`.
    """

    distributed = True

    def __init__(
        self,
        name: str,
        *,
        body: Callable[..., Steps] | Steps,
        reader: Reader | None = None,
        batch: Batch | None = None,
        writer: Writer | None = None,
        tolerated_failure_percentage: Value = None,
        tolerated_failure_count: Value = None,
        execution_type: str = "STANDARD",
        label: str | None = None,
        **more: Any,
    ) -> None:
        self.reader = reader
        self.batch = batch
        self.writer = writer
        self.tolerated_failure_percentage = tolerated_failure_percentage
        self.tolerated_failure_count = tolerated_failure_count
        self.execution_type = execution_type.upper()
        self.label = label
        super().__init__(name, body=body, **more)
        if batch is not None and self.index is not None:
            raise DeclarationError(
                f"{self.name!r} has batches, so that no item has an index", "take one parameter, the batch"
            )
        if reader is not None and self.over is not UNSET:
            raise DeclarationError(
                f"{self.name!r} takes its items from a reader and from over=", "leave one of them out"
            )


class Reader:
    """Where a Distributed Map takes its items from; made by its class methods.

    Source: Step Functions Developer Guide, ItemReader.
    """

    def __init__(self, api: str, arguments: dict[str, Value], config: dict[str, Value]) -> None:
        self.resource = f"arn:aws:states:::s3:{api}"
        self.arguments = arguments
        self.config = {key: value for key, value in config.items() if value is not None}

    @classmethod
    def csv(
        cls,
        *,
        headers: Sequence[str] | None = None,
        delimiter: str | None = None,
        max_items: Value = None,
        **object_: Value,
    ) -> Reader:
        """The rows of a CSV file (`Bucket`, `Key`), by the names of its first row or those given."""
        config = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW" if headers is None else "GIVEN"}
        given = None if headers is None else list(headers)
        return cls(
            "getObject", object_, {**config, "CSVHeaders": given, "CSVDelimiter": delimiter, "MaxItems": max_items}
        )

    @classmethod
    def json(cls, *, pointer: str | None = None, max_items: Value = None, **object_: Value) -> Reader:
        """The elements of the array in a JSON file (`Bucket`, `Key`), or of the one that a JSON Pointer names."""
        return cls("getObject", object_, {"InputType": "JSON", "ItemsPointer": pointer, "MaxItems": max_items})

    @classmethod
    def jsonl(cls, *, max_items: Value = None, **object_: Value) -> Reader:
        """The lines of a JSON Lines file (`Bucket`, `Key`)."""
        return cls("getObject", object_, {"InputType": "JSONL", "MaxItems": max_items})

    @classmethod
    def parquet(cls, *, max_items: Value = None, **object_: Value) -> Reader:
        """The rows of a Parquet file (`Bucket`, `Key`)."""
        return cls("getObject", object_, {"InputType": "PARQUET", "MaxItems": max_items})

    @classmethod
    def inventory(cls, *, max_items: Value = None, **object_: Value) -> Reader:
        """The objects that an S3 inventory manifest (`Bucket`, `Key`) lists."""
        return cls("getObject", object_, {"ManifestType": "S3_INVENTORY", "MaxItems": max_items})

    @classmethod
    def athena(cls, *, format: str = "CSV", max_items: Value = None, **object_: Value) -> Reader:
        """The rows of the files that an Athena UNLOAD manifest (`Bucket`, `Key`) lists: CSV, JSONL or PARQUET."""
        config = {"ManifestType": "ATHENA_DATA", "InputType": format, "MaxItems": max_items}
        return cls("getObject", object_, config)

    @classmethod
    def listing(cls, *, load: str | None = None, max_items: Value = None, **prefix: Value) -> Reader:
        """The objects of a bucket (`Bucket`, `Prefix`); with `load` what is in them, as CSV, JSON, JSONL or PARQUET."""
        config = {} if load is None else {"Transformation": "LOAD_AND_FLATTEN", "InputType": load}
        return cls("listObjectsV2", prefix, {**config, "MaxItems": max_items})


class Batch:
    """How items are grouped: at most so many, or so many bytes (up to 262,144), with an input for each batch."""

    def __init__(self, *, items: Value = None, bytes: Value = None, input: dict[str, Value] | None = None) -> None:
        if items is None and bytes is None:
            raise DeclarationError("a Batch needs a limit", "write Batch(items=100) or Batch(bytes=200_000)")
        self.items = items
        self.bytes = bytes
        self.input = {} if input is None else input


class Writer:
    """Where the results of a Distributed Map go (`Bucket`, `Prefix`), and in which form."""

    def __init__(self, *, transformation: str | None = None, output_type: str | None = None, **target: Value) -> None:
        self.arguments = target
        self.transformation = transformation
        self.output_type = output_type


class Raw(Catching):
    """A state as ASL, for what the other steps do not say: `Raw("Old", {"Type": "Task", ...})`.

    Args:
        name: Of the state.
        state: The state's JSON; `Next` and `End` may be left out and come from `>>`. A state in JSONPath has
            `"QueryLanguage": "JSONPath"`; the machine is then declared JSONPath and all other states JSONata.
        common: See `Step`.
    """

    def __init__(self, name: str, state: dict[str, Any], **common: Any) -> None:
        super().__init__(name, **common)
        if not isinstance(state, dict):
            raise DeclarationError(f"Raw {self.name!r} is given {state!r}", "write the state's ASL as a dict")
        self.state = state

"""What is under way: executions, and the frames in which flows run; a frame is a thread of control without a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sfdsl.aws import quotas
from sfdsl.simulate.history import Event
from sfdsl.simulate.values import Json

if TYPE_CHECKING:
    from sfdsl.simulate.code import Code, FlowCode
    from sfdsl.simulate.engine import Engine
    from sfdsl.simulate.errors import StatesError

MAX_PAYLOAD = quotas.PAYLOAD_BYTES.limit
"""Bytes of a state's input or output, and of what it assigns."""

MAX_VARIABLES = quotas.ALL_VARIABLES_BYTES.limit
"""Bytes of all variables of an execution."""


class Execution:
    """One execution: that of the machine itself, or a child of a Distributed Map.

    Attributes:
        name, arn: Of the execution.
        express: Whether it has Express limits.
        input: What it was started with.
        started: Seconds since the simulation began.
        events: Its history so far.
        parent: The execution whose Map Run started it; None for the outermost.
        status: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED.
        map_run: The Map Run it belongs to; None for the outermost.
    """

    __slots__ = (
        "arn", "children", "error", "events", "express", "fixed_context", "input", "map_run", "name", "output",
        "parent", "root", "started", "status", "stopped", 
    )  # fmt: skip

    def __init__(self, name: str, arn: str, express: bool, input: Json, started: float) -> None:
        self.name = name
        self.arn = arn
        self.express = express
        self.input = input
        self.started = started
        self.stopped = started
        self.events: list[Event] = []
        self.parent: Execution | None = None
        self.children: list[Execution] = []
        self.map_run: Any = None
        self.status = "RUNNING"
        self.output: Json = None
        self.error: tuple[str | None, str | None] = (None, None)
        self.root: Frame | None = None
        self.fixed_context: dict[str, Json] | None = None


class Group:
    """The flows that one Parallel or Map has under way.

    Attributes:
        state: The Parallel or Map.
        owner: The frame that waits for them.
        results: One place for each; filled as they end.
        left: How many have not ended.
        running: The frames under way, by place.
        following: The next place that has not started.
        window: How many may be under way at once.
    """

    __slots__ = ("following", "items", "left", "owner", "results", "run", "running", "state", "window")

    def __init__(self, state: Grouping, owner: Frame, count: int, window: int) -> None:
        self.state = state
        self.owner = owner
        self.results: list[Json] = [None] * count
        self.left = count
        self.running: dict[int, Frame] = {}
        self.following = 0
        self.window = window
        self.items: list[Json] = []
        self.run: Any = None


class Grouping(Protocol):
    """A state that has flows of its own."""

    def flow_ended(self, engine: Engine, group: Group, frame: Frame, output: Json) -> None:
        """One of the flows ended well."""

    def flow_failed(self, engine: Engine, group: Group, frame: Frame, error: StatesError) -> bool:
        """One of the flows failed, and with it the state; whether the owner can go on."""

    def abort_group(self, engine: Engine, group: Group, recorded: bool) -> None:
        """Stop all flows that are under way."""


class Frame:
    """A flow under way.

    Attributes:
        state: Where it is.
        input: The state's input.
        variables: What is assigned so far; never changed in place, so that inner flows can begin with it.
        sizes: Bytes of each of them; kept the same way.
        entered: Id of the event that entered the state.
        before: What `last` was then.
        inside: Whether it has entered a state and not left it.
        last: Id of the last event of this flow, which the next one names as its previous.
        serial: Counts up whenever the frame goes on or ends; work that waits for an older number is void.
        retries: How often each retrier was used in this visit of the state.
        attempt: Retries so far in this visit.
        work: What a waiting frame waits for, to be aborted with it.
        item: What `$$.Map.Item` gives in the Map around it; None outside Maps.
        iteration: Places in the Maps around it, outer first.
    """

    __slots__ = (
        "attempt", "before", "engine", "entered", "entered_at", "execution", "flow", "group", "input", "inside", "item",
        "iteration", "last", "retries", "serial", "sizes", "slot", "state", "token", "variables", "work",
    )  # fmt: skip

    def __init__(self, engine: Engine, execution: Execution, flow: FlowCode, input: Json) -> None:
        self.engine = engine
        self.execution = execution
        self.flow = flow
        self.state: Code = flow.start
        self.input = input
        self.variables: dict[str, Json] = {}
        self.sizes: dict[str, int] = {}
        self.entered = 0
        self.before = 0
        self.entered_at = 0.0
        self.inside = False
        self.last = 0
        self.serial = 0
        self.retries: dict[int, int] = {}
        self.attempt = 0
        self.token: str | None = None
        self.work: Any = None
        self.item: dict[str, Json] | None = None
        self.iteration: tuple[int, ...] = ()
        self.group: Group | None = None
        self.slot = 0

    def context(self) -> dict[str, Json]:
        """The context object as it is now.

        Source: Step Functions Developer Guide, "Accessing execution data from the Context object"; which fields are
        there: measured, test_query_context_object_values of the recorded executions and the recorded TestState calls.
        """
        execution = self.execution
        if execution.fixed_context is not None:
            return execution.fixed_context
        engine = self.engine
        state: dict[str, Json] = {"Name": self.state.name, "EnteredTime": engine.iso(self.entered_at)}
        if self.state.retries:
            state["RetryCount"] = self.attempt
        context: dict[str, Json] = {
            "Execution": {
                "Id": execution.arn,
                "Input": execution.input,
                "StartTime": engine.iso(execution.started),
                "Name": execution.name,
                "RoleArn": engine.role_arn,
                # An Express execution cannot be redriven: measured, test_query_runtime_memory.
                **({} if execution.express else {"RedriveCount": 0}),
            },
            "StateMachine": {"Id": engine.machine_arn, "Name": engine.machine_name},
            "State": state,
        }
        if self.token is not None:
            context["Task"] = {"Token": self.token}
        if self.item is not None:
            context["Map"] = {"Item": self.item}
        return context

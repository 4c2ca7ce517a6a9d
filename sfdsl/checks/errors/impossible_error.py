"""SF307."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sfdsl.aws.resource import Malformed, ServiceTask, Unresolved, parse
from sfdsl.checks.errors._handlers import HEARTBEAT, Handler, HandlerCheck, handlers
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Choice, Map, Opaque, Parallel, State, Task
from sfdsl.model.workflow import JSONATA, JSONPATH, Scope, inner


class ImpossibleError(HandlerCheck):
    """A retrier or catcher of an error that its state can never raise.

    Why it matters:
        It never applies. Errors of a Distributed Map come from Distributed Maps, States.BranchFailed from
        a Parallel, States.NoChoiceMatched from a Choice inside, States.Http names from HTTP tasks, and each query
        language has its own: States.QueryEvaluationError is JSONata's.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.ItemReaderFailed"]}]}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.TaskFailed"]}]}
    """

    code = "SF307"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each name."""
        for handler in handlers(graph):
            for name in handler.node.error_equals:
                if not name.startswith("States."):
                    continue
                source = _SOURCES.get("States.Http" if name.startswith("States.Http.") else name)
                if source is None or _can_raise(handler, source):
                    continue
                message = f"{handler} names {name!r}, which {_raisers(source)} raises; this state never does"
                yield self.about(handler, message, hint=f"delete {name!r}", field="ErrorEquals")


_DISTRIBUTED: Final = "a Distributed Map"
_HTTP: Final = "an HTTP task"
_BEATING: Final = "a task with HeartbeatSeconds"
_CHOICE: Final = "a Choice without Default"
_PARALLEL: Final = "a Parallel"

_SOURCES: Final = {
    "States.ExceedToleratedFailureThreshold": _DISTRIBUTED,
    "States.ItemReaderFailed": _DISTRIBUTED,
    "States.ResultWriterFailed": _DISTRIBUTED,
    "States.BranchFailed": _PARALLEL,
    "States.NoChoiceMatched": _CHOICE,
    HEARTBEAT: _BEATING,
    "States.Http": _HTTP,
    "States.QueryEvaluationError": JSONATA,
    "States.IntrinsicFailure": JSONPATH,
    "States.ParameterPathFailure": JSONPATH,
    "States.ResultPathMatchFailure": JSONPATH,
}
"""Which states raise an error. Source: Step Functions Developer Guide, "Handling errors", Error names."""


def _raisers(source: str) -> str:
    return f"a state written in {source}" if source in (JSONATA, JSONPATH) else source


def _can_raise(handler: Handler, source: str) -> bool:
    """Whether the state or one inside it is such a source, or may be one for all that is known."""
    stack: list[tuple[Scope, State]] = [(handler.scope, handler.state)]
    while stack:
        scope, state = stack.pop()
        if isinstance(state, Opaque) or _is(scope, state, source):
            return True
        for below in inner(scope, state):
            stack.extend((below, child) for child in below.flow.states)
    return False


def _is(scope: Scope, state: State, source: str) -> bool:
    match source:
        case "JSONata" | "JSONPath":
            return scope.language(state) == source or scope.language(state) not in (JSONATA, JSONPATH)
        case "a Distributed Map":
            # A body that cannot be read, or a Mode that deployment fills in, may make it one.
            config = state.body.processor_config if isinstance(state, Map) and state.body is not None else None
            odd = isinstance(state, Map) and (state.body is None or "ProcessorConfig" in state.body.extra)
            return odd or (config is not None and config.mode != "INLINE")
        case "a Parallel":
            return isinstance(state, (Parallel, Map))
        case "a Choice without Default":
            return isinstance(state, Choice) and state.default is None
        case "a task with HeartbeatSeconds":
            return isinstance(state, Task) and (
                state.heartbeat_seconds is not None
                or state.heartbeat_seconds_path is not None
                or not {"HeartbeatSeconds", "HeartbeatSecondsPath"}.isdisjoint(state.extra)
            )
        case _:
            if not isinstance(state, Task):
                return False
            what = parse(state.resource) if state.resource is not None else None
            return what is None or isinstance(what, (Unresolved, Malformed)) or (
                isinstance(what, ServiceTask) and what.service == "http"
            )  # fmt: skip

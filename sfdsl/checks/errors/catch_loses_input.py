"""SF318."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sfdsl.checks.errors._handlers import HandlerCheck, handlers
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import Catcher, Choice, Comparison, Fail, Map, Parallel, Pass, State, Task, Wait
from sfdsl.model.workflow import JSONPATH


class CatchLosesInput(HandlerCheck):
    """A catcher that replaces the input by the error, and leads to a state that reads the input.

    Why it matters:
        Without a ResultPath the error output, an object of Error and Cause, takes the place of everything
        else. The state that the catcher leads to then finds nothing at its path, and the error handling fails itself.

    Fires on:
        {"StartAt": "Load", "States": {
            "Load": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
                     "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Park"}]},
            "Park": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
                     "Parameters": {"QueueUrl.$": "$.queue", "MessageBody.$": "$.order"}}}}

    Instead:
        {"StartAt": "Load", "States": {
            "Load": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
                     "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Park"}]},
            "Park": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
                     "Parameters": {"QueueUrl.$": "$.queue", "MessageBody.$": "$.order"}}}}
    """

    code = "SF318"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each catcher that leads to such a state at once."""
        for handler, catcher in handlers(graph).catchers:
            if not _replaces(catcher) or catcher.next is None or handler.scope.language(handler.state) != JSONPATH:
                continue
            target = graph.graph(handler.scope).by_name.get(catcher.next)
            if target is None or handler.scope.language(target) != JSONPATH:
                continue
            path = _lost(target)
            if path:
                message = (
                    f"{handler} hands on the error alone; state {target.name!r} reads {path!r}, which is then lost"
                )
                hint = 'add `"ResultPath": "$.error"` to the catcher, which puts the error beside the input'
                yield self.about(handler, message, hint=hint)


def _replaces(catcher: Catcher) -> bool:
    return catcher.result_path in (ABSENT, "$") and "ResultPath" not in catcher.extra


_OUTPUT: Final = ("Error", "Cause")
_TEMPLATES: Final = ("parameters", "item_selector", "credentials")
_PATHS: Final = (
    "items_path", "seconds_path", "timestamp_path", "timeout_seconds_path", "heartbeat_seconds_path", "error_path",
    "cause_path", "max_concurrency_path", "tolerated_failure_percentage_path", "tolerated_failure_count_path",
)  # fmt: skip


def _lost(state: State) -> str:
    """A path of the state's input that an error output does not have and that the state needs; or nothing."""
    if not isinstance(state, (Task, Pass, Choice, Wait, Fail, Parallel, Map)):
        return ""
    input_path = getattr(state, "input_path", ABSENT)
    if isinstance(input_path, str) and input_path != "$":
        return input_path if _needs(input_path) else ""
    if input_path is None:
        return ""
    for text in _texts(state):
        if _needs(text):
            return text
    return ""


def _texts(state: State) -> Iterator[str]:
    """The texts of a state that are evaluated on its input, whatever way it takes."""
    if isinstance(state, Choice):
        # The first rule is always tried; a test for presence finds nothing without harm.
        first = state.choices[0].test if state.choices else None
        if isinstance(first, Comparison) and first.operator != "IsPresent" and first.variable is not None:
            yield first.variable
        return
    for name in _PATHS:
        value = getattr(state, name, None)
        if isinstance(value, str) and not (name == "items_path" and isinstance(state, Map) and state.item_reader):
            yield value
    for name in _TEMPLATES:
        yield from _strings(getattr(state, name, None))


def _strings(value: Any) -> Iterator[str]:
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            for key, item in value.items():
                if key.endswith(".$"):
                    if isinstance(item, str):
                        yield item
                else:
                    stack.append(item)
        elif isinstance(value, list):
            stack.extend(value)


def _needs(text: str) -> bool:
    """Whether a path or call reads, of the input, a field that an error output does not have."""
    if "$." not in text and "$[" not in text:
        return False
    from sfdsl.jsonpath import Name, Path, Root, SyntaxProblem, parse, paths

    try:
        node = parse(text)
    except SyntaxProblem:
        return False
    # A path that may select several values gives an empty array rather than an error.
    return any(
        path.root is Root.DATA
        and isinstance(path, Path)
        and path.definite
        and bool(path.steps)
        and isinstance(path.steps[0], Name)
        and path.steps[0].name not in _OUTPUT
        for path in paths(node)
    )

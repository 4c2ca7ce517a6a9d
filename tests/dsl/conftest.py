"""Short ways to a pipeline and to what it lowers to."""

from __future__ import annotations

from typing import Any

from sfdsl import Pipeline, aws
from sfdsl.dsl.lower import lower
from sfdsl.dsl.steps import Step, Task
from sfdsl.model.asl import write


def task(name: str, **arguments: Any) -> Task:
    """A Lambda task; its arguments are the payload."""
    return aws.lambda_.invoke(name, FunctionName="f", Payload=arguments)


def states(pipeline: Pipeline) -> dict[str, Any]:
    """The states of a pipeline's machine as ASL."""
    lowered = lower(pipeline)
    assert lowered.findings == ()
    assert lowered.workflow is not None
    found: dict[str, Any] = write(lowered.workflow.machine)["States"]
    return found


def defined(steps: Any, **options: Any) -> dict[str, Any]:
    """The states of a pipeline of these steps."""
    on_error = options.pop("on_error", None)
    return states(Pipeline("p", **options).define(steps, on_error=on_error))


def findings(pipeline: Pipeline) -> list[tuple[str, str, str]]:
    """Code, message and hint of each finding."""
    return [(finding.code, finding.message, finding.hint) for finding in lower(pipeline).findings]


def payload(state: dict[str, Any]) -> Any:
    """What a Lambda task passes on."""
    return state["Arguments"]["Payload"]


__all__ = ["Step", "defined", "findings", "payload", "states", "task"]

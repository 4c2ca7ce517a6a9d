"""Which states are given a task token."""

from __future__ import annotations

from sfdsl.aws.resource import LambdaFunction, Pattern, ServiceTask, parse
from sfdsl.model.states import State, Task


def is_callback(state: State) -> bool:
    """Whether the state is a Task that waits for its token to come back."""
    if not isinstance(state, Task) or state.resource is None:
        return False
    resource = parse(state.resource)
    return isinstance(resource, ServiceTask) and resource.pattern is Pattern.WAIT_FOR_TASK_TOKEN


def answers_at_once(state: State) -> bool:
    """Whether the state is a Task that is over once its call is answered; false where nobody knows what is called.

    A `.sync` Task is none: it has a token, which can end it early. Source: measured, the recorded execution
    test_sync_with_task_token.
    """
    if not isinstance(state, Task) or state.resource is None:
        return False
    resource = parse(state.resource)
    if isinstance(resource, ServiceTask):
        return resource.pattern is Pattern.REQUEST_RESPONSE
    return isinstance(resource, LambdaFunction)

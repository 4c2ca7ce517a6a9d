"""Let a Task wait for the job that it starts, in place of a loop that asks for it."""

from __future__ import annotations

from sfdsl.aws.resource import Pattern, ServiceTask, parse
from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot
from sfdsl.cost.rewrites.job_loops import (
    understood,
)
from sfdsl.cost.rewrites.jobs import BY_START, Job
from sfdsl.cost.rewrites.polls import Poll, poll_behind, require_loop, without_counter
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.cost.rewrites.waiting import Waiting, require_same_handlers
from sfdsl.model.states import State, Task
from sfdsl.model.workflow import Assertion, MachineType, Scope


@rewrite_of("R8", asserted=True)
def wait_for_job(draft: Draft) -> None:
    """Let a Task wait for the job that it starts (`.sync`), in place of a loop that waits, asks and asks again.

    Saves: the Wait, the Task that asks and the Choice, as often as the loop goes round. Where the job ends in a state
        of which no page says how `.sync` ends (a Glue job that somebody stops), one Choice stays and tells.
    Safe because: every state of the job leads to where it led: the loop goes on in just those in which `.sync` waits,
        and what is read of the job's description is in the result of `.sync`, or in the cause of its failure. A job
        that failed is told from a start that failed by a Choice behind a Catch: a start that failed goes on as it did,
        one or two transitions later. A bound on the rounds becomes `TimeoutSeconds`. What differs: when the job has
        ended, the machine goes on at once and not at the next round; that a call that asks fails is no longer seen, AWS
        asks by itself; timeouts of the two calls, which answer at once, are gone.
    Needs: `asserts=["stop_on_abort"]` on the Task that starts the job: `.sync` stops the job where the execution is
        stopped or times out, or the bound is reached, and the loop would have let it run. Standard only.
    """
    for name in [state.name for state in draft.states()]:
        state = draft.get(name)
        job = _job(state)
        if not isinstance(state, Task) or job is None:
            continue
        poll = poll_behind(draft, state)
        if poll is None or _called(poll.get) not in job.get:
            continue
        try:
            _wait(draft, job, poll)
        except Cannot as refused:
            gone = refused.hazard is Hazard.READS_WHAT_IS_NOT_THERE
            draft.refuse(name, Hazard.NOT_TOLD if gone else refused.hazard)


def _job(state: State | None) -> Job | None:
    name = _called(state) if isinstance(state, Task) else None
    return BY_START.get(name or "")


def _called(task: Task) -> str | None:
    """The call of a Task that does not wait for more than the answer."""
    resource = parse(task.resource) if task.resource is not None else None
    plain = isinstance(resource, ServiceTask) and resource.pattern is Pattern.REQUEST_RESPONSE
    return resource.name if plain and isinstance(resource, ServiceTask) else None


def _wait(draft: Draft, job: Job, poll: Poll) -> None:
    require_loop(draft, poll)
    _require_standard(draft)
    plain = without_counter(poll)
    known = understood(job, plain)
    begun = plain.before
    assert isinstance(begun, Task)
    require_same_handlers(begun, plain)
    after = Waiting(draft, begun, plain, known).states()
    notes = draft.notes(begun.name)
    if notes is None or Assertion.STOP_ON_ABORT not in notes.asserts:
        raise Cannot(Hazard.MAY_NOT_BE_STOPPED)
    start, *new = after
    kept = {state.name for state in new}
    parts: list[State] = [*poll.waits, poll.get, poll.choice]
    gone = [state.name for state in parts if state.name not in kept]
    draft.replace(start)
    for state in new:
        if state.name in draft:
            draft.replace(state)
    draft.insert_after(start.name, [state for state in new if state.name not in draft])
    for name in gone:
        draft.remove(name)
    least = 3 if poll.first is not None else 2
    saved = least - (poll.choice.name in kept)
    draft.did(Reason.WAITED_FOR, removed=gone, states=(start.name, *(state.name for state in new)), saves=saved)


def _require_standard(draft: Draft) -> None:
    scope: Scope | None = draft.scope
    express = draft.workflow.type is MachineType.EXPRESS
    while scope is not None:
        config = getattr(scope.flow, "processor_config", None)
        express = express or getattr(config, "execution_type", None) == "EXPRESS"
        scope = scope.parent
    if express:
        raise Cannot(Hazard.EXPRESS)

"""Jobs that Step Functions can wait for by itself: how they are started and asked for, and what becomes of them.

One entry for each API whose `.sync` form and whose states are known. Left out, and why: `ecs:runTask`, whose `.sync`
judges the exit codes of the containers, which the state of the task does not tell; `emr-containers:startJobRun` and
`eks:*`, of whose `.sync` no page says what it returns; `bedrock:createModelCustomizationJob`, whose result is assumed.

Source: the developer guide's page of each integration; botocore for the states and the fields; `sfdsl.aws.results` for
where the description stands in the result. That a job which failed fails the Task with `States.TaskFailed` and its
description as the cause: measured for executions of state machines, documented for the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from sfdsl.aws.resource import parse
from sfdsl.aws.results import result_shape
from sfdsl.aws.shapes import Kind, Shape
from sfdsl.model.fields import Json

Way: TypeAlias = "tuple[str | int, ...]"
"""Names of members and places in lists, from the outside in."""

_DEEP = 5
"""Structures inside each other that are looked into at most; some shapes contain themselves."""
_SAME = frozenset({Kind.STRING, Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN})


@frozen
class Argument:
    """What the start was given as an argument of this name."""

    name: str


@frozen
class Started:
    """A field of what the start gave; in a list of one where the call takes many."""

    name: str
    listed: bool = False


@frozen(kw_only=True)
class Job:
    """One kind of job.

    Attributes:
        start: The call that starts it, without pattern.
        get: The calls that ask for it.
        asks: Argument of the call that asks -> where it may come from.
        started: Field of what the start gives -> where the description has it.
        polled: Where the description stands in what the call that asks gives.
        waited: Where it stands in the result of `.sync`.
        status: Where the description has the state of the job.
        running: States in which `.sync` goes on waiting.
        succeeded: States with which it ends well.
        failed: States with which it fails.
        either: States in which the job has ended, or is about to, and of which no page says how `.sync` ends.
    """

    start: str
    get: tuple[str, ...]
    asks: Mapping[str, tuple[Argument | Started, ...]] = field(hash=False)
    started: Mapping[str, Way] = field(hash=False)
    polled: Way = ()
    waited: Way = ()
    status: Way
    running: tuple[str, ...]
    succeeded: tuple[str, ...]
    failed: tuple[str, ...]
    either: tuple[str, ...] = ()

    @property
    def states(self) -> tuple[str, ...]:
        """All states."""
        return (*self.running, *self.succeeded, *self.failed, *self.either)

    @property
    def sure(self) -> frozenset[Way]:
        """What a description always has: its state, and what the start gave."""
        return frozenset({self.status, *self.started.values()})


def _sagemaker(word: str, *, running: tuple[str, ...] = ("InProgress", "Stopping")) -> Job:
    # `Deleting` and `DeleteFailed` come after a job has ended, and who waits for it does not see them.
    name = f"{word}JobName"
    return Job(
        start=f"sagemaker:create{word}Job", get=(f"aws-sdk:sagemaker:describe{word}Job",),
        asks={name: (Argument(name),)}, started={f"{word}JobArn": (f"{word}JobArn",)}, status=(f"{word}JobStatus",),
        running=running, succeeded=("Completed",), failed=("Failed",), either=("Stopped",),
    )  # fmt: skip


JOBS: Final[tuple[Job, ...]] = (
    Job(
        start="glue:startJobRun", get=("aws-sdk:glue:getJobRun",),
        asks={"JobName": (Argument("JobName"), Started("JobName")), "RunId": (Started("JobRunId"),)},
        started={"JobRunId": ("Id",), "JobName": ("JobName",)}, polled=("JobRun",), status=("JobRunState",),
        running=("STARTING", "RUNNING", "STOPPING", "WAITING"), succeeded=("SUCCEEDED",),
        failed=("FAILED", "TIMEOUT", "ERROR"), either=("STOPPED", "EXPIRED"),
    ),
    Job(
        start="athena:startQueryExecution", get=("athena:getQueryExecution", "aws-sdk:athena:getQueryExecution"),
        asks={"QueryExecutionId": (Started("QueryExecutionId"),)}, started={"QueryExecutionId": ("QueryExecutionId",)},
        polled=("QueryExecution",), waited=("QueryExecution",), status=("Status", "State"),
        running=("QUEUED", "RUNNING"), succeeded=("SUCCEEDED",), failed=("FAILED",), either=("CANCELLED",),
    ),
    Job(
        start="batch:submitJob", get=("aws-sdk:batch:describeJobs",), asks={"Jobs": (Started("JobId", listed=True),)},
        started={"JobId": ("JobId",), "JobArn": ("JobArn",), "JobName": ("JobName",)}, polled=("Jobs", 0),
        status=("Status",), running=("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING"),
        succeeded=("SUCCEEDED",), failed=("FAILED",),
    ),
    Job(  # PENDING_REDRIVE is a state of the children of a Map Run, and of no execution that a Task starts
        start="states:startExecution", get=("aws-sdk:sfn:describeExecution",),
        asks={"ExecutionArn": (Started("ExecutionArn"),)}, started={"ExecutionArn": ("ExecutionArn",)},
        status=("Status",), running=("RUNNING",), succeeded=("SUCCEEDED",), failed=("FAILED", "TIMED_OUT", "ABORTED"),
    ),
    Job(
        start="elasticmapreduce:addStep", get=("aws-sdk:emr:describeStep",),
        asks={"ClusterId": (Argument("ClusterId"),), "StepId": (Started("StepId"),)}, started={"StepId": ("Id",)},
        polled=("Step",), waited=("Step",), status=("Status", "State"),
        running=("PENDING", "RUNNING", "CANCEL_PENDING"), succeeded=("COMPLETED",), failed=("FAILED",),
        either=("CANCELLED", "INTERRUPTED"),
    ),
    Job(  # it waits for WAITING; what it makes of a cluster that ends before that, no page says
        start="elasticmapreduce:createCluster", get=("aws-sdk:emr:describeCluster",),
        asks={"ClusterId": (Started("ClusterId"),)}, started={"ClusterId": ("Id",)}, polled=("Cluster",),
        waited=("Cluster",), status=("Status", "State"), running=("STARTING", "BOOTSTRAPPING", "RUNNING"),
        succeeded=("WAITING",), failed=("TERMINATED_WITH_ERRORS",), either=("TERMINATING", "TERMINATED"),
    ),
    Job(
        start="emr-serverless:startJobRun", get=("aws-sdk:emrserverless:getJobRun",),
        asks={
            "ApplicationId": (Argument("ApplicationId"), Started("ApplicationId")), "JobRunId": (Started("JobRunId"),),
        },
        started={"ApplicationId": ("ApplicationId",), "JobRunId": ("JobRunId",), "Arn": ("Arn",)}, polled=("JobRun",),
        status=("State",), running=("SUBMITTED", "PENDING", "SCHEDULED", "RUNNING", "QUEUED", "CANCELLING"),
        succeeded=("SUCCESS",), failed=("FAILED",), either=("CANCELLED",),
    ),
    Job(
        start="codebuild:startBuild", get=("aws-sdk:codebuild:batchGetBuilds",),
        asks={"Ids": (Started("Build.Id", listed=True),)}, started={"Build.Id": ("Id",), "Build.Arn": ("Arn",)},
        polled=("Builds", 0), waited=("Build",), status=("BuildStatus",), running=("IN_PROGRESS",),
        succeeded=("SUCCEEDED",), failed=("FAILED", "FAULT", "TIMED_OUT"), either=("STOPPED",),
    ),
    Job(
        start="databrew:startJobRun", get=("aws-sdk:databrew:describeJobRun",),
        asks={"Name": (Argument("Name"),), "RunId": (Started("RunId"),)}, started={"RunId": ("RunId",)},
        status=("State",), running=("STARTING", "RUNNING", "STOPPING"), succeeded=("SUCCEEDED",),
        failed=("FAILED", "TIMEOUT"), either=("STOPPED",),
    ),
    Job(
        start="mediaconvert:createJob", get=("aws-sdk:mediaconvert:getJob",), asks={"Id": (Started("Job.Id"),)},
        started={"Job.Id": ("Id",), "Job.Arn": ("Arn",)}, polled=("Job",), waited=("Job",), status=("Status",),
        running=("SUBMITTED", "PROGRESSING"), succeeded=("COMPLETE",), failed=("ERROR",), either=("CANCELED",),
    ),
    _sagemaker("Training"),
    _sagemaker("Transform"),
    _sagemaker("Processing"),
    _sagemaker("HyperParameterTuning"),
    _sagemaker("Labeling", running=("Initializing", "InProgress", "Stopping")),
)  # fmt: skip
"""Every kind of job that is known well enough."""

BY_START: Final[Mapping[str, Job]] = {job.start: job for job in JOBS}


def nested(way: Sequence[str | int], value: Json) -> Json:
    """A value with objects and lists of one around it, so that it stands at the end of a way."""
    for step in reversed(way):
        value = {step: value} if isinstance(step, str) else [value]
    return value


@cache
def told(job: Job) -> tuple[Way, ...]:
    """Where a description has texts, numbers and booleans that are the same however it was asked for.

    Moments are not: a call of the SDK gives them as texts, `.sync` as numbers.
    """
    asked = result_shape(parse(f"arn:aws:states:::{job.get[0]}"))
    awaited = result_shape(parse(f"arn:aws:states:::{job.start}.sync"))
    one, other = _at(asked, job.polled), _at(awaited, job.waited)
    found = dict.fromkeys(_common(one, other, ())) if one is not None and other is not None else {}
    return tuple(dict.fromkeys([*found, *job.sure]))


def _at(shape: Shape | None, way: Way) -> Shape | None:
    return shape.at(*way) if shape is not None else None


def _common(one: Shape, other: Shape, way: Way) -> list[Way]:
    found: list[Way] = []
    for name, member in one.members.items():
        also = other.members.get(name)
        if also is None:
            continue
        if member.kind is Kind.STRUCTURE and also.kind is Kind.STRUCTURE and len(way) < _DEEP:
            found += _common(member, also, (*way, name))
        elif member.kind in _SAME and also.kind in _SAME:
            found.append((*way, name))
    return found


def description(job: Job, leaf: Mapping[Way, Json]) -> dict[str, Any]:
    """An object with something at the end of each of some ways."""
    made: dict[str, Any] = {}
    for way, value in leaf.items():
        put(made, way, value)
    return made


def put(tree: dict[str, Any], way: Way, value: Json) -> None:
    """Let something stand at the end of a way of names in an object."""
    *above, last = (str(step) for step in way)
    for step in above:
        tree = tree.setdefault(step, {})
    tree[last] = value


def surely_told(resource: str | None) -> Json:
    """What a call that asks for a job always gives, with certain texts for its parts; `{}` for any other call."""
    called = parse(resource) if resource is not None else None
    for job in JOBS:
        if getattr(called, "name", None) in job.get and getattr(called, "suffix", None) == "":
            return nested(job.polled, description(job, dict.fromkeys(job.sure, "{% $string($states.input) %}")))
    return {}

"""Containers and transcoding: Batch, ECS, MediaConvert."""

from __future__ import annotations

import re

from sfdsl.permissions.arns import expand, fields, fill, is_arn, is_placeholder, pattern, split, stands_for_arn
from sfdsl.permissions.collector import Collector
from sfdsl.permissions.services.rules import managed_rule
from sfdsl.permissions.statements import Resource
from sfdsl.permissions.values import GAP, Value

__all__ = ["create_mediaconvert_job", "run_ecs_task", "submit_batch_job"]


def submit_batch_job(needs: Collector) -> None:
    """Submit to a queue, by a definition with or without its revision."""
    definition = needs.get("JobDefinition")
    every = expand("~batch:job-definition/*")
    queue = fill("~batch:job-queue/{JobQueue!}", needs.arguments)
    found = [entry.resource for entry in queue]
    dynamic = [path for entry in queue for path in entry.dynamic]
    if dynamic:
        needs.unknown("batch:SubmitJob", found[0], dynamic[0])
    for text in definition.texts if definition is not None else (GAP,):
        for each in revisions(text, "~batch:job-definition/", bare=True):
            found.append(Resource(text=each, shape=every, open=GAP in text))
    if definition is not None and definition.dynamic:
        needs.unknown("batch:SubmitJob", found[-1], definition.path)
    # The job itself is authorised as well; its id does not exist yet.
    jobs = Resource(text=expand("~batch:job/*"), shape=expand("~batch:job/*"))
    key = needs.arguments.key
    arguments = f"{key}.JobQueue, {key}.JobDefinition"
    needs.allow("batch:SubmitJob", [*found, jobs], argument=arguments, why="submit the job")
    if needs.call.job:
        needs.allow("batch:DescribeJobs", None, why="wait for the job")
        needs.allow("batch:TerminateJob", [jobs], why="stop the job when the state is stopped")
        managed_rule(needs, "StepFunctionsGetEventsForBatchJobsRule")


def revisions(text: str, head: str, *, bare: bool) -> list[str]:
    """The ARNs of a definition given by name or ARN, with its revision or without.

    Args:
        text: As the call gives it.
        head: Template of the ARN up to the name.
        bare: Whether a definition without a revision can be authorised as such too.
    """
    if stands_for_arn(text):
        parts = fields(text)
        rest = parts[5] if parts is not None else ""
        if parts is None or len(split(rest)) > 1 or GAP in text:
            return [pattern(text)]
        return [text, f"{text}:*"] if bare else [f"{text}:*"]
    whole = expand(head) + pattern(text)
    if text.endswith(GAP) or re.search(r":(\d+|\$\{[^}]*\})$", text):
        return [whole]
    return [whole, f"{whole}:*"] if bare else [f"{whole}:*"]


def _cluster(needs: Collector) -> tuple[str, dict[str, dict[str, str]]]:
    """The cluster's name for the ARN of a task, and the condition where only its ARN is known."""
    cluster = needs.get("Cluster")
    if cluster is None:
        return "default", {}
    names = []
    for text in cluster.texts:
        parts = fields(text)
        if parts is not None:
            names.append(pattern(split(parts[5], "/")[-1]))
        elif is_arn(text) and is_placeholder(text):
            return "*", {"ArnEquals": {"ecs:cluster": text}}
        else:
            names.append(pattern(text))
    return (names[0] if len(names) == 1 else "*"), {}


def run_ecs_task(needs: Collector) -> None:
    """Run a task, and pass on the roles that its definition or an override names."""
    definition = needs.get("TaskDefinition")
    every = expand("~ecs:task-definition/*")
    argument = definition.path if definition is not None else ""
    found = []
    for text in definition.texts if definition is not None else (GAP,):
        found += [
            Resource(text=each, shape=every, open=GAP in text)
            for each in revisions(text, "~ecs:task-definition/", bare=False)
        ]
    if definition is not None and definition.dynamic:
        needs.unknown("ecs:RunTask", found[0], definition.path)
    needs.allow("ecs:RunTask", found, argument=argument, why="run the task")
    cluster, only = _cluster(needs)
    task = expand(f"~ecs:task/{cluster}/*")
    tasks = [Resource(text=task, shape=expand("~ecs:task/*"))]
    where = f"{needs.arguments.key}.Cluster"
    if needs.call.job:
        needs.allow(
            ("ecs:DescribeTasks", "ecs:StopTask"),
            tasks,
            argument=where,
            why="wait for the task, and stop it when the state is stopped",
            conditions=only,
        )
        managed_rule(needs, "StepFunctionsGetEventsForECSTaskRule")
    if needs.get("Tags") is not None or needs.given("PropagateTags") or needs.given("Tags"):
        # Tags that come with the task are authorised as an action of their own.
        # Source: ECS Developer Guide, "Grant permission to tag resources on creation".
        needs.allow(
            "ecs:TagResource",
            tasks,
            argument=f"{needs.arguments.key}.Tags",
            why="tag the task",
            conditions={"StringEquals": {"ecs:CreateAction": "RunTask"}},
        )
    _roles(needs, definition)


def _roles(needs: Collector, definition: Value | None) -> None:
    passed = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    for path, kind in (("TaskRoleArn", "TaskRole"), ("ExecutionRoleArn", "ExecutionRole")):
        role = needs.get(f"Overrides.{path}")
        if role is not None and role.certain and not all(text.startswith(GAP) for text in role.texts):
            needs.pass_roles([f"~iam:role/{{Overrides.{path}!}}"], passed)
            continue
        # The task definition names the role; the state machine does not know it.
        stem = _stem(definition) or "Task"
        needs.unknown_role(
            f"{needs.arguments.key}.TaskDefinition",
            passed,
            name=f"{stem}{kind}Arn",
            meaning=f"ARN of the {'task' if kind == 'TaskRole' else 'execution'} role in the task definition",
        )


def _stem(definition: Value | None) -> str:
    if definition is None or definition.dynamic or len(definition.texts) > 1:
        return ""
    text = definition.texts[0]
    if is_placeholder(text):
        text = re.sub(r"\.?(arn|name|id)?$", "", text[2:-1], flags=re.IGNORECASE)
    parts = fields(text)
    if parts is not None:
        text = split(parts[5], "/")[-1]
    words = re.findall(r"[A-Za-z0-9]+", text.split(":")[0])
    return "".join(word[:1].upper() + word[1:] for word in words)


def create_mediaconvert_job(needs: Collector) -> None:
    """Create a job on a queue, with a template or presets where the call names them."""
    templates = ["~mediaconvert:queues/{Queue@|Default}"]
    if needs.given("JobTemplate"):
        templates.append("~mediaconvert:jobTemplates/{JobTemplate@}")
        templates.append("~mediaconvert:presets/*")  # a template can name presets of its own
    elif needs.given("Settings.OutputGroups[].Outputs[].Preset"):
        templates.append("~mediaconvert:presets/{Settings.OutputGroups[].Outputs[].Preset@}")
    needs.templates("mediaconvert:CreateJob", *templates, why="create the job")
    needs.pass_roles(["~iam:role/{Role!}"], {"StringEquals": {"iam:PassedToService": "mediaconvert.amazonaws.com"}})
    jobs = [Resource(text=expand("~mediaconvert:jobs/*"), shape=expand("~mediaconvert:jobs/*"))]
    if needs.call.job:
        own = {"StringEquals": {"aws:ResourceTag/ManagedByService": "AWSStepFunctions"}}
        needs.allow(
            ("mediaconvert:CancelJob", "mediaconvert:GetJob"),
            jobs,
            why="wait for the job, and stop it when the state is stopped",
            conditions=own,
        )
        managed_rule(needs, "StepFunctionsGetEventsForMediaConvertJobRule")
    if not needs.call.sdk:
        # Step Functions tags every job that it creates, so that it is known as its own.
        # Source: Step Functions Developer Guide, "Create MediaConvert jobs", key features.
        request = {"StringEquals": {"aws:RequestTag/ManagedByService": "AWSStepFunctions"}}
        needs.allow("mediaconvert:TagResource", jobs, why="tag the job", conditions=request)
    elif needs.given("Tags"):
        needs.allow("mediaconvert:TagResource", jobs, argument=f"{needs.arguments.key}.Tags", why="tag the job")

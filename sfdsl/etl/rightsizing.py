"""Give functions and jobs the size that they need."""

from __future__ import annotations

from collections.abc import Sequence

from sfdsl import Map, aws, fn
from sfdsl.dsl.steps import Chain, Task
from sfdsl.jsonata import Expression, Value

_FIXED = [
    "Name",
    "CreatedOn",
    "LastModifiedOn",
    "AutoUpgradeMetadata",
    "ProfileName",
    "AllocatedCapacity",
    "MaxCapacity",
]
"""What GetJob gives and UpdateJob refuses; the capacities stand against a number of workers."""


def right_size_functions(look: str, each: str, change: str, *, resources: Sequence[str]) -> Chain:
    """Steps that give Lambda functions the memory that AWS Compute Optimizer recommends.

    Args:
        look: Name of the step that reads the recommendations.
        each: Name of the Map.
        change: Name of the step that changes one function.
        resources: ARNs of the functions that may be changed, `*` in them allowed; the role may change no others.
    """
    read = aws.compute_optimizer.get_lambda_function_recommendations(
        look, Filters=[{"Name": "Finding", "Values": ["NotOptimized"]}], MaxResults=100, timeout="1m"
    )

    def resize(advice: Expression) -> Task:
        return aws.lambda_.update_function_configuration(
            change,
            FunctionName=fn.split(advice.FunctionArn, ":")[6],  # behind the name the ARN has a version
            MemorySize=advice.MemorySizeRecommendationOptions[0].MemorySize,
            resources=resources,
            timeout="1m",
        )

    sized = fn.filter(
        read.result.LambdaFunctionRecommendations,
        lambda advice: fn.count(advice.MemorySizeRecommendationOptions) > 0,
    )
    return read >> Map(each, over=fn.array(sized), max_concurrency=5, body=resize)


def right_size_glue_job(look: str, change: str, job: Value, *, role: str, factor: Value, least: int = 2) -> Chain:
    """Steps that multiply the number of workers of a Glue job.

    UpdateJob resets every field that it is not given, so the job is read first and written back with the new number.

    Args:
        look: Name of the step that reads the job.
        change: Name of the step that changes it.
        job: Name of the job.
        role: ARN of the role that the job runs with; it is written back with the job, and so passed to Glue.
        factor: What the number of workers is multiplied with; rounded up.
        least: Workers at least.

    Source: AWS Glue API Reference, UpdateJob and JobUpdate.
    """
    read = aws.glue.get_job(look, JobName=job, timeout="1m")
    workers = fn.max([least, fn.ceil(read.result.Job.NumberOfWorkers * factor)])
    kept = fn.sift(read.result.Job, lambda value, key: ~key.is_in(_FIXED))
    changed = fn.merge([kept, {"NumberOfWorkers": workers}])
    return read >> aws.glue.update_job(change, JobName=job, JobUpdate=changed, timeout="1m", resources=[role])

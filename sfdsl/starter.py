"""The starter pipeline that `sfdsl new` writes."""

from __future__ import annotations

import keyword
import re

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,79}\Z")


def problem_of(name: str) -> str:
    """Why a text cannot be the name of a new pipeline; empty where it can."""
    if _NAME.match(name):
        return ""
    return (
        f"{name!r} is no pipeline name: begin with a letter, then letters, digits, '-' and '_', 80 characters at most"
    )


def file_name(name: str) -> str:
    """The file that a pipeline of this name is written to."""
    return f"{variable(name)}.py"


def variable(name: str) -> str:
    """The name as a Python variable."""
    word = re.sub(r"\W", "_", name).lower()
    return f"{word}_" if keyword.iskeyword(word) else word


def starter(name: str) -> str:
    """A pipeline that compiles as it is, with comments that say what to change."""
    return _TEMPLATE.replace("NAME", name).replace("VARIABLE", variable(name))


_TEMPLATE = '''"""NAME: extract a day's rows, load them if there are any, and park what fails in a dead letter queue."""

from sfdsl import Choice, Defaults, Fail, Pipeline, Retry, Succeed, aws

# What an execution is started with, and what every task gets unless it says otherwise.
VARIABLE = Pipeline(
    "NAME",
    input={"day": str},
    defaults=Defaults(timeout="15m", retry=Retry.transient()),
)

# One object is one state. Services and operations are spelled as in boto3, parameters as in the API.
# `.sync` waits until the job is done; `.wait_for_task_token` until somebody returns the token.
extract = aws.glue.start_job_run.sync("Extract", JobName="NAME-extract", Arguments={"--day": VARIABLE.input.day})

# `step.result` is what the step gives: it can be read in every step behind it.
count = aws.lambda_.invoke("Count rows", FunctionName="NAME-count", Payload={"run": extract.result.Id})
load = aws.lambda_.invoke("Load", FunctionName="NAME-load", Payload={"run": extract.result.Id})

# `${Name}` is filled in when the state machine is deployed (DefinitionSubstitutions).
park = aws.sqs.send_message("Park", QueueUrl="${DeadLetterQueueUrl}", MessageBody=VARIABLE.error)
failed = Fail("Failed", error=VARIABLE.error.Error, cause=VARIABLE.error.Cause)

VARIABLE.define(
    extract
    >> count
    >> Choice("Any rows?")
    .when(count.result.Payload.rows > 0, load)
    .otherwise(Succeed("Nothing to load")),
    # Where an error leads that no step caught by itself.
    on_error=park >> failed,
)
'''

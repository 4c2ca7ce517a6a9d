"""SF512."""

from __future__ import annotations

from sfdsl.checks.integrations._parameters import Fault
from sfdsl.checks.integrations._rule import ParameterCheck
from sfdsl.diagnostics import Severity


class MissingParameter(ParameterCheck):
    """A parameter that the called service needs and that is not given.

    Why it matters:
        Step Functions refuses the definition, or the call fails whenever it runs. A Task without Parameters and
        without Arguments hands on its input, which may have them.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
         "Parameters": {"MessageBody": "done"}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
         "Parameters": {"MessageBody": "done", "QueueUrl": "${QueueUrl}"}}
    """

    code = "SF512"
    severity = Severity.ERROR
    fault = Fault.MISSING

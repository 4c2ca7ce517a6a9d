"""SF513."""

from __future__ import annotations

from sfdsl.checks.integrations._parameters import Fault
from sfdsl.checks.integrations._rule import ParameterCheck
from sfdsl.diagnostics import Severity


class WrongParameterType(ParameterCheck):
    """A literal parameter of another type than the called service takes.

    Why it matters:
        The call fails whenever it runs. A parameter that holds JSON as a text, such as the Input of an
        aws-sdk:sfn:startExecution, takes a text and no object.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun", "End": true,
         "Parameters": {"JobName": "orders", "Arguments": {"--limit": 100}}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun", "End": true,
         "Parameters": {"JobName": "orders", "Arguments": {"--limit": "100"}}}
    """

    code = "SF513"
    severity = Severity.ERROR
    fault = Fault.TYPE

"""SF515."""

from __future__ import annotations

from sfdsl.checks.integrations._parameters import Fault
from sfdsl.checks.integrations._rule import ParameterCheck
from sfdsl.diagnostics import Severity


class ParameterOutOfRange(ParameterCheck):
    """A literal parameter that is too small, too large, too short or too long for the called service.

    Why it matters:
        The call fails when it runs, unless the service has widened its limits since the installed botocore.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:listExecutions", "End": true,
         "Parameters": {"StateMachineArn": "${Machine}", "MaxResults": 5000}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:listExecutions", "End": true,
         "Parameters": {"StateMachineArn": "${Machine}", "MaxResults": 1000}}
    """

    code = "SF515"
    severity = Severity.WARNING
    fault = Fault.RANGE

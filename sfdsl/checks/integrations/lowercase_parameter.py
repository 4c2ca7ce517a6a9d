"""SF517."""

from __future__ import annotations

from sfdsl.checks.integrations._parameters import Fault
from sfdsl.checks.integrations._rule import ParameterCheck
from sfdsl.diagnostics import Severity


class LowercaseParameter(ParameterCheck):
    """A field inside a parameter of an optimized call that begins with a small letter.

    Why it matters:
        Step Functions spells the fields with a capital letter. Whether it takes the other spelling inside of a
        parameter is not documented.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::batch:submitJob", "End": true, "Parameters": {
          "JobName": "load", "JobQueue": "${Queue}", "JobDefinition": "${Job}", "RetryStrategy": {"attempts": 5}}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::batch:submitJob", "End": true, "Parameters": {
          "JobName": "load", "JobQueue": "${Queue}", "JobDefinition": "${Job}", "RetryStrategy": {"Attempts": 5}}}
    """

    code = "SF517"
    severity = Severity.WARNING
    fault = Fault.NESTED_CASE

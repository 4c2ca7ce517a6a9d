"""SF516."""

from __future__ import annotations

from sfdsl.checks.integrations._parameters import Fault
from sfdsl.checks.integrations._rule import ParameterCheck
from sfdsl.diagnostics import Severity


class NotExactlyOne(ParameterCheck):
    """None, or more than one, of several parameters of which the called service takes exactly one.

    Why it matters:
        The call fails whenever it runs.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true,
         "Parameters": {"Message": "done", "TopicArn": "${Topic}", "PhoneNumber": "+4930123456"}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true,
         "Parameters": {"Message": "done", "TopicArn": "${Topic}"}}
    """

    code = "SF516"
    severity = Severity.ERROR
    fault = Fault.ONE_OF

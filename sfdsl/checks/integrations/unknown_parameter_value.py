"""SF514."""

from __future__ import annotations

from sfdsl.checks.integrations._parameters import Fault
from sfdsl.checks.integrations._rule import ParameterCheck
from sfdsl.diagnostics import Severity


class UnknownParameterValue(ParameterCheck):
    """A literal parameter with a value that the called service does not list.

    Why it matters:
        The call fails when it runs, unless the service has learnt the value since the installed botocore.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun", "End": true,
         "Parameters": {"JobName": "orders", "WorkerType": "G1X"}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun", "End": true,
         "Parameters": {"JobName": "orders", "WorkerType": "G.1X"}}
    """

    code = "SF514"
    severity = Severity.WARNING
    fault = Fault.ENUM

"""SF510."""

from __future__ import annotations

from sfdsl.checks.integrations._parameters import Fault
from sfdsl.checks.integrations._rule import ParameterCheck
from sfdsl.diagnostics import Severity


class UnknownParameter(ParameterCheck):
    """A parameter that the called service does not take.

    Why it matters:
        Step Functions refuses the definition, and minutes later at that. Optimized integrations take fewer
        parameters than the API behind them.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Parameters": {"FunctionName": "orders-load", "Paylod": {"day": "today"}}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Parameters": {"FunctionName": "orders-load", "Payload": {"day": "today"}}}
    """

    code = "SF510"
    severity = Severity.ERROR
    fault = Fault.UNKNOWN

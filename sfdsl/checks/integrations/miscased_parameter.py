"""SF511."""

from __future__ import annotations

from sfdsl.checks.integrations._parameters import Fault
from sfdsl.checks.integrations._rule import ParameterCheck
from sfdsl.diagnostics import Severity


class MiscasedParameter(ParameterCheck):
    """A parameter whose name is not spelled as Step Functions spells it.

    Why it matters:
        Step Functions refuses the definition. Parameters begin with a capital letter, also where the API and
        the SDK begin with a small one, and capitals in a row become one word in the aws-sdk form.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Parameters": {"functionName": "orders-load"}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Parameters": {"FunctionName": "orders-load"}}
    """

    code = "SF511"
    severity = Severity.ERROR
    fault = Fault.MISCASED

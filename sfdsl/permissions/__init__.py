"""What the execution role of a workflow must be allowed, with the reason for every statement."""

from sfdsl.permissions.derive import derive
from sfdsl.permissions.features import Surroundings
from sfdsl.permissions.statements import Companion, Condition, Doubt, Permissions, Reason, Remark, Statement

__all__ = [
    "Companion",
    "Condition",
    "Doubt",
    "Permissions",
    "Reason",
    "Remark",
    "Statement",
    "Surroundings",
    "derive",
]

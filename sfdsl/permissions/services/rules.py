"""The EventBridge rules by which Step Functions hears of the end of a job."""

from __future__ import annotations

from sfdsl.permissions.arns import expand
from sfdsl.permissions.collector import Collector
from sfdsl.permissions.statements import Resource

__all__ = ["managed_rule"]


def managed_rule(needs: Collector, rule: str) -> None:
    """Let Step Functions hear of the end of a job through the rule that it manages under this name.

    Source: Step Functions Developer Guide, "IAM policies for integrated services".
    """
    needs.allow(
        ("events:DescribeRule", "events:PutRule", "events:PutTargets"),
        [Resource(text=expand(f"~events:rule/{rule}"))],
        why="hear of the end of the job",
    )

"""Recovery in the backup region."""

from __future__ import annotations

from tests.pipelines.evidence import END, START, Calls, Path, Table
from tests.pipelines.realised import each_edge, missing

FLOWS: dict[str, Table] = {
    "Disaster Recovery Flow": {
        ("Primary Region", "Monitoring", "Health Check"): (
            Path(START, "Check primary health"),
            Calls("Check primary health", "aws-sdk:route53:getHealthCheckStatus"),
        ),
        ("Monitoring", "Monitoring", "Check Health Status"): Path(
            "Check primary health", "Primary healthy?", "Look again", "Check primary health"
        ),
        ("Monitoring", "Recovery Service", "Trigger Recovery"): (
            Path("Primary healthy?", "Trigger recovery"),
            Calls("Trigger recovery", "events:putEvents"),
        ),
        ("Recovery Service", "Backup Region", "Activate Backup"): (
            Path("Trigger recovery", "Activate backup", "Promote backup database", "Wait for promotion"),
            Path("Activate backup", "Enable schedules"),
            Path("Activate backup", "Make room for the load"),
            Calls("Promote backup database", "aws-sdk:rds:failoverGlobalCluster"),
        ),
        ("Backup Region", "Backup Region", "Start State Machine"): (
            Path("Activate backup", "Start pipeline in backup region"),
            Calls("Start pipeline in backup region", "states:startExecution.sync:2"),
        ),
        # `.sync` waits until the pipeline has processed the data, and fails when it did not.
        ("Backup Region", "Backup Region", "Process Data"): Calls(
            "Start pipeline in backup region", "states:startExecution.sync:2"
        ),
        ("Backup Region", "Recovery Service", "Recovery Complete"): Path(
            "Start pipeline in backup region", "Report recovery", END
        ),
    },
}


@each_edge(FLOWS)
def test_the_machine_has_the_way_of_an_edge(section: str, edge: tuple[str, ...]) -> None:
    assert missing(__file__, FLOWS[section], edge) == []

"""The life of an execution."""

from __future__ import annotations

from tests.pipelines.evidence import END, START, Around, Calls, Has, Path, Table
from tests.pipelines.realised import each_edge, missing

FLOWS: dict[str, Table] = {
    "State Machine Lifecycle Flow": {
        ("Client", "Step Functions", "Start Execution"): Around(
            "api", "a client calls StartSyncExecution behind an API"
        ),
        ("Step Functions", "Step Functions", "Create Execution"): Path(START, "Look up load"),
        ("Step Functions", "State", "Execute State"): Path(START, "Look up load"),
        ("State", "AWS Service", "Invoke Service"): Calls("Look up load", "dynamodb:getItem"),
        ("AWS Service", "State", "Return Result"): Has("Look up load", ("Assign",), "$states.result"),
        ("State", "Step Functions", "State Complete"): Path("Look up load", "Loaded?"),
        ("Step Functions", "CloudWatch Logs", "Log State Result"): Around(
            "logs", "log delivery at level ALL, with data"
        ),
        ("Step Functions", "Step Functions", "Check Next State"): (
            Path("Loaded?", "Read figures"),
            Path("Loaded?", "Not loaded yet"),
            Path("Loaded?", "Load failed"),
        ),
        ("Step Functions", "Client", "Execution Complete"): (
            Path("Read figures", END),
            Has("Read figures", ("Output", "status"), "LOADED"),
            Path("Not loaded yet", END),
            Has("Not loaded yet", ("Output", "status"), "PENDING"),
        ),
    },
}


@each_edge(FLOWS)
def test_the_machine_has_the_way_of_an_edge(section: str, edge: tuple[str, ...]) -> None:
    assert missing(__file__, FLOWS[section], edge) == []

"""Sources side by side."""

from __future__ import annotations

from tests.pipelines.evidence import END, START, Calls, Path, Table
from tests.pipelines.realised import each_edge, missing

FLOWS: dict[str, Table] = {
    "Parallel Processing Flow": {
        ("Start", "Parallel Branch"): Path(START, "Extract sources"),
        ("Parallel Branch", "Extract Source 1"): (
            Path("Extract sources", "Extract orders"),
            Calls("Extract orders", "glue:startJobRun.sync"),
        ),
        ("Parallel Branch", "Extract Source 2"): (
            Path("Extract sources", "Extract customers"),
            Calls("Extract customers", "ecs:runTask.sync"),
        ),
        ("Parallel Branch", "Extract Source 3"): (
            Path("Extract sources", "Extract clicks"),
            Calls("Extract clicks", "athena:startQueryExecution.sync"),
        ),
        ("Extract Source 1", "Transform Branch"): Path("Extract orders", "Extract sources", "Transform"),
        ("Extract Source 2", "Transform Branch"): Path("Extract customers", "Extract sources", "Transform"),
        ("Extract Source 3", "Transform Branch"): Path("Extract clicks", "Extract sources", "Transform"),
        ("Transform Branch", "Validate Branch"): (
            Calls("Transform", "emr-serverless:startJobRun.sync"),
            Path("Transform", "Start quality check"),
        ),
        ("Validate Branch", "Load Branch"): Path(
            "Start quality check",
            "Wait for quality check",
            "Look at quality check",
            "Quality check done?",
            "Read quality score",
            "Quality good enough?",
            "Load",
        ),
        ("Load Branch", "End"): Path("Load", "Wait for load", "Look at load", "Loaded?", "Done", END),
    },
}


@each_edge(FLOWS)
def test_the_machine_has_the_way_of_an_edge(section: str, edge: tuple[str, ...]) -> None:
    assert missing(__file__, FLOWS[section], edge) == []

"""Data whose way can be followed."""

from __future__ import annotations

from tests.pipelines.evidence import END, START, Calls, Has, Path, Table
from tests.pipelines.realised import each_edge, missing

FLOWS: dict[str, Table] = {
    "Data Lineage and Tracking Flow": {
        ("Step Functions", "Extract State", "Start Extract"): Path(START, "Extract"),
        ("Extract State", "Data Lineage", "Log Data Source"): (
            Path("Extract", "Log data source"),
            Calls("Log data source", "aws-sdk:datazone:postLineageEvent"),
            Has("Log data source", ("Arguments", "Event"), "shop.public.returns"),
        ),
        ("Extract State", "Step Functions", "Extract Complete"): Path("Log data source", "Transform"),
        ("Step Functions", "Transform State", "Start Transform"): Path("Log data source", "Transform"),
        ("Transform State", "Data Lineage", "Log Transformation"): (
            Path("Transform", "Log transformation"),
            Calls("Log transformation", "aws-sdk:datazone:postLineageEvent"),
            Has("Log transformation", ("Arguments", "Event"), "curated.orders"),
        ),
        ("Transform State", "Step Functions", "Transform Complete"): Path("Log transformation", "Validate"),
        ("Step Functions", "Validate State", "Start Validate"): Path("Log transformation", "Validate"),
        ("Validate State", "Data Lineage", "Log Validation"): (
            Path("Validate", "Log validation"),
            Calls("Log validation", "aws-sdk:datazone:postLineageEvent"),
            Has("Log validation", ("Arguments", "Event"), "report.json"),
        ),
        ("Validate State", "Step Functions", "Validate Complete"): Path("Log validation", "Valid?"),
        ("Step Functions", "Load State", "Start Load"): Path("Valid?", "Load"),
        ("Load State", "Data Lineage", "Log Destination"): (
            Path("Load", "Log destination"),
            Calls("Log destination", "aws-sdk:datazone:postLineageEvent"),
            Has("Log destination", ("Arguments", "Event"), "warehouse.sales.returns"),
        ),
        ("Load State", "Step Functions", "Load Complete"): Path("Log destination", END),
    },
}


@each_edge(FLOWS)
def test_the_machine_has_the_way_of_an_edge(section: str, edge: tuple[str, ...]) -> None:
    assert missing(__file__, FLOWS[section], edge) == []

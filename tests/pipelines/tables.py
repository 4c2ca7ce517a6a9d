"""The table of all flows: section of the architecture, pipeline, edges of its diagram, and how they are realised."""

from __future__ import annotations

from attrs import frozen

from tests.pipelines import (
    test_conditional_processing,
    test_cost_optimization,
    test_data_lineage,
    test_data_quality,
    test_disaster_recovery,
    test_error_recovery,
    test_lifecycle,
    test_monitoring_alerting,
    test_orders_etl,
    test_parallel_sources,
    test_performance_optimization,
    test_retry_backoff,
    test_security_compliance,
)
from tests.pipelines.evidence import Table
from tests.pipelines.realised import is_around, missing

MODULES = (
    test_orders_etl,
    test_parallel_sources,
    test_error_recovery,
    test_conditional_processing,
    test_lifecycle,
    test_data_quality,
    test_retry_backoff,
    test_monitoring_alerting,
    test_cost_optimization,
    test_security_compliance,
    test_disaster_recovery,
    test_performance_optimization,
    test_data_lineage,
)

FLOWS: dict[str, tuple[str, Table]] = {
    section: (module.__name__.rpartition(".test_")[2], table)
    for module in MODULES
    for section, table in module.FLOWS.items()
}
"""By section: the stem of the pipeline's file, and what realises each edge."""


@frozen
class Row:
    """One section of the architecture.

    Attributes:
        edges: In the diagram.
        in_machine: Edges that the compiled machine realises.
        around: Edges that something around the machine is for.
    """

    section: str
    pipeline: str
    edges: int
    in_machine: int
    around: int


def edge_table() -> list[Row]:
    """A row for each section, counted on the machines as they compile now."""
    rows = []
    for section, (stem, table) in FLOWS.items():
        around = sum(is_around(table, edge) for edge in table)
        realised = sum(not is_around(table, edge) and not missing(f"{stem}.py", table, edge) for edge in table)
        rows.append(Row(section, f"pipelines/{stem}.py", len(table), realised, around))
    return rows

"""Costs brought down."""

from __future__ import annotations

from tests.pipelines.evidence import END, Calls, Has, Path, Table
from tests.pipelines.realised import each_edge, missing

FLOWS: dict[str, Table] = {
    "Cost Optimization Flow": {
        ("Cost Monitoring", "Cost Threshold"): (
            Calls("Cost monitoring", "aws-sdk:costexplorer:getCostAndUsage"),
            Path("Cost monitoring", "Cost threshold?"),
        ),
        ("Cost Threshold", "Continue Normal Operation", "Below"): (
            Path("Cost threshold?", "Continue normal operation", END),
            Has("Cost threshold?", ("Choices", 0, "Condition"), "<= $states.context.Execution.Input.weekly_limit"),
        ),
        ("Cost Threshold", "Cost Optimization", "Above"): (
            Path("Cost threshold?", "Cost optimization"),
            Has("Cost threshold?", ("Default",), "Cost optimization"),
        ),
        ("Cost Optimization", "Resource Right-sizing"): Path("Cost optimization", "Resource right-sizing"),
        ("Cost Optimization", "Parallel Execution"): Path("Cost optimization", "Build variant (parallel stages)"),
        ("Cost Optimization", "Express Workflows"): Path("Cost optimization", "Build variant (Express)"),
        ("Cost Optimization", "State Optimization"): Path("Cost optimization", "Build variant (fewest transitions)"),
        ("Resource Right-sizing", "Optimize Lambda Memory"): (
            Path("Resource right-sizing", "Read memory recommendations", "Each function", "Optimize Lambda memory"),
            Calls("Optimize Lambda memory", "aws-sdk:lambda:updateFunctionConfiguration"),
        ),
        ("Resource Right-sizing", "Optimize Glue Capacity"): (
            Path("Resource right-sizing", "Read Glue job", "Optimize Glue capacity"),
            Calls("Optimize Glue capacity", "aws-sdk:glue:updateJob"),
        ),
        ("Resource Right-sizing", "Optimize EMR Instances"): (
            Path("Resource right-sizing", "Optimize EMR instances"),
            Calls("Optimize EMR instances", "elasticmapreduce:modifyInstanceGroupByName"),
        ),
        ("Parallel Execution", "Use Parallel States"): (
            Path("Build variant (parallel stages)", "Use parallel states"),
            Calls("Use parallel states", "aws-sdk:sfn:updateStateMachineAlias"),
        ),
        ("Express Workflows", "Use Express Workflows"): (
            Path("Build variant (Express)", "Use Express workflows"),
            Calls("Use Express workflows", "aws-sdk:eventbridge:putTargets"),
        ),
        ("State Optimization", "Minimize State Transitions"): (
            Path("Build variant (fewest transitions)", "Minimize state transitions"),
            Calls("Minimize state transitions", "aws-sdk:sfn:updateStateMachineAlias"),
        ),
        ("Optimize Lambda Memory", "Updated Configuration"): Path(
            "Optimize Lambda memory",
            "Each function",
            "Resource right-sizing",
            "Cost optimization",
            "Updated configuration",
        ),
        ("Optimize Glue Capacity", "Updated Configuration"): Path(
            "Optimize Glue capacity", "Resource right-sizing", "Cost optimization", "Updated configuration"
        ),
        ("Optimize EMR Instances", "Updated Configuration"): Path(
            "Optimize EMR instances", "Resource right-sizing", "Cost optimization", "Updated configuration"
        ),
        ("Use Parallel States", "Updated Configuration"): Path(
            "Use parallel states", "Cost optimization", "Updated configuration"
        ),
        ("Use Express Workflows", "Updated Configuration"): Path(
            "Use Express workflows", "Cost optimization", "Updated configuration"
        ),
        ("Minimize State Transitions", "Updated Configuration"): Path(
            "Minimize state transitions", "Cost optimization", "Updated configuration"
        ),
        ("Updated Configuration", "Monitor Impact"): Path("Updated configuration", "Monitor impact"),
        ("Monitor Impact", "Cost Monitoring"): Path("Monitor impact", "Cost monitoring"),
    },
}


@each_edge(FLOWS)
def test_the_machine_has_the_way_of_an_edge(section: str, edge: tuple[str, ...]) -> None:
    assert missing(__file__, FLOWS[section], edge) == []

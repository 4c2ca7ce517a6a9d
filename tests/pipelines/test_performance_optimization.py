"""A pipeline that is tuned."""

from __future__ import annotations

from tests.pipelines.evidence import Calls, Has, Path, Table
from tests.pipelines.realised import each_edge, missing

FLOWS: dict[str, Table] = {
    "Performance Optimization Flow": {
        ("Performance Monitoring", "Performance Issue"): (
            Calls("Performance monitoring", "aws-sdk:cloudwatch:getMetricData"),
            Path("Performance monitoring", "Performance issue?"),
        ),
        ("Performance Issue", "Optimize State Transitions", "High Latency"): (
            Path("Performance issue?", "Optimize state transitions"),
            Has("Performance issue?", ("Choices", 1, "Condition"), "seconds_at_most"),
        ),
        ("Performance Issue", "Optimize Resources", "High Cost"): (
            Path("Performance issue?", "Optimize resources"),
            Has("Performance issue?", ("Choices", 2, "Condition"), "transitions_at_most"),
        ),
        ("Performance Issue", "Optimize Parallelism", "Low Throughput"): (
            Path("Performance issue?", "Optimize parallelism"),
            Has("Performance issue?", ("Choices", 3, "Condition"), "executions_at_least"),
        ),
        ("Optimize State Transitions", "Minimize State Count"): (
            Path("Optimize state transitions", "Minimize state count"),
            Calls("Minimize state count", "codebuild:startBuild.sync"),
        ),
        ("Optimize State Transitions", "Optimize State Logic"): (
            Path("Optimize state transitions", "Optimize state logic"),
            Calls("Optimize state logic", "codebuild:startBuild.sync"),
        ),
        ("Optimize State Transitions", "Use Express Workflows"): (
            Path("Optimize state transitions", "Read Express definition", "Use Express workflow"),
            Calls("Use Express workflow", "aws-sdk:sfn:createStateMachine"),
        ),
        ("Optimize Resources", "Right-size Lambda"): (
            Path("Optimize resources", "Read memory recommendations", "Each function", "Right-size Lambda"),
            Calls("Right-size Lambda", "aws-sdk:lambda:updateFunctionConfiguration"),
        ),
        ("Optimize Resources", "Optimize Glue Capacity"): (
            Path("Optimize resources", "Read Glue job", "Optimize Glue capacity"),
            Calls("Optimize Glue capacity", "aws-sdk:glue:updateJob"),
        ),
        ("Optimize Resources", "Use Spot Instances"): (
            Path("Optimize resources", "Use Spot instances"),
            Calls("Use Spot instances", "elasticmapreduce:modifyInstanceFleetByName"),
        ),
        ("Optimize Parallelism", "Increase Parallel States"): (
            Path(
                "Optimize parallelism",
                "Find running execution",
                "Is one running?",
                "Find map run",
                "Is it in a Map?",
                "Increase parallel states",
            ),
            Calls("Increase parallel states", "aws-sdk:sfn:updateMapRun"),
        ),
        ("Optimize Parallelism", "Optimize Batch Size"): (
            Path("Optimize parallelism", "Optimize batch size"),
            Calls("Optimize batch size", "aws-sdk:lambda:updateEventSourceMapping"),
        ),
        ("Optimize Parallelism", "Use Concurrent Execution"): (
            Path("Optimize parallelism", "Use concurrent execution"),
            Calls("Use concurrent execution", "aws-sdk:lambda:putFunctionConcurrency"),
        ),
        ("Minimize State Count", "Apply Changes"): Path(
            "Minimize state count", "Optimize state transitions", "Apply changes"
        ),
        ("Optimize State Logic", "Apply Changes"): Path(
            "Optimize state logic", "Optimize state transitions", "Apply changes"
        ),
        ("Use Express Workflows", "Apply Changes"): Path(
            "Use Express workflow", "Optimize state transitions", "Apply changes"
        ),
        ("Right-size Lambda", "Apply Changes"): Path(
            "Right-size Lambda", "Each function", "Optimize resources", "Apply changes"
        ),
        ("Optimize Glue Capacity", "Apply Changes"): Path(
            "Optimize Glue capacity", "Optimize resources", "Apply changes"
        ),
        ("Use Spot Instances", "Apply Changes"): Path("Use Spot instances", "Optimize resources", "Apply changes"),
        ("Increase Parallel States", "Apply Changes"): Path(
            "Increase parallel states", "Optimize parallelism", "Apply changes"
        ),
        ("Optimize Batch Size", "Apply Changes"): Path("Optimize batch size", "Optimize parallelism", "Apply changes"),
        ("Use Concurrent Execution", "Apply Changes"): Path(
            "Use concurrent execution", "Optimize parallelism", "Apply changes"
        ),
        ("Apply Changes", "Monitor Impact"): (
            Calls("Apply changes", "codebuild:startBuild.sync"),
            Path("Apply changes", "Let it settle", "Monitor impact"),
        ),
        ("Monitor Impact", "Performance Improved"): (
            Calls("Monitor impact", "aws-sdk:cloudwatch:getMetricData"),
            Path("Monitor impact", "Performance improved?"),
        ),
        ("Performance Improved", "Continue Monitoring", "Yes"): Path("Performance improved?", "Continue monitoring"),
        ("Performance Improved", "Further Optimization", "No"): (
            Path("Performance improved?", "Further optimization"),
            Has("Performance improved?", ("Default",), "Further optimization"),
        ),
        ("Continue Monitoring", "Performance Monitoring"): Path("Continue monitoring", "Performance monitoring"),
        ("Further Optimization", "Performance Monitoring"): Path("Further optimization", "Performance monitoring"),
    },
}


@each_edge(FLOWS)
def test_the_machine_has_the_way_of_an_edge(section: str, edge: tuple[str, ...]) -> None:
    assert missing(__file__, FLOWS[section], edge) == []

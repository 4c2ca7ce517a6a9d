"""A shift under watch."""

from __future__ import annotations

from tests.pipelines.evidence import Calls, Has, Path, Table
from tests.pipelines.realised import each_edge, missing

FLOWS: dict[str, Table] = {
    "Monitoring and Alerting Flow": {
        ("State Execution", "CloudWatch Metrics"): (
            Calls("Run micro-batch", "states:startExecution.sync:2"),
            Path("Run micro-batch", "Publish metrics"),
            Calls("Publish metrics", "aws-sdk:cloudwatch:putMetricData"),
        ),
        ("CloudWatch Metrics", "Metric Thresholds"): (
            Path("Publish metrics", "Read thresholds"),
            Calls("Read thresholds", "aws-sdk:ssm:getParameter"),
        ),
        ("Metric Thresholds", "Threshold Exceeded"): (
            Path("Read thresholds", "Threshold exceeded?"),
            Has("Threshold exceeded?", ("Choices", 0, "Condition"), "$parse($read_thresholds.Parameter.Value).seconds"),
        ),
        ("Threshold Exceeded", "CloudWatch Alarm", "Yes"): (
            Path("Threshold exceeded?", "Raise alarm"),
            Calls("Raise alarm", "aws-sdk:cloudwatch:setAlarmState"),
        ),
        ("Threshold Exceeded", "Continue Monitoring", "No"): Path("Threshold exceeded?", "Continue monitoring"),
        ("CloudWatch Alarm", "SNS Notification"): Path("Raise alarm", "Send notifications"),
        ("SNS Notification", "Email Alert"): (
            Path("Send notifications", "Email alert"),
            Has("Email alert", ("Arguments", "TopicArn"), "${AlertTopicArn}"),
        ),
        ("SNS Notification", "SMS Alert"): (
            Path("Send notifications", "SMS alert"),
            Has("SMS alert", ("Arguments", "PhoneNumber"), "${OnCallPhoneNumber}"),
        ),
        ("SNS Notification", "Slack Notification"): (
            Path("Send notifications", "Slack notification"),
            Calls("Slack notification", "lambda:invoke"),
        ),
        ("Continue Monitoring", "State Execution"): Path("Continue monitoring", "Run micro-batch"),
        ("Email Alert", "Manual Intervention"): (
            Path("Email alert", "Send notifications", "Manual intervention"),
            Calls("Manual intervention", "sqs:sendMessage.waitForTaskToken"),
        ),
        ("SMS Alert", "Manual Intervention"): Path("SMS alert", "Send notifications", "Manual intervention"),
        ("Slack Notification", "Manual Intervention"): Path(
            "Slack notification", "Send notifications", "Manual intervention"
        ),
    },
}


@each_edge(FLOWS)
def test_the_machine_has_the_way_of_an_edge(section: str, edge: tuple[str, ...]) -> None:
    assert missing(__file__, FLOWS[section], edge) == []

"""A run that has to be allowed."""

from __future__ import annotations

from tests.pipelines.evidence import END, START, Calls, Catch, Decides, Has, Path, Table
from tests.pipelines.realised import each_edge, missing

FLOWS: dict[str, Table] = {
    "Security and Compliance Flow": {
        ("Execution Request", "Authentication"): (
            Path(START, "Authenticate"),
            Has("Authenticate", ("Arguments", "AccessToken"), "$states.context.Execution.Input.access_token"),
        ),
        ("Authentication", "Authentication Success"): (
            Calls("Authenticate", "aws-sdk:cognitoidentityprovider:getUser"),
            Decides("Authenticate"),
        ),
        ("Authentication Success", "Authorization Check", "Yes"): Path("Authenticate", "Authorize"),
        ("Authentication Success", "Access Denied", "No"): Catch(
            "Authenticate", "Access denied", "CognitoIdentityProvider.NotAuthorizedException"
        ),
        ("Authorization Check", "Authorization Success"): (
            Calls("Authorize", "aws-sdk:verifiedpermissions:isAuthorized"),
            Path("Authorize", "Authorized?"),
        ),
        ("Authorization Success", "Execute State Machine", "Yes"): (
            Path("Authorized?", "Execute ingest"),
            Has("Authorized?", ("Choices", 0, "Condition"), "'ALLOW'"),
            Calls("Execute ingest", "states:startExecution.sync:2"),
        ),
        ("Authorization Success", "Access Denied", "No"): (
            Path("Authorized?", "Access denied"),
            Calls("Access denied", "aws-sdk:cloudwatchlogs:putLogEvents"),
        ),
        ("Execute State Machine", "Audit Logging"): (
            Path("Execute ingest", "Write audit log"),
            Calls("Write audit log", "aws-sdk:cloudtraildata:putAuditEvents"),
        ),
        ("Audit Logging", "Data Encryption"): (
            Path("Write audit log", "Encrypt data"),
            Has("Encrypt data", ("Arguments", "ServerSideEncryption"), "aws:kms"),
        ),
        ("Data Encryption", "Compliance Check"): (
            Path("Encrypt data", "Check compliance"),
            Calls("Check compliance", "aws-sdk:config:getComplianceDetailsByResource"),
        ),
        ("Compliance Check", "Compliance Pass"): Path("Check compliance", "Compliant?"),
        ("Compliance Pass", "Execution Complete", "Yes"): Path("Compliant?", "Complete execution"),
        ("Compliance Pass", "Compliance Violation", "No"): (
            Path("Compliant?", "Compliance violation"),
            Calls("Compliance violation", "aws-sdk:securityhub:batchImportFindings"),
        ),
        ("Access Denied", "Security Alert"): (
            Path("Access denied", "Security alert", "Refused", END),
            Calls("Security alert", "sns:publish"),
        ),
        ("Compliance Violation", "Security Alert"): Path("Compliance violation", "Security alert"),
        ("Execution Complete", "Success Logging"): (
            Path("Complete execution", "Log success", END),
            Calls("Log success", "aws-sdk:cloudwatchlogs:putLogEvents"),
        ),
    },
}


@each_edge(FLOWS)
def test_the_machine_has_the_way_of_an_edge(section: str, edge: tuple[str, ...]) -> None:
    assert missing(__file__, FLOWS[section], edge) == []

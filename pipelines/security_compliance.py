"""A run that has to be allowed, is audited and encrypted, and must leave everything compliant.

Cognito says who asks, Verified Permissions whether he may. Only then the ingest machine runs. The audit record goes to
CloudTrail Lake, the result is encrypted with the data key, and AWS Config is asked whether the bucket complies with its
rules. Who is refused, and what does not comply, is recorded and raises an alert to the security team.

The type is chosen: what only reads, or may happen twice, runs in Express children around the ingest machine, whose end
Express could not wait for.
"""

from sfdsl import Choice, Defaults, Fail, Pipeline, Retry, aws, context, fn
from sfdsl.dsl.steps import Task
from sfdsl.etl import notify
from sfdsl.jsonata import Value

secure = Pipeline(
    "security-compliance",
    type="auto",
    executions_per_month=20_000,
    input={"access_token": str, "dataset": str},
    timeout="8h",
    # With all attempts and pauses, no Express child takes longer than the five minutes that it may take.
    defaults=Defaults(timeout="15s", retry=Retry.transient(max_attempts=2)),
)
dataset = secure.input.dataset
account = fn.split(context.Execution.Id, ":")[4]
region = fn.split(context.Execution.Id, ":")[3]


def write_log(name: str, outcome: str, **details: Value) -> Task:
    """A step that writes one line into the log group of accesses."""
    line = {"outcome": outcome, "dataset": dataset, "execution": context.Execution.Id, **details}
    return aws.logs.put_log_events(
        name,
        LogGroupName="/acme/data-access",
        LogStreamName="security-compliance",
        LogEvents=[{"Timestamp": fn.millis(), "Message": fn.string(line)}],
        idempotent=True,  # a line that stands there twice tells of one access all the same
        duration="50ms",
    )


authenticate = aws.cognito_idp.get_user("Authenticate", AccessToken=secure.input.access_token, duration="100ms")
who = authenticate.result.Username

authorize = aws.verifiedpermissions.is_authorized(
    "Authorize",
    PolicyStoreId="${PolicyStoreId}",
    Principal={"EntityType": "Acme::User", "EntityId": who},
    Action={"ActionType": "Acme::Action", "ActionId": "ingest"},
    Resource={"EntityType": "Acme::Dataset", "EntityId": dataset},
    idempotent=True,
    duration="100ms",
)

execute = aws.stepfunctions.start_execution.sync(
    "Execute ingest",
    StateMachineArn="${IngestMachineArn}",
    Input={"dataset": dataset, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": context.Execution.Id},
    timeout="6h",
)
key = execute.result.Output.key

audit_id = fn.hash(context.Execution.Id, "SHA-256")  # the same when a retry sends the event again
audit = aws.cloudtrail_data.put_audit_events(
    "Write audit log",
    idempotent=True,
    duration="200ms",
    ChannelArn="${AuditChannelArn}",
    AuditEvents=[
        {
            "Id": audit_id,
            "EventData": fn.string(
                {
                    "version": "1.0",
                    "userIdentity": {"type": "CognitoUser", "principalId": who},
                    "eventSource": "ingest.acme.example",
                    "eventName": "Ingest",
                    "eventTime": fn.now(),
                    "UID": audit_id,
                    "recipientAccountId": account,
                    "requestParameters": {"dataset": dataset},
                    "responseElements": {"key": key},
                }
            ),
        }
    ],
)

encrypt = aws.s3.copy_object(
    "Encrypt data",
    Bucket="acme-confidential",
    Key=key,
    CopySource=f"acme-landing/{key}",
    ServerSideEncryption="aws:kms",
    SsekmsKeyId="${DataKeyArn}",
    BucketKeyEnabled=True,
    timeout="40s",
    idempotent=True,
    duration="4s",
)

check = aws.config.get_compliance_details_by_resource(
    "Check compliance",
    ResourceType="AWS::S3::Bucket",
    ResourceId="acme-confidential",
    ComplianceTypes=["NON_COMPLIANT"],
    duration="300ms",
)
broken = check.result.EvaluationResults

complete = aws.dynamodb.update_item(
    "Complete execution",
    idempotent=True,
    duration="50ms",
    TableName="datasets",
    Key={"dataset": {"S": dataset}},
    UpdateExpression="SET released_key = :key, released_by = :who, released_at = :now",
    ExpressionAttributeValues={":key": {"S": key}, ":who": {"S": who}, ":now": {"S": fn.now()}},
)
log_success = write_log("Log success", "released", key=key, by=who)

deny = write_log("Access denied", "denied").assign(reason="access was denied")
violation = aws.securityhub.batch_import_findings(
    "Compliance violation",
    Findings=[
        {
            "SchemaVersion": "2018-10-08",
            "Id": context.Execution.Id,
            "ProductArn": f"arn:aws:securityhub:{region}:{account}:product/{account}/default",
            "GeneratorId": "security-compliance",
            "AwsAccountId": account,
            "Types": ["Software and Configuration Checks/Policy Violations"],
            "CreatedAt": fn.now(),
            "UpdatedAt": fn.now(),
            "Severity": {"Label": "HIGH"},
            "Title": "Confidential data in a bucket that breaks its rules",
            "Description": f"{fn.string(fn.count(broken))} rules of AWS Config are broken where {dataset} was stored.",
            "Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::acme-confidential"}],
        }
    ],
).assign(reason="a rule of compliance is broken")

reason = secure.variable("reason")
alert = notify(
    "Security alert", "Confidential data: refused or violated", f"{dataset}: {reason}.", topic="${SecurityTopicArn}"
)
refused = Fail("Refused", error="Refused", cause=reason)

authenticate.catch(
    deny,
    errors=[
        "CognitoIdentityProvider.NotAuthorizedException",
        "CognitoIdentityProvider.UserNotFoundException",
        "CognitoIdentityProvider.UserNotConfirmedException",
        "CognitoIdentityProvider.InvalidParameterException",
    ],
)

tell = notify("Report failure", "A secured run failed", f"{dataset}: {secure.error.State} failed: {secure.error.Cause}")
failed = Fail("Failed", error=secure.error.Error, cause=secure.error.Cause)

secure.define(
    authenticate
    >> authorize
    >> Choice("Authorized?")
    .when(
        authorize.result.Decision == "ALLOW",
        execute
        >> audit
        >> encrypt
        >> check
        >> Choice("Compliant?")
        .when(fn.count(broken) == 0, complete >> log_success, probability=0.99)
        .otherwise(violation >> alert >> refused),
        probability=0.98,
    )
    .otherwise(deny >> alert),
    on_error=tell >> failed,
)

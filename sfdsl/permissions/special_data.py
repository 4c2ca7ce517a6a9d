"""Databases and objects whose requests say in a text, a map or a list what they touch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from sfdsl.permissions.arns import expand, is_arn, pattern
from sfdsl.permissions.collector import Collector
from sfdsl.permissions.statements import Doubt, Resource
from sfdsl.permissions.values import GAP, Value

__all__ = ["DATA", "list_objects", "objects", "s3_resource", "versions_and_tags"]

# DynamoDB

_TABLE = "~dynamodb:table/"


def _tables(needs: Collector, action: str, names: Iterable[str], argument: str, *, indexes: bool = False) -> None:
    every = expand(_TABLE + "*")
    found = []
    for name in dict.fromkeys(names):
        whole = name if is_arn(name) else expand(_TABLE) + name
        found.append(Resource(text=pattern(whole), shape=every, open=GAP in name))
        if GAP in name and not needs.narrowable(every):
            needs.remark(Doubt.RUN_TIME, f"{action} on {found[-1].text}", argument=argument)
        if indexes:
            found.append(Resource(text=pattern(f"{whole}/index/{GAP}"), shape=every, open=True))
    needs.allow(action, found, argument=argument, why="use the tables")


def batch(action: str) -> Callable[[Collector], None]:
    """A call whose `RequestItems` has the names of the tables as keys."""

    def run(needs: Collector) -> None:
        names = needs.arguments.keys("RequestItems")
        _tables(needs, action, names or (GAP,), f"{needs.arguments.key}.RequestItems")

    return run


def transact(*parts: tuple[str, str]) -> Callable[[Collector], None]:
    """A transaction: each kind of its items is an action of its own."""

    def run(needs: Collector) -> None:
        for part, action in parts:
            path = f"TransactItems[].{part}"
            if not needs.given(path):
                continue
            table = needs.get(f"{path}.TableName")
            if table is not None:
                _tables(needs, action, table.texts, table.path)

    return run


_PARTIQL: Final = {"select": "Select", "insert": "Insert", "update": "Update", "delete": "Delete"}
_PARTIQL_TABLE = re.compile(
    r"""\b(?:from|into|update)\s+(?:"(?P<quoted>[^"]+)"|(?P<bare>[\w.-]+))(?:\."(?P<index>[^"]+)")?""", re.I
)


def partiql(path: str) -> Callable[[Collector], None]:
    """A PartiQL statement, or several: its first word is the action, the table stands behind FROM, INTO or UPDATE."""

    def run(needs: Collector) -> None:
        statement = needs.get(path)
        texts = statement.texts if statement is not None else (GAP,)
        argument = statement.path if statement is not None else ""
        for text in texts:
            verb = text.lstrip().split(None, 1)[0].lower() if text.strip() else ""
            place = _PARTIQL_TABLE.search(text)
            name = (place["quoted"] or place["bare"]) if place is not None else GAP
            actions = [_PARTIQL[verb]] if verb in _PARTIQL else list(_PARTIQL.values())
            for action in actions:
                # A SELECT is authorised on an index as well where it names one.
                index = action == "Select" and (place is None or place["index"] is not None)
                _tables(needs, f"dynamodb:PartiQL{action}", [name], argument, indexes=index)

    return run


# Redshift and Aurora


def redshift_statement(needs: Collector) -> None:
    """Run SQL through the Redshift Data API, and log in with a secret or with credentials made for the role.

    Source: Amazon Redshift Management Guide, "Authorizing access to the Amazon Redshift Data API".
    """
    action = f"redshift-data:{needs.call.api[:1].upper()}{needs.call.api[1:]}"
    group = expand("~redshift-serverless:workgroup/*")
    serverless = needs.given("WorkgroupName")
    cluster = needs.given("ClusterIdentifier")
    database = "{Database}"
    if cluster or not serverless:
        needs.templates(action, "~redshift:cluster:{ClusterIdentifier}", why="run the statement")
    if serverless:
        # The ARN of a workgroup has its id, which its name does not tell.
        argument = f"{needs.arguments.key}.WorkgroupName"
        if not needs.narrowable(group):
            needs.remark(Doubt.RUN_TIME, f"{action} on {group}", argument=argument)
        needs.allow(action, [Resource(text=group, shape=group)], argument=argument, why="run the statement")
    if needs.given("SecretArn"):
        needs.templates(
            "secretsmanager:GetSecretValue", "~secretsmanager:secret:{SecretArn!}", why="log in to the database"
        )
        return
    if serverless:
        needs.allow(
            "redshift-serverless:GetCredentials", [Resource(text=group, shape=group)], why="log in to the database"
        )
    if cluster or not serverless:
        where = "{ClusterIdentifier}/" + database
        if needs.get("DbUser") is not None:
            needs.templates(
                "redshift:GetClusterCredentials",
                f"~redshift:dbname:{where}",
                "~redshift:dbuser:{ClusterIdentifier}/{DbUser}",
                why="log in to the database",
            )
        else:
            needs.templates(
                "redshift:GetClusterCredentialsWithIAM", f"~redshift:dbname:{where}", why="log in to the database"
            )


def aurora_statement(needs: Collector) -> None:
    """Run SQL through the RDS Data API, which reads the secret in the caller's name.

    Source: Amazon Aurora User Guide, "Authorizing access to the Amazon RDS Data API".
    """
    action = f"rds-data:{needs.call.api[:1].upper()}{needs.call.api[1:]}"
    needs.templates(action, "~rds:cluster:{ResourceArn!}", why="run the statement")
    needs.templates(
        "secretsmanager:GetSecretValue", "~secretsmanager:secret:{SecretArn!}", why="log in to the database"
    )


def timestream_query(needs: Collector) -> None:
    """Query Timestream, whose client finds its endpoint first; which tables it reads stands in the SQL.

    Source: Amazon Timestream Developer Guide, "Identity-based policy examples".
    """
    needs.allow("timestream:DescribeEndpoints", None, why="find the endpoint")
    every = expand("~timestream:database/*/table/*")
    argument = f"{needs.arguments.key}.QueryString"
    if not needs.narrowable(every):
        needs.remark(Doubt.RUN_TIME, f"timestream:Select on {every}", argument=argument)
    needs.allow("timestream:Select", [Resource(text=every, shape=every)], argument=argument, why="run the query")


# S3


def s3_resource(uri: str, ending: str = "") -> Resource:
    """The objects behind `s3://bucket/key`."""
    every = "arn:${AWS::Partition}:s3:::*"
    where = GAP if uri.startswith(GAP) else uri.removeprefix("s3://").rstrip("/")
    whole = "arn:${AWS::Partition}:s3:::" + pattern(where) + ending
    return Resource(text=whole, shape=every, open=GAP in uri)


def list_objects(needs: Collector) -> None:
    """List a bucket, under a prefix where the call gives one."""
    prefix = needs.get("Prefix")
    conditions: dict[str, dict[str, list[str]]] = {}
    if prefix is not None and prefix.certain and not any(text.startswith(GAP) for text in prefix.texts):
        # The request carries the prefix as it is given, so that no wildcard belongs behind a literal one.
        values = [pattern(text) for text in prefix.texts]
        conditions = {"StringLike" if prefix.dynamic else "StringEquals": {"s3:prefix": values}}
    needs.templates(
        "s3:ListBucket", "arn:${AWS::Partition}:s3:::{Bucket@}", why="list the objects", conditions=conditions
    )


def _objects(needs: Collector, action: str, place: str, why: str) -> None:
    """Objects at `BUCKET/KEY`, both arguments, or behind an argument that is a URI."""
    bucket, _, key = place.partition("/")
    if key:
        if needs.get(bucket) is not None and needs.given(bucket):
            templates = f"arn:${{AWS::Partition}}:s3:::{{{bucket}}}/" + (f"{{{key}}}" if key != "*" else "*")
            needs.templates(action, templates, why=why)
        return
    value: Value | None = needs.get(bucket)
    texts = [text for text in value.texts if text.startswith(("s3://", GAP))] if value is not None else []
    if value is not None and texts:
        found = [s3_resource(text) for text in texts]
        if value.dynamic and not needs.narrowable(found[0].shape):
            needs.remark(Doubt.RUN_TIME, f"{action} on {found[0].text}", argument=value.path)
        needs.allow(action, found, argument=value.path, why=why)


_READ, _WRITE = "read the object", "write the object"
_IMAGE = (("s3:GetObject", "Image.S3Object.Bucket/Image.S3Object.Name", _READ),)
_VIDEO = (("s3:GetObject", "Video.S3Object.Bucket/Video.S3Object.Name", _READ),)
_DOCUMENT = (("s3:GetObject", "Document.S3Object.Bucket/Document.S3Object.Name", _READ),)
_DOCUMENTS = (
    ("s3:GetObject", "DocumentLocation.S3Object.Bucket/DocumentLocation.S3Object.Name", _READ),
    ("s3:PutObject", "OutputConfig.S3Bucket/*", _WRITE),
)
_MEDIA = (("s3:GetObject", "Media.MediaFileUri", _READ), ("s3:PutObject", "OutputBucketName/*", _WRITE))

IN_S3: Final[dict[tuple[str, str], tuple[tuple[str, str, str], ...]]] = {
    ("dynamodb", "exportTableToPointInTime"): (
        ("s3:AbortMultipartUpload", "S3Bucket/*", _WRITE),
        ("s3:PutObject", "S3Bucket/*", _WRITE),
        ("s3:PutObjectAcl", "S3Bucket/*", _WRITE),
    ),
    ("lambda", "updateFunctionCode"): (("s3:GetObject", "S3Bucket/S3Key", _READ),),
    ("polly", "startSpeechSynthesisTask"): (("s3:PutObject", "OutputS3BucketName/*", _WRITE),),
    ("rekognition", "compareFaces"): (
        ("s3:GetObject", "SourceImage.S3Object.Bucket/SourceImage.S3Object.Name", _READ),
        ("s3:GetObject", "TargetImage.S3Object.Bucket/TargetImage.S3Object.Name", _READ),
    ),
    **{
        ("rekognition", api): _IMAGE
        for api in (
            "detectCustomLabels",
            "detectFaces",
            "detectLabels",
            "detectModerationLabels",
            "detectProtectiveEquipment",
            "detectText",
            "indexFaces",
            "recognizeCelebrities",
            "searchFacesByImage",
            "searchUsersByImage",
        )
    },
    **{
        ("rekognition", api): _VIDEO
        for api in (
            "startCelebrityRecognition",
            "startContentModeration",
            "startFaceDetection",
            "startFaceSearch",
            "startLabelDetection",
            "startPersonTracking",
            "startSegmentDetection",
            "startTextDetection",
        )
    },
    ("textract", "analyzeDocument"): _DOCUMENT,
    ("textract", "analyzeExpense"): _DOCUMENT,
    ("textract", "analyzeID"): (
        ("s3:GetObject", "DocumentPages[].S3Object.Bucket/DocumentPages[].S3Object.Name", _READ),
    ),
    ("textract", "detectDocumentText"): _DOCUMENT,
    ("textract", "startDocumentAnalysis"): _DOCUMENTS,
    ("textract", "startDocumentTextDetection"): _DOCUMENTS,
    ("textract", "startExpenseAnalysis"): _DOCUMENTS,
    ("textract", "startLendingAnalysis"): _DOCUMENTS,
    ("transcribe", "startCallAnalyticsJob"): (
        ("s3:GetObject", "Media.MediaFileUri", _READ),
        ("s3:PutObject", "OutputLocation", _WRITE),
    ),
    ("transcribe", "startMedicalTranscriptionJob"): _MEDIA,
    ("transcribe", "startTranscriptionJob"): _MEDIA,
}
"""Objects that a service reads and writes in the name of who calls it: action, place, what for.

Source: the documentation of each service, "Working with Amazon S3".
"""


def objects(needs: Collector) -> None:
    """Grant what `IN_S3` says of a call."""
    for action, place, why in IN_S3.get((needs.call.service, needs.call.api), ()):
        _objects(needs, action, place, why)


def versions_and_tags(needs: Collector) -> None:
    """What S3 asks for besides, where a call names a version, tags or an access control list."""
    here = "arn:${AWS::Partition}:s3:::{Bucket@}/{Key}"
    api = needs.call.api
    if api in ("getObject", "headObject") and needs.get("VersionId") is not None:
        needs.templates("s3:GetObjectVersion", here, why="read this version of the object")
    if api in ("copyObject", "createMultipartUpload", "putObject"):
        if needs.get("Tagging") is not None:
            needs.templates("s3:PutObjectTagging", here, why="tag the object")
        if needs.get("ACL") is not None or needs.get("GrantRead") is not None:
            needs.templates("s3:PutObjectAcl", here, why="set who may use the object")
    if api == "copyObject" and needs.get("Tagging") is None:
        # A copy takes the tags of its source along, if it has any.
        needs.templates("s3:GetObjectTagging", "arn:${AWS::Partition}:s3:::{CopySource/}", why="copy the tags")
        needs.templates("s3:PutObjectTagging", here, why="copy the tags")


DATA: Final[dict[tuple[str, str], Callable[[Collector], None]]] = {
    ("dynamodb", "batchExecuteStatement"): partiql("Statements[].Statement"),
    ("dynamodb", "batchGetItem"): batch("dynamodb:BatchGetItem"),
    ("dynamodb", "batchWriteItem"): batch("dynamodb:BatchWriteItem"),
    ("dynamodb", "executeStatement"): partiql("Statement"),
    ("dynamodb", "executeTransaction"): partiql("TransactStatements[].Statement"),
    ("dynamodb", "transactGetItems"): transact(("Get", "dynamodb:GetItem")),
    ("dynamodb", "transactWriteItems"): transact(
        ("ConditionCheck", "dynamodb:ConditionCheckItem"),
        ("Put", "dynamodb:PutItem"),
        ("Update", "dynamodb:UpdateItem"),
        ("Delete", "dynamodb:DeleteItem"),
    ),
    ("rdsdata", "batchExecuteStatement"): aurora_statement,
    ("rdsdata", "beginTransaction"): aurora_statement,
    ("rdsdata", "commitTransaction"): aurora_statement,
    ("rdsdata", "executeStatement"): aurora_statement,
    ("rdsdata", "rollbackTransaction"): aurora_statement,
    ("redshiftdata", "batchExecuteStatement"): redshift_statement,
    ("redshiftdata", "executeStatement"): redshift_statement,
    ("s3", "listObjects"): list_objects,
    ("s3", "listObjectsV2"): list_objects,
    ("timestreamquery", "query"): timestream_query,
}
"""What code derives for aws-sdk calls of databases and S3."""

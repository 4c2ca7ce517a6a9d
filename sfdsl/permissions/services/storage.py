"""S3: objects that a call names, and those that a service reads and writes in the caller's name."""

from __future__ import annotations

from typing import Final

from sfdsl.permissions.arns import pattern
from sfdsl.permissions.collector import Collector
from sfdsl.permissions.statements import Resource
from sfdsl.permissions.values import GAP, Value

__all__ = ["list_objects", "objects", "s3_resource", "versions_and_tags"]


def s3_resource(uri: str, ending: str = "") -> Resource:
    """The objects behind `s3://bucket/key`."""
    every = "arn:${AWS::Partition}:s3:::*"
    where = GAP if uri.startswith(GAP) else uri.removeprefix("s3://").rstrip("/")
    whole = "arn:${AWS::Partition}:s3:::" + pattern(where) + ending
    return Resource(text=whole, shape=every, open=GAP in uri)


def list_objects(needs: Collector, *, below: bool = False) -> None:
    """List a bucket, under a prefix where the call gives one.

    Args:
        needs: The call.
        below: Whether the caller may ask for longer prefixes too, as an ItemReader may.
    """
    prefix = needs.get("Prefix")
    conditions: dict[str, dict[str, list[str]]] = {}
    if prefix is not None and prefix.certain and not any(text.startswith(GAP) for text in prefix.texts):
        # The request carries the prefix as it is given, so that no wildcard belongs behind a literal one.
        values = [pattern(text + (GAP if below else "")) for text in prefix.texts]
        conditions = {"StringLike" if prefix.dynamic or below else "StringEquals": {"s3:prefix": values}}
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
        if value.dynamic:
            needs.unknown(action, found[0], value.path)
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

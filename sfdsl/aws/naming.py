"""How the same name is spelled in an API, in ASL and in Python."""

from __future__ import annotations

import keyword
import re

__all__ = ["api_of", "author_word", "exception_word", "fold", "prefix_of", "sdk_member", "sdk_service_name", "snake"]

_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Words with capitals of their own, which the rule for words would take apart; boto3 keeps them whole.
_WHOLE_WORDS = {
    "ACLs": "Acls",
    "CNAMEs": "Cnames",
    "HITs": "Hits",
    "OTel": "Otel",
    "WhatsApp": "Whatsapp",
    "iSCSI": "Iscsi",
}
_JAVA_WORDS = re.compile(r"IoT(?=[A-Z])|[A-Z]+(?=v[0-9])|[A-Z]+(?![a-z])[0-9]*|[A-Z][a-z]+[0-9]*|[a-z]+[0-9]*|[0-9]+")


def fold(name: str) -> str:
    """The name without case, underscores and hyphens: two spellings of one thing fold alike."""
    return name.replace("_", "").replace("-", "").lower()


def api_of(operation: str) -> str:
    """ASL's name of an operation: `DescribeDBInstances` is `describeDBInstances`.

    Snake case is accepted as well; it cannot say where capitals stand in a row (`describe_db_instances` becomes
    `describeDbInstances`), so a known operation is better looked up with `fold`.

    Source: Step Functions Developer Guide, "Learning to use AWS service SDK integrations".
    """
    first, *others = operation.strip("_").split("_")
    if others:
        return first.lower() + "".join(word[:1].upper() + word[1:] for word in others)
    return first[:1].lower() + first[1:]


def snake(name: str) -> str:
    """The name in snake case, as boto3 spells operations: `describeDBInstances` is `describe_db_instances`."""
    for word, whole in _WHOLE_WORDS.items():
        name = name.replace(word, whole)
    return _WORD_STARTS.sub("_", name).lower()


def author_word(service: str) -> str:
    """A service's name as a Python attribute: `emr-serverless` is `emr_serverless`, `lambda` is `lambda_`."""
    word = service.replace("-", "_")
    return f"{word}_" if keyword.iskeyword(word) else word


def sdk_service_name(service_id: str) -> str:
    """ASL's name of an aws-sdk service, from `metadata.serviceId` of its botocore model.

    Source: Step Functions Developer Guide, "Supported AWS SDK service integrations"; the rule gives all 366 listed
    names that are still in botocore 1.44.5.
    """
    return _plain(service_id).replace(" ", "").replace("-", "").lower()


def prefix_of(service_id: str) -> str:
    """The word before the dot in error names of an aws-sdk service: `ACM PCA` is `AcmPca`.

    Source: Step Functions Developer Guide, "Supported AWS SDK service integrations", column Exception prefix. The rule
    is that of class names in the AWS SDK for Java 2; it gives all 366 listed prefixes of services in botocore 1.44.5.
    """
    return _java_words(_plain(service_id))


def exception_word(shape: str) -> str:
    """An aws-sdk error without its prefix: `DBInstanceNotFoundFault` is `DbInstanceNotFoundException`.

    Source: Step Functions Developer Guide, "Learning to use AWS service SDK integrations": Exception is appended where
    it is missing. That capitals in a row become one word is assumed from the AWS SDK for Java 2, whose class names
    these are, and agrees with names in use (`Rds.DbInstanceNotFoundException`).
    """
    for ending in ("Exception", "Fault"):
        shape = shape.removesuffix(ending)
    return _java_words(shape) + "Exception"


def sdk_member(name: str) -> str:
    """A field of an aws-sdk call or result: `jobName` is `JobName`, `DBInstanceIdentifier` is `DbInstanceIdentifier`.

    Capitals in a row at the start become one word, up to the last one that a small letter follows; later ones stay:
    `BOOL` is `Bool`, `SSEKMSKeyId` is `SsekmsKeyId`, `ETag` and `SourceDBClusterIdentifier` stay.

    Source: Step Functions Developer Guide, "Learning to use AWS service SDK integrations" for PascalCase and
    `EqualsValue`. The rest is how the AWS SDK for Java 2 names properties: assumed, and without exception in published
    definitions (RDS, CloudFormation, Forecast) and recorded results (S3: `ETag`, `ChecksumCRC32`).
    """
    if name in ("equals", "Equals"):
        return "EqualsValue"
    end = 1
    while end < len(name) and name[end].isupper() and not name[end + 1 : end + 2].islower():
        end += 1
    return name[:1].upper() + name[1:end].lower() + name[end:]


def _plain(service_id: str) -> str:
    for opening in ("AWS ", "Amazon "):
        service_id = service_id.removeprefix(opening)
    return service_id.removesuffix(" Service")


def _java_words(name: str) -> str:
    words = _JAVA_WORDS.findall(re.sub(r"\bIoT\b", "Iot", name))
    return "".join(word if word == "IoT" else word.capitalize() for word in words)

"""Athena acts with the caller's permissions: on the query's results, its tables' data and the catalogue."""

from __future__ import annotations

import re

from sfdsl.permissions.arns import expand, fill, pattern
from sfdsl.permissions.collector import Collector
from sfdsl.permissions.services.sql import Query, read_query
from sfdsl.permissions.statements import Doubt, Resource
from sfdsl.permissions.values import GAP, Value

__all__ = ["get_query_results", "start_query_execution"]

_BUCKET = "arn:${AWS::Partition}:s3:::"

# Source: Athena User Guide, "Configure access to databases and tables in the AWS Glue Data Catalog".
READ = (
    "glue:BatchGetPartition",
    "glue:GetDatabase",
    "glue:GetDatabases",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:GetTable",
    "glue:GetTables",
)
CHANGE = {
    "insert": ("glue:BatchCreatePartition", "glue:CreatePartition", "glue:UpdatePartition", "glue:UpdateTable"),
    "create": (
        "glue:BatchCreatePartition",
        "glue:CreateDatabase",
        "glue:CreatePartition",
        "glue:CreateTable",
        "glue:UpdateTable",
    ),
    "alter": (
        "glue:BatchCreatePartition",
        "glue:BatchDeletePartition",
        "glue:CreatePartition",
        "glue:DeletePartition",
        "glue:UpdateDatabase",
        "glue:UpdatePartition",
        "glue:UpdateTable",
    ),
    "drop": (
        "glue:BatchDeletePartition",
        "glue:BatchDeleteTable",
        "glue:DeleteDatabase",
        "glue:DeletePartition",
        "glue:DeleteTable",
    ),
}
ANY = tuple(sorted({*READ, *(action for actions in CHANGE.values() for action in actions)}))


def start_query_execution(needs: Collector) -> None:
    """What Step Functions needs to start the query, and Athena to run it in the role's name."""
    actions = ["athena:StartQueryExecution"]
    if needs.call.job:
        actions += ["athena:GetQueryExecution", "athena:StopQueryExecution"]
    needs.templates(actions, "~athena:workgroup/{WorkGroup|primary}", why="run the query")
    query = read_query(needs.get("QueryString"), needs.get("QueryExecutionContext.Database"))
    _catalogue(needs, query)
    _results(needs)
    _data(needs, query)
    needs.allow("lakeformation:GetDataAccess", None, why="read tables that Lake Formation governs")


def get_query_results(needs: Collector) -> None:
    """Reading the results of a query, whose workgroup and bucket its id does not tell."""
    needs.templates("athena:GetQueryResults", "~athena:workgroup/*", why="read the results")
    bucket = needs.supply("AthenaResultsBucket", "bucket that the workgroup writes results to")
    every = f"{_BUCKET}*/*"
    found = [Resource(text=f"{_BUCKET}{bucket}/*", shape=every, open=True, purpose="results")]
    needs.remark(Doubt.TO_SUPPLY, bucket, argument=f"{needs.arguments.key}.QueryExecutionId", shape=every)
    needs.allow("s3:GetObject", found, why="read the results")


def _catalogue(needs: Collector, query: Query) -> None:
    # Without a query that can be read, it may name any catalogue of the account.
    catalogue = fill("~athena:datacatalog/{QueryExecutionContext.Catalog|AwsDataCatalog}", needs.arguments)
    named = [Resource(text=expand(f"~athena:datacatalog/{name}")) for name in query.catalogues]
    if query.known:
        found = [*(entry.resource for entry in catalogue), *named]
    else:
        every = expand("~athena:datacatalog/*")
        found = [Resource(text=every, shape=every, open=True)]
    needs.allow("athena:GetDataCatalog", found, argument=query.argument, why="find the tables")
    changes = {action for kind in query.kinds for action in CHANGE.get(kind, ())}
    actions = tuple(sorted({*READ, *changes})) if query.known else ANY
    databases = [name for name in query.databases if name != "default"]
    resources = ["~glue:catalog", "~glue:database/default"]
    for name in databases:
        resources += [f"~glue:database/{name}", f"~glue:table/{name}/*", f"~glue:userDefinedFunction/{name}/*"]
    if not query.known or not query.databases:
        resources = ["~glue:catalog", "~glue:database/*", "~glue:table/*", "~glue:userDefinedFunction/*"]
        tables = expand("~glue:table/*")
        needs.remark(Doubt.RUN_TIME, f"glue:GetTable on {tables}", argument=query.argument, shape=tables)
    elif "default" in query.databases:
        resources += ["~glue:table/default/*", "~glue:userDefinedFunction/default/*"]
    made = [Resource(text=expand(text), shape=_shape(text), open="*" in text) for text in resources]
    needs.allow(actions, made, argument=query.argument, why="find the tables, and change them where the query does")


def _shape(template: str) -> str:
    return expand(re.sub(r"(database|table|userDefinedFunction)/.*", r"\1/*", template))


def _results(needs: Collector) -> None:
    location = needs.get("ResultConfiguration.OutputLocation")
    every = f"{_BUCKET}*"
    if location is not None and location.certain:
        places = [text.removeprefix("s3://") for text in location.texts]
        argument = location.path
        if location.dynamic:
            needs.unknown("s3:PutObject", Resource(text=_BUCKET + pattern(places[0]), shape=every), argument)
    else:
        group = needs.get("WorkGroup")
        argument = group.path if group is not None else ""
        name = f"{_stem(group)}ResultsBucket"
        places = [needs.supply(name, "bucket that the workgroup writes results to")]
        needs.remark(Doubt.TO_SUPPLY, places[0], argument=f"{needs.arguments.key}.ResultConfiguration", shape=every)
    buckets, objects = [], []
    for place in places:
        bucket, _, prefix = (place if not place.startswith(GAP) else GAP).partition("/")
        given = location is None or GAP in place
        buckets.append(Resource(text=_BUCKET + pattern(bucket), shape=f"{_BUCKET}*", open=given))
        inside = pattern(f"{bucket}/{prefix}".rstrip("/")) if prefix else pattern(bucket)
        whole = f"{_BUCKET}{inside}/*".replace("**", "*")
        objects.append(Resource(text=whole, shape=f"{_BUCKET}*/*", open=given, purpose="results"))
    needs.allow(
        ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"),
        buckets,
        argument=argument,
        why="find the place of the results",
    )
    needs.allow(
        ("s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"),
        objects,
        argument=argument,
        why="write and read the results",
    )


def _stem(group: Value | None) -> str:
    text = "Primary" if group is None else "Athena" if group.dynamic else group.texts[0]
    words = re.findall(r"[A-Za-z0-9]+", text)
    return "".join(word[:1].upper() + word[1:] for word in words) or "Athena"


def _data(needs: Collector, query: Query) -> None:
    """The objects that the tables consist of: where they lie is known to the catalogue alone."""
    stem = query.databases[0] if len(query.databases) == 1 and query.known else "athena"
    words = re.findall(r"[A-Za-z0-9]+", stem)
    name = "".join(word[:1].upper() + word[1:] for word in words) + "DataBucket"
    bucket = needs.supply(name, "bucket that holds the tables' data")
    every = f"{_BUCKET}*"
    needs.remark(Doubt.TO_SUPPLY, bucket, argument=query.argument, shape=every)
    needs.allow(
        ("s3:GetBucketLocation", "s3:ListBucket"),
        [Resource(text=_BUCKET + bucket, shape=every, open=True)],
        argument=query.argument,
        why="find the tables' data",
    )
    writes = not query.known or bool({"insert", "create"} & set(query.kinds))
    actions = ["s3:GetObject"]
    if writes:
        actions += ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"]
    needs.allow(
        actions,
        [Resource(text=f"{_BUCKET}{bucket}/*", shape=f"{every}/*", open=True)],
        argument=query.argument,
        why="read the tables' data" + (", and write it where the query does" if writes else ""),
    )

"""DynamoDB, Redshift, Aurora, Timestream, CloudWatch: requests that say in a text, a map or a list what they touch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from sfdsl.permissions.arns import expand, is_arn, pattern
from sfdsl.permissions.collector import Collector
from sfdsl.permissions.statements import Doubt, Resource
from sfdsl.permissions.values import GAP

__all__ = [
    "aurora_statement",
    "batch",
    "partiql",
    "put_metrics",
    "redshift_statement",
    "timestream_query",
    "transact",
]

_TABLE = "~dynamodb:table/"


def _tables(needs: Collector, action: str, names: Iterable[str], argument: str, *, indexes: bool = False) -> None:
    every = expand(_TABLE + "*")
    found = []
    for name in dict.fromkeys(names):
        whole = name if is_arn(name) else expand(_TABLE) + name
        found.append(Resource(text=pattern(whole), shape=every, open=GAP in name))
        if GAP in name:
            needs.unknown(action, found[-1], argument)
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
        needs.remark(Doubt.UNNAMED, f"{action} on {group}", argument=argument, shape=group)
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


def put_metrics(needs: Collector) -> None:
    """Write metrics: the action has no resource types, but a condition for the namespace.

    Source: CloudWatch User Guide, "Using condition keys to limit access to CloudWatch namespaces".
    """
    namespace = needs.get("Namespace")
    known = namespace is not None and not any(text.startswith(GAP) for text in namespace.texts)
    if namespace is None or not known:
        needs.allow("cloudwatch:PutMetricData", None, why="write the metrics")
        return
    operator = "StringLike" if namespace.dynamic else "StringEquals"
    needs.allow(
        "cloudwatch:PutMetricData",
        [Resource(text="*")],
        argument=namespace.path,
        why="write the metrics",
        conditions={operator: {"cloudwatch:namespace": [pattern(text) for text in namespace.texts]}},
    )


def timestream_query(needs: Collector) -> None:
    """Query Timestream, whose client finds its endpoint first; which tables it reads stands in the SQL.

    Source: Amazon Timestream Developer Guide, "Identity-based policy examples".
    """
    needs.allow("timestream:DescribeEndpoints", None, why="find the endpoint")
    every = expand("~timestream:database/*/table/*")
    argument = f"{needs.arguments.key}.QueryString"
    needs.remark(Doubt.UNNAMED, f"timestream:Select on {every}", argument=argument, shape=every)
    needs.allow("timestream:Select", [Resource(text=every, shape=every)], argument=argument, why="run the query")

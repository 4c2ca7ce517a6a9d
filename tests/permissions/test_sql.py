"""What a query touches."""

from __future__ import annotations

import pytest

from sfdsl.permissions.services.sql import read_query
from sfdsl.permissions.values import GAP, Value


@pytest.mark.parametrize(
    ("sql", "kind", "databases"),
    [
        ("SELECT * FROM orders", "read", ["sales"]),
        ("select a.b, c.d from raw.orders a, raw.clicks c", "read", ["sales", "raw"]),
        (
            "SELECT * FROM (SELECT * FROM raw.orders) x JOIN curated.y ON x.id = y.id",
            "read",
            ["sales", "raw", "curated"],
        ),
        ("WITH t AS (SELECT * FROM raw.a) SELECT * FROM t", "read", ["sales", "raw"]),
        ('SELECT * FROM "raw"."orders"', "read", ["sales", "raw"]),
        ("SELECT 'from secret.table' FROM orders -- from other.x", "read", ["sales"]),
        ("INSERT INTO curated.x SELECT * FROM raw.y", "insert", ["sales", "curated", "raw"]),
        ("CREATE TABLE curated.x AS SELECT 1", "create", ["sales", "curated"]),
        ("MSCK REPAIR TABLE raw.x", "alter", ["sales", "raw"]),
        ("ALTER TABLE raw.x ADD PARTITION (day = '1')", "alter", ["sales", "raw"]),
        ("DROP TABLE IF EXISTS raw.x", "drop", ["sales", "raw"]),
        ("SELECT * FROM ${Database}.orders", "read", ["sales", "${Database}"]),
        ("  \n explain select * from raw.x", "read", ["sales", "raw"]),
    ],
)
def test_kind_and_databases(sql: str, kind: str, databases: list[str]) -> None:
    query = read_query(Value((sql,)), Value(("sales",)))
    assert query.known
    assert query.kinds == (kind,)
    assert list(query.databases) == databases


def test_another_catalogue() -> None:
    query = read_query(Value(("SELECT * FROM lake.raw.orders",)), None)
    assert query.catalogues == ("lake",)
    assert query.databases == ("default", "raw")


@pytest.mark.parametrize(
    ("sql", "known"),
    [
        (f"SELECT * FROM orders WHERE day = '{GAP}'", True),
        (f"SELECT * FROM {GAP}", False),
        (f"SELECT * FROM orders LIMIT {GAP}", False),
        (GAP, False),
        (f"{GAP} FROM orders", False),
        ("GRANT ALL", False),
    ],
)
def test_a_gap_inside_of_quotes_hides_no_table(sql: str, known: bool) -> None:
    assert read_query(Value((sql,)), None).known is known


def test_no_query_is_not_known() -> None:
    assert not read_query(None, None).known

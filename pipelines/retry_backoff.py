"""Retry and backoff: exchange rates from a provider who throttles, fails now and then, and sometimes means it.

Each currency is fetched over HTTPS by an item of a Map. A provider who throttles (429) is left alone for longer and
longer, up to ten minutes, with jitter so that the items do not come back in step. Faults on his side and broken
connections are tried again soon. Everything else, a wrong key or an unknown currency, is not worth a second call and
fails at once. The rates are stored, and their partition is added to the table.
"""

from sfdsl import Defaults, Fail, Map, Pipeline, Retry, aws
from sfdsl.dsl.steps import Chain
from sfdsl.etl import notify
from sfdsl.jsonata import Expression

rates = Pipeline(
    "retry-backoff",
    executions_per_month=30,
    input={"day": str, "currencies": list[str]},
    timeout="3h",
    defaults=Defaults(timeout="5m", retry=Retry.transient()),
)
day = rates.input.day

throttled = Retry(
    errors="States.Http.StatusCode.429", interval="30s", max_attempts=6, backoff_rate=2, max_delay="10m", jitter=True
)
faulty = Retry(
    errors=[
        "States.Http.StatusCode.500",
        "States.Http.StatusCode.502",
        "States.Http.StatusCode.503",
        "States.Http.StatusCode.504",
        "States.Http.Socket",
        "States.Timeout",
    ],
    interval="2s",
    max_attempts=4,
    backoff_rate=2,
    jitter=True,
)


def fetch_and_store(currency: Expression) -> Chain:
    """Fetch one currency's rates, and store the answer as it is."""
    fetch = aws.http.invoke(
        "Fetch rates",
        ApiEndpoint="https://api.rates.example/v2/daily",
        Method="GET",
        QueryParameters={"base": currency, "day": day},
        Authentication={"ConnectionArn": "${RatesConnectionArn}"},
        timeout="30s",
        idempotent=True,
    ).retry(throttled, faulty)
    store = aws.s3.put_object(
        "Store rates",
        Bucket="acme-reference",
        Key=f"rates/day={day}/{currency}.json",
        Body=fetch.result.ResponseBody,
        ContentType="application/json",
        idempotent=True,
        output={"currency": currency},
    )
    return fetch >> store


each = Map("Each currency", over=rates.input.currencies, body=fetch_and_store, max_concurrency=4, items=30)

add_partition = aws.athena.start_query_execution.sync(
    "Add partition",
    QueryString=(
        f"ALTER TABLE rates ADD IF NOT EXISTS PARTITION (day = '{day}') LOCATION 's3://acme-reference/rates/day={day}/'"
    ),
    QueryExecutionContext={"Database": "reference"},
    WorkGroup="reference",
    idempotent=True,
)

tell = notify(
    "Tell the treasury",
    "Exchange rates are missing",
    f"No rates for {day}: {rates.error.State} failed with {rates.error.Error}: {rates.error.Cause}",
)
failed = Fail("Failed", error=rates.error.Error, cause=rates.error.Cause)

rates.define(each >> add_partition, on_error=tell >> failed)

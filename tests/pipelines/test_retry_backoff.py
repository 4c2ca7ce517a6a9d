"""Retry and backoff."""

from __future__ import annotations

from tests.pipelines.evidence import START, Calls, Has, Path, Retried, Table
from tests.pipelines.realised import each_edge, missing

FLOWS: dict[str, Table] = {
    "Retry and Backoff Flow": {
        ("Step Functions", "State", "Execute State"): Path(START, "Each currency", "Fetch rates"),
        ("State", "AWS Service", "Invoke Service"): (
            Calls("Fetch rates", "http:invoke"),
            Has("Fetch rates", ("Arguments", "ApiEndpoint"), "https://api.rates.example/v2/daily"),
        ),
        ("AWS Service", "State", "Service Error"): (
            Retried("Fetch rates", "States.Http.StatusCode.429"),
            Retried("Fetch rates", "States.Http.StatusCode.503"),
            Retried("Fetch rates", "States.Http.Socket"),
        ),
        ("State", "Step Functions", "State Failed"): (
            Retried("Fetch rates", "States.Timeout"),
            Has("Fetch rates", ("TimeoutSeconds",), 30),
        ),
        # The first policy that names the error decides; one that none names is not retried.
        ("Step Functions", "Retry Logic", "Check Retry Logic"): (
            Has("Fetch rates", ("Retry", 0, "ErrorEquals"), ["States.Http.StatusCode.429"]),
            Has("Fetch rates", ("Retry", 1, "ErrorEquals"), "States.Http.StatusCode.503"),
        ),
        ("Retry Logic", "Retry Logic", "Calculate Backoff"): (
            Retried("Fetch rates", "States.Http.StatusCode.429", {"BackoffRate": 2, "MaxDelaySeconds": 600}),
            Retried("Fetch rates", "States.Http.StatusCode.503", {"BackoffRate": 2, "JitterStrategy": "FULL"}),
        ),
        ("Retry Logic", "Step Functions", "Retry Decision"): (
            Retried("Fetch rates", "States.Http.StatusCode.429", {"MaxAttempts": 6}),
            Retried("Fetch rates", "States.Http.StatusCode.503", {"MaxAttempts": 4}),
        ),
        ("Step Functions", "Step Functions", "Wait Backoff Period"): (
            Retried("Fetch rates", "States.Http.StatusCode.429", {"IntervalSeconds": 30}),
            Retried("Fetch rates", "States.Http.StatusCode.503", {"IntervalSeconds": 2}),
        ),
        ("Step Functions", "State", "Retry State"): Retried("Fetch rates"),
        ("State", "AWS Service", "Retry Service"): (Retried("Fetch rates"), Calls("Fetch rates", "http:invoke")),
        ("AWS Service", "State", "Success"): Has("Store rates", ("Arguments", "Body"), "$fetch_rates.ResponseBody"),
        ("State", "Step Functions", "State Complete"): Path(
            "Fetch rates", "Store rates", "Each currency", "Add partition"
        ),
    },
}


@each_edge(FLOWS)
def test_the_machine_has_the_way_of_an_edge(section: str, edge: tuple[str, ...]) -> None:
    assert missing(__file__, FLOWS[section], edge) == []

"""What the services charge that Tasks call, where their prices are known: dollars for one attempt.

A call that is not listed costs nothing here and is named among the assumptions, unless it only reads or describes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from sfdsl.aws.resource import Activity, LambdaFunction, ServiceTask, parse
from sfdsl.cost.knowledge import ASSUMED, Knowledge, literal
from sfdsl.cost.prices import Prices
from sfdsl.model.fields import Json
from sfdsl.model.states import Task


class Charge(NamedTuple):
    """What one attempt of a Task costs beside Step Functions.

    Attributes:
        service: As people call it: `Lambda`, `Glue`.
        dollars: For one attempt.
        basis: How it was computed.
    """

    service: str
    dollars: float
    basis: str


_Rule = Callable[[Task, ServiceTask, Knowledge, Prices], Charge]


def charge(state: Task, knowledge: Knowledge, prices: Prices) -> Charge | None:
    """What one attempt costs; None where the service charges nothing for the call or its price is not known."""
    match parse(state.resource or ""):
        case LambdaFunction():
            return _lambda(state, knowledge, prices)
        case ServiceTask() as call:
            if call.service == "lambda" and call.api in ("invoke", "invokeAsync"):
                return _lambda(state, knowledge, prices)
            rule = _RULES.get((call.service, call.api)) or _RULES.get((call.service, ""))
            if rule is not None:
                return rule(state, call, knowledge, prices)
            if not reads_only(call.api) and call.service not in _FREE:
                knowledge.assume(
                    f"what {call.service} charges for {call.api} is not counted", state.name, ASSUMED, about="price"
                )
        case Activity():
            pass
    return None


def reads_only(api: str) -> bool:
    """Whether an operation, in camelCase, only reads, by AWS's own habit of naming."""
    return api.startswith(_READING)


_READING = ("get", "describe", "list", "head", "batchGet", "query", "scan", "search", "lookup", "select", "detect")
_FREE = {"states", "sfn", "batch", "glue-databrew", "cloudwatch", "iam", "sts"}


def _lambda(state: Task, knowledge: Knowledge, prices: Prices) -> Charge:
    request = prices.figure("lambda", "requests_per_million") / 1e6
    memory = knowledge.told(state.name).memory_mb
    durations = knowledge.durations(state)
    if memory is None or durations is None:
        missing = "memory_mb" if memory is None else "duration"
        knowledge.assume(
            f"the function's {missing} is not known; only its requests are counted", state.name, ASSUMED,
            hint=f"say {missing} in the profile", about="price",
        )  # fmt: skip
        return Charge("Lambda", request, "request")
    tiers = prices.services["lambda"]["duration_x86_gb_second_tiers"]
    seconds = sum(durations) / len(durations)
    dollars = request + seconds * memory / 1024 * tiers[0]["usd"]
    return Charge("Lambda", dollars, f"request and {seconds:g} s at {memory:g} MB, x86")


def _per_million(service: str, *keys: str) -> _Rule:
    def rule(state: Task, call: ServiceTask, knowledge: Knowledge, prices: Prices) -> Charge:
        payload = knowledge.payload(state.name) or 0.0
        units = max(1.0, -(-payload // 65536))
        return Charge(service, units * prices.figure(*keys) / 1e6, "request" if units == 1 else f"{units:g} x 64 KB")

    return rule


def _dynamodb(state: Task, call: ServiceTask, knowledge: Knowledge, prices: Prices) -> Charge | None:
    kind = "read" if reads_only(call.api) else "write"
    units = _items(state) * (2 if call.api.startswith("transact") else 1)  # a transaction does everything twice
    rate = prices.figure("dynamodb_on_demand", f"{kind}_request_unit_million") / 1e6
    return Charge("DynamoDB", units * rate, f"{units} {kind}{'' if units == 1 else 's'}")


def _items(state: Task) -> int:
    """How many items a call to DynamoDB names; 1 where that is computed."""
    arguments = _arguments(state)
    items, requests = arguments.get("TransactItems"), arguments.get("RequestItems")
    if isinstance(items, list):
        return max(1, len(items))
    if isinstance(requests, Mapping):
        return max(1, sum(len(each) for each in requests.values() if isinstance(each, list)))
    return 1


def _events(state: Task, call: ServiceTask, knowledge: Knowledge, prices: Prices) -> Charge:
    """EventBridge charges by the event, however many a call has."""
    entries = _arguments(state).get("Entries")
    count = max(1, len(entries)) if isinstance(entries, list) else 1
    each = _per_million("EventBridge", "eventbridge", "custom_event_per_million")(state, call, knowledge, prices)
    return Charge("EventBridge", count * each.dollars, each.basis if count == 1 else f"{count} events, {each.basis}")


def _s3(state: Task, call: ServiceTask, knowledge: Knowledge, prices: Prices) -> Charge:
    key = "get_per_1000" if call.api in ("getObject", "headObject") else "put_copy_post_list_per_1000"
    return Charge("S3", prices.figure("s3", key) / 1000, "request")


def _glue(state: Task, call: ServiceTask, knowledge: Knowledge, prices: Prices) -> Charge | None:
    arguments = _arguments(state)
    dpu = knowledge.told(state.name).usage.get("dpu") or _dpu(arguments, prices)
    flex = arguments.get("ExecutionClass") == "FLEX"
    rate = prices.figure("glue", "flex_dpu_hour" if flex else "etl_dpu_hour")
    return _metered(state, knowledge, "Glue", "dpu", dpu, rate, "DPU")


def _dpu(arguments: Mapping[str, Json], prices: Prices) -> float | None:
    workers, kind = literal(arguments.get("NumberOfWorkers")), arguments.get("WorkerType")
    each = prices.services["glue"]["dpu_per_worker"].get(kind) if isinstance(kind, str) else None
    return workers * each if workers is not None and each is not None else literal(arguments.get("MaxCapacity"))


def _fargate(state: Task, call: ServiceTask, knowledge: Knowledge, prices: Prices) -> Charge | None:
    usage = knowledge.told(state.name).usage
    vcpu, memory = usage.get("vcpu"), usage.get("gb")
    if vcpu is None or memory is None:
        return _metered(state, knowledge, "Fargate", "vcpu, gb", None, 0.0, "")
    rate = vcpu * prices.figure("fargate", "linux_x86_vcpu_hour") + memory * prices.figure(
        "fargate", "linux_x86_gb_hour"
    )
    return _metered(state, knowledge, "Fargate", "vcpu, gb", 1.0, rate, f"task of {vcpu:g} vCPU, {memory:g} GB")


def _emr(state: Task, call: ServiceTask, knowledge: Knowledge, prices: Prices) -> Charge | None:
    usage = knowledge.told(state.name).usage
    vcpu, memory = usage.get("vcpu"), usage.get("gb")
    known = vcpu is not None and memory is not None
    rate = (
        (vcpu or 0) * prices.figure("emr", "serverless_x86", "vcpu_hour")
        + (memory or 0) * prices.figure("emr", "serverless_x86", "gb_hour")
    )  # fmt: skip
    return _metered(state, knowledge, "EMR Serverless", "vcpu, gb", 1.0 if known else None, rate, "job")


def _athena(state: Task, call: ServiceTask, knowledge: Knowledge, prices: Prices) -> Charge | None:
    scanned = knowledge.told(state.name).usage.get("tb_scanned")
    if scanned is None:
        _unknown(state, knowledge, "Athena", "tb_scanned")
        return None
    return Charge("Athena", scanned * prices.figure("athena", "per_tb_scanned"), f"{scanned:g} TB scanned")


def _metered(
    state: Task, knowledge: Knowledge, service: str, key: str, units: float | None, rate: float, what: str
) -> Charge | None:
    """A job that is billed by the second, a minute at least, for what it holds."""
    durations = knowledge.durations(state)
    if units is None or durations is None:
        _unknown(state, knowledge, service, key if units is None else "duration")
        return None
    hours = sum(max(60.0, seconds) for seconds in durations) / len(durations) / 3600
    told = f"{units:g} {what}" if what == "DPU" else what
    return Charge(service, units * rate * hours, f"{told} for {hours * 3600:g} s")


def _unknown(state: Task, knowledge: Knowledge, service: str, missing: str) -> None:
    said = "duration" if missing == "duration" else f"usage of {missing}"
    knowledge.assume(
        f"the {said} of the {service} job is not known; it is not counted", state.name, ASSUMED,
        hint=f"say {'duration' if missing == 'duration' else 'usage'} in the profile", about="price",
    )  # fmt: skip


def _arguments(state: Task) -> Mapping[str, Json]:
    for value in (state.arguments, state.parameters):
        if isinstance(value, Mapping):
            return value
    return {}


_RULES: Mapping[tuple[str, str], Callable[[Task, ServiceTask, Knowledge, Prices], Charge | None]] = {
    ("sqs", "sendMessage"): _per_million("SQS", "sqs", "standard_per_million"),
    ("sqs", "sendMessageBatch"): _per_million("SQS", "sqs", "standard_per_million"),
    ("sns", "publish"): _per_million("SNS", "sns", "publish_per_million"),
    ("sns", "publishBatch"): _per_million("SNS", "sns", "publish_per_million"),
    ("events", "putEvents"): _events,
    ("eventbridge", "putEvents"): _events,
    ("apigateway", "invoke"): _per_million("API Gateway", "api_gateway", "rest_per_million"),
    ("dynamodb", ""): _dynamodb,
    ("s3", ""): _s3,
    ("glue", "startJobRun"): _glue,
    ("ecs", "runTask"): _fargate,
    ("emr-serverless", "startJobRun"): _emr,
    ("athena", "startQueryExecution"): _athena,
}

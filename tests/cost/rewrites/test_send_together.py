"""R23: messages in a row that one call sends."""

from __future__ import annotations

from collections import Counter

import pytest

from sfdsl.checks import check
from sfdsl.cost.rewrites import UNLOCKS, Hazard, Reason, rewrite
from sfdsl.cost.rewrites.send_together import send_together
from sfdsl.diagnostics import Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.workflow import Assertion, Notes
from sfdsl.permissions import derive
from tests.cost.rewrites.calls import Case, Waived, difference
from tests.cost.rewrites.judge import workflow_of
from tests.cost.rewrites.rows_of_calls import Drawing
from tests.cost.rewrites.tools import after, hazards, machine

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/q"
TOPIC = "arn:aws:sns:us-east-1:123456789012:t"
SQS = "arn:aws:states:::sqs:sendMessage"
SNS = "arn:aws:states:::sns:publish"
EVENTS = "arn:aws:states:::events:putEvents"


class Messages(Drawing):
    """Machines that send to queues, topics and buses."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.service = self.pick(["sqs", "sqs", "sqs sdk", "sns", "events"])
        prefix = {"sqs": "SQS", "sqs sdk": "SQS", "sns": "SNS", "events": "EventBridge"}[self.service]
        words = {
            "SQS": "RequestThrottledException",
            "SNS": "InternalErrorException",
            "EventBridge": "InternalException",
        }
        self.transient = (f"{prefix}.{words[prefix]}", f"{prefix}.SdkClientException")
        self.other_errors = (f"{prefix}.InvalidSecurityException",)
        self.fifo = self.chance(0.2)

    def retry(self):
        made = super().retry()
        sdk = self.service == "sqs sdk"
        extra = ["EventBridge.FailedEntry"] if self.service == "events" else []
        for each in made:
            each["ErrorEquals"] = [n.replace("SQS", "Sqs") if sdk else n for n in each["ErrorEquals"]]
            if each["ErrorEquals"][0].startswith("EventBridge."):
                each["ErrorEquals"] += extra
        return made

    def body(self, name):
        if self.chance(0.2) and self.service != "sqs sdk":
            return self.pick([{"of": name, "n": [1, "x"]}, {"of": name, "b": f"{{% {self.text()} %}}"}])
        return self.pick([f"{name} plain", f"{{% '{name} ' & {self.text()} %}}"])

    def call(self, name):
        if self.service == "events":
            made = [{"Detail": {"of": name, "b": f"{{% {self.text()} %}}"}, "DetailType": "t", "Source": "s"}]
            made += [dict(made[0], Source="r")] * self.pick([0, 0, 0, 1, 4])
            return self.outputs({"Type": "Task", "Resource": EVENTS, "Arguments": {"Entries": made}})
        if self.service == "sns":
            given = {"TopicArn": TOPIC + ("" if self.chance(0.9) else "2"), "Message": self.body(name)}
            given.update({"Subject": "{% $states.input.b %}"} if self.chance(0.3) else {})
            return self.outputs({"Type": "Task", "Resource": SNS, "Arguments": given}, ("MessageId",))
        given = {"QueueUrl": QUEUE + ("" if self.chance(0.9) else "2"), "MessageBody": self.body(name)}
        given.update({"MessageGroupId": "{% $states.input.b %}"} if self.fifo else {})
        resource = SQS if self.service == "sqs" else "arn:aws:states:::aws-sdk:sqs:sendMessage"
        return self.outputs({"Type": "Task", "Resource": resource, "Arguments": given}, ("MessageId", "MD5"))


ALL = Notes(idempotent=True, asserts=frozenset({Assertion.UNORDERED, Assertion.ERROR_NAMES_FREE, Assertion.ATOMIC}))
RETRY = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]


def send(body="a message", **fields):
    given = {"QueueUrl": QUEUE, "MessageBody": body}
    return {"Type": "Task", "Resource": SQS, "Arguments": given, "Output": "{% $states.input %}", **fields}


def publish(body="a message", **fields):
    return send(**{"Resource": SNS, "Arguments": {"TopicArn": TOPIC, "Message": body}, **fields})


def put(*sources, **fields):
    entries = [{"Source": source, "DetailType": "t", "Detail": {"id": 1}} for source in sources or "s"]
    return send(**{"Resource": EVENTS, "Arguments": {"Entries": entries}, **fields})


def noted(*names, **fields):
    """Everything that is asked, less what is said otherwise."""
    return dict.fromkeys(names or ("A", "B"), Notes(**{"idempotent": True, "asserts": ALL.asserts, **fields}))


def without(*left_out):
    return ALL.asserts - set(left_out)


FAILED = "$exists($states.result.Failed.Id) ? $error('a part of the call failed: ' & $string($states.result.Failed)) : "


def test_messages_to_a_queue_become_one_batch():
    definition = machine(
        "JSONata", A=send("{% 'run ' & $states.context.Execution.Name %}", Retry=RETRY), B=send({"n": 1}, Retry=RETRY)
    )
    assert after(send_together, definition, noted()) == {
        "A": {
            "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sqs:sendMessageBatch",
            "Arguments": {"QueueUrl": QUEUE, "Entries": [
                {"Id": "0", "MessageBody": "{% 'run ' & $states.context.Execution.Name %}"}, {"Id": "1", "MessageBody": '{"n":1}'},
            ]},
            "Output": f"{{% {FAILED}($states.input) %}}", "Retry": RETRY, "End": True,
        }
    }  # fmt: skip


def test_messages_to_a_topic_become_one_batch_and_what_is_read_of_them_is_read_of_it():
    definition = machine(
        "JSONata", A=publish(Assign={"id": "{% $states.result.MessageId %}"}), B=publish("plain", Output={"n": 1})
    )
    assert after(send_together, definition, noted()) == {
        "A": {
            "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sns:publishBatch",
            "Arguments": {"TopicArn": TOPIC, "PublishBatchRequestEntries": [
                {"Id": "0", "Message": "a message"}, {"Id": "1", "Message": "plain"},
            ]},
            "Assign": {"id": "{% $states.result.Successful[Id='0'].MessageId %}"},
            "Output": f'{{% {FAILED}{{"n": 1}} %}}', "End": True,
        }
    }  # fmt: skip


def test_events_go_in_one_call_of_the_same_integration():
    definition = machine("JSONata", A=put("a", Retry=RETRY), B=put("b", "c", Retry=RETRY))
    states = after(send_together, definition, noted())
    assert list(states) == ["A"]
    assert [entry["Source"] for entry in states["A"]["Arguments"]["Entries"]] == ["a", "b", "c"]
    assert (states["A"]["Resource"], states["A"]["Output"]) == (EVENTS, "{% $states.input %}")


def test_eleven_messages_are_ten_and_one():
    names = [f"M{i}" for i in range(11)]
    states = after(send_together, machine("JSONata", **{name: send(name) for name in names}), noted(*names))
    assert list(states) == ["M0", "M10"]
    assert [entry["MessageBody"] for entry in states["M0"]["Arguments"]["Entries"]] == names[:10]


def test_a_retry_that_names_errors_names_what_a_part_of_a_batch_raises():
    retry = [{"ErrorEquals": ["SQS.RequestThrottledException", "SQS.KmsThrottledException"], "MaxAttempts": 2}]
    states = after(send_together, machine("JSONata", A=send(Retry=retry), B=send(Retry=retry)), noted())
    assert states["A"]["Retry"] == [
        {"ErrorEquals": ["Sqs.RequestThrottledException", "Sqs.KmsThrottledException", "States.QueryEvaluationError"], "MaxAttempts": 2}
    ]  # fmt: skip


def test_what_was_asserted_of_all_is_asserted_of_the_one():
    notes = {
        "A": Notes(idempotent=True, asserts=ALL.asserts | {Assertion.PURE}, duration=1, resources=("arn:a",)),
        "B": Notes(idempotent=True, asserts=ALL.asserts, duration=2, resources=("arn:b",)),
    }
    made = send_together(workflow_of(machine("JSONata", A=send(), B=send()), notes))
    assert made.workflow.notes == {
        "A": Notes(idempotent=True, asserts=ALL.asserts, duration=3, resources=("arn:a", "arn:b"))
    }
    assert [done.because for done in made.evidence] == [(Reason.ONE_CALL_FOR_ALL, Reason.SAID_BY_THE_AUTHOR)]
    assert [(done.states, done.removed, done.transitions_saved) for done in made.evidence] == [(("A",), ("B",), 1)]


CATCH = [{"ErrorEquals": ["States.ALL"], "Output": {"failed": True}, "Next": "H"}]
HANDLER = {"Type": "Pass", "Output": {}, "End": True}


@pytest.mark.parametrize(
    ("states", "notes", "expected"),
    [
        pytest.param({"A": send(), "B": send()}, noted(), {}, id="everything is asserted"),
        pytest.param({"A": send(), "B": send()}, noted(asserts=without(Assertion.UNORDERED)), {"A": Hazard.ORDER_MATTERS, "B": Hazard.ORDER_MATTERS}, id="an order that matters"),
        pytest.param({"A": send(), "B": send()}, {**noted("A"), **noted("B", asserts=without(Assertion.UNORDERED))}, {"B": Hazard.ORDER_MATTERS}, id="an order that matters to one"),
        pytest.param({"A": send(Retry=RETRY), "B": send(Retry=RETRY)}, {**noted("A", idempotent=None), **noted("B")}, {"A": Hazard.NOT_IDEMPOTENT}, id="a retry that sends again"),
        pytest.param({"A": send(), "B": send()}, noted(idempotent=None), {}, id="no retry"),
        pytest.param({"A": send(Retry=[{"ErrorEquals": ["States.Timeout"]}]), "B": send(Retry=[{"ErrorEquals": ["States.Timeout"]}])}, noted(idempotent=None), {}, id="a retry of the whole"),
        pytest.param({"A": send(), "B": send("{% $string($states.input.n) %}")}, noted(asserts=without(Assertion.ATOMIC)), {"A": Hazard.MAY_OUTGROW, "B": Hazard.MAY_OUTGROW}, id="any size"),
        pytest.param({"A": send(), "B": send("{% 'no ' & $string($count($states.input.n)) %}")}, noted(asserts=without(Assertion.ATOMIC)), {"A": Hazard.MAY_OUTGROW, "B": Hazard.MAY_OUTGROW}, id="a size that is not understood"),
        pytest.param({"A": send("x" * 200_000), "B": send("y" * 60_000)}, noted(asserts=without(Assertion.ATOMIC)), {}, id="just small enough"),
        pytest.param({"A": send("x" * 200_000), "B": send("y" * 63_000)}, noted(asserts=without(Assertion.ATOMIC)), {"A": Hazard.MAY_OUTGROW, "B": Hazard.MAY_OUTGROW}, id="too large together"),
        pytest.param({"A": send(), "B": send()}, noted(asserts=without(Assertion.ERROR_NAMES_FREE)), {"A": Hazard.ERROR_NAMES_MATTER, "B": Hazard.ERROR_NAMES_MATTER}, id="the execution fails with another name"),
        pytest.param({"A": send(Catch=CATCH), "B": send(Catch=CATCH, End=True), "H": HANDLER}, noted(asserts=without(Assertion.ERROR_NAMES_FREE)), {}, id="a Catch of everything that reads no name"),
        pytest.param({"A": send(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "H"}]), "B": send(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "H"}], End=True), "H": {"Type": "Pass", "End": True}}, noted(asserts=without(Assertion.ERROR_NAMES_FREE)), {"A": Hazard.ERROR_NAMES_MATTER, "B": Hazard.ERROR_NAMES_MATTER}, id="a handler that hands the error on"),
        pytest.param({"A": put(), "B": put()}, noted(asserts=without(Assertion.ERROR_NAMES_FREE)), {}, id="events fail by the same name"),
        pytest.param({"A": send(), "B": send(Retry=RETRY)}, noted(), {"B": Hazard.HANDLERS_DIFFER}, id="one is retried"),
        pytest.param({"A": send(TimeoutSeconds=5), "B": send()}, noted(), {"B": Hazard.HANDLERS_DIFFER}, id="another timeout"),
        pytest.param({"A": send(Credentials={"RoleArn": "arn:aws:iam::1:role/a"}), "B": send()}, noted(), {"B": Hazard.HANDLERS_DIFFER}, id="other credentials"),
        pytest.param({"A": send(Catch=[{"ErrorEquals": ["SQS.X"], "Next": "H"}]), "B": send(Catch=[{"ErrorEquals": ["SQS.X"], "Next": "H"}], End=True), "H": HANDLER}, noted(), {"B": Hazard.ERRORS_TOLD_APART}, id="a Catch of one error"),
        pytest.param({"A": send(Output={"n": 2}, Catch=[{**CATCH[0], "Output": "{% $states.input %}"}]), "B": send(Catch=[{**CATCH[0], "Output": "{% $states.input %}"}], End=True), "H": HANDLER}, noted(), {"B": Hazard.HANDLER_SEES_OTHERS}, id="a Catch that hands on another input"),
        pytest.param({"A": send(Assign={"v": 1}, Catch=CATCH), "B": send(Catch=CATCH, End=True), "H": HANDLER}, noted(), {"B": Hazard.HANDLER_SEES_OTHERS}, id="a variable that a Catch leaves unset"),
        pytest.param({"A": send(Output={"r": "{% $states.result %}"}), "B": send()}, noted(), {"B": Hazard.RESULT_IS_READ}, id="the result is handed on"),
        pytest.param({"A": send(), "B": {key: each for key, each in send().items() if key != "Output"}}, noted(), {"B": Hazard.RESULT_IS_READ}, id="the last result is the output"),
        pytest.param({"A": send(Assign={"id": "{% $states.result.MessageId %}"}), "B": send("{% 'after ' & $id %}")}, noted(), {"B": Hazard.RESULT_IS_READ}, id="one message tells of another"),
        pytest.param({"A": send(), "B": send("{% $states.input.text %}")}, noted(), {"B": Hazard.NO_TEXT}, id="a body of any type"),
        pytest.param({"A": send(), "B": send({"n": "{% $states.input.n %}"})}, noted(), {"B": Hazard.NO_TEXT}, id="numbers in a body"),
        pytest.param({"A": send(), "B": send(Arguments={"QueueUrl": QUEUE, "MessageBody": "m", "Odd": 1})}, noted(), {"B": Hazard.OTHER_PARAMETERS}, id="an unknown parameter"),
        pytest.param({"A": put(), "B": put(Arguments={"Entries": "{% $states.input.events %}"})}, noted(), {"B": Hazard.OTHER_PARAMETERS}, id="any number of events"),
        pytest.param({"A": send("{% $uuid() %}"), "B": send()}, noted(), {"B": Hazard.IMPURE}, id="an identifier"),
        pytest.param({"A": send(Output={"n": "{% $states.input.n %}"}), "B": send(Output={})}, noted(), {"B": Hazard.FAILURE_WOULD_BE_LOST}, id="an output that may fail and is dropped"),
        pytest.param({"A": send(Odd=1), "B": send()}, noted(), {"B": Hazard.UNKNOWN_FIELDS}, id="an unknown field"),
        pytest.param({"A": send(), "B": send(Arguments={"QueueUrl": QUEUE + "2", "MessageBody": "m"})}, noted(), {}, id="two queues"),
    ],
)  # fmt: skip
def test_messages_that_are_sent_alone_say_why(states, notes, expected):
    definition = machine("JSONata", **states)
    assert hazards(send_together, definition, notes) == expected
    changed = len(after(send_together, definition, notes)) < len(states)
    assert changed is (not expected and "q2" not in str(states))
    assert all((hazard in UNLOCKS) is (notes["A"] != ALL or notes["B"] != ALL) for hazard in expected.values())


def test_another_way_in_keeps_messages_apart():
    choice = {
        "Type": "Choice",
        "Choices": [{"Condition": "{% $exists($states.input.n) %}", "Next": "B"}],
        "Default": "A",
    }
    assert hazards(send_together, machine("JSONata", C=choice, A=send(), B=send()), noted()) == {
        "B": Hazard.OTHER_WAYS_IN
    }


def test_jsonpath_has_no_way_to_raise_what_failed():
    states = {
        name: {"Type": "Task", "Resource": SQS, "Parameters": {"QueueUrl": QUEUE, "MessageBody": "m"}} for name in "AB"
    }
    assert hazards(send_together, machine(**states), noted()) == {"B": Hazard.IN_JSONPATH}


@pytest.mark.parametrize("state", [send, publish, put])
def test_the_one_call_is_granted_and_has_no_errors(state):
    before = workflow_of(machine("JSONata", A=state(), B=state()), noted())
    made = send_together(before).workflow
    assert made is not before
    granted = [
        [(each.actions, each.resources) for each in derive(WorkflowGraph(it)).statements] for it in (before, made)
    ]
    assert granted[0] == granted[1] != []
    assert [found for found in check(WorkflowGraph(made)) if found.severity is Severity.ERROR] == []


def judge(seed: int) -> str | None:
    """How a machine ends that the rewrite changes; None where it changes nothing."""
    case: Case = Messages(seed).case()
    made = rewrite(case.workflow, rewrites=(send_together,))
    if made.workflow is case.workflow:
        assert made.evidence == ()
        return None
    assert rewrite(made.workflow, rewrites=(send_together,)).workflow is made.workflow
    assert difference(case, made.workflow, made.evidence, Waived()) is None, f"seed {seed}"
    return "struck" if case.faults else "smooth"


def campaign(touched: int, start: int) -> Counter[str]:
    ends: Counter[str] = Counter()
    seed = start
    while ends.total() < touched:
        if (end := judge(seed)) is not None:
            ends[end] += 1
        seed += 1
        assert seed - start < touched * 40
    return ends


def test_what_is_sent_together_arrives_as_it_did() -> None:
    ends = campaign(60, 0)
    assert ends["struck"] > 15
    assert ends["smooth"] > 15


@pytest.mark.campaign
def test_thousands_of_machines_send_as_they_did() -> None:
    ends = campaign(5_000, 1_000_000)
    assert ends["struck"] > 2_000

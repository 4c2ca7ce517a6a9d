"""Rules about the fields of states (SF111 to SF119, SF126 to SF136)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.structure.machines import (
    BODY,
    DISTRIBUTED,
    LAMBDA,
    READER,
    choice,
    codes,
    findings,
    lone,
    machine,
    map_,
    one,
    pass_,
    reader,
    task,
    writer,
)

JSONATA = {"QueryLanguage": "JSONata"}
ALL = ["States.ALL"]


def retry(**fields: Any) -> dict[str, Any]:
    return task(Retry=[{"ErrorEquals": ALL} | fields])


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(lone("Loop"), {"SF111"}, id="a type that does not exist"),
        pytest.param(lone("task"), {"SF111"}, id="a type in the wrong case"),
        pytest.param(lone("${Type}"), set(), id="a type that is a placeholder"),
        pytest.param(machine(A={"End": True}), {"SF111"}, id="no type"),
        pytest.param(machine(A=None), {"SF111"}, id="null"),
        pytest.param(machine(A="${A}"), set(), id="a state that is a placeholder"),
        pytest.param(task(Colour="red"), {"SF112"}, id="an unknown field"),
        pytest.param(task(**{"${Key}": 1}), set(), id="a field that is a placeholder"),
        pytest.param(lone("Wait", Seconds=1, Parameters={}), {"SF112"}, id="a field of another type"),
        pytest.param(retry(Colour="red"), {"SF112"}, id="an unknown field of a retrier"),
        pytest.param(machine({"Name": "x"}, A=pass_()), {"SF112"}, id="an unknown field of the machine"),
        pytest.param(map_(BODY | {"TimeoutSeconds": 5}), {"SF112"}, id="a field of the machine in a body"),
        pytest.param(task(Comment="a"), set(), id="a comment"),
        pytest.param(task(Comment=["a"]), {"SF113"}, id="a comment that is no text"),
        pytest.param(task(Retry=[]), set(), id="an empty Retry is taken"),
        pytest.param(task(Retry={}), {"SF113"}, id="a Retry that is no array"),
        pytest.param(task(Retry="${Retry}"), set(), id="a Retry that is a placeholder"),
        pytest.param(task(Catch=[5]), {"SF113"}, id="a catcher that is a number"),
        pytest.param(task(TimeoutSeconds=None), {"SF113"}, id="a number that is null"),
        pytest.param(task(ResultPath=None), set(), id="a path that is null"),
        pytest.param(task(ResultPath=5), {"SF113"}, id="a path that is a number"),
        pytest.param(map_(ItemsPath=None), {"SF113"}, id="an ItemsPath that is null"),
        pytest.param(task(Assign="x"), {"SF113"}, id="an Assign that is no object"),
        pytest.param(map_(ItemSelector="x"), {"SF113"}, id="an ItemSelector that is no object"),
        pytest.param(map_(ItemSelector="{% $x %}", **JSONATA), set(), id="an ItemSelector that is an expression"),
        pytest.param(map_(Items="{% $x %}", **JSONATA), set(), id="Items that are an expression"),
        pytest.param(map_(Items=[1, 2], **JSONATA), set(), id="Items that are an array"),
        pytest.param(task(Credentials=None), {"SF113"}, id="Credentials that are null"),
        pytest.param({"StartAt": "A", "States": []}, {"SF113"}, id="States that are an array"),
        pytest.param(machine(A=pass_("B") | {"Next": 5}), {"SF113"}, id="a Next that is a number"),
    ],
)
def test_types_and_shapes(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(lone("Task"), {"SF114"}, id="a Task without Resource"),
        pytest.param(lone("Task", Resource=5), {"SF113"}, id="a Resource that is a number"),
        pytest.param(lone("Parallel"), {"SF114"}, id="a Parallel without Branches"),
        pytest.param(lone("Map"), {"SF114"}, id="a Map without ItemProcessor"),
        pytest.param(lone("Wait"), {"SF114"}, id="a Wait without a time"),
        pytest.param(lone("Wait", Seconds=0), set(), id="a Wait of no time"),
        pytest.param(lone("Choice"), {"SF114"}, id="a Choice without rules"),
        pytest.param(
            machine(A={"Type": "Choice", "Default": "B", "Choices": [{"Variable": "$", "IsNull": True}]}, B=pass_()),
            {"SF114"},
            id="a rule without Next",
        ),
        pytest.param(task(Catch=[{"ErrorEquals": ALL}]), {"SF114"}, id="a catcher without Next"),
        pytest.param(task(Retry=[{"MaxAttempts": 1}]), {"SF114"}, id="a retrier without ErrorEquals"),
        pytest.param(map_({"StartAt": "Inner"}), {"SF114"}, id="a body without States"),
        pytest.param(map_(BODY | {"ProcessorConfig": {"Mode": "DISTRIBUTED"}}), {"SF114"}, id="no ExecutionType"),
        pytest.param(task(Credentials={"Role": "r"}), {"SF114"}, id="Credentials without RoleArn"),
        pytest.param(task(Credentials={"RoleArn.$": "$.r"}), set(), id="Credentials with a path"),
        pytest.param(map_(DISTRIBUTED, ItemReader={}), {"SF114"}, id="a reader without Resource"),
        pytest.param(map_(DISTRIBUTED, ItemBatcher={}), {"SF114"}, id="a batcher without a limit"),
        pytest.param(map_(DISTRIBUTED, ItemBatcher={"BatchInput": {}}), {"SF114"}, id="a batcher with input alone"),
        pytest.param(map_(DISTRIBUTED, ItemBatcher={"MaxItemsPerBatchPath": "$.n"}), set(), id="a limit by path"),
        pytest.param(writer(), {"SF114"}, id="a writer of nothing"),
        pytest.param(writer(WriterConfig={"OutputType": "JSON"}), set(), id="a writer with a WriterConfig alone"),
        pytest.param(
            writer(WriterConfig={"Transformation": "NONE"}), {"SF114"}, id="a WriterConfig without OutputType"
        ),
        pytest.param(writer(Resource="arn:aws:states:::s3:putObject", Parameters={"Bucket": "b"}), set(), id="to S3"),
        pytest.param(lone("Parallel", Branches=[]), {"SF119"}, id="no branch"),
        pytest.param(machine(A={"Type": "Choice", "Choices": [], "Default": "B"}, B=pass_()), {"SF119"}, id="no rule"),
        pytest.param(retry(ErrorEquals=[]), {"SF119"}, id="no error name"),
        pytest.param({"StartAt": "A", "States": {}}, {"SF119"}, id="no state"),
    ],
)
def test_what_is_missing(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(task(TimeoutSeconds=5, TimeoutSecondsPath="$.t"), {"SF115"}, id="a timeout and its path"),
        pytest.param(task(TimeoutSeconds=5, HeartbeatSecondsPath="$.t"), set(), id="a timeout and another path"),
        pytest.param(lone("Wait", Seconds=1, Timestamp="2026-12-24T18:00:00Z"), {"SF115"}, id="two times"),
        pytest.param(lone("Wait", SecondsPath="$.s", TimestampPath="$.t"), {"SF115"}, id="two paths of times"),
        pytest.param(
            lone("Wait", Seconds=1, SecondsPath="$.s", **JSONATA), {"SF128"}, id="one is of the other language"
        ),
        pytest.param(lone("Fail", Error="E", ErrorPath="$.e"), {"SF115"}, id="an error and its path"),
        pytest.param(lone("Fail", Error="E", CausePath="$.c"), set(), id="an error and a cause by path"),
        pytest.param(map_(Iterator=BODY), {"SF115"}, id="two bodies"),
        pytest.param(map_(Parameters={}, ItemSelector={}), {"SF115"}, id="two selectors"),
        pytest.param(reader(InputType="JSON", MaxItems=1, MaxItemsPath="$.m"), {"SF115"}, id="in a ReaderConfig"),
        pytest.param(machine(A=pass_("B") | {"End": True}, B=pass_()), {"SF115"}, id="Next and End"),
        pytest.param(machine(A={"Type": "Pass"}), {"SF116"}, id="neither Next nor End"),
        pytest.param(machine(A={"Type": "Pass", "Next": None}), {"SF113"}, id="a Next that is null"),
        pytest.param(lone("Pass", End=False), {"SF117"}, id="an End that is false"),
        pytest.param(lone("Pass", End="true"), {"SF117"}, id="an End in quotes"),
        pytest.param(
            machine(A=pass_("B") | {"End": False}, B=pass_()), {"SF117"}, id="an End that is false and a Next"
        ),
        pytest.param(lone("Pass", End="${End}"), set(), id="an End that is a placeholder"),
        pytest.param(lone("Succeed", End=True), {"SF118"}, id="a Succeed that ends"),
        pytest.param(lone("Fail", Next="A"), {"SF118"}, id="a Fail that continues"),
        pytest.param(choice({"Variable": "$", "IsNull": True}, Next="B"), {"SF118"}, id="a Choice that continues"),
        pytest.param(choice({"Variable": "$", "IsNull": True}, End=True), {"SF118"}, id="a Choice that ends"),
    ],
)
def test_what_excludes_what(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(task(TimeoutSeconds=1), set(), id="the least"),
        pytest.param(task(TimeoutSeconds=0), {"SF126"}, id="less than the least"),
        pytest.param(task(TimeoutSeconds=99_999_999), set(), id="the most"),
        pytest.param(task(TimeoutSeconds=100_000_000), {"SF126"}, id="more than the most"),
        pytest.param(lone("Wait", Seconds=-1), {"SF126"}, id="a negative Wait"),
        pytest.param(machine({"TimeoutSeconds": 0}, A=pass_()), {"SF126"}, id="of the machine"),
        pytest.param(retry(MaxAttempts=0), set(), id="never"),
        pytest.param(retry(MaxAttempts=-1), {"SF126"}, id="less than never"),
        pytest.param(retry(BackoffRate=1), set(), id="no backoff"),
        pytest.param(retry(BackoffRate=0.5), {"SF126"}, id="a backoff that hurries"),
        pytest.param(retry(MaxDelaySeconds=31_622_401), {"SF126"}, id="a delay over a year"),
        pytest.param(map_(DISTRIBUTED, ToleratedFailurePercentage=100.5), {"SF126"}, id="more than all"),
        pytest.param(map_(DISTRIBUTED, ToleratedFailurePercentage=0.5), set(), id="half a percent"),
        pytest.param(map_(MaxConcurrency=0), set(), id="unlimited"),
        pytest.param(reader(InputType="JSON", MaxItems=0), set(), id="the console's unlimited"),
        pytest.param(map_(DISTRIBUTED, ItemBatcher={"MaxItemsPerBatch": 0}), {"SF126"}, id="an empty batch"),
        pytest.param(lone("Wait", Seconds="60"), {"SF127"}, id="a number in quotes"),
        pytest.param(lone("Wait", Seconds="${Rest}"), set(), id="a placeholder"),
        pytest.param(lone("Wait", Seconds="$.rest"), {"SF127"}, id="a path"),
        pytest.param(lone("Wait", Seconds="{% $rest %}"), {"SF127"}, id="an expression in a JSONPath state"),
        pytest.param(lone("Wait", Seconds="{% $rest %}", **JSONATA), set(), id="an expression in a JSONata state"),
        pytest.param(lone("Wait", Seconds=1.5), {"SF127"}, id="a fraction"),
        pytest.param(lone("Wait", Seconds=1.0), set(), id="a whole number with a point"),
        pytest.param(
            machine(
                A={
                    "Type": "Task",
                    "Resource": LAMBDA,
                    "End": True,
                    "QueryLanguage": "JSONata",
                    "Retry": [{"ErrorEquals": ALL, "MaxAttempts": "{% 3 %}"}],
                }
            ),
            {"SF127"},
            id="an expression in a retrier",
        ),
    ],
)
def test_numbers(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(task(Arguments={}), {"SF128"}, id="Arguments in JSONPath"),
        pytest.param(task(Arguments={}, **JSONATA), set(), id="Arguments in JSONata"),
        pytest.param(task(Parameters={}, **JSONATA), {"SF128"}, id="Parameters in JSONata"),
        pytest.param(task(InputPath=None, **JSONATA), {"SF128"}, id="null is a value"),
        pytest.param(task(ResultPath=5, **JSONATA), {"SF128"}, id="a misfit of the other language"),
        pytest.param(lone("Pass", Result=1, **JSONATA), {"SF128"}, id="Result in JSONata"),
        pytest.param(lone("Pass", Assign={"a": 1}, **JSONATA), set(), id="Assign is of both"),
        pytest.param(choice({"Variable": "$", "IsNull": True}, **JSONATA), {"SF128"}, id="a JSONPath rule in JSONata"),
        pytest.param(choice({"Condition": "{% $a %}"}), {"SF128"}, id="a JSONata rule in JSONPath"),
        pytest.param(choice({"And": [{"Variable": "$", "IsNull": True}]}, **JSONATA), {"SF128"}, id="And in JSONata"),
        pytest.param(
            machine(
                JSONATA,
                A={
                    "Type": "Task",
                    "Resource": LAMBDA,
                    "End": True,
                    "Catch": [{"ErrorEquals": ALL, "Next": "B", "ResultPath": "$.e"}],
                },
                B=pass_(),
            ),
            {"SF128"},
            id="a catcher's ResultPath",
        ),
        pytest.param(
            map_(DISTRIBUTED, ItemReader=READER | {"ReaderConfig": {"InputType": "CSV"}}, **JSONATA),
            {"SF128"},
            id="a reader's Parameters",
        ),
        pytest.param(task(Arguments={}, QueryLanguage="Jsonata"), {"SF130"}, id="a language that does not exist"),
        pytest.param(machine(JSONATA, A=pass_() | {"QueryLanguage": "JSONPath"}), {"SF129"}, id="JSONPath in JSONata"),
        pytest.param(machine(A=pass_() | JSONATA), set(), id="JSONata in JSONPath"),
        pytest.param(
            machine(
                A={
                    "Type": "Map",
                    "End": True,
                    "ItemProcessor": {
                        "StartAt": "B",
                        "States": {"B": pass_() | {"QueryLanguage": "JSONPath", "Parameters": {}}},
                    },
                }
                | JSONATA
            ),
            set(),
            id="JSONPath inside a JSONata Map",
        ),
        pytest.param(machine({"Version": "1.1"}, A=pass_()), {"SF130"}, id="a version"),
        pytest.param(machine({"Version": "1.0"}, A=pass_()), set(), id="the version"),
        pytest.param(retry(JitterStrategy="Full"), {"SF130"}, id="a jitter in the wrong case"),
        pytest.param(map_(BODY | {"ProcessorConfig": {"Mode": "PARALLEL"}}), {"SF130"}, id="a mode"),
        pytest.param(map_(BODY | {"ProcessorConfig": {"Mode": "${Mode}"}}), set(), id="a mode that is a placeholder"),
        pytest.param(reader(InputType="XML"), {"SF130"}, id="a type of files"),
        pytest.param(map_(DISTRIBUTED, ItemReader={"Resource": LAMBDA}), {"SF130"}, id="a reader that is no S3 call"),
        pytest.param(
            map_(DISTRIBUTED, ItemReader={"Resource": "arn:${AWS::Partition}:states:::s3:listObjectsV2"}),
            set(),
            id="a partition that is a placeholder",
        ),
        pytest.param(writer(Resource="arn:aws:states:::s3:getObject"), {"SF130"}, id="a writer that reads"),
    ],
)
def test_languages_and_words(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


@pytest.mark.parametrize(
    ("definition", "code", "message", "hint", "pointer"),
    [
        (
            lone("task"),
            "SF111",
            "state 'A' has the Type 'task', which does not exist",
            "did you mean 'Task'?",
            "/States/A/Type",
        ),
        (machine(A={"Branches": []}), "SF111", "state 'A' has no Type", 'add `"Type": "Parallel"`', "/States/A"),
        (
            retry(MaxAttemps=1),
            "SF112",
            "Retry[0] of state 'A' has the field 'MaxAttemps', which a retrier does not have",
            "did you mean 'MaxAttempts'?",
            "/States/A/Retry/0/MaxAttemps",
        ),
        (
            lone("Wait", Seconds=1, Retry=[]),
            "SF112",
            "state 'A' has the field 'Retry', which a Wait state does not have",
            "it belongs to a Task, a Parallel or a Map; put the state into a Parallel to retry it",
            "/States/A/Retry",
        ),
        (
            retry(ErrorEquals="E"),
            "SF113",
            "Retry[0].ErrorEquals of state 'A' is 'E'; it is an array of error names",
            'write ["E"]',
            "/States/A/Retry/0/ErrorEquals",
        ),
        (
            task(Catch=[5]),
            "SF113",
            "Catch of state 'A' has 5 at [0]; it is an array of catchers",
            "make it an array of catchers, or leave 'Catch' out",
            "/States/A/Catch",
        ),
        (lone("Wait", **JSONATA), "SF114", "state 'A' has no Seconds or Timestamp", 'add `"Seconds": 60`', "/States/A"),
        (
            task(TimeoutSeconds=5, TimeoutSecondsPath="$.t"),
            "SF115",
            "state 'A' has 'TimeoutSeconds' and 'TimeoutSecondsPath', of which only one may be there",
            "delete 'TimeoutSeconds' or delete 'TimeoutSecondsPath'",
            "/States/A/TimeoutSecondsPath",
        ),
        (
            machine(A={"Type": "Pass"}, B=pass_("A")),
            "SF116",
            "state 'A' has neither Next nor End",
            'add `"Next": "B"` or `"End": true`',
            "/States/A",
        ),
        (
            lone("Pass", End="yes"),
            "SF117",
            "End of state 'A' is 'yes'; it is true",
            'write `"End": true`, or a Next',
            "/States/A/End",
        ),
        (
            choice({"Variable": "$", "IsNull": True}, Default=None, Next="B"),
            "SF118",
            "state 'A' has Next, which a Choice does not have",
            'write `"Default": "B"`',
            "/States/A/Next",
        ),
        (
            retry(ErrorEquals=[]),
            "SF119",
            "Retry[0].ErrorEquals of state 'A' is empty; it has at least one error name",
            "add an error name",
            "/States/A/Retry/0/ErrorEquals",
        ),
        (
            task(TimeoutSeconds=0),
            "SF126",
            "TimeoutSeconds of state 'A' is 0; 1 to 99,999,999 seconds may be written there",
            'write `"TimeoutSeconds": 1` or more',
            "/States/A/TimeoutSeconds",
        ),
        (
            lone("Wait", Seconds="60"),
            "SF127",
            "Seconds of state 'A' is '60', a text; it is a whole number",
            'write `"Seconds": 60`, without the quotes',
            "/States/A/Seconds",
        ),
        (
            lone("Wait", Seconds="$.s"),
            "SF127",
            "Seconds of state 'A' is '$.s', a text; it is a whole number",
            'write `"SecondsPath": "$.s"`',
            "/States/A/Seconds",
        ),
        (
            task(Output=1, Arguments={}),
            "SF128",
            "state 'A' is written in JSONPath and has the JSONata fields 'Arguments' and 'Output'",
            'add `"QueryLanguage": "JSONata"` to the state, or write Parameters instead',
            "/States/A/Arguments",
        ),
        (
            map_(BODY | {"ProcessorConfig": {"Mode": "Distributed"}}),
            "SF130",
            "ItemProcessor.ProcessorConfig.Mode of state 'A' is 'Distributed'; "
            "INLINE or DISTRIBUTED may be written there",
            "did you mean 'DISTRIBUTED'?",
            "/States/A/ItemProcessor/ProcessorConfig/Mode",
        ),
        (
            lone("Wait", Timestamp="2026-12-24 18:00"),
            "SF136",
            "Timestamp of state 'A' is '2026-12-24 18:00', which has not the form 2026-12-24T18:00:00Z",
            "write 2026-12-24T18:00:00Z",
            "/States/A/Timestamp",
        ),
    ],
)
def test_what_is_said(definition: dict[str, Any], code: str, message: str, hint: str, pointer: str) -> None:
    finding = one(definition, code)
    assert (finding.message, finding.hint, finding.origin.pointer) == (message, hint, pointer)


def test_the_machine_itself_is_named_and_placed() -> None:
    (finding,) = findings(machine({"TimeoutSeconds": 0}, A=pass_()))
    assert finding.message.startswith("TimeoutSeconds of the state machine is 0;")
    assert (finding.state, finding.origin.pointer) == ("", "/TimeoutSeconds")

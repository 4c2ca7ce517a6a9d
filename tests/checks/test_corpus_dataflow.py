"""The rules on data against definitions that others wrote, and against what AWS said and did."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from sfdsl.diagnostics import Diagnostic, Severity
from tests.checks.dataflow.helpers import findings
from tests.conftest import shared

UNDEFINED = "returned nothing (undefined)"


def errors(definition: dict[str, Any]) -> list[Diagnostic]:
    return [finding for finding in findings(definition) if finding.severity is Severity.ERROR]


def records(name: str) -> list[dict[str, Any]]:
    text = shared(f"aws_recordings/{name}").read_text()
    return [json.loads(line) for line in text.split("\n") if line]


def corpus(folder: str) -> list[tuple[str, Any]]:
    found = []
    for path in sorted(Path(shared(f"corpus/{folder}")).glob("*.json")):
        try:
            found.append((path.name[:5].rstrip("-"), json.loads(path.read_text())))
        except ValueError:
            continue  # deliberately not JSON
    return found


def test_errors_in_published_definitions_are_real_faults() -> None:
    found: dict[str, Counter[str]] = {}
    for number, definition in corpus("asl"):
        if codes := Counter(finding.code for finding in errors(definition)):
            found[number] = codes
    assert found == {
        "0330": {"SF240": 3},  # reads $orderId, which no state assigns
        "0332": {"SF240": 3},  # the same
        "0351": {"SF220": 1},  # ResultPath ""
        "0438": {"SF245": 1},  # a variable named top-level
        "0442": {"SF240": 1},  # ErrorPath reads $field2 in a machine of one state
        "0518": {"SF252": 1},  # waits for a token that MessageBody does not carry
        # Fixtures of other validators, with context fields such as $$.z that AWS does not have:
        "0526": {"SF209": 1},
        "0530": {"SF209": 1},
        "0531": {"SF209": 2},
        "0543": {"SF209": 1},
        "0576": {"SF209": 1},
        "0577": {"SF209": 1},
        "0579": {"SF209": 1},
    }


def test_other_findings_in_published_definitions() -> None:
    found: Counter[str] = Counter()
    for _, definition in corpus("asl"):
        found.update(f.code for f in findings(definition) if f.severity is not Severity.ERROR)
    assert found == {
        "SF230": 9,
        "SF231": 1,
        "SF242": 11,
        "SF253": 1,
        "SF255": 2,
    }


def test_what_aws_accepted_has_errors_only_where_the_execution_failed_of_them() -> None:
    definitions, found = set(), []
    for record in records("executions.jsonl"):
        if not record["aws_validated"]:
            continue
        definitions.add(json.dumps(record["definition"], sort_keys=True))
        for finding in errors(record["definition"]):
            found.append((finding.code, record["id"].split("::")[-1]))
            match finding.code:
                case "SF240":
                    name = finding.message.split("'")[3]
                    assert record["error"] == "States.QueryEvaluationError"
                    assert f"'${name}'" in record["cause"]
                    assert UNDEFINED in record["cause"]
                case "SF204":
                    assert record["error"] == "States.QueryEvaluationError"
                    assert "T1006" in record["cause"]  # an attempt to call what is no function
                case "SF261":
                    assert record["error"] == "States.QueryEvaluationError"
                    assert "Expected 'array'" in record["cause"]
                case "SF252":
                    assert record["error"] == "States.Timeout"
                case _:
                    raise AssertionError(f"{finding.code} on an execution that AWS ran: {finding.message}")
    assert len(definitions) == 304
    assert sorted(found) == [
        ("SF204", "test_math_random_seeded#0"),
        ("SF240", "test_undefined_reference[BASE_UNDEFINED_ARGUMENTS]#0"),
        ("SF240", "test_undefined_reference[BASE_UNDEFINED_ASSIGN]#0"),
        ("SF240", "test_undefined_reference[BASE_UNDEFINED_OUTPUT]#0"),
        ("SF240", "test_undefined_reference[BASE_UNDEFINED_OUTPUT_MULTIPLE_STATES]#0"),
        ("SF252", "test_sqs_wait_for_task_token_no_token_parameter#0"),
        ("SF261", "test_map_state_items_eval_jsonata_fail[null]#0"),
        ("SF261", "test_map_state_items_eval_jsonata_fail[object]#0"),
        ("SF261", "test_map_state_items_eval_jsonata_fail[string]#0"),
    ]


def test_what_aws_rejected_for_its_data_has_an_error() -> None:
    told = {}
    for record in records("definitions.jsonl"):
        if record["definition"] and not record["accepted"] and record["aws_validated"]:
            told[record["id"].split("::")[-1]] = [finding.code for finding in errors(record["definition"])]
    assert told == {
        "test_invalid_credentials_field[INVALID_CREDENTIALS_FIELD]#0": ["SF240"],
        "test_illegal_escapes[ESCAPE_SEQUENCES_ILLEGAL_INTRINSIC_FUNCTION_2]#0": ["SF220"],
        # Not of data: a timestamp, an Express machine's Resource, and a missing StartAt.
        "test_wait_timestamp_invalid[INVALID_DATE]#0": [],
        "test_wait_timestamp_invalid[INVALID_TIME]#0": [],
        "test_illegal_callbacks[SYNC]#0": [],
        "test_illegal_callbacks[WAIT_FOR_TASK_TOKEN]#0": [],
        "test_validate_state_machine_definition_type_express[INVALID_BASE_NO_STARTAT]#0": [],
    }


def test_accepted_definitions_have_no_error() -> None:
    accepted = [r["definition"] for r in records("definitions.jsonl") if r["accepted"] and r["aws_validated"]]
    assert [finding.code for definition in accepted for finding in errors(definition)] == []
    assert len(accepted) == 12


def test_what_is_wrong_in_the_invalid_definitions() -> None:
    found = {}
    for number, definition in corpus("invalid"):
        if isinstance(definition, dict) and (codes := Counter(finding.code for finding in errors(definition))):
            found[number] = dict(codes)
    context = {number: found.pop(number) for number in list(found) if found[number] == {"SF209": 1}}
    assert found == {
        "i0003": {"SF261": 1},
        "i0007": {"SF220": 3},
        "i0010": {"SF229": 1},
        "i0016": {"SF202": 1},
        "i0017": {"SF202": 1},
        "i0019": {"SF201": 1},
        "i0020": {"SF201": 1},
        "i0021": {"SF201": 1},
        "i0027": {"SF226": 1},
        "i0039": {"SF257": 1},
        "i0045": {"SF220": 1},
        "i0047": {"SF220": 2},
        "i0048": {"SF220": 1},
        "i0049": {"SF220": 5, "SF224": 1},
        "i0050": {"SF220": 2, "SF228": 2},
        "i0054": {"SF220": 2, "SF228": 2, "SF252": 1},
        "i0065": {"SF220": 1},
        "i0069": {"SF220": 1, "SF228": 3},
        "i0071": {"SF220": 5, "SF224": 1},
        "i0072": {"SF220": 1, "SF228": 3, "SF252": 1},
        "i0081": {"SF209": 1, "SF220": 2, "SF228": 3},
        "i0099": {"SF209": 1, "SF220": 1},
        "i0114": {"SF220": 1},
        "i0119": {"SF220": 1},
    }
    assert sorted(context) == ["i0088", "i0100", "i0101", "i0102", "i0103", "i0108", "i0109"]


DATA = re.compile(
    r"ends in \.\$|plainly and|JSONata (?:string|expression)|must be a JSONata\b|JSONPath expr|Reference Path|MathAdd"
)


def test_what_the_index_calls_wrong_with_data_has_an_error() -> None:
    text = shared("corpus/invalid/invalid.jsonl").read_text()
    wrong = {row["id"][:5]: row["wrong"] for row in map(json.loads, text.splitlines())}
    of_data = {number for number, said in wrong.items() if DATA.search(said) and "asl-validator objects" not in said}
    silent = {number for number, definition in corpus("invalid") if number in of_data and not errors(definition)}
    assert len(of_data) == 23
    # i0082 has white space before an intrinsic call, which nobody has seen AWS refuse.
    assert silent == {"i0082"}


def test_states_that_aws_tested_with_success_have_no_error() -> None:
    tested, found = 0, []
    for record in records("teststate.jsonl"):
        definition = record["definition"]
        if not record["accepted"] or record["expected"]["status"] != "SUCCEEDED" or "Type" not in definition:
            continue
        tested += 1
        # TestState is given the values of variables from outside.
        found += [
            finding
            for finding in errors({"StartAt": "Tested", "States": {"Tested": definition}})
            if finding.code != "SF240"
        ]
    assert found == []
    assert tested == 50

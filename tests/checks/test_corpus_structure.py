"""The rules of structure and errors, judged by definitions of other people and by AWS itself.

The definitions lie in ../shared and are not copied; where it is missing these tests skip, and in CI they fail.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sfdsl.checks import errors, structure
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import read
from sfdsl.model.workflow import MachineType, Workflow
from sfdsl.origin import Origin
from tests.conftest import shared


def findings(definition: Any, type_: str = "STANDARD", name: str = "w") -> list[Diagnostic]:
    machine = read(definition, Origin(file=name))
    graph = WorkflowGraph(Workflow(name=name, machine=machine, type=MachineType(type_)))
    return [finding for check in (*structure.CHECKS, *errors.CHECKS) for finding in check().run(graph)]


def error_codes(found: list[Diagnostic]) -> str:
    return " ".join(sorted({finding.code for finding in found if finding.severity is Severity.ERROR}))


def lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


# What each error on a published definition is about; all are right. 0325: an ItemReader on a Map whose Mode is INLINE.
# The others are inputs of validators' own tests: 0464, 0541 and 0583 have Credentials without RoleArn, which AWS
# refuses; 0521 has a BackoffRate of -2; 0579 has `arn:x` for every Resource and an ItemBatcher without a limit.
ERRORS_IN_CORPUS = {
    "0325": "SF131",
    "0464": "SF114",
    "0521": "SF126",
    "0541": "SF114",
    "0579": "SF114 SF130 SF131",
    "0583": "SF114",
}

# Definitions of the corpus in which each rule finds something.
FILES_BY_CODE = {
    "SF106": 1, "SF107": 7, "SF110": 5, "SF114": 4, "SF120": 22, "SF126": 1, "SF130": 1, "SF131": 2, "SF132": 3,
    "SF135": 55, "SF303": 3, "SF304": 2, "SF305": 1, "SF306": 9, "SF307": 1, "SF309": 2, "SF310": 3, "SF313": 10,
    "SF315": 73, "SF316": 28, "SF318": 1, "SF319": 2,
}  # fmt: skip


def test_published_definitions_have_the_errors_that_they_have() -> None:
    files = sorted(shared("corpus/asl").glob("*.json"))
    assert len(files) == 584
    by_file: dict[str, str] = {}
    by_code: Counter[str] = Counter()
    for file in files:
        found = findings(json.loads(file.read_text(encoding="utf-8")))
        by_code.update({finding.code for finding in found})
        if codes := error_codes(found):
            by_file[file.name[:4]] = codes
    assert by_file == ERRORS_IN_CORPUS
    assert dict(sorted(by_code.items())) == FILES_BY_CODE


# The errors in each wrong definition, held against the `wrong` of its index: 103 of 126.
FOUND = {
    "i0002": "SF102", "i0003": "SF113", "i0004": "SF111", "i0005": "SF114 SF123", "i0006": "SF102", "i0007": "SF102",
    "i0009": "SF112 SF114", "i0011": "SF103 SF113", "i0012": "SF115", "i0013": "SF115", "i0014": "SF102",
    "i0015": "SF128", "i0022": "SF115", "i0023": "SF115", "i0024": "SF114", "i0025": "SF126", "i0026": "SF115",
    "i0028": "SF116", "i0029": "SF116", "i0030": "SF104", "i0031": "SF113", "i0032": "SF114", "i0033": "SF102",
    "i0034": "SF113", "i0035": "SF115", "i0036": "SF101", "i0037": "SF115", "i0038": "SF102",
    "i0039": "SF101 SF114 SF118 SF128", "i0040": "SF101 SF118 SF128 SF129", "i0041": "SF103", "i0042": "SF102",
    "i0043": "SF102", "i0044": "SF115", "i0046": "SF115", "i0051": "SF112", "i0052": "SF112", "i0053": "SF112",
    "i0055": "SF101 SF102", "i0057": "SF114", "i0058": "SF104 SF108", "i0059": "SF103", "i0060": "SF101 SF103",
    "i0061": "SF108", "i0062": "SF113 SF130", "i0063": "SF126 SF127 SF130", "i0064": "SF114", "i0065": "SF114 SF119",
    "i0066": "SF111 SF113", "i0067": "SF103 SF111", "i0068": "SF103 SF111", "i0070": "SF112 SF121 SF122",
    "i0073": "SF126", "i0074": "SF119", "i0075": "SF112", "i0076": "SF112", "i0077": "SF108", "i0078": "SF126",
    "i0079": "SF113", "i0080": "SF115", "i0083": "SF112", "i0084": "SF115", "i0085": "SF112", "i0086": "SF112",
    "i0087": "SF112", "i0088": "SF112", "i0089": "SF113 SF128", "i0090": "SF302", "i0091": "SF119 SF122 SF123",
    "i0092": "SF121", "i0093": "SF119", "i0094": "SF118", "i0095": "SF113", "i0096": "SF114 SF116", "i0097": "SF111",
    "i0098": "SF111", "i0099": "SF130 SF131", "i0100": "SF114 SF131", "i0101": "SF112 SF130 SF131", "i0102": "SF115",
    "i0103": "SF126 SF131", "i0104": "SF112", "i0105": "SF112", "i0106": "SF113", "i0107": "SF114 SF116",
    "i0108": "SF114 SF131", "i0109": "SF113 SF131", "i0110": "SF114 SF116", "i0111": "SF101", "i0112": "SF102 SF115",
    "i0113": "SF116", "i0115": "SF112", "i0116": "SF113", "i0117": "SF103", "i0118": "SF111", "i0119": "SF126",
    "i0120": "SF113", "i0121": "SF113", "i0122": "SF118", "i0123": "SF112 SF118", "i0124": "SF114", "i0125": "SF113",
    "i0126": "SF113",
}  # fmt: skip

# Why nothing is found in the others. Paths, intrinsic calls and expressions are judged by the rules of data flow, the
# Resource by those of integrations.
NOT_FOUND = {
    "no JSON, so that there is nothing to read": ["i0001"],
    "AWS takes it: blanks inside {% %} are not needed": ["i0018"],
    "AWS takes it: a ResultWriter may consist of a WriterConfig": ["i0056"],
    "the text of a Resource": ["i0008"],
    "JSONata expressions": ["i0016", "i0017", "i0019", "i0020", "i0021"],
    "paths, payload templates and intrinsic functions": [
        "i0010", "i0027", "i0045", "i0047", "i0048", "i0049", "i0050", "i0054", "i0069", "i0071", "i0072", "i0081",
        "i0082", "i0114",
    ],
}  # fmt: skip


def test_wrong_definitions_are_found_by_the_rule_of_their_fault() -> None:
    folder = shared("corpus/invalid")
    found: dict[str, str] = {}
    silent: list[str] = []
    for entry in lines(folder / "invalid.jsonl"):
        number = entry["id"][:5]
        try:
            definition = json.loads((folder.parent / entry["file"]).read_text(encoding="utf-8"))
        except ValueError:
            silent.append(number)
            continue
        codes = error_codes(findings(definition))
        if codes:
            found[number] = codes
        else:
            silent.append(number)
    assert found == FOUND
    assert len(found) == 103
    assert sorted(silent) == sorted(number for numbers in NOT_FOUND.values() for number in numbers)


def test_what_aws_accepted_has_no_error() -> None:
    accepted = [
        (record["definition"], record["type"])
        for name in ("executions", "definitions")
        for record in lines(shared(f"aws_recordings/{name}.jsonl"))
        if record["aws_validated"] and record.get("accepted", True)
    ]
    assert len(accepted) == 723
    assert [codes for definition, type_ in accepted if (codes := error_codes(findings(definition, type_)))] == []


# What AWS refused, by what it said; the last three are faults of an intrinsic call and of Express machines.
REFUSED = [
    ("The field 'RoleArn' is required but was missing", "SF114"),
    ("String does not match RFC3339 timestamp", "SF136"),
    ("String does not match RFC3339 timestamp", "SF136"),
    ("These fields are required: [States, StartAt]", "SF103 SF114"),
    ("These fields are required: [StartAt]", "SF103"),
    ("must be a valid JSONPath or a valid intrinsic function call", ""),
    ("Express state machine does not support '.sync'", ""),
    ("Express state machine does not support '.waitForTaskToken'", ""),
]


def test_what_aws_refused_has_the_error_that_aws_names() -> None:
    left = list(REFUSED)
    for record in lines(shared("aws_recordings/definitions.jsonl")):
        if record["accepted"] or not record["aws_validated"] or not isinstance(record["definition"], dict):
            continue
        said = record["message"] if "message" in record else record["diagnostics"][0]["message"]
        codes = error_codes(findings(record["definition"], record["type"]))
        (match,) = {(text, expected) for text, expected in left if text in said and expected == codes}
        left.remove(match)
    assert left == []


def test_every_label_that_is_refused_is_found() -> None:
    labels = [
        error_codes(findings(record["definition"]))
        for record in lines(shared("aws_recordings/definitions.jsonl"))
        if record.get("recorded_against") == "localstack" and not record["accepted"]
    ]
    assert labels == ["SF134"] * 49

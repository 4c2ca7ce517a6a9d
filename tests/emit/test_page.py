from __future__ import annotations

import html
import re
from typing import Any

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.emit import labels, page
from sfdsl.graph import WorkflowGraph
from sfdsl.model.workflow import MachineType
from sfdsl.origin import Origin
from sfdsl.permissions import derive
from tests.emit.machines import EVERYTHING, NASTY, graph, names, tasks

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
"""Markdown as GitHub reads it, as far as this goes."""


def tables(text: str) -> dict[str, list[list[str]]]:
    """The rows of the table under each heading, as HTML."""
    found = {}
    for section in re.split("<h2>", MARKDOWN.render(text))[1:]:
        rows = re.findall("<tr>(.*?)</tr>", section, re.DOTALL)
        found[section.partition("</h2>")[0]] = [re.findall("<td>(.*?)</td>", row, re.DOTALL) for row in rows[1:]]
    return found


def plain(cell: str) -> str:
    """What a reader sees of a cell."""
    return html.unescape(re.sub("<[^>]*>", "", cell.replace("<br>", " / "))).strip("\u2003")


def test_every_state_has_a_row_that_says_what_it_does_and_where_it_leads() -> None:
    rows = [[plain(cell) for cell in row] for row in tables(page.emit(graph(EVERYTHING)))["States"]]
    assert [row[:5] for row in rows] == [
        ["Extract", "glue:startJobRun.sync", "Sources", "3×", "1 h"],
        ["Sources", "2 branches side by side", "Rows rejected?", "", ""],
        ["Orders", "s3:listObjectsV2", "ends", "", ""],
        ["Each file", "each of $.files", "ends", "", ""],
        ["Copy", "lambda:invoke", "Breathe", "", ""],
        ["Breathe", "waits 30 s", "ends", "", ""],
        ["Rows rejected?", "chooses", "Correct if $.rejected > 0 / Load otherwise", "", ""],
        ["Correct", "sqs:sendMessage", "Rows rejected?", "", "1 d"],
        ["Load", "each of s3:getObject, in child executions", "Done", "", ""],
        ["Shape", "hands on a value", "ends", "", ""],
        ["Done", "ends well", "ends", "", ""],
        ["Park", "sqs:sendMessage", "Failed", "", ""],
        ["Failed", "fails with EtlFailed", "ends", "", ""],
    ]


def test_states_inside_others_are_indented() -> None:
    text = page.emit(graph(EVERYTHING))
    assert "\n| &emsp;**Each file** |" in text
    assert "\n| &emsp;&emsp;**Copy** |" in text


def test_who_catches_what() -> None:
    rows = [[plain(cell) for cell in row] for row in tables(page.emit(graph(EVERYTHING)))["Errors"]]
    assert rows == [
        ["States.Timeout", "Extract", "Park"],
        ["every error", "Extract", "Park"],
        ["States.ItemReaderFailed", "Load", "Park"],
    ]


def test_what_the_deployment_fills_in_and_where() -> None:
    send = {"QueueUrl": "${QueueUrl}", "MessageBody": "from ${AWS::Region} to ${Target}"}
    inner = {"Type": "Task", "Resource": "${Function}", "Parameters": {"to": "${Target}"}, "End": True}
    states = {
        "A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": send, "Next": "P"},
        "P": {"Type": "Parallel", "Branches": [{"StartAt": "B", "States": {"B": inner}}], "End": True},
    }
    text = page.emit(graph({"Comment": "${Stage}", "StartAt": "A", "States": states}))
    assert text.partition("## To fill in when it is deployed\n\n")[2] == (
        "- `${Function}` in B\n- `${QueueUrl}` in A\n- `${Stage}`\n- `${Target}` in A, B\n"
    )


def test_a_state_says_its_line_and_its_file_where_that_is_another() -> None:
    subject = tasks("Here", "There")
    here, there = subject.machine.states
    states = (
        evolve(here, origin=Origin(file="pipelines/x.py", line=4)),
        evolve(there, origin=Origin(file="lib/parts.py", line=9)),
    )
    machine = evolve(subject.machine, states=states)
    workflow = evolve(subject.workflow, machine=machine, origin=Origin(file="pipelines/x.py", line=3))
    rows = tables(page.emit(WorkflowGraph(workflow)))["States"]
    assert [plain(row[5]) for row in rows] == ["line 4", "lib/parts.py:9"]


def test_permissions_with_their_reasons() -> None:
    subject = graph(EVERYTHING)
    permissions = derive(subject)
    rows = tables(page.emit(subject, (), permissions))["Permissions"]
    assert len(rows) == len(permissions.statements)
    assert "glue:StartJobRun" in page.emit(subject, (), permissions)
    assert all(cell for row in rows for cell in row)


def test_findings_with_their_places_and_hints() -> None:
    warning = Diagnostic(
        code="SF305", severity=Severity.WARNING, message="state 'A' | waits", hint="wait *less*",
        origin=Origin(file="pipelines/x.py", line=7),
    )  # fmt: skip
    error = Diagnostic(code="SF101", severity=Severity.ERROR, message="never shown")
    text = page.emit(graph(EVERYTHING), (warning, error))
    assert "- **SF305** state 'A' \\| waits (`pipelines/x.py:7`)<br>\n  wait \\*less\\*\n" in text
    assert "SF101" not in text


@pytest.mark.parametrize(
    ("definition", "type_", "said"),
    [
        ({**EVERYTHING}, MachineType.STANDARD, ["| Type | Standard |", "| States | 13 |", "| Timeout | 2 h |"]),
        (
            {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}},
            MachineType.EXPRESS,
            ["| Type | Express |", "| States | 1 |", "| Timeout | none |"],
        ),
        ({}, MachineType.STANDARD, ["| States | 0 |"]),
    ],
)
def test_what_the_machine_is(definition: dict[str, Any], type_: MachineType, said: list[str]) -> None:
    text = page.emit(graph(definition, type_=type_))
    assert all(f"{line}\n" in text for line in said)


def test_an_empty_section_is_left_out() -> None:
    text = page.emit(graph({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}))
    assert re.findall("^## (.*)", text, re.MULTILINE) == ["States"]
    assert not re.search("\n\n\n", text)


@given(st.lists(names, min_size=1, max_size=4, unique=True))
@example(list(NASTY))
def test_any_name_shows_as_it_is_and_breaks_no_table(chosen: list[str]) -> None:
    rows = tables(page.emit(tasks(*chosen)))["States"]
    assert [len(row) for row in rows] == [6] * len(chosen)
    assert sorted(plain(row[0]) for row in rows) == sorted(
        " ".join(labels.printable(name).split()).strip("\u2003") or "****" for name in chosen
    )


@given(names)
@example("`")
@example("a|b``c")
def test_any_text_shows_as_it_is_as_code(text: str) -> None:
    wanted = " ".join(labels.printable(text).split())
    row = MARKDOWN.render(f"| a | b |\n|---|---|\n| x{page.code(text)}x | y |")
    assert [plain(cell) for cell in re.findall("<td>(.*?)</td>", row)] == [f"x{wanted}x", "y"]


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("plain words, and-more (so)", "plain words, and-more (so)"),
        ("${QueueUrl} of the queue", "`${QueueUrl}` of the queue"),
        ("$.a and $.b", "&#36;.a and &#36;.b"),
        ("https://example.com", "https&#58;//example.com"),
        (":tada: me@example.com", "&#58;tada: me&#64;example.com"),
        ("- item", "\\- item"),
        ("1. first", "1&#46; first"),
        ("&amp; <b>", "&#38;amp; \\<b\\>"),
    ],
)
def test_what_github_would_make_more_of_is_escaped(text: str, markdown: str) -> None:
    assert page.text(text) == markdown


def test_a_link_leads_to_a_file_of_any_name() -> None:
    text = page.emit(graph(EVERYTHING, name="my flow (1)"))
    assert "![Diagram of my flow (1)](my%20flow%20%281%29.svg)" in text


def test_the_page_has_no_path_of_a_machine_and_is_the_same_each_time() -> None:
    first, second = (page.emit(graph(EVERYTHING), (), derive(graph(EVERYTHING))) for _ in range(2))
    assert first == second
    assert first.endswith("|\n")
    machine = graph(EVERYTHING)
    machine.workflow = evolve(machine.workflow, origin=Origin(file="/home/someone/pipelines/x.py", line=3))
    assert "| Declared in | `x.py:3` |" in page.emit(machine)

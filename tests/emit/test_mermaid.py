from __future__ import annotations

import html
import re
from random import Random

from hypothesis import example, given
from hypothesis import strategies as st

from sfdsl.emit import mermaid
from sfdsl.emit.drawing import draw
from tests.conftest import shared
from tests.emit.machines import EVERYTHING, NASTY, graph, names, nested, tasks

LABEL = r'"((?:[^"#<>&;`%\n]|%(?![%{])|#(?:\d+|quot|lt|gt|amp|nbsp);|<br/>|</?b>)*)"'
WORD = "[A-Z][A-Za-z0-9_]*"
OPEN, CLOSE = r"(?:\(\[|\[|\{\{|\{|\()", r"(?:\]\)|\]|\}\}|\}|\))"
LINES = (
    r'%%\{init: \{"flowchart": \{"wrappingWidth": 400\}\}\}%%',
    "flowchart TD",
    "",
    rf" +{WORD}{OPEN}{LABEL}{CLOSE}:::[a-z]+",
    rf' +subgraph {WORD}\[" "\]',
    rf" +{WORD}\(\( \)\):::entry",
    " +end",
    rf"    {WORD} (?:-->|-\.->)(?:\|{LABEL}\|)? {WORD}",
    r"    classDef [a-z]+ fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}(?:,stroke-dasharray:4 3)?",
    rf"    class {WORD}(?:,{WORD})* [a-z]+",
    r"    linkStyle \d+(?:,\d+)* stroke:#d32f2f,stroke-dasharray:6 4,color:#d32f2f",
)
GRAMMAR = re.compile("|".join(f"(?:{line})" for line in LINES))


def shown(label: str) -> list[str]:
    """The lines that a reader sees of a label."""
    text = re.sub(r"#(\d+|quot|lt|gt|amp|nbsp);", lambda m: f"&{'#' if m[1].isdigit() else ''}{m[1]};", label)
    return [
        html.unescape(re.sub("</?b>", "", line)).replace("\u200b", "").replace("\xa0", " ")
        for line in text.split("<br/>")
    ]


def test_the_whole_text() -> None:
    definition = {
        "StartAt": "Ask",
        "States": {
            "Ask": {
                "Type": "Choice", "Choices": [{"Variable": "$.x", "StringEquals": "a", "Next": "Do"}], "Default": "No",
            },
            "Do": {
                "Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "TimeoutSeconds": 60,
                "Retry": [{"ErrorEquals": ["States.ALL"]}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "No"}],
                "End": True,
            },
            "No": {"Type": "Fail", "Error": "Refused"},
        },
    }  # fmt: skip
    assert mermaid.emit(graph(definition)) == (
        '%%{init: {"flowchart": {"wrappingWidth": 400}}}%%\n'
        "flowchart TD\n"
        '    Start(["<b>Start</b>"]):::start\n'
        '    Ask{"<b>Ask</b>"}:::choice\n'
        '    Do["<b>Do</b><br/>glue:startJobRun.sync<br/>⟳ 3× · ⏱ 1 min"]:::task\n'
        '    No(["<b>No</b><br/>Refused"]):::fail\n'
        '    End(["<b>End</b>"]):::finish\n'
        "\n"
        "    Start --> Ask\n"
        '    Ask -->|"$.x == #quot;a#quot;"| Do\n'
        '    Ask -->|"otherwise"| No\n'
        '    Do -.->|"States.ALL"| No\n'
        "    Do --> End\n"
        "\n"
        "    classDef start fill:#e1f5fe,stroke:#0288d1,color:#1f2933\n"
        "    classDef finish fill:#c8e6c9,stroke:#388e3c,color:#1f2933\n"
        "    classDef task fill:#f3e5f5,stroke:#8e24aa,color:#1f2933\n"
        "    classDef choice fill:#fff3e0,stroke:#fb8c00,color:#1f2933\n"
        "    classDef fail fill:#ffcdd2,stroke:#d32f2f,color:#1f2933\n"
        "    linkStyle 3 stroke:#d32f2f,stroke-dasharray:6 4,color:#d32f2f\n"
    )


def test_branches_and_bodies_are_subgraphs() -> None:
    lines = mermaid.emit(graph(EVERYTHING)).splitlines()
    start = lines.index('    subgraph Sources[" "]')
    assert lines[start : start + 14] == [
        '    subgraph Sources[" "]',
        '        Sources_in(["<b>Sources</b><br/>2 branches at once"]):::entry',
        '        subgraph Sources_1[" "]',
        '            Orders["<b>Orders</b><br/>s3:listObjectsV2"]:::task',
        "        end",
        '        subgraph Sources_2[" "]',
        '            subgraph Each_file[" "]',
        '                Each_file_in(["<b>Each file</b><br/>each of $.files<br/>5 at once"]):::entry',
        '                Copy["<b>Copy</b><br/>lambda:invoke"]:::task',
        '                Breathe{{"<b>Breathe</b><br/>30 s"}}:::wait',
        "            end",
        "        end",
        "        Sources_out(( )):::entry",
        "    end",
    ]


def ways(text: str) -> list[tuple[str, str, str]]:
    """The arrows: from, line with its label, to."""
    return re.findall(rf"^    ({WORD}) ((?:-->|-\.->).*) ({WORD})$", text, re.MULTILINE)


def test_arrows_lead_from_box_to_box_across_frames() -> None:
    found = ways(mermaid.emit(graph(EVERYTHING)))
    for way in (
        ("Extract", "-->", "Sources_in"),
        ("Sources_in", '-->|"branch 1"|', "Orders"),
        ("Sources_in", '-->|"branch 2"|', "Each_file_in"),
        ("Orders", "-->", "Sources_out"),
        ("Breathe", "-->", "Sources_out"),
        ("Sources_out", "-->", "Rows_rejected"),
        ("Shape", "-->", "Done"),
        ("Load_in", '-.->|"States.ItemReaderFailed"|', "Park"),
    ):
        assert way in found


@given(st.randoms(use_true_random=False))
def test_no_arrow_touches_a_subgraph_however_deep_they_are_nested(random: Random) -> None:
    text = mermaid.emit(graph(nested(random, depth=4)))
    frames = set(re.findall(rf"subgraph ({WORD})", text))
    boxes = set(re.findall(rf"^ +({WORD}){OPEN}", text, re.MULTILINE)) - {"subgraph"}
    assert frames.isdisjoint(boxes)
    for tail, _, head in ways(text):
        assert {tail, head} <= boxes, "mermaid fails to lay out many a diagram in which an arrow ends at a subgraph"


def test_a_frame_whose_ends_all_fail_is_left_from_its_entry() -> None:
    body = {"StartAt": "F", "States": {"F": {"Type": "Fail"}}}
    states = {"M": {"Type": "Map", "ItemProcessor": body, "Next": "D"}, "D": {"Type": "Succeed"}}
    assert ("M_in", "-->", "D") in ways(mermaid.emit(graph({"StartAt": "M", "States": states})))


def test_a_branch_without_states_is_left_out() -> None:
    text = mermaid.emit(graph({"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": [{}], "End": True}}}))
    assert ways(text) == [("Start", "-->", "P_in"), ("P_in", "-->", "End")]
    assert text.count("subgraph") == 1


def test_long_lines_on_arrows_are_not_broken_again() -> None:
    rule = {"Variable": "$.look.at.this.value", "NumericEquals": 1, "Next": "A"}
    states = {"C": {"Type": "Choice", "Choices": [rule]}, "A": {"Type": "Succeed"}}
    assert '|"$.look.at.this.value#nbsp;==#nbsp;1"|' in mermaid.emit(graph({"StartAt": "C", "States": states}))


def test_the_dashed_red_arrows_are_the_catches() -> None:
    text = mermaid.emit(graph(EVERYTHING))
    styled = re.search(r"linkStyle ([\d,]+)", text)
    assert styled is not None
    drawn = re.findall(rf"^    {WORD} (-->|-\.->)", text, re.MULTILINE)
    assert [i for i, line in enumerate(drawn) if line == "-.->"] == [int(i) for i in styled[1].split(",")]


@given(st.lists(names, min_size=1, max_size=4, unique=True))
@example(list(NASTY))
def test_any_name_is_shown_as_it_is_and_is_never_syntax(chosen: list[str]) -> None:
    subject = tasks(*chosen)
    text = mermaid.emit(subject)
    assert all(GRAMMAR.fullmatch(line) for line in text.split("\n"))
    labels = dict(re.findall(rf"^    ({WORD}){OPEN}{LABEL}{CLOSE}:::", text, re.MULTILINE))
    for box in draw(subject).boxes():
        lines = [*box.name, *box.detail, *box.badge_lines(" · ")]
        assert shown(labels[box.id]) == [line.replace("\ufb02", "fl").replace("\u200b", "") for line in lines]


@given(st.text(alphabet=' "#;style:classDef$%{fa-\\n', max_size=40))
def test_no_line_has_what_mermaid_takes_for_something_else(name: str) -> None:
    for line in mermaid.emit(tasks(name)).splitlines()[2:]:
        label = line.partition('"')[2].rpartition('"')[0]
        assert not re.search(r"(style|classDef).*:\S*#.*;", line)
        assert not re.search(r"%%|\$\$|fa[bklrs]?:fa|\\n", label)


def test_the_same_machine_gives_the_same_text() -> None:
    assert mermaid.emit(graph(EVERYTHING)) == mermaid.emit(graph(EVERYTHING))


def test_every_definition_of_the_corpus_is_within_the_grammar() -> None:
    import json

    files = sorted(shared("corpus/asl").glob("*.json"))
    assert files
    for file in files:
        for line in mermaid.emit(graph(json.loads(file.read_text(encoding="utf-8")))).split("\n"):
            assert GRAMMAR.fullmatch(line), f"{file.name}: {line}"

from __future__ import annotations

import html
import re

from hypothesis import example, given
from hypothesis import strategies as st

from sfdsl.emit import mermaid
from sfdsl.emit.drawing import draw
from tests.conftest import shared
from tests.emit.machines import EVERYTHING, NASTY, graph, names, tasks

LABEL = r'"((?:[^"#<>&;`%\n]|%(?![%{])|#(?:\d+|quot|lt|gt|amp);|<br/>|</?b>)*)"'
WORD = "[A-Z][A-Za-z0-9_]*"
OPEN, CLOSE = r"(?:\(\[|\[|\{\{|\{|\()", r"(?:\]\)|\]|\}\}|\}|\))"
LINES = (
    r'%%\{init: \{"flowchart": \{"wrappingWidth": 400\}\}\}%%',
    "flowchart TD",
    "",
    rf" +{WORD}{OPEN}{LABEL}{CLOSE}:::[a-z]+",
    rf" +subgraph {WORD}\[{LABEL}\]",
    " +direction TB",
    " +end",
    rf"    {WORD} (?:-->|-\.->)(?:\|{LABEL}\|)? {WORD}",
    r"    classDef [a-z]+ fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}(?:,stroke-dasharray:4 3)?",
    rf"    class {WORD}(?:,{WORD})* [a-z]+",
    r"    linkStyle \d+(?:,\d+)* stroke:#d32f2f,stroke-dasharray:6 4,color:#d32f2f",
)
GRAMMAR = re.compile("|".join(f"(?:{line})" for line in LINES))


def shown(label: str) -> list[str]:
    """The lines that a reader sees of a label."""
    text = re.sub(r"#(\d+|quot|lt|gt|amp);", lambda m: f"&{'#' if m[1].isdigit() else ''}{m[1]};", label)
    return [html.unescape(re.sub("</?b>", "", line)).replace("\u200b", "") for line in text.split("<br/>")]


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
    start = lines.index('    subgraph Sources["<b>Sources</b>"]')
    assert lines[start : start + 16] == [
        '    subgraph Sources["<b>Sources</b>"]',
        "        direction TB",
        '        Sources_in(["2 branches at once"]):::entry',
        '        subgraph Sources_1["branch 1"]',
        "            direction TB",
        '            Orders["<b>Orders</b><br/>s3:listObjectsV2"]:::task',
        "        end",
        '        subgraph Sources_2["branch 2"]',
        "            direction TB",
        '            subgraph Each_file["<b>Each file</b>"]',
        "                direction TB",
        '                Each_file_in(["each of $.files<br/>5 at once"]):::entry',
        '                Copy["<b>Copy</b><br/>lambda:invoke"]:::task',
        '                Breathe{{"<b>Breathe</b><br/>30 s"}}:::wait',
        "            end",
        "        end",
    ]


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

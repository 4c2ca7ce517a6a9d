from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import time
import xml.dom.minidom
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sfdsl.emit import graphviz
from sfdsl.emit.drawing import draw
from tests.conftest import shared
from tests.emit.machines import EVERYTHING, NASTY, chain, graph, names, tasks


def texts(picture: str) -> list[str]:
    """The texts of a picture, in order, as a reader sees them."""
    # Graphviz writes the second of two spaces as one that does not break.
    found = re.findall("<text[^>]*>(.*?)</text>", picture)
    return [html.unescape(text.replace("&#160;", " ")) for text in found]


def test_the_picture_says_what_the_machine_does() -> None:
    picture = graphviz.svg(graphviz.emit(graph(EVERYTHING)))
    said = [text.strip() for text in texts(picture)]
    for text in (
        "Extract", "glue:startJobRun.sync", "⟳ 3×   ⏱ 1 h   ♥ 10 min", "Sources", "2 branches at once", "branch 2",
        "Each file", "each of $.files", "5 at once", "30 s", "$.rejected > 0", "otherwise", "States.Timeout",
        "or States.ALL", "↩ callback   ⏱ 1 d", "distributed, Express", "States.ItemReaderFailed", "EtlFailed",
    ):  # fmt: skip
        assert text in said


def test_scopes_are_clusters_and_catches_are_dashed_and_red() -> None:
    dot = graphviz.emit(graph(EVERYTHING))
    assert re.findall(r"^\t*subgraph (\w+)", dot, re.MULTILINE) == [
        "cluster_Sources", "cluster_Sources_1", "cluster_Sources_2", "cluster_Each_file", "cluster_Load",
    ]  # fmt: skip
    dashed = [line for line in dot.splitlines() if "style=dashed" in line and "->" in line]
    assert len(dashed) == 2
    assert all('color="#d32f2f"' in line for line in dashed)
    assert "-> Park [" in dashed[0]


def test_what_follows_a_frame_leaves_from_its_border() -> None:
    dot = graphviz.emit(graph(EVERYTHING))
    assert "Sources_out -> Rows_rejected [ltail=cluster_Sources]" in dot
    assert "Shape -> Done [ltail=cluster_Load]" in dot, "the last state of a frame needs no point of its own"
    assert "Extract -> Sources_in [lhead=cluster_Sources]" in dot


def test_a_picture_has_no_version_and_no_comment() -> None:
    picture = graphviz.svg(graphviz.emit(graph(EVERYTHING)))
    assert picture.startswith('<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<svg ')
    assert picture.endswith("</svg>\n")
    assert "<!--" not in picture
    assert "graphviz version" not in picture
    assert 'font-family="Helvetica,Arial,sans-serif"' in picture


def test_the_same_machine_gives_the_same_bytes() -> None:
    first, second = (graphviz.emit(graph(EVERYTHING)) for _ in range(2))
    assert first == second
    assert graphviz.svg(first) == graphviz.svg(second)


@settings(deadline=None, max_examples=60)
@given(st.lists(names, min_size=1, max_size=4, unique=True), names)
@example(list(NASTY), "\\")
@example(["A"], "<b>")
@example(["\\\\", "\\N", "\\G", "a\\L\\\\l", "\\E\\"], "\\N")
def test_any_name_is_drawn_as_it_is(chosen: list[str], title: str) -> None:
    from attrs import evolve

    from sfdsl.graph import WorkflowGraph

    subject = WorkflowGraph(evolve(tasks(*chosen).workflow, name=title))
    picture = graphviz.svg(graphviz.emit(subject))
    xml.dom.minidom.parseString(picture.encode())
    said = texts(picture)
    for box in draw(subject).boxes():
        assert all(line in said for line in box.name)


@settings(deadline=None, max_examples=40)
@given(names)
@example("<b>x</b>")
@example("a\\lb\\")
@example("'\\\\' \\N \\G \\L \\E \\T \\H")
@example("&lt;")
def test_any_text_of_a_rule_is_drawn_as_it_is(text: str) -> None:
    rule = {"Condition": "{% " + text + " %}", "Next": "A"}
    subject = graph({"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [rule]}, "A": {"Type": "Succeed"}}})
    label = next(arrow.label for arrow in draw(subject).arrows() if arrow.tail == "C")
    said = [text.strip() for text in texts(graphviz.svg(graphviz.emit(subject)))]
    assert all(line.strip() in said for line in label)


def test_every_definition_of_the_corpus_is_drawn() -> None:
    files = sorted(shared("corpus/asl").glob("*.json"))
    assert files
    for file in files[::6]:
        subject = graph(json.loads(file.read_text(encoding="utf-8")))
        said = texts(graphviz.svg(graphviz.emit(subject)))
        assert all(line in said for box in draw(subject).boxes() for line in box.name), file.name


def test_a_text_that_is_no_dot_is_refused_with_the_reason() -> None:
    with pytest.raises(graphviz.CannotDraw, match="syntax error in line 1"):
        graphviz.svg("digraph {")


def test_without_graphviz_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(graphviz, "_installed", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(graphviz.CannotDraw, match="pip install graphviz-pure"):
        graphviz.svg("digraph {}")


def test_a_system_dot_serves_where_the_package_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    dot = tmp_path / "dot"
    dot.write_text(
        "#!/bin/sh\n/bin/cat >/dev/null; echo '<!-- Generated by graphviz version 2.43 -->'; echo '<svg/>'\n"
    )
    dot.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(graphviz, "_installed", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert graphviz.svg("digraph {}") == "<svg/>\n"


def test_the_program_is_found_where_pip_put_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "<svg" in graphviz.svg("digraph {}")


def test_nothing_is_imported_before_it_is_used() -> None:
    heavy = {"graphviz", "jinja2", "networkx", "botocore"}
    code = f"import sys, sfdsl.emit.graphviz, sfdsl.emit.mermaid; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_loops_do_not_move_the_start_down() -> None:
    rule = {"Variable": "$.done", "BooleanEquals": True, "Next": "Done"}
    below = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}
    states = {
        "Look": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "Enough?"},
        "Enough?": {"Type": "Choice", "Choices": [rule], "Default": "Work"},
        "Work": {"Type": "Parallel", "Branches": [below], "Next": "Wait"},
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Look"},
        "Done": {"Type": "Succeed"},
    }
    dot = graphviz.emit(graph({"StartAt": "Look", "States": states}))
    assert "Look -> Wait [dir=back weight=1]" in dot
    height = {
        name: float(y)
        for name, y in re.findall(r"<title>(\w+)</title>\n<(?:path|polygon) .*? (?:d|points)=\"M?[-\d.]+,(-?[\d.]+)",
                                  graphviz.svg(dot))
    }  # fmt: skip
    assert height["Start"] < height["Look"] < height["Enough"] < height["I"] < height["Wait"]


def test_a_state_may_lead_to_itself() -> None:
    dot = graphviz.emit(graph({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}))
    assert "\tA -> A\n" in dot


def test_a_machine_too_large_to_read_gets_a_picture_that_says_so() -> None:
    dot = graphviz.emit(graph(chain(1200)))
    assert dot.startswith("// Too large for a picture: 1,202 boxes\ndigraph orders {\n")
    assert dot.count("\tStep_") > 1200, "the text still has all of it"
    picture = graphviz.svg(dot)
    xml.dom.minidom.parseString(picture.encode())
    assert texts(picture) == ["Too large for a picture: 1,202 boxes"]


def test_a_machine_with_many_long_arrows_is_laid_out_quickly() -> None:
    def definition(count: int) -> dict[str, Any]:
        states: dict[str, Any] = {"Bad": {"Type": "Fail"}, f"C{count}": {"Type": "Succeed"}}
        for i in range(count):
            rule = {"Variable": "$.x", "NumericEquals": i, "Next": f"C{i + 1}"}
            states[f"C{i}"] = {"Type": "Choice", "Choices": [rule], "Default": "Bad"}
        return {"StartAt": "C0", "States": states}

    assert "splines" not in graphviz.emit(graph(definition(20)))
    dot = graphviz.emit(graph(definition(100)))
    assert "splines=line" in dot
    started = time.perf_counter()
    assert len(texts(graphviz.svg(dot))) > 300
    assert time.perf_counter() - started < 5, "35 s where nothing is left out of the layout"

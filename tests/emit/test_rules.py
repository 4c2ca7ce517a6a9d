from __future__ import annotations

import re

from sfdsl.checks import CHECKS
from sfdsl.diagnostics import Rule, Severity
from sfdsl.emit import rules


class StrayCommaHere(Rule):
    """A comma | that strays.

    Why it matters:
        It is not wanted.

    Fires on:
        {"a": 1}

    Instead:
        flow(a())
    """

    code = "SF399"
    severity = Severity.WARNING


def test_a_rule_is_told_whole() -> None:
    assert rules.emit([StrayCommaHere]).partition("**Errors and retries**")[2] == (
        "\n\n"
        "| code | severity | finds |\n"
        "|---|---|---|\n"
        "| [SF399](#sf399-stray-comma-here) | warning | A comma \\| that strays. |\n"
        "\n"
        "## Errors and retries\n"
        "\n"
        "### SF399 stray comma here\n"
        "\n"
        "*warning* · A comma | that strays.\n"
        "\n"
        "**Why it matters:**\n"
        "\n"
        "It is not wanted.\n"
        "\n"
        "**Fires on:**\n"
        "\n"
        "```json\n"
        '{"a": 1}\n'
        "```\n"
        "\n"
        "**Instead:**\n"
        "\n"
        "```python\n"
        "flow(a())\n"
        "```\n"
    )


def test_every_check_is_in_the_contents_and_has_its_section() -> None:
    text = rules.emit(CHECKS)
    links = re.findall(r"^\| \[(SF\d+)\]\(#(.*?)\)", text, re.MULTILINE)
    assert [code for code, _ in links] == sorted(check.code for check in CHECKS)
    anchors = [line.lower().replace(" ", "-") for line in re.findall("^### (.*)", text, re.MULTILINE)]
    assert [anchor for _, anchor in links] == anchors
    assert len(set(anchors)) == len(anchors) == len(CHECKS)

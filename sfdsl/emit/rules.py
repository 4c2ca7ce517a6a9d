"""rules.md: every rule with its documentation, from the docstrings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sfdsl.diagnostics import Rule

_SUBJECTS = {
    "SF0": "Files and settings",
    "SF1": "The graph and its states",
    "SF2": "Data flow",
    "SF3": "Errors and retries",
    "SF4": "Quotas, Express and cost",
    "SF5": "Services and permissions",
}
_EXAMPLES = ("Fires on", "Instead")


class CostRule(Protocol):
    """A rewrite, as the page tells it: number in the catalogue, name, whether an assertion is needed, docstring."""

    @property
    def number(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def asserted(self) -> bool: ...
    @property
    def documentation(self) -> str: ...


def emit(rules: Sequence[type[Rule]], cost_rules: Sequence[CostRule] = ()) -> str:
    """The page of all rules: a table of contents, then a section for each; ends in a newline."""
    lines = [
        "# Rules",
        "",
        "What `sfdsl check` and `sfdsl compile` report. An error stops the compile; a warning asks;",
        "an info tells. `sfdsl explain CODE` prints one of these sections.",
        "",
    ]
    for prefix, subject in _SUBJECTS.items():
        of_subject = [rule for rule in rules if rule.code.startswith(prefix)]
        if not of_subject:
            continue
        lines += [f"**{subject}**", "", "| code | severity | finds |", "|---|---|---|"]
        lines += [
            f"| [{rule.code}](#{_anchor(rule)}) | {rule.severity.value} | {_cell(rule.documentation().title)} |"
            for rule in of_subject
        ]
        lines.append("")
    for prefix, subject in _SUBJECTS.items():
        of_subject = [rule for rule in rules if rule.code.startswith(prefix)]
        if of_subject:
            lines += [f"## {subject}", ""]
        for rule in of_subject:
            lines += _section(rule)
    if cost_rules:
        lines += _cost_rules(cost_rules)
    return "\n".join(lines).rstrip() + "\n"


def _cost_rules(rules: Sequence[CostRule]) -> list[str]:
    lines = [
        "## Cost rules",
        "",
        "What `sfdsl compile` rewrites, in this order and in rounds until nothing changes. Machines do what they did",
        "before, of which the simulator is the judge; `sfdsl cost` says what each saved, why it was safe, and why it",
        "was not done elsewhere. Those that need an assertion do nothing without it.",
        "",
        "| number | rewrite | needs an assertion |",
        "|---|---|---|",
    ]
    lines += [
        f"| {rule.number} | [{rule.name}](#{rule.number.lower()}-{rule.name}) | {'yes' if rule.asserted else ''} |"
        for rule in rules
    ]
    for rule in rules:
        lines += ["", f"### {rule.number} {rule.name}", "", *documentation(rule.documentation)]
    return lines


def documentation(docstring: str) -> list[str]:
    """A rewrite's docstring as paragraphs, its headings (`Saves:`) in bold."""
    lines: list[str] = []
    for line in _dedented(docstring).splitlines():
        heading, colon, rest = line.partition(": ")
        if colon and heading in _HEADINGS:
            lines += ["", f"**{heading}:** {rest}"] if lines and lines[-1] else [f"**{heading}:** {rest}"]
        else:
            lines.append(line.strip())
    return lines


_HEADINGS = ("Saves", "Safe because", "Needs")


def _dedented(docstring: str) -> str:
    import inspect

    return inspect.cleandoc(docstring)


def _section(rule: type[Rule]) -> list[str]:
    documentation = rule.documentation()
    lines = [f"### {rule.code} {rule.name()}", "", f"*{rule.severity.value}* · {documentation.title}", ""]
    for heading, text in documentation.sections.items():
        if heading in _EXAMPLES:
            language = "json" if text.lstrip().startswith("{") else "python" if "(" in text else "text"
            lines += [f"**{heading}:**", "", f"```{language}", text, "```", ""]
        else:
            lines += [*([f"**{heading}:**", ""] if heading else []), *text.splitlines(), ""]
    return lines


def _anchor(rule: type[Rule]) -> str:
    return f"{rule.code} {rule.name()}".lower().replace(" ", "-")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")

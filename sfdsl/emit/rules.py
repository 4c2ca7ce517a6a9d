"""rules.md: every rule with its documentation, from the docstrings."""

from __future__ import annotations

from collections.abc import Sequence

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


def emit(rules: Sequence[type[Rule]]) -> str:
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
    return "\n".join(lines).rstrip() + "\n"


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

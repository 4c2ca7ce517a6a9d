"""One finding, and how findings are told: text, JSON, SARIF and GitHub annotations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, ClassVar

from attrs import field, frozen

from sfdsl.origin import NOWHERE, Origin


class Severity(Enum):
    """How much a finding weighs: an error stops the compile, a warning asks, an info tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@frozen(kw_only=True)
class Diagnostic:
    """One finding.

    Attributes:
        code: The rule's code, such as SF101; never used again for another rule.
        severity: Belongs to the rule, never to the case.
        message: What is so, names quoted as written, numbers with units.
        hint: What to write instead, ready to paste; empty where nothing can be said.
        origin: The author's declaration, or the place in the ASL file.
        state: Name of the state it is about; empty for the machine as a whole.
    """

    code: str
    severity: Severity
    message: str
    hint: str = ""
    origin: Origin = NOWHERE
    state: str = ""


class Rule:
    """What a kind of finding is: its code, its severity, and its documentation.

    The class docstring is the documentation, with the sections `Why it matters:`, `Fires on:` and `Instead:`;
    `sfdsl explain` prints it and `rules.md` is built from it.
    """

    code: ClassVar[str]
    severity: ClassVar[Severity]

    @classmethod
    def name(cls) -> str:
        """The fault as words: `UnreachableState` is `unreachable state`."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", cls.__name__).lower()

    @classmethod
    def documentation(cls) -> Documentation:
        """The docstring, taken apart."""
        return Documentation.of(cls)

    @classmethod
    def finding(cls, message: str, *, hint: str = "", origin: Origin = NOWHERE, state: str = "") -> Diagnostic:
        """A finding of this rule."""
        return Diagnostic(code=cls.code, severity=cls.severity, message=message, hint=hint, origin=origin, state=state)


@frozen(kw_only=True)
class Documentation:
    """The docstring of a rule, taken apart.

    Attributes:
        title: The first line: what the rule finds.
        sections: Heading -> text, dedented, in the order of the docstring.
    """

    title: str
    sections: dict[str, str] = field(hash=False)

    @classmethod
    def of(cls, rule: type[Rule]) -> Documentation:
        """The documentation of a rule."""
        text = _cleandoc(rule.__doc__ or "")
        title, _, rest = text.partition("\n")
        sections: dict[str, list[str]] = {}
        current: list[str] = sections.setdefault("", [])
        for line in rest.splitlines():
            heading = re.fullmatch(r"([A-Z][A-Za-z ]+):", line)
            if heading:
                current = sections.setdefault(heading[1], [])
            else:
                current.append(line[4:] if line.startswith("    ") else line)
        return cls(
            title=title,
            sections={name: "\n".join(lines).strip("\n") for name, lines in sections.items() if any(lines)},
        )


def _cleandoc(doc: str) -> str:
    """`inspect.cleandoc`, loaded when documentation is asked for."""
    import inspect

    return inspect.cleandoc(doc)


def ordered(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Findings by file, line, place, code and text, each once."""
    unique = dict.fromkeys(findings)
    return sorted(unique, key=lambda f: (f.origin.file, f.origin.line or 0, f.origin.pointer, f.code, f.message))


def count(findings: Iterable[Diagnostic], severity: Severity) -> int:
    """How many of the findings have this severity."""
    return sum(finding.severity is severity for finding in findings)


def place(origin: Origin) -> str:
    """The place as `file:line`, with the pointer behind it for a JSON file."""
    line = f":{origin.line}" if origin.line is not None else ""
    pointer = f" ({origin.pointer})" if origin.pointer else ""
    return f"{origin.file}{line}{pointer}"


def as_text(findings: Sequence[Diagnostic]) -> str:
    """Findings for people, a line each with its hint below; no summary."""
    lines: list[str] = []
    for finding in findings:
        where = place(finding.origin)
        lines.append(f"{where}: {finding.severity.value}[{finding.code}] {finding.message}")
        if finding.hint:
            lines.append(f"  hint: {finding.hint}")
    return "".join(line + "\n" for line in lines)


def summary(findings: Sequence[Diagnostic], subjects: int, noun: str = "pipeline") -> str:
    """The closing line: how many of what in how many pipelines, and where to read more."""
    counts = [(severity, count(findings, severity)) for severity in Severity]
    told = [f"{n} {severity.value}{'s' if n != 1 else ''}" for severity, n in counts if n]
    where = f"{subjects} {noun}{'s' if subjects != 1 else ''}"
    if not told:
        return f"no findings in {where}"
    line = f"{', '.join(told)} in {where}"
    worst = min(findings, key=lambda f: (list(Severity).index(f.severity), f.code))
    return f"{line}; `sfdsl explain {worst.code}` says more"


def as_json(findings: Sequence[Diagnostic]) -> str:
    """Findings as a JSON array, one object each with the fields of `Diagnostic`."""
    rows = [
        {
            "code": f.code,
            "severity": f.severity.value,
            "message": f.message,
            "hint": f.hint,
            "file": f.origin.file,
            "line": f.origin.line,
            "pointer": f.origin.pointer,
            "state": f.state,
        }
        for f in findings
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def as_sarif(findings: Sequence[Diagnostic], rules: Sequence[tuple[str, str, Severity]]) -> str:
    """Findings in SARIF 2.1.0, for code scanning.

    Args:
        findings: What was found.
        rules: Code, first line of the documentation and severity of every rule that ran.
    """
    level = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    index = {code: i for i, (code, _, _) in enumerate(rules)}
    results: list[dict[str, Any]] = []
    for f in findings:
        location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": f.origin.file.replace("\\", "/")}}}
        if f.origin.line is not None:
            location["physicalLocation"]["region"] = {"startLine": f.origin.line}
        if f.origin.pointer:
            location["logicalLocations"] = [{"fullyQualifiedName": f.origin.pointer}]
        text = f"{f.message}\n{f.hint}" if f.hint else f.message
        result: dict[str, Any] = {
            "ruleId": f.code,
            "level": level[f.severity],
            "message": {"text": text},
            "locations": [location],
        }
        if f.code in index:
            result["ruleIndex"] = index[f.code]
        results.append(result)
    driver = {
        "name": "sfdsl",
        "rules": [
            {"id": code, "shortDescription": {"text": text}, "defaultConfiguration": {"level": level[severity]}}
            for code, text, severity in rules
        ],
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_github(findings: Sequence[Diagnostic]) -> str:
    """Findings as workflow commands, which GitHub shows at the line in the pull request.

    Source: GitHub Actions, "Workflow commands", escaping of data and properties.
    """
    command = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}

    def data(text: str) -> str:
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    def prop(text: str) -> str:
        return data(text).replace(":", "%3A").replace(",", "%2C")

    lines = []
    for f in findings:
        where = f"file={prop(f.origin.file)}" + (f",line={f.origin.line}" if f.origin.line is not None else "")
        text = f"{f.message}\n{f.hint}" if f.hint else f.message
        lines.append(f"::{command[f.severity]} {where},title={prop(f.code)}::{data(text)}\n")
    return "".join(lines)


FORMATS = ("text", "json", "sarif", "github")


def near(wrong: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known name nearest to a wrong one, or None where nothing is near."""
    import difflib

    candidates = list(known)
    folded = {name.casefold(): name for name in candidates}
    if wrong.casefold() in folded and folded[wrong.casefold()] != wrong:
        return folded[wrong.casefold()]
    matches = difflib.get_close_matches(wrong, candidates, n=1, cutoff=cutoff)
    return matches[0] if matches else None


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """`did you mean 'X'?`, or nothing where nothing is near."""
    match = near(wrong, known)
    return f"did you mean {match!r}?" if match is not None else ""

"""`[tool.sfdsl]` of pyproject.toml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attrs import field, frozen

from sfdsl import toml
from sfdsl.diagnostics import Diagnostic, Rule, Severity, did_you_mean
from sfdsl.origin import Origin


class UnknownSetting(Rule):
    """A setting in `[tool.sfdsl]` that is not known, or has the wrong type.

    Why it matters:
        It has no effect, although somebody wanted one.

    Fires on:
        [tool.sfdsl]
        supress = ["SF113"]

    Instead:
        [tool.sfdsl]
        suppress = ["SF113"]
    """

    code = "SF006"
    severity = Severity.WARNING


RULES: tuple[type[Rule], ...] = (UnknownSetting,)


@frozen(kw_only=True)
class Settings:
    """What a project says once for all its pipelines.

    Attributes:
        pipelines: Files and folders that are compiled when none is named, relative to the project.
        output: Folder that output is written to, relative to the project.
        suppress: Codes of findings that are not reported.
        region: AWS Region whose prices are taken.
        prices: Figures that replace the list prices, as `sfdsl.cost.prices.load` takes them.
        root: The project's folder.
        findings: What is wrong with the settings themselves.
    """

    pipelines: tuple[str, ...] = ("pipelines",)
    output: str = "generated"
    suppress: tuple[str, ...] = ()
    region: str = "us-east-1"
    prices: dict[str, Any] = field(factory=dict)
    root: Path = field(factory=Path.cwd)
    findings: tuple[Diagnostic, ...] = ()


def read_settings(root: Path) -> Settings:
    """The settings of the project in a folder; the defaults where it has none."""
    file = root / "pyproject.toml"
    if not file.exists():
        return Settings(root=root)
    text = file.read_text(encoding="utf-8")
    try:
        document = toml.loads(text)
    except ValueError as broken:
        origin = Origin(file="pyproject.toml", line=1)
        return Settings(root=root, findings=(UnknownSetting.finding(str(broken), origin=origin),))
    table = document.get("tool", {}).get("sfdsl", {})
    findings: list[Diagnostic] = []
    known: dict[str, Any] = {}
    for key, value in table.items():
        origin = Origin(file="pyproject.toml", line=_line(text, key))
        expected = _EXPECTED.get(key)
        if expected is None:
            hint = did_you_mean(key, _EXPECTED) or f"the settings are {', '.join(_EXPECTED)}"
            findings.append(
                UnknownSetting.finding(f"there is no setting {key!r} in [tool.sfdsl]", hint=hint, origin=origin)
            )
        elif expected in (str, dict) and isinstance(value, expected):
            known[key] = value
        elif expected is list and (isinstance(value, str) or _texts(value)):
            known[key] = (value,) if isinstance(value, str) else tuple(value)
        else:
            wanted = "a text" if expected is str else "a table" if expected is dict else "a list of texts"
            message = f"the setting {key!r} is {wanted}, not {value!r}"
            findings.append(UnknownSetting.finding(message, hint=f"write {key} = {_EXAMPLE[key]}", origin=origin))
    return Settings(**known, root=root, findings=tuple(findings))


_EXPECTED: dict[str, type] = {"pipelines": list, "output": str, "suppress": list, "region": str, "prices": dict}
_EXAMPLE = {
    "pipelines": '["pipelines"]', "output": '"generated"', "suppress": '["SF113"]', "region": '"eu-west-1"',
    "prices": "{ start_end_surcharge = 2 }",
}  # fmt: skip


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _line(text: str, key: str) -> int:
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip().startswith("["):
            inside = line.strip() == "[tool.sfdsl]"
            if line.strip() == f"[tool.sfdsl.{key}]":
                return number
        elif inside and line.split("=")[0].strip().strip('"') == key:
            return number
    return 1

"""What looks like a secret: texts of well-known forms, and literals under telling keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from attrs import frozen

from sfdsl.aws.resource import has_placeholder
from sfdsl.checks.limits._size import payloads
from sfdsl.graph import WorkflowGraph
from sfdsl.model.fields import Json
from sfdsl.model.states import State
from sfdsl.origin import Origin

FORMS: Final = {
    "an AWS access key": ("IA", r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])"),
    "a private key": ("PRIVATE KEY", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    "a GitHub token": ("gh", r"\bgh[pousr]_[A-Za-z0-9]{36,}"),
    "a fine-grained GitHub token": ("github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{50,}"),
    "a GitLab token": ("glpat-", r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "a Slack token": ("xox", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    "a Slack webhook": (
        "hooks.slack.com",
        r"https://hooks\.slack\.com/(?:services|workflows)/T[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]{16,}",
    ),
    "a Stripe key": ("k_live_", r"\b[rs]k_live_[A-Za-z0-9]{16,}"),
    "a Google API key": ("AIza", r"\bAIza[A-Za-z0-9_-]{35}"),
    "an npm token": ("npm_", r"\bnpm_[A-Za-z0-9]{36}"),
    "a SendGrid key": ("SG.", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    "a JSON Web Token": ("eyJ", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "a password in a URL": ("://", r"\b[a-z][a-z0-9+.-]*://[^\s/:@{}$<>]+:[^\s/@{}$<>*]{3,}@"),
}
"""Forms of secrets that nobody mistakes for something else: the words for each, what stands in every one, the form."""

# A key that ends so holds a secret itself; SecretId, SecretArn, TaskToken or NextToken name or carry something else.
_KEY: Final = (
    r"(?:password|passwd|passphrase|secret|secretstring|secretkey|secretaccesskey|apikey|privatekey|authorization"
    r"|(?:access|auth|bearer|refresh|api|personal|github|slack)token|credentials?)$"
)
_DULL: Final = (
    r"(?i)\s*|.*(?:<.*>|\*{3,}|x{3,}|\.{3}|redacted|placeholder|example|your[-_ ]).*|aws[_-]iam|none|null|true|false"
    r"|required|optional|bearer|basic|api[_-]?key|iam_role|no_auth|string|secret|password"
)


class Literal(NamedTuple):
    """A text in a payload: the keys that lead to it, the key that says what it is, and itself."""

    where: tuple[str | int, ...]
    key: str
    text: str


@frozen
class Secret:
    """A text that is a secret, or looks like one.

    Attributes:
        state: The state whose payload it stands in.
        origin: Where it stands.
        key: The key that says what it is.
        kind: What it is by its form, in words; None where only the key says so.
    """

    state: State
    origin: Origin
    key: str
    kind: str | None


_FOUND: WeakKeyDictionary[WorkflowGraph, tuple[Secret, ...]] = WeakKeyDictionary()


def secrets(graph: WorkflowGraph) -> tuple[Secret, ...]:
    """The secrets of a workflow, found once for both rules."""
    found = _FOUND.get(graph)
    if found is None:
        found = _FOUND[graph] = tuple(_secrets(graph))
    return found


def _secrets(graph: WorkflowGraph) -> Iterator[Secret]:
    for _, state in graph.states():
        for part, key, value in payloads(state):
            for literal in texts(value, (key,), key):
                kind = form(literal.text)
                if kind is not None or suspected(literal):
                    yield Secret(state, part.origin.down(*literal.where), literal.key, kind)


def texts(value: Json, where: tuple[str | int, ...] = (), key: str = "") -> Iterator[Literal]:
    """The literal texts of a payload; what paths and expressions will give is none."""
    match value:
        case str():
            if not key.endswith(".$"):
                yield Literal(where, key, value)
        case dict():
            name, named = value.get("Name", value.get("Key")), value.get("Value")
            for inner, item in value.items():
                # {"Name": "DB_PASSWORD", "Value": "..."}: the key of the value is the name beside it.
                told = name if item is named and inner == "Value" and isinstance(name, str) else inner
                yield from texts(item, (*where, inner), told)
        case list():
            for i, item in enumerate(value):
                yield from texts(item, (*where, i), key)


def form(text: str) -> str | None:
    """What kind of secret a text has in it for certain, in words; None where it has none."""
    if len(text) >= 12:
        for kind, (mark, pattern) in FORMS.items():
            if mark in text and (found := re.search(pattern, text)) and "EXAMPLE" not in found.group():
                return kind
    return None


@lru_cache(maxsize=4096)
def _may_hold(key: str) -> bool:
    return re.search(_KEY, re.sub(r"[^a-z0-9]", "", key.lower())) is not None


def suspected(literal: Literal) -> bool:
    """Whether the key says that the text is a secret, and the text is neither a reference nor obviously none."""
    if not _may_hold(literal.key):
        return False
    text = literal.text
    if text.startswith(("$", "{%", "arn:", "{{resolve:")) or has_placeholder(text) or "States." in text:
        return False
    return len(text) >= 4 and re.fullmatch(_DULL, text) is None

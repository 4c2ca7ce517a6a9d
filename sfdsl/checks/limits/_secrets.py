"""What looks like a secret: texts of well-known forms, and literals under telling keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from sfdsl.aws.resource import has_placeholder
from sfdsl.model.fields import Json
from sfdsl.origin import Origin

FORMS: Final = {
    "an AWS access key": r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])",
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})",
    "a GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "a Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    "a Slack webhook": r"https://hooks\.slack\.com/(?:services|workflows)/T[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]{16,}",
    "a Stripe key": r"\b[rs]k_live_[A-Za-z0-9]{16,}",
    "a Google API key": r"\bAIza[A-Za-z0-9_-]{35}",
    "an npm token": r"\bnpm_[A-Za-z0-9]{36}",
    "a SendGrid key": r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    "a JSON Web Token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    "a password in a URL": r"\b[a-z][a-z0-9+.-]*://[^\s/:@{}$<>]+:[^\s/@{}$<>*]{3,}@",
}
"""Forms of secrets that nobody mistakes for something else, each with the words for it."""

_ANY: Final = re.compile("|".join(f"(?P<f{i}>{pattern})" for i, pattern in enumerate(FORMS.values())))
_NAMES: Final = tuple(FORMS)

# A key that ends so holds a secret itself; SecretId, SecretArn, TaskToken or NextToken name or carry something else.
_KEY: Final = re.compile(
    r"(?:password|passwd|passphrase|secret|secretstring|secretkey|secretaccesskey|apikey|privatekey|authorization"
    r"|(?:access|auth|bearer|refresh|api|personal|github|slack)token|credentials?)$"
)
_DULL: Final = re.compile(
    r"(?i)\s*|.*(?:<.*>|\*{3,}|x{3,}|\.{3}|redacted|placeholder|example|your[-_ ]).*|aws[_-]iam|none|null|true|false"
    r"|required|optional|bearer|basic|api[_-]?key|iam_role|no_auth|string|secret|password"
)


@frozen
class Literal:
    """A text in a payload: where it stands, the key above it, and itself."""

    origin: Origin
    key: str
    text: str


def texts(value: Json, origin: Origin, key: str = "") -> Iterator[Literal]:
    """The literal texts of a payload; what paths and expressions will give is none."""
    match value:
        case str():
            if not key.endswith(".$"):
                yield Literal(origin, key, value)
        case dict():
            name, named = value.get("Name", value.get("Key")), value.get("Value")
            for inner, item in value.items():
                # {"Name": "DB_PASSWORD", "Value": "..."}: the key of the value is the name beside it.
                told = name if item is named and inner == "Value" and isinstance(name, str) else inner
                yield from texts(item, origin.down(inner), told)
        case list():
            for i, item in enumerate(value):
                yield from texts(item, origin.down(i), key)


def form(text: str) -> str | None:
    """What kind of secret a text has in it for certain, in words; None where it has none."""
    found = _ANY.search(text) if len(text) >= 12 else None
    if found is None or found.lastgroup is None or "EXAMPLE" in found.group():
        return None
    return _NAMES[int(found.lastgroup[1:])]


def suspected(literal: Literal) -> bool:
    """Whether the key says that the text is a secret, and the text is neither a reference nor obviously none."""
    key = re.sub(r"[^a-z0-9]", "", literal.key.lower())
    if _KEY.search(key) is None:
        return False
    text = literal.text
    if text.startswith(("$", "{%", "arn:", "{{resolve:")) or has_placeholder(text) or "States." in text:
        return False
    return len(text) >= 4 and _DULL.fullmatch(text) is None

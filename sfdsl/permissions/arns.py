"""ARNs as texts: filling templates with arguments, telling names from ARNs, and which pattern covers which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import Final

from attrs import frozen

from sfdsl.permissions.statements import Resource
from sfdsl.permissions.values import GAP, Arguments, Value

__all__ = ["ACCOUNT", "PARTITION", "REGION", "Filled", "companion", "covers", "expand", "fields", "fill", "is_arn"]

PARTITION: Final = "${AWS::Partition}"
REGION: Final = "${AWS::Region}"
ACCOUNT: Final = "${AWS::AccountId}"

DOMAIN: Final = r"(?:amazonaws\.com(?:\.cn)?|[$#]\{[^{}]*\})"
"""Pattern of the domain that AWS answers under, which differs in China."""

_ARGUMENT = re.compile(r"(?<!\$)\{([\w.\[\]]+)(/?)([@!]?)(?:\|([^{}]*))?\}")
_PLACEHOLDER = re.compile(r"[$#]\{([^{}]*)\}")
_FIELD = re.compile(r"(?:[$#]\{[^{}]*\}|[^:$#]|[$#](?!\{))*")


@frozen(kw_only=True)
class Filled:
    """A template with arguments in it.

    Attributes:
        resource: The resource.
        arguments: The arguments that stand in it.
        dynamic: Those of them that are known in part or not at all.
        absent: Names of those that the call does not give.
    """

    resource: Resource
    arguments: tuple[str, ...] = ()
    dynamic: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def expand(template: str) -> str:
    """A template with its abbreviation written out: `~glue:job/x`, `~iam:role/x`."""
    if not template.startswith("~"):
        return template
    service, _, rest = template[1:].partition(":")
    region = "" if service == "iam" else REGION
    return f"arn:{PARTITION}:{service}:{region}:{ACCOUNT}:{rest}"


def shape(template: str) -> str:
    """The pattern of everything that a template can become."""
    return re.sub(r"\*+", "*", _ARGUMENT.sub("*", expand(template)))


def is_arn(text: str) -> bool:
    """Whether a text is an ARN: by its beginning, or a placeholder whose name ends in `Arn`."""
    if text.startswith("arn:"):
        return True
    start = _PLACEHOLDER.match(text)
    return start is not None and start[1].lower().endswith("arn")


def stands_for_arn(text: str) -> bool:
    """Whether a text is an ARN where an ARN is what `Ref` gives of such a resource in CloudFormation.

    A placeholder is one then, whatever its name, unless that ends in `Name` or `Family`.
    """
    whole = _PLACEHOLDER.fullmatch(text)
    return is_arn(text) or (whole is not None and not whole[1].lower().endswith(("name", "family")))


def is_placeholder(text: str) -> bool:
    """Whether the text is one placeholder and nothing else."""
    return _PLACEHOLDER.fullmatch(text) is not None


def fields(arn: str) -> list[str] | None:
    """The six fields of an ARN, or None where the text is none; colons inside placeholders do not count."""
    found: list[str] = []
    position = 0
    while len(found) < 5:
        field = _FIELD.match(arn, position)
        if field is None or field.end() >= len(arn):
            return None
        found.append(field[0])
        position = field.end() + 1
    found.append(arn[position:])
    return found if found[0] == "arn" else None


def split(text: str, separator: str = ":") -> list[str]:
    """The parts of a text, placeholders kept whole."""
    if "{" not in text:
        return text.split(separator)
    held = iter(_PLACEHOLDER.finditer(text))
    parts = _PLACEHOLDER.sub("\1", text).split(separator)
    return [re.sub("\1", lambda _: next(held)[0], part) for part in parts]


def pattern(text: str) -> str:
    """A text with gaps as a policy writes it: gaps as `*`, and what would be a wildcard in it escaped."""
    return re.sub(r"\*+", "*", _escaped(text).replace(GAP, "*"))


def _escaped(text: str) -> str:
    # Source: IAM User Guide, "Policy elements: variables and tags", special characters.
    return re.sub(r"[*?]", lambda found: f"${{{found[0]}}}", text)


def fill(template: str, arguments: Arguments) -> list[Filled]:
    """A template with every value that its arguments can have."""
    slots = list(_ARGUMENT.finditer(template))
    if not slots:
        return [Filled(resource=Resource(text=expand(template), shape=shape(template)))]
    options: list[list[tuple[str, Value | None]]] = []
    for slot in slots:
        value = arguments.get(slot[1])
        texts: list[tuple[str, Value | None]] = [(text, value) for text in value.texts] if value is not None else []
        if slot[4] is not None and (value is None or (not value.certain and not value.dynamic)):
            texts.append((slot[4], value))
        options.append(texts or [(GAP, None)])
    whole = shape(template)
    return [_one(template, slots, chosen, whole) for chosen in product(*options)]


def _one(
    template: str, slots: Sequence[re.Match[str]], chosen: Sequence[tuple[str, Value | None]], whole: str
) -> Filled:
    made = ""
    position = 0
    for slot, (text, _) in zip(slots, chosen, strict=True):
        made += template[position : slot.start()]
        position = slot.end()
        if slot[3] and (is_arn(text) or (slot[3] == "!" and stands_for_arn(text))):
            made = text  # an ARN is the whole resource; its own wildcards, if any, are meant
            if ":accesspoint" in text and template[position : position + 1] == "/":
                made += "/object"  # objects of a bucket given by the ARN of an access point
            if template[position : position + 1] not in ("/", ":"):
                position = len(template)
                break
        elif slot[3] == "!" and text.startswith(GAP):
            made += GAP  # what begins the ARN is not known, so that the rest of it says nothing
        else:
            made += _escaped(text.lstrip("/") if slot[2] else text)
    made += template[position:]
    text = re.sub(r"\*+", "*", expand(made).replace(GAP, "*"))
    values = [value for _, value in chosen if value is not None]
    return Filled(
        resource=Resource(text=text, shape=whole, open=any(GAP in part for part, _ in chosen)),
        arguments=tuple(dict.fromkeys(value.path for value in values)),
        dynamic=tuple(dict.fromkeys(value.path for part, value in chosen if value is not None and GAP in part)),
        absent=tuple(
            slot[1] for slot, (part, value) in zip(slots, chosen, strict=True) if value is None and part == GAP
        ),
    )


def companion(placeholder: str, attribute: str) -> str:
    """The name of the placeholder that says something else about what a placeholder stands for.

    `${DeadLetterQueueUrl}` and `Arn` give `DeadLetterQueueArn`; an attribute of a CloudFormation resource is replaced
    (`${Queue.QueueUrl}` and `Arn` give `Queue.Arn`).
    """
    name = placeholder[2:-1]
    if "." in name:
        return f"{name.rpartition('.')[0]}.{attribute}"
    stem = re.sub(r"[-_]?(arn|url|uri|name|id)$", "", name, flags=re.IGNORECASE) or name
    if name == name.lower() and "_" in name:
        return f"{stem}_{attribute.lower()}"
    return stem + attribute


@lru_cache(maxsize=4096)
def _expression(text: str, exact: bool) -> re.Pattern[str]:
    parts = []
    position = 0
    for found in re.finditer(r"[$#]\{[^{}]*\}|\*|\?", text):
        parts.append(re.escape(text[position : found.start()]))
        if found[0] == "*":
            parts.append(".*")
        elif found[0] == "?":
            parts.append(".")
        elif exact or found[0] in ("${*}", "${?}"):
            parts.append(re.escape(found[0]))
        else:
            # What a placeholder stands for is not known: the same placeholder, or any value of its field.
            parts.append(rf"(?:{re.escape(found[0])}|[^:/]*)")
        position = found.end()
    parts.append(re.escape(text[position:]))
    return re.compile("".join(parts), re.DOTALL)


@lru_cache(maxsize=16384)
def covers(outer: str, inner: str, *, exact: bool = False) -> bool:
    """Whether every ARN that matches one pattern matches another, as far as texts can tell.

    Args:
        outer: The wider pattern.
        inner: The narrower one.
        exact: Whether a placeholder of the wider pattern stands for itself alone; otherwise for any value of its field.
    """
    return outer == inner or outer == "*" or _expression(outer, exact).fullmatch(inner) is not None

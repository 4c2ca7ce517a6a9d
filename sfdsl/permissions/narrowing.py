"""What `resources` on a step does to the permissions that its arguments leave open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from attrs import evolve

from sfdsl.permissions.arns import covers, is_placeholder
from sfdsl.permissions.statements import Grant, Remark, Resource

__all__ = ["narrow"]

_BUCKETS = "arn:${AWS::Partition}:s3:::*"


def narrow(
    grants: Iterable[Grant], remarks: Iterable[Remark], texts: Sequence[str]
) -> tuple[list[Grant], list[Remark], set[str]]:
    """The grants of one state with its open resources narrowed, the remarks that are left, and the texts that count.

    An ARN narrows the open resources of its type, as far as it lies within what the arguments say. A placeholder
    narrows those that it can be told to mean: roles where its name speaks of a role, the one type that is open, or
    the type that its name speaks of.

    Args:
        grants: What the state needs.
        remarks: What was remarked about it.
        texts: ARNs and placeholders.
    """
    found = list(grants)
    if not texts:
        return found, list(remarks), set()
    shapes = list(dict.fromkeys(_shape(r) for grant in found for r in grant.resources if _open(r)))
    meant = {text: _meant(text, shapes) if is_placeholder(text) else shapes for text in texts}
    used: set[str] = set()
    closed: set[str] = set()
    made = []
    for grant in found:
        resources: list[Resource] = []
        for resource in grant.resources:
            shape = _shape(resource)
            within: list[str] = []
            for text in texts:
                if not _open(resource):
                    used.update([text] if covers(text, resource.text) else [])
                elif shape in meant[text] and (chosen := _within(resource, shape, text)) is not None:
                    within.append(chosen)
                    used.add(text)
                    closed.add(shape)
            resources += [evolve(resource, text=text, open=False) for text in within] or [resource]
        made.append(evolve(grant, resources=tuple(dict.fromkeys(resources))))
    left = [remark for remark in remarks if remark.shape not in closed]
    return made, left, used


def _open(resource: Resource) -> bool:
    # `*` alone stands with actions that have no resource types, which nothing narrows.
    if resource.excluded or (resource.text == "*" and not resource.open):
        return False
    return resource.open or "*" in resource.text.replace("${*}", "")


def _shape(resource: Resource) -> str:
    return resource.shape or resource.text


def _within(resource: Resource, shape: str, text: str) -> str | None:
    """The text, as it stands for a resource of this shape; None where it does not lie within the resource."""
    if is_placeholder(text):
        return text
    if shape == _BUCKETS and "/" not in resource.text:
        text = text.partition("/")[0]  # the bucket that the objects are in
    elif shape == f"{_BUCKETS}/*" and "/" not in text and text.count(":") == 5:
        text = f"{text}/*"  # the objects of the bucket
    if covers(shape, text) and (is_placeholder(resource.text) or covers(resource.text, text)):
        return text
    return None


def _meant(text: str, shapes: Sequence[str]) -> list[str]:
    """The types that a placeholder can be told to mean."""
    name = text[2:-1].lower()
    roles = [shape for shape in shapes if ":role/" in shape]
    if "role" in name:
        return roles
    others = [shape for shape in shapes if shape not in roles]
    if len(others) == 1:
        return others
    return [shape for shape in others if any(word in name for word in _words(shape))]


def _words(shape: str) -> list[str]:
    """The words of a type, such as `topic` and `sns`."""
    fields = shape.split(":")
    words = [fields[2], *re.findall(r"[A-Za-z]+", ":".join(fields[5:]))] if len(fields) > 5 else []
    return [word.lower() for word in words if len(word) > 2]

"""Resources that a call names by an id which an earlier call of the same machine gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve

from sfdsl.permissions.arns import covers
from sfdsl.permissions.collector import Collector
from sfdsl.permissions.statements import Grant, Resource

__all__ = ["resolve"]


def resolve(needs: Collector, granted: Mapping[str, Sequence[Grant]]) -> None:
    """Narrow what no argument of a call names to what the calls were granted whose results its arguments are.

    The id of a query does not tell its workgroup; the call that started the query did.

    Args:
        needs: The later call; its grants and remarks change.
        granted: What each state before it is granted.
    """
    sources = needs.sources()
    if not sources or any(source not in granted for source in sources):
        return
    settled: set[str] = set()
    made = []
    for grant in needs.grants:
        resources: list[Resource] = []
        for resource in grant.resources:
            found = _of_sources(grant, resource, [granted[source] for source in sorted(sources)])
            if found:
                settled.add(resource.shape)
            resources += found or [resource]
        made.append(evolve(grant, resources=tuple(dict.fromkeys(resources))))
    needs.grants = made
    needs.remarks = [remark for remark in needs.remarks if remark.shape not in settled]


def _of_sources(grant: Grant, resource: Resource, sources: Iterable[Sequence[Grant]]) -> list[Resource]:
    """The resources of the same type that every source was granted; none where any of them says too little."""
    shape = resource.shape
    if not shape or not (resource.text == shape or resource.purpose):
        return []
    prefix = grant.actions[0].partition(":")[0]
    found: list[Resource] = []
    for grants in sources:
        same = [
            other
            for each in grants
            if each.actions[0].partition(":")[0] == prefix
            for other in each.resources
            if other.purpose == resource.purpose and other.text != shape and covers(shape, other.text)
        ]
        if not same:
            return []
        found += same
    return found

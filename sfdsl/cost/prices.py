"""Prices of AWS, each with its source and date, and the formulas that Step Functions bills by.

The figures are package data (`data/prices.json`); a project overrides any of them. Prices of another Region than
us-east-1 are known for Standard transitions; everything else is us-east-1's, and `Prices.remarks` says so.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from sfdsl.model.fields import Json

__all__ = ["CHUNK_MB", "DEFAULT_REGION", "PriceError", "Prices", "Tier", "load"]

DEFAULT_REGION = "us-east-1"
CHUNK_MB = 64
"""Express memory is billed in steps of so many megabytes."""
BASE_MB = 50
"""Memory of every Express execution, before definition and payloads."""
ROUNDING_MS = 100
"""Express duration is rounded up to this."""
GB_HOUR = 3600.0
MB_PER_GB = 1024


class PriceError(ValueError):
    """A price that was given does not fit: no such figure, or no number."""


@frozen
class Tier:
    """A price that holds up to a volume.

    Attributes:
        up_to: Volume, in the unit that the price is for; None is without end.
        dollars: For one unit.
    """

    up_to: float | None
    dollars: float


@frozen(kw_only=True)
class Prices:
    """What is paid where.

    Attributes:
        region: AWS's name of the Region.
        transition: Dollars for a Standard state transition.
        free_transitions: Standard transitions a month that are free, for the whole account.
        start_end_surcharge: Transitions charged for an execution beyond its states: 0, 1 or 2. Sources disagree whether
            Start and End count; see `data/prices.json`, transition_counting.
        request: Dollars for an Express request.
        duration: Dollars for a GB-hour of Express, by GB-hours a month of the whole account.
        services: The figures of other services, as `data/prices.json` has them.
        remarks: What a reader of an estimate must know about these prices.
    """

    region: str = DEFAULT_REGION
    transition: float
    free_transitions: int
    start_end_surcharge: int = 0
    request: float
    duration: tuple[Tier, ...]
    services: Mapping[str, Json] = field(factory=dict, hash=False, repr=False)
    remarks: tuple[str, ...] = ()

    def figure(self, *keys: str) -> float:
        """A figure of another service, such as `figure("lambda", "requests_per_million")`.

        Raises:
            PriceError: There is none.
        """
        found: Json = self.services
        for key in keys:
            if not isinstance(found, Mapping) or key not in found:
                raise PriceError(f"there is no price {'.'.join(keys)!r}")
            found = found[key]
        if isinstance(found, Mapping):
            found = found.get("usd")
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise PriceError(f"the price {'.'.join(keys)!r} is no number")
        return float(found)

    def standard(self, transitions: float) -> float:
        """Dollars for the Standard transitions of a month, the free ones taken off."""
        return self.transition * max(0.0, transitions - self.free_transitions)

    def duration_rate(self, tier: int = 0) -> float:
        """Dollars for a GB-second of Express in a tier, from 0."""
        return self.duration[tier].dollars / GB_HOUR

    def express_second(self, chunks: int = 1, tier: int = 0) -> float:
        """Dollars for one second of an Express execution that is billed so many steps of 64 MB."""
        return self.duration_rate(tier) * chunks * CHUNK_MB / MB_PER_GB

    def express(self, requests: float, gb_seconds: float) -> float:
        """Dollars for the Express executions of a month."""
        return requests * self.request + tiered(self.duration, gb_seconds / GB_HOUR)


def load(region: str = DEFAULT_REGION, overrides: Mapping[str, Any] | None = None) -> Prices:
    """The prices of a Region.

    Args:
        region: AWS's name of the Region.
        overrides: Figures that replace ours: `transition`, `request`, `free_transitions`, `start_end_surcharge`,
            `duration` (a list of `[up_to_gb_hours, dollars]`, the last up to null or inf), a table for each service.

    Raises:
        PriceError: An override has no such name or is no number.
    """
    table = _table()
    standard, express = table["step_functions"]["standard"], table["step_functions"]["express"]
    rates: Mapping[str, float] = standard["per_1000_transitions_by_region"]
    unverified: Mapping[str, float] = standard["extra_unverified"]
    remarks = [
        f"prices of {table['meta']['compiled']}, {region}; Express and other services at us-east-1's list prices"
    ]
    if region in rates:
        if region not in standard["confidence"]:
            remarks.append(f"the price of a transition in {region} is from a copy of AWS's page of about 2020")
    elif region in unverified:
        remarks.append(f"the price of a transition in {region} is not verified")
    else:
        remarks.append(f"no price of a transition in {region} is known; taken as in most Regions")
    rate = rates.get(region, unverified.get(region, standard["default_other_regions"]))
    tiers = express["duration_tiers_per_gb_hour"]
    prices = Prices(
        region=region,
        transition=rate / 1000,
        free_transitions=standard["free_tier_transitions_per_month"],
        start_end_surcharge=table["transition_counting"]["start_end_surcharge"],
        request=express["per_million_requests"] / 1e6,
        duration=tuple(Tier(tier["up_to_gb_hours"], tier["usd"]) for tier in tiers),
        services={key: value for key, value in table.items() if key not in ("meta", "step_functions")},
        remarks=tuple(remarks),
    )
    return prices if not overrides else _overridden(prices, overrides)


def tiered(tiers: Sequence[Tier], volume: float) -> float:
    """Dollars for a volume whose price falls in steps."""
    dollars, below = 0.0, 0.0
    for tier in tiers:
        top = math.inf if tier.up_to is None else tier.up_to
        dollars += tier.dollars * max(0.0, min(volume, top) - below)
        below = top
    return dollars


def billed_seconds(seconds: float) -> float:
    """Seconds that an Express execution is billed for: rounded up to 100 ms.

    Whole milliseconds decide, so that 0.3 s held as a float slightly above is not billed as 0.4 s.
    """
    return math.ceil(round(seconds * 1000, 3) / ROUNDING_MS) * ROUNDING_MS / 1000


def memory_chunks(definition_bytes: float, payload_bytes: float, steps: float) -> int:
    """How many steps of 64 MB an Express execution is billed.

    Args:
        definition_bytes: Of the definition.
        payload_bytes: Of the data that one step holds.
        steps: Of Parallel branches and Map iterations, counted as often as they run.

    Source: AWS Step Functions pricing page, "Express Workflows", memory consumption.
    """
    megabytes = BASE_MB + (definition_bytes + payload_bytes * steps) / (MB_PER_GB * 1024)
    return max(1, math.ceil(megabytes / CHUNK_MB))


@cache
def _table() -> Any:
    return json.loads(Path(__file__).with_name("data").joinpath("prices.json").read_bytes())


_NUMBERS = ("transition", "free_transitions", "start_end_surcharge", "request")


def _overridden(prices: Prices, overrides: Mapping[str, Any]) -> Prices:
    changes: dict[str, Any] = {}
    services = dict(prices.services)
    for key, value in overrides.items():
        if key in _NUMBERS:
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise PriceError(f"the price {key!r} is a number of at least 0, not {value!r}")
            changes[key] = value
        elif key == "duration":
            changes[key] = _tiers(value)
        elif isinstance(value, Mapping) and key in services:
            services[key] = {**services[key], **value}
        else:
            known = ", ".join((*_NUMBERS, "duration", *services))
            raise PriceError(f"there is no price {key!r}; there are {known}")
    if changes.get("start_end_surcharge", 0) not in (0, 1, 2):
        raise PriceError(f"start_end_surcharge is 0, 1 or 2, not {changes['start_end_surcharge']!r}")
    remarks = (*prices.remarks, f"overridden by the project: {', '.join(overrides)}")
    return evolve(prices, services=services, remarks=remarks, **changes)


def _tiers(value: Any) -> tuple[Tier, ...]:
    try:
        tiers = tuple(
            Tier(None if up_to in (None, math.inf) else float(up_to), float(dollars)) for up_to, dollars in value
        )
    except (TypeError, ValueError):
        raise PriceError(f"duration is a list of [up to GB-hours, dollars], not {value!r}") from None
    if not tiers or tiers[-1].up_to is not None or any(tier.up_to is None for tier in tiers[:-1]):
        raise PriceError("the last tier of duration, and no other, is up to null or inf")
    return tiers

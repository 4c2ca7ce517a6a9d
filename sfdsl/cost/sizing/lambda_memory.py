"""Memory of Lambda functions, from what Power Tuning or anybody else measured.

Source: AWS Lambda Power Tuning, "State Machine Input and Output" (`results.stats` with `includeOutputResults`, and the
encoded averages in `results.stateMachine.visualization`); AWS Lambda pricing page.
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from attrs import frozen

from sfdsl.cost.prices import Prices
from sfdsl.cost.sizing.advice import Advice, SizingError


@frozen
class Power:
    """What was measured at one size.

    Attributes:
        megabytes: Memory of the function, 128 to 10,240.
        seconds: Mean time of an invocation.
    """

    megabytes: float
    seconds: float


def power_tuning(results: Any) -> tuple[Power, ...]:
    """What an execution of AWS Lambda Power Tuning measured, smallest size first.

    Args:
        results: Its output as parsed JSON, with or without the outer `results`.

    Raises:
        SizingError: It says nothing but the best size, so that nothing can be compared.
    """
    found = results.get("results", results) if isinstance(results, Mapping) else None
    if not isinstance(found, Mapping):
        raise SizingError("this is no output of Lambda Power Tuning: it is no JSON object")
    stats = found.get("stats")
    if isinstance(stats, list):
        try:
            powers = [Power(float(each["value"]), float(each["averageDuration"]) / 1000) for each in stats]
        except (KeyError, TypeError, ValueError):
            raise SizingError("stats of Lambda Power Tuning have value and averageDuration each") from None
    else:
        machine = found.get("stateMachine")
        url = machine.get("visualization") if isinstance(machine, Mapping) else None
        if not isinstance(url, str) or "#" not in url:
            raise SizingError("this output has neither stats nor a visualization; run with includeOutputResults")
        powers = _decoded(url.partition("#")[2])
    return tuple(sorted(powers, key=lambda power: power.megabytes))


def lambda_memory(
    state: str,
    current: float,
    measured: Iterable[Power],
    prices: Prices,
    *,
    express_second: float = 0.0,
    most_seconds: float | None = None,
    arm: bool = False,
) -> Advice | None:
    """Which of the measured sizes is the cheapest; None where the current one is, or was not measured.

    Args:
        state: That calls the function.
        current: Its memory in MB.
        measured: At least at two sizes.
        prices: Of Lambda.
        express_second: Dollars for a second of the Express execution that the state runs in; 0 in Standard, where
            waiting costs nothing.
        most_seconds: How long an invocation may take; None is any time.
        arm: Whether the function runs on arm64.

    Raises:
        SizingError: Fewer than two sizes were measured.
    """
    powers = sorted(measured, key=lambda power: power.megabytes)
    if len({power.megabytes for power in powers}) < 2:
        raise SizingError(f"for the function of {state!r} one size was measured; two at least can be compared")
    now = next((power for power in powers if power.megabytes == current), None)
    if now is None:
        return None

    def cost(power: Power) -> float:
        return invocation(power, prices, arm) + express_second * power.seconds

    fit = [power for power in powers if most_seconds is None or power.seconds <= most_seconds]
    if not fit:
        return None
    best = min(fit, key=lambda power: (cost(power), power.seconds))
    too_slow = most_seconds is not None and now.seconds > most_seconds
    if not too_slow and cost(best) >= cost(now) * (1 - 1e-9):
        return None
    return Advice(
        state=state,
        change=f"set the memory of the function to {best.megabytes:g} MB (now {current:g} MB)",
        before=cost(now),
        after=cost(best),
        seconds_before=now.seconds,
        seconds_after=best.seconds,
        basis=f"measured at {', '.join(f'{power.megabytes:g}' for power in powers)} MB",
    )


def invocation(power: Power, prices: Prices, arm: bool = False) -> float:
    """Dollars of one invocation: the request, and GB-seconds rounded up to the millisecond."""
    tiers = prices.services["lambda"][f"duration_{'arm64' if arm else 'x86'}_gb_second_tiers"]
    milliseconds = -(-round(power.seconds * 1_000_000) // 1000)
    request = prices.figure("lambda", "requests_per_million") / 1e6
    return request + milliseconds / 1000 * power.megabytes / 1024 * float(tiers[0]["usd"])


def _decoded(text: str) -> list[Power]:
    """Sizes (int16) and mean milliseconds (float32), little endian in base64, as the visualization holds them."""
    try:
        sizes, times = (base64.b64decode(part, validate=True) for part in unquote(text).split(";")[:2])
        megabytes = struct.unpack(f"<{len(sizes) // 2}h", sizes)
        milliseconds = struct.unpack(f"<{len(times) // 4}f", times)
    except (ValueError, binascii.Error, struct.error):
        raise SizingError("the visualization of Lambda Power Tuning is not encoded as it should be") from None
    if len(megabytes) != len(milliseconds) or not megabytes:
        raise SizingError("the visualization of Lambda Power Tuning has not one time for each size")
    return [Power(float(size), time / 1000) for size, time in zip(megabytes, milliseconds, strict=True)]

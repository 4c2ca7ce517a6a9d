"""One piece of advice: which size to change to what, and what that saves."""

from __future__ import annotations

from attrs import frozen

from sfdsl.diagnostics import Diagnostic, Rule, Severity
from sfdsl.origin import NOWHERE, Origin


class SizingError(ValueError):
    """A measurement is not what it should be; the message says what is missing."""


class WrongSize(Rule):
    """A resource that costs more than another size of it that was measured.

    Why it matters:
        The work is done as well for less, or, in an Express region, faster for so little more that the seconds pay.

    Fires on:
        a function with 1,024 MB for which Power Tuning measured the same work at 512 MB for half the dollars

    Instead:
        the size that was measured to be the cheapest
    """

    code = "SF452"
    severity = Severity.INFO


class UnusableMeasurement(Rule):
    """A measurement that says nothing about the size of what a state calls.

    Why it matters:
        Somebody measured, and the sizes are not compared.

    Fires on:
        [profile.states."Validate"]
        measured = "power.json"     # output of Power Tuning, and nobody says the memory of today

    Instead:
        [profile.states."Validate"]
        measured = "power.json"
        memory_mb = 1024
    """

    code = "SF453"
    severity = Severity.WARNING


RULES: tuple[type[Rule], ...] = (WrongSize, UnusableMeasurement)


@frozen(kw_only=True)
class Advice:
    """A change that saves.

    Attributes:
        state: Whose resource it is.
        change: What to do, such as `set the memory of the function to 512 MB`.
        before, after: Dollars of one run; those of an Express parent's seconds are included where they are billed.
        seconds_before, seconds_after: How long one run takes.
        basis: What was measured.
        caveat: What has to be true besides; empty where nothing has.
    """

    state: str
    change: str
    before: float
    after: float
    seconds_before: float
    seconds_after: float
    basis: str
    caveat: str = ""

    @property
    def saved(self) -> float:
        """Dollars that one run costs less."""
        return self.before - self.after

    def month(self, runs: float) -> float:
        """Dollars that so many runs a month cost less."""
        return self.saved * runs


def finding(advice: Advice, runs: float | None = None, origin: Origin = NOWHERE) -> Diagnostic:
    """A piece of advice as a finding.

    Args:
        advice: It.
        runs: Runs a month; None is unknown, and dollars are then for 1,000 runs.
        origin: Where the state was declared.
    """
    from sfdsl.cost.report import dollars

    saved = (
        f"{dollars(advice.saved * 1000)} per 1,000 runs" if runs is None else f"{dollars(advice.month(runs))} a month"
    )
    caveat = f", if {advice.caveat}" if advice.caveat else ""
    time = ""
    if abs(advice.seconds_after - advice.seconds_before) > 1e-9:
        time = f"; a run takes {advice.seconds_after:.4g} s instead of {advice.seconds_before:.4g} s"
    return WrongSize.finding(
        f"{advice.state!r} costs {saved} more than it need ({advice.basis}){time}",
        hint=f"{advice.change}{caveat}",
        origin=origin,
        state=advice.state,
    )

"""Why a rewrite is safe, and why it was not done. The values are sentences, and tests demonstrate each of them."""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """An argument for the safety of a rewrite."""

    INPUT_PASSES_THROUGH = "the state hands its input on unchanged"
    CANNOT_FAIL = "it can neither fail nor be retried, so that no handler could have seen it"
    ENDS_ALL_THE_SAME = "its predecessor ends the flow with the same output"


class Hazard(Enum):
    """A ground for leaving something as it is."""

    NEEDED_TO_END = "a Choice or a Catch leads to it, and these cannot end the flow themselves"
    ONLY_STATE = "the flow begins and ends with it"
    ENDLESS_LOOP = "it leads back to itself by states that do nothing, and the loop would lose its last one"
    UNKNOWN_FIELDS = "it has fields that are not ASL's, and what they mean is not known"

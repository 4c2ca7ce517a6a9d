"""What rewrites ask about single states."""

from __future__ import annotations

from sfdsl.jsonata_text import expression, is_expression
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Choice, Pass, State, Succeed, Wait

WHOLE = (ABSENT, "$")


def hands_on_input(state: State, jsonata: bool) -> bool:
    """Whether a Pass, Wait, Choice (on its default) or Succeed gives its input as output, and cannot fail in that."""
    if not isinstance(state, (Pass, Wait, Choice, Succeed)):
        return False
    if jsonata:
        return is_input(state.output) and not (isinstance(state, Pass) and state.result is not ABSENT)
    if state.output_path not in WHOLE:
        return False
    if isinstance(state, Pass):
        if state.input_path not in (*WHOLE, None):
            return False
        if state.result_path is None:
            return state.parameters is ABSENT
        return (
            state.result_path in WHOLE
            and state.input_path in WHOLE
            and state.parameters is ABSENT
            and state.result is ABSENT
        )
    return state.input_path in WHOLE


def is_input(output: Json) -> bool:
    """Whether an `Output` is just the state's input."""
    return output is ABSENT or (
        isinstance(output, str) and is_expression(output) and expression(output) == "$states.input"
    )


def has_unknown(state: State) -> bool:
    """Whether a state has keys beyond its fields, an odd `End` among them."""
    return bool(getattr(state, "extra", True))


def is_idle(state: State, jsonata: bool) -> bool:
    """Whether a Pass does nothing at all."""
    return isinstance(state, Pass) and state.assign is ABSENT and hands_on_input(state, jsonata)


def same(left: Json, right: Json) -> bool:
    """Whether two payloads are written the same; true is not 1, which it is to Python."""
    return repr(left) == repr(right)

"""Correct data, and look whether that helped."""

from __future__ import annotations

from sfdsl import Choice
from sfdsl.dsl.steps import Chain, Steps, Task
from sfdsl.jsonata import Value


def correction_loop(
    correct: Task, *, corrected: Value, otherwise: Steps, again: Value = None, question: str = "Corrected?"
) -> Chain:
    """Steps that correct data until it is right or hopeless; what follows them by `>>` follows a success.

    Args:
        correct: The step that corrects.
        corrected: A test on its result: whether the data is right now.
        otherwise: Steps for data that is not.
        again: A test on its result: whether another round may help. It has to end at some time, so count the rounds or
            let the corrections run out. None never corrects twice.
        question: Name of the Choice.
    """
    choice = Choice(question).when(corrected)
    if again is not None:
        choice.when(again, correct)
    return correct >> choice.otherwise(otherwise)

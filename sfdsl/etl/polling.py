"""Wait for something that Step Functions cannot wait for by itself."""

from __future__ import annotations

from sfdsl import Choice, Wait
from sfdsl.dsl.policies import Duration
from sfdsl.dsl.steps import Catching, Chain, Steps
from sfdsl.jsonata import Value


def poll(
    waiting: str,
    every: Duration,
    look: Catching,
    *,
    done: Value,
    question: str,
    failed: Value = None,
    otherwise: Steps | None = None,
) -> Chain:
    """Steps that wait and look, again and again; what follows them by `>>` follows once it is done.

    For operations without `.sync`. The rounds have no limit of their own: give the pipeline a timeout.

    Args:
        waiting: Name of the Wait.
        every: Time between two looks, before the first one too.
        look: The step that asks how far it is.
        done: A test on the result of `look`.
        question: Name of the Choice.
        failed: A test on the result of `look`: whether it will never be done.
        otherwise: Steps for that.
    """
    wait = Wait(waiting, every)
    choice = Choice(question).when(done)
    if failed is not None and otherwise is not None:
        choice.when(failed, otherwise)
    return wait >> look >> choice.otherwise(wait)

"""What a rewrite is, and what it says about what it did and what it left alone.

Conditions that hold for every rewrite: nothing that a text observes of a state's name, entry or token changes, an
impure expression is neither copied nor moved across work, and no state that the flow needs to begin or end goes away.

What may differ afterwards: which states a history shows, the numbers of events and the names of states in the causes
of evaluation errors, and how long an execution takes beside its work.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import field, frozen

from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.cost.rewrites.trees import over_flows
from sfdsl.model.workflow import Workflow


@frozen(kw_only=True)
class Evidence:
    """One thing that a rewrite did.

    Attributes:
        rewrite: Its name.
        removed: States that are no longer there.
        states: States that took over what they did, or were changed.
        because: Why the machine does what it did before.
        transitions_saved: Transitions less each time that way is taken; 0 where only the definition is smaller.
    """

    rewrite: str
    removed: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    because: tuple[Reason, ...]
    transitions_saved: int = 1


@frozen(kw_only=True)
class Refusal:
    """One thing that a rewrite looked at and left alone, and why."""

    rewrite: str
    state: str
    hazard: Hazard


@frozen(kw_only=True)
class Rewritten:
    """A workflow after one or more rewrites.

    Attributes:
        workflow: What it is now; the same object where nothing changed.
        evidence: What was done, in order.
        refusals: What was left alone in the end, in order of rewrites and states.
    """

    workflow: Workflow
    evidence: tuple[Evidence, ...] = ()
    refusals: tuple[Refusal, ...] = ()


Edit = Callable[[Draft], None]


@frozen
class Rewrite:
    """A rewrite: called with a workflow it gives a new one and leaves its argument.

    Attributes:
        edit: What it does to the draft of one flow; its docstring is the documentation.
        number: Its number in the catalogue of rewrites.
        asserted: Whether it does anything only where the author asserts something about a state.
    """

    edit: Edit = field(repr=False)
    number: str
    asserted: bool = False

    @property
    def name(self) -> str:
        """What evidence and refusals call it."""
        return self.edit.__name__

    @property
    def documentation(self) -> str:
        """What it does, what it saves and why it is safe."""
        return (self.edit.__doc__ or "").strip()

    def __call__(self, workflow: Workflow) -> Rewritten:
        """The workflow with this rewrite done in all its flows, inner ones first."""
        evidence: list[Evidence] = []
        refusals: dict[tuple[str, Hazard], Refusal] = {}

        def edit(draft: Draft) -> None:
            self.edit(draft)
            evidence.extend(
                Evidence(rewrite=self.name, removed=done.removed, states=done.states, because=done.because,
                         transitions_saved=done.transitions_saved)
                for done in draft.done
            )  # fmt: skip
            for state, hazard in draft.refused:
                if state in draft:
                    refusals.setdefault((state, hazard), Refusal(rewrite=self.name, state=state, hazard=hazard))

        after = over_flows(workflow, edit)
        return Rewritten(workflow=after, evidence=tuple(evidence), refusals=tuple(refusals.values()))


def rewrite_of(number: str, *, asserted: bool = False) -> Callable[[Edit], Rewrite]:
    """Make a rewrite of a function that edits the draft of one flow.

    Args:
        number: Its number in the catalogue of rewrites.
        asserted: Whether it does anything only where the author asserts something about a state.
    """
    return lambda edit: Rewrite(edit, number, asserted)

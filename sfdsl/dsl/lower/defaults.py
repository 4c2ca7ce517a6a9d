"""What stands for a result where its step did not run, and which step can set it in time."""

from __future__ import annotations

from sfdsl.dsl.lower.paths import FieldPath
from sfdsl.dsl.lower.scopes import LoweredScope
from sfdsl.dsl.steps import Catching, Choice, Raw, Step
from sfdsl.jsonata import Value


class Standby:
    """The defaults of one step's result.

    Attributes:
        producer: The step.
        values: The default of each field that has one.
        readers: The steps that read the result or its default.
        sources: Steps of the same scope whose results the defaults read.
        reads_item: Whether the defaults read the item of the body that the step stands in.
    """

    def __init__(self, producer: Step, scope: LoweredScope) -> None:
        self.producer = producer
        self.scope = scope
        self.values: dict[FieldPath, Value] = {}
        self.readers: list[Step] = []
        self.sources: set[Step] = set()
        self.reads_item = False

    def place(self) -> tuple[Step, bool] | None:
        """The nearest step that the producer and all readers come after, and that the producer never leads back to.

        It is one where what the defaults read is known. A Choice would have to assign in each of its rules, so another
        step is preferred. The second part says whether readers also come after it when it fails, so that its catchers
        have to assign as well. None where only a state before the first one could do it.
        """
        scope, graph = self.scope, self.scope.graph
        by_key = {scope.key(step): step for step in scope.steps}
        readers = [scope.key(reader) for reader in self.readers]
        possible = [
            by_key[key]
            for key in graph.dominators(scope.key(self.producer))
            if not (by_key[key].terminal or isinstance(by_key[key], Raw))
            and all(reader != key and graph.entered_before(key, reader) for reader in readers)
            and not graph.leads_to(scope.key(self.producer), key)
            and self._is_known_at(by_key[key])
        ]
        if not possible:
            return None
        step = next((step for step in possible if not isinstance(step, Choice)), possible[0])
        return step, not all(graph.completes_before(scope.key(step), reader) for reader in readers)

    def _is_known_at(self, place: Step) -> bool:
        """Whether a step's Assign can read what the defaults read."""
        if self.reads_item and place is self.scope.head:
            return False  # the head's own Assign keeps the item
        scope, graph = self.scope, self.scope.graph
        key = scope.key(place)
        for source in self.sources:
            if source is place:  # its own result, which it has on its normal way out only
                known = isinstance(place, Catching) and all(
                    graph.completes_before(key, scope.key(reader)) for reader in self.readers
                )
            else:
                known = graph.completes_before(scope.key(source), key)
            if not known:
                return False
        return True

"""The fields that only a Map has: its items, what it hands to its body, and those of a Distributed Map."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sfdsl.dsl.lower.holders import Body, Carried
from sfdsl.dsl.lower.paths import FieldPath
from sfdsl.dsl.lower.spelling import Read, spelled
from sfdsl.dsl.maps import DistributedMap, Map
from sfdsl.dsl.steps import UNSET
from sfdsl.jsonata import Value
from sfdsl.model import asl
from sfdsl.model import states as model
from sfdsl.model.fields import ABSENT, Json


class MapFields:
    """The fields of a Map beside its body and what all steps have.

    Args:
        step: The Map.
        body: What is known of its body.
        value: Gives the JSON of a value of the step.
    """

    def __init__(self, step: Map, body: Body, value: Callable[[Value], Any]) -> None:
        self._step = step
        self._body = body
        self._value = value

    def config(self) -> model.ProcessorConfig:
        """How the body is run."""
        step = self._step
        return model.ProcessorConfig(
            mode="DISTRIBUTED" if isinstance(step, DistributedMap) else "INLINE",
            execution_type=step.execution_type if isinstance(step, DistributedMap) else None,
            origin=step.origin,
        )

    def all(self) -> dict[str, Any]:
        """The fields by their names in the model."""
        step = self._step
        fields: dict[str, Any] = {"max_concurrency": self._value(step.max_concurrency)}
        if step.over is not UNSET:
            fields["items"] = self._value(step.over)
        selector = self._selector()
        if selector is not ABSENT:
            fields["item_selector"] = selector
        if isinstance(step, DistributedMap):
            fields.update(self._distributed(step))
        return fields

    def _selector(self) -> Json:
        selected = ABSENT if self._step.select is UNSET else self._value(self._step.select)
        body = self._body
        if not body.wrapped:
            return selected
        wrapped = {body.item.wish: "{% $states.context.Map.Item.Value %}" if selected is ABSENT else selected}
        if body.indexed:
            wrapped[body.index.wish] = "{% $states.context.Map.Item.Index %}"
        return wrapped | ({} if body.batched else self._carried())

    def _carried(self) -> dict[str, Json]:
        return {each.name: spelled(each.build(partial(_handed, each))) for each in self._body.carried.values()}

    def _distributed(self, step: DistributedMap) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "label": step.label,
            "tolerated_failure_percentage": self._value(step.tolerated_failure_percentage),
            "tolerated_failure_count": self._value(step.tolerated_failure_count),
        }
        if step.reader is not None:
            config = asl.read_part(model.ReaderConfig, self._value(step.reader.config), step.origin)
            fields["item_reader"] = model.ItemReader(
                resource=step.reader.resource,
                arguments=self._value(step.reader.arguments),
                reader_config=config if step.reader.config else None,
                origin=step.origin,
            )
        if step.batch is not None:
            given = self._value(step.batch.input) | self._carried()
            fields["item_batcher"] = model.ItemBatcher(
                max_items_per_batch=self._value(step.batch.items),
                max_input_bytes_per_batch=self._value(step.batch.bytes),
                origin=step.origin,
                batch_input=given or ABSENT,
            )
        if step.writer is not None:
            formed = step.writer.transformation is not None or step.writer.output_type is not None
            writer = model.WriterConfig(
                transformation=step.writer.transformation or "NONE",
                output_type=step.writer.output_type or "JSON",
                origin=step.origin,
            )
            target = self._value(step.writer.arguments)
            fields["result_writer"] = model.ResultWriter(
                resource="arn:aws:states:::s3:putObject" if target else None,
                writer_config=writer if formed else None,
                origin=step.origin,
                arguments=target or ABSENT,
            )
        return fields


def _handed(carried: Carried, path: FieldPath) -> Read:
    return Read(jsonata=carried.source(path).text, missing=not carried.fields.certain(path))

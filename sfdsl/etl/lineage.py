"""Record which data became which."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from sfdsl import Retry, aws, context, fn
from sfdsl.dsl.steps import Chain, Task
from sfdsl.jsonata import Value


@frozen
class Dataset:
    """Data that a stage reads or writes, named as OpenLineage names it.

    Attributes:
        namespace: Where it lives: `s3://bucket`, `awsglue://eu-west-1`, `redshift://cluster:5439`, `kafka://broker`.
        name: What it is called there: a prefix, `database.table`, a topic; may hold values of the running pipeline.

    Source: OpenLineage specification, "Naming conventions".
    """

    namespace: str
    name: str

    def reference(self) -> dict[str, Value]:
        """How an event names it."""
        return {"namespace": self.namespace, "name": self.name}


def stage(
    work: Task,
    log: str,
    *,
    reads: Sequence[Dataset] = (),
    writes: Sequence[Dataset] = (),
    domain: str = "${LineageDomainId}",
) -> Chain:
    """A step of the pipeline, and behind it one that tells Amazon DataZone what it read and wrote.

    The event is OpenLineage's, so that any store that speaks it can take its place. It is sent again for some minutes;
    data whose origin cannot be recorded counts as failed, because nobody could trace it later.

    Args:
        work: The step that does the work.
        log: Name of the step that records it.
        reads: What the work read.
        writes: What it wrote.
        domain: Identifier of the DataZone domain.

    Source: OpenLineage specification, RunEvent; Amazon DataZone API Reference, PostLineageEvent.
    """
    event = {
        "eventType": "COMPLETE",
        "eventTime": fn.now(),
        "run": {"runId": fn.uuid(), "facets": {"parent": _parent()}},
        "job": {"namespace": context.StateMachine.Name, "name": work.name},
        "inputs": [dataset.reference() for dataset in reads],
        "outputs": [dataset.reference() for dataset in writes],
        "producer": "https://docs.aws.amazon.com/step-functions/",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    }
    record = aws.datazone.post_lineage_event(log, DomainIdentifier=domain, Event=fn.string(event), timeout="1m")
    return work >> record.retry(Retry.transient(interval="5s", max_attempts=6, max_delay="1m"))


def _parent() -> dict[str, Value]:
    """The facet that ties the stages of one execution together."""
    return {
        "_producer": "https://docs.aws.amazon.com/step-functions/",
        "_schemaURL": "https://openlineage.io/spec/facets/1-0-1/ParentRunFacet.json",
        "run": {"runId": context.Execution.Name},
        "job": {"namespace": "stepfunctions", "name": context.StateMachine.Name},
    }

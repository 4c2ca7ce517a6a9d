"""ResultWriters: the results of a Distributed Map as its output, or as files in a bucket.

Source: Step Functions Developer Guide, "ResultWriter (Map)".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sfdsl.model.states import ABSENT, ResultWriter
from sfdsl.simulate.data import Data, QueryData
from sfdsl.simulate.errors import RESULT_WRITER, StatesError
from sfdsl.simulate.frames import Execution, Frame
from sfdsl.simulate.paths import template
from sfdsl.simulate.queries import query
from sfdsl.simulate.values import Json, text

if TYPE_CHECKING:
    from sfdsl.simulate.distributed import MapRun
    from sfdsl.simulate.engine import Engine


class Writing:
    """A ResultWriter, compiled."""

    def __init__(self, writer: ResultWriter, jsonata: bool) -> None:
        self.exports = writer.resource is not None
        given = writer.arguments if jsonata else writer.parameters
        self.given: Any = None
        if given is not ABSENT:
            self.given = query(given, "ResultWriter/Arguments") if jsonata else template(given)
        config = writer.writer_config
        self.lines = config is not None and config.output_type == "JSONL"
        default = "NONE" if self.exports else "COMPACT"
        self.transformation = (config.transformation if config is not None else None) or default

    def result(self, engine: Engine, data: Data, frame: Frame, run: MapRun) -> Json:
        """What the Map's state gives: the results themselves, or where they were written.

        Raises:
            StatesError: States.ResultWriterFailed.
        """
        if not self.exports:
            return self._shaped(engine, run.executions)
        given = self._given(data, frame)
        bucket, prefix = given.get("Bucket"), given.get("Prefix")
        if not isinstance(bucket, str) or not bucket:
            raise StatesError(RESULT_WRITER, "The ResultWriter names no Bucket")
        folder = f"{prefix.rstrip('/')}/{run.id}" if isinstance(prefix, str) and prefix else run.id
        manifest: dict[str, Json] = {"DestinationBucket": bucket, "MapRunArn": run.arn, "ResultFiles": {}}
        for status, statuses in (("SUCCEEDED", ("SUCCEEDED",)), ("FAILED", ("FAILED", "TIMED_OUT")), ("PENDING", ())):
            children = [child for child in run.executions if child.status in statuses]
            manifest["ResultFiles"][status] = []
            if children:
                key = f"{folder}/{status}_0.{'jsonl' if self.lines else 'json'}"
                shaped = self._shaped(engine, children) if status == "SUCCEEDED" else _told(engine, children)
                body = "".join(f"{text(each)}\n" for each in shaped) if self.lines else text(shaped)
                engine.objects.put(bucket, key, body)
                manifest["ResultFiles"][status].append({"Key": key, "Size": len(body.encode())})
        engine.objects.put(bucket, f"{folder}/manifest.json", manifest)
        return {"MapRunArn": run.arn, "ResultWriterDetails": {"Bucket": bucket, "Key": f"{folder}/manifest.json"}}

    def _given(self, data: Data, frame: Frame) -> dict[str, Json]:
        if self.given is None:
            return {}
        if isinstance(data, QueryData):
            found = self.given(frame, data.states(frame))
        else:
            found = self.given(data.effective(frame), frame)
        return found if isinstance(found, dict) else {}

    def _shaped(self, engine: Engine, children: list[Execution]) -> list[Json]:
        if self.transformation == "NONE":
            return _told(engine, children)
        outputs = [outcome(child) for child in children]
        if self.transformation == "FLATTEN":
            return [item for output in outputs for item in (output if isinstance(output, list) else [output])]
        return outputs


def outcome(child: Execution) -> Json:
    """What a child contributes to the result: its output, or in its place that it failed.

    Source of the latter: measured by the authors of sfnx.
    """
    if child.status == "SUCCEEDED":
        return child.output
    error, cause = child.error
    return {"Status": child.status, "Error": error, "Cause": cause}


def _told(engine: Engine, children: list[Execution]) -> list[Json]:
    """Executions as the files of a ResultWriter describe them, inputs and outputs as JSON texts."""
    return [_execution(engine, child) for child in children]


def _execution(engine: Engine, child: Execution) -> dict[str, Json]:
    told: dict[str, Json] = {
        "ExecutionArn": child.arn,
        "Input": text(child.input),
        "InputDetails": {"Included": True},
        "Name": child.name,
    }
    if child.status == "SUCCEEDED":
        told |= {"Output": text(child.output), "OutputDetails": {"Included": True}}
    else:
        error, cause = child.error
        told |= {"Error": error, "Cause": cause}
    return told | {
        "RedriveCount": 0,
        "RedriveStatus": "NOT_REDRIVABLE",
        "StartDate": engine.iso(child.started),
        "StateMachineArn": engine.machine_arn,
        "Status": child.status,
        "StopDate": engine.iso(child.stopped),
    }

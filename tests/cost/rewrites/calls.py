"""The judge of rewrites that make one call of many: both machines run against the same services.

A piece of work is what one state of the machine as it was asks a service to do; its name is the name of that state, and
what is sent, written or called carries it. The same faults strike the same pieces in both machines, however they are
asked for: a piece fails in its first attempts, as often as was drawn, and never again. What a fault does:

- `part`: the piece is refused; asked for alone, the call fails; in a batch, its part does; in a transaction, all of it.
- `call`: the call fails and nothing happens, neither the piece nor what is asked for together with it.
- `silent`: the same, and nobody answers, until the timeout.
- `lost`: the call does its work, and fails.

Compared are the outcome, the output, the calls of whatever is no piece of a merged row, and what the services hold in
the end. What the assertions waive: of a row that did not come to its end, any pieces may have happened (`unordered`) or
none (`atomic`); with `idempotent` a piece may have happened more than once; with `error_names_free` the names of errors
are not compared. Without faults the pieces happen in the same order.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from attrs import frozen

from sfdsl.cost.rewrites import Evidence
from sfdsl.model.workflow import Workflow
from sfdsl.simulate.outcomes import Call, NoAnswer, Result, TaskError
from sfdsl.testing import simulate

Json = Any


@frozen(kw_only=True)
class Fault:
    kind: str
    times: int
    error: str


@frozen(kw_only=True)
class Case:
    """A machine with what strikes it.

    Attributes:
        faults: By piece.
        names_free: Whether the names of errors may differ.
    """

    seed: int
    workflow: Workflow
    input: Json
    faults: Mapping[str, Fault]
    names_free: bool = True


@frozen
class Piece:
    name: str
    effect: str


def shortened(arguments: Json) -> str:
    return json.dumps(arguments, sort_keys=True)


class Services:
    """Queues, topics, buses, tables and functions: what they were told, and how they answer.

    Attributes:
        happened: Effects of pieces, in order.
        done: Pieces that the caller was told of.
        others: Calls of other functions.
    """

    def __init__(self, faults: Mapping[str, Fault], fused: Mapping[str, tuple[str, str]] | None = None) -> None:
        self.faults = faults
        self.fused = fused or {}
        self.happened: list[Piece] = []
        self.done: set[str] = set()
        self.others: list[Json] = []
        self.attempts: Counter[str] = Counter()

    def __call__(self, arguments: Json, call: Call) -> Any:
        name = call.resource.removeprefix("arn:aws:states:::")
        handler = getattr(self, name.replace("aws-sdk:", "").replace(":", "_"), None)
        if handler is None:
            self.others.append([call.resource, arguments])
            drawn = random.Random(f"{call.resource} {shortened(arguments)}")
            return Result({"v": drawn.randint(0, 9), "Payload": {"w": drawn.randint(0, 9)}}, after=1.0)
        return handler(arguments, call.resource)

    # -- what strikes ----------------------------------------------------------------------------------------------

    def struck(self, pieces: list[Piece]) -> dict[str, Fault]:
        found = {}
        for piece in pieces:
            self.attempts[piece.name] += 1
            fault = self.faults.get(piece.name)
            if fault is not None and self.attempts[piece.name] <= fault.times:
                found[piece.name] = fault
        return found

    def whole(self, pieces: list[Piece], struck: Mapping[str, Fault], resource: str) -> Any:
        """How a call fails as a whole, if it does."""
        found = [fault for piece in pieces if (fault := struck.get(piece.name)) is not None and fault.kind != "part"]
        if not found:
            return None
        # Nobody hears of an error in a call that nobody answers.
        fault = next((each for each in found if each.kind == "silent"), found[0])
        if fault.kind == "lost":
            self.happened += pieces
        return NoAnswer() if fault.kind == "silent" else self.error(fault.error, resource)

    @staticmethod
    def error(name: str, resource: str) -> TaskError:
        """An error as its integration names it."""
        if "aws-sdk:" in resource:
            prefix = {"SQS": "Sqs", "SNS": "Sns", "DynamoDB": "DynamoDb", "EventBridge": "EventBridge"}
            first, _, rest = name.partition(".")
            name = f"{prefix[first]}.{rest}" if first in prefix else name
        return TaskError(name, "struck", after=1.0)

    def alone(self, piece: Piece, resource: str, result: Json, refused: str | None = None) -> Any:
        struck = self.struck([piece])
        failed = self.whole([piece], struck, resource)
        if failed is not None:
            return failed
        if piece.name in struck:
            return self.error(refused or struck[piece.name].error, resource)
        self.happened.append(piece)
        self.done.add(piece.name)
        return Result(result, after=1.0)

    def in_parts(self, pieces: list[Piece], resource: str) -> tuple[Any, set[str]]:
        struck = self.struck(pieces)
        failed = self.whole(pieces, struck, resource)
        if failed is not None:
            return failed, set()
        self.happened += [piece for piece in pieces if piece.name not in struck]
        if not struck:
            self.done.update(piece.name for piece in pieces)
        return None, set(struck)

    # -- queues, topics and buses ------------------------------------------------------------------------------------

    @staticmethod
    def message(target: str, body: Json, arguments: Json) -> Piece:
        text = body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))
        word = json.loads(text)["of"] if text.startswith("{") else text.split()[0]
        content = json.loads(text) if text.startswith("{") else text
        rest = {key: each for key, each in arguments.items() if key in ("DelaySeconds", "MessageGroupId", "Subject")}
        return Piece(word, shortened([target, content, rest]))

    def _send(self, target: str, body: str, arguments: Json, resource: str) -> Any:
        piece = self.message(arguments[target], arguments[body], arguments)
        return self.alone(piece, resource, {"MessageId": f"id of {piece.name}", "MD5": "0"})

    def _send_batch(self, target: str, body: str, entries: str, arguments: Json, resource: str) -> Any:
        assert arguments.keys() == {target, entries}
        given = arguments[entries]
        assert 0 < len(given) <= 10
        assert len({entry["Id"] for entry in given}) == len(given)
        assert all(isinstance(entry[body], str) for entry in given)
        pieces = [self.message(arguments[target], entry[body], entry) for entry in given]
        failed, refused = self.in_parts(pieces, resource)
        if failed is not None:
            return failed
        pairs = list(zip(pieces, given, strict=True))
        random.Random(len(self.happened)).shuffle(pairs)
        good = [{"Id": e["Id"], "MessageId": f"id of {p.name}"} for p, e in pairs if p.name not in refused]
        bad = [{"Id": e["Id"], "Code": "x", "SenderFault": False} for p, e in pairs if p.name in refused]
        return Result({"Successful": good, **({"Failed": bad} if bad or len(good) % 2 else {})}, after=1.0)

    def sqs_sendMessage(self, arguments: Json, resource: str) -> Any:
        return self._send("QueueUrl", "MessageBody", arguments, resource)

    def sqs_sendMessageBatch(self, arguments: Json, resource: str) -> Any:
        return self._send_batch("QueueUrl", "MessageBody", "Entries", arguments, resource)

    def sns_publish(self, arguments: Json, resource: str) -> Any:
        return self._send("TopicArn", "Message", arguments, resource)

    def sns_publishBatch(self, arguments: Json, resource: str) -> Any:
        return self._send_batch("TopicArn", "Message", "PublishBatchRequestEntries", arguments, resource)

    def events_putEvents(self, arguments: Json, resource: str) -> Any:
        entries = arguments["Entries"]
        assert 0 < len(entries) <= 10
        # A piece is what one state sends, which may be more than one event.
        named: dict[str, list[Json]] = {}
        for entry in entries:
            named.setdefault(entry["Detail"]["of"], []).append(entry)
        pieces = [Piece(name, shortened(sent)) for name, sent in named.items()]
        failed, refused = self.in_parts(pieces, resource)
        if failed is not None:
            return failed
        if refused:
            return TaskError("EventBridge.FailedEntry", "struck", after=1.0)
        return Result({"FailedEntryCount": 0, "Entries": [{"EventId": "e"}] * len(entries)}, after=1.0)


def run(workflow: Workflow, case: Case, services: Services) -> tuple[Any, ...]:
    """How an execution ends, with what may be compared of it."""
    made = simulate(workflow, case.input, {"*": services}, seed=case.seed, check_results=False)
    error = made.error if not case.names_free else None
    others = [_unnamed(other) for other in services.others] if case.names_free else services.others
    return made.status, made.output if made.status == "SUCCEEDED" else None, error, others


def _unnamed(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: "*" if key in ("error", "state") else _unnamed(each) for key, each in value.items()}
    return [_unnamed(each) for each in value] if isinstance(value, list) else value


@frozen(kw_only=True)
class Waived:
    """What assertions waive in a row: pieces of a row that did not end, all or none of them, and how often they happen."""

    part: bool = True
    times: bool = True


def difference(
    case: Case, after: Workflow, evidence: tuple[Evidence, ...], waived: Waived, fused: Mapping[str, Any] | None = None
) -> str | None:
    """What differs between two machines, beyond what is waived; None where nothing does.

    Where several pieces of a row would fail, the order of the pieces says which error comes up, and so it is any of
    them: the machine as it was, with some of the faults of one row left out, has to do what the other does with all.
    """
    found = _difference(case, case.faults, after, evidence, waived, fused)
    if found is None:
        return None
    for done in evidence:
        struck = [name for name in (*done.states, *done.removed) if name in case.faults]
        for count in range(1, len(struck) + 1):
            for left_out in combinations(struck, count):
                faults = {name: each for name, each in case.faults.items() if name not in left_out}
                if _difference(case, faults, after, evidence, waived, fused) is None:
                    return None
    return found


def _difference(
    before: Case, faults: Mapping[str, Fault], after: Workflow, evidence: tuple[Evidence, ...], waived: Waived,
    fused: Mapping[str, Any] | None,
) -> str | None:  # fmt: skip
    was, now = Services(faults), Services(before.faults, fused)
    ends, ended = run(before.workflow, before, was), run(after, before, now)
    if ends != ended:
        return f"{ends} became {ended}"
    free: set[str] = set()
    for done in evidence:
        row = [*done.states, *done.removed]
        if not was.done.issuperset(row):
            held = {piece.name for piece in now.happened if piece.name in row}
            if not was.attempts[row[0]] and held:
                return f"{row} began"
            if not waived.part and 0 < len(held) < len(row):
                return f"of {row} only {held} happened"
            free.update(row)
        elif not now.done.issuperset(row):
            return f"{row} did not come to its end"
    mine = [piece for piece in was.happened if piece.name not in free]
    yours = [piece for piece in now.happened if piece.name not in free]
    if set(mine) != set(yours):
        return f"{mine} became {yours}"
    if not waived.times and Counter(mine) != Counter(yours):
        return f"{mine} became {yours}"
    if not before.faults and list(dict.fromkeys(mine)) != list(dict.fromkeys(yours)):
        return f"in another order: {mine} became {yours}"
    return None

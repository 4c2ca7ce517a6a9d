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
none (`atomic`); with `idempotent` a piece may have happened more often; with `error_names_free` the names of errors
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

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        self.faults = faults
        self.happened: list[Piece] = []
        self.done: set[str] = set()
        self.others: list[Json] = []
        self.attempts: Counter[str] = Counter()

    def __call__(self, arguments: Json, call: Call) -> Any:
        if (names := self.functions(arguments, call.resource)) is not None:
            return self.in_turn(names, arguments, call.resource)
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

    # -- functions ---------------------------------------------------------------------------------------------------

    def functions(self, arguments: Json, resource: str) -> list[str] | None:
        """The pieces that a function does; None where the call is none of the pieces'.

        A function that does a piece is called `f-` and the name of the piece; one that does many, `f-A-B`.
        """
        by_integration = resource == "arn:aws:states:::lambda:invoke"
        called = arguments["FunctionName"] if by_integration else resource.rpartition(":function:")[2]
        return called.split("-")[1:] if called.startswith("f-") else None

    def in_turn(self, names: list[str], arguments: Json, resource: str) -> Any:
        """Call a function whose pieces each work on what the one before gave."""
        by_integration = resource == "arn:aws:states:::lambda:invoke"
        value = arguments.get("Payload") if by_integration else arguments
        after = 0.0
        for name in names:
            piece = Piece(name, shortened(value))
            struck = self.struck([piece])
            if (failed := self.whole([piece], struck, resource)) is not None:
                return failed
            if struck:
                return self.error(struck[name].error, resource)
            self.happened.append(piece)
            drawn = random.Random(f"{name} {shortened(value)}")
            value = {"by": name, "a": drawn.randint(0, 9), "of": [value] if drawn.random() < 0.3 else []}
            after += 1.0
        self.done.update(names)
        return Result({"Payload": value, "StatusCode": 200} if by_integration else value, after=after)

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

    # -- tables ------------------------------------------------------------------------------------------------------

    @staticmethod
    def item(kind: str, fields: Json) -> Piece:
        """A write; the table's key is `id`, and the first word of it is the name of the piece."""
        held = fields["Item"] if kind == "Put" else fields["Key"]
        rest = {key: each for key, each in fields.items() if not key.startswith("Return")}
        return Piece(held["id"]["S"].split()[0], shortened([kind, rest]))

    @staticmethod
    def twice(keys: list[tuple[str, str]]) -> bool:
        return len(set(keys)) < len(keys)

    def _write(self, kind: str, arguments: Json, resource: str) -> Any:
        return self.alone(self.item(kind, arguments), resource, {"r": 1})

    def dynamodb_putItem(self, arguments: Json, resource: str) -> Any:
        return self._write("Put", arguments, resource)

    def dynamodb_deleteItem(self, arguments: Json, resource: str) -> Any:
        return self._write("Delete", arguments, resource)

    def dynamodb_updateItem(self, arguments: Json, resource: str) -> Any:
        return self._write("Update", arguments, resource)

    def dynamodb_batchWriteItem(self, arguments: Json, resource: str) -> Any:
        assert arguments.keys() == {"RequestItems"}
        pieces, requests = [], []
        for table, given in arguments["RequestItems"].items():
            for each in given:
                ((kind, fields),) = each.items()
                assert kind in ("PutRequest", "DeleteRequest")
                piece = self.item(kind.removesuffix("Request"), {"TableName": table, **fields})
                pieces.append(piece)
                requests.append((table, each, next(iter(fields.values()))["id"]["S"]))
        assert 0 < len(pieces) <= 25
        if self.twice([(table, key) for table, _, key in requests]):
            return TaskError("DynamoDb.DynamoDbException", "Provided list of item keys contains duplicates", after=1.0)
        failed, refused = self.in_parts(pieces, resource)
        if failed is not None:
            return failed
        left: dict[str, list[Json]] = {}
        for piece, (table, each, _) in zip(pieces, requests, strict=True):
            if piece.name in refused:
                left.setdefault(table, []).append(each)
        return Result({"UnprocessedItems": left}, after=1.0)

    def dynamodb_transactWriteItems(self, arguments: Json, resource: str) -> Any:
        assert arguments.keys() == {"TransactItems"}
        given = [next(iter(each.items())) for each in arguments["TransactItems"]]
        assert 0 < len(given) <= 100
        assert all(not key.startswith("ReturnV") for _, fields in given for key in fields)
        keys = [(fields["TableName"], (fields.get("Item") or fields.get("Key"))["id"]["S"]) for _, fields in given]
        if self.twice(keys):
            return TaskError("DynamoDb.DynamoDbException", "multiple operations on one item", after=1.0)
        pieces = [self.item(kind, fields) for kind, fields in given]
        struck = self.struck(pieces)
        failed = self.whole(pieces, struck, resource)
        if failed is not None:
            return failed
        if struck:
            return TaskError("DynamoDb.TransactionCanceledException", "struck", after=1.0)
        self.happened += pieces
        self.done.update(piece.name for piece in pieces)
        return Result({}, after=1.0)


def _more_often(case: Case, faults: Mapping[str, Fault], mine: list[Piece], yours: list[Piece]) -> str | None:
    """Which piece happened another number of times, and nobody says that it is idempotent.

    Where a call does its work and fails, a Retry does it again, in both machines whatever was asked for in that call.
    """
    if any(fault.kind == "lost" for fault in faults.values()):
        return None
    notes = case.workflow.notes
    counts = [Counter(piece for piece in pieces if not notes[piece.name].idempotent) for pieces in (mine, yours)]
    return f"{counts[0]} became {counts[1]}" if counts[0] != counts[1] else None


def run(workflow: Workflow, case: Case, services: Services) -> tuple[Any, ...]:
    """How an execution ends, with what may be compared of it."""
    made = simulate(workflow, case.input, {"*": services}, seed=case.seed, check_results=False)
    output = made.output if made.status == "SUCCEEDED" else None
    if case.names_free:
        return made.status, _unnamed(output), None, [_unnamed(other) for other in services.others]
    return made.status, output, made.error, services.others


def _unnamed(value: Json) -> Json:
    if isinstance(value, dict):
        return {
            key: "*" if key in ("error", "Error", "Cause", "state") else _unnamed(each) for key, each in value.items()
        }
    return [_unnamed(each) for each in value] if isinstance(value, list) else value


@frozen(kw_only=True)
class Waived:
    """What the assertions that a rewrite asks for waive.

    Attributes:
        row: Whether pieces of a row that did not come to its end may have happened or not.
        part: Whether also some pieces of a row that did not come to its end may have happened and others not, and not only all or none.
        order: Whether pieces may happen in another order where nothing fails.
    """

    row: bool = True
    part: bool = True
    order: bool = False


def rows(evidence: tuple[Evidence, ...]) -> list[list[str]]:
    """The pieces that came together; a row that became one may come together with others later."""
    found: dict[str, list[str]] = {}
    for done in evidence:
        found[done.states[0]] = [piece for name in (*done.states, *done.removed) for piece in found.pop(name, [name])]
    return list(found.values())


def difference(case: Case, after: Workflow, evidence: tuple[Evidence, ...], waived: Waived) -> str | None:
    """What differs between two machines, beyond what is waived; None where nothing does.

    Where several pieces of a row would fail, the order of the pieces says which error comes up, and so it is any of
    them: with some of the faults of one row left out, the machine as it was has to do what the other does with all; or,
    where what fails is an expression, the other way round.
    """
    found = _difference(case, case.faults, case.faults, after, evidence, waived)
    if found is None:
        return None
    for row in rows(evidence) if waived.row else ():
        struck = [name for name in row if name in case.faults]
        for count in range(1, len(struck) + 1):
            for left_out in combinations(struck, count):
                fewer = {name: each for name, each in case.faults.items() if name not in left_out}
                if _difference(case, fewer, case.faults, after, evidence, waived) is None:
                    return None
                if _stays(case, row, after) and _difference(case, case.faults, fewer, after, evidence, waived) is None:
                    return None
    return found


def _stays(case: Case, row: list[str], after: Workflow) -> bool:
    """Whether neither machine comes to the end of a row."""
    found = []
    for workflow in (case.workflow, after):
        services = Services(case.faults)
        run(workflow, case, services)
        found.append(services.done.issuperset(row))
    return not any(found)


def _difference(
    before: Case, faults: Mapping[str, Fault], others: Mapping[str, Fault], after: Workflow,
    evidence: tuple[Evidence, ...], waived: Waived,
) -> str | None:  # fmt: skip
    """What differs where some faults strike the machine as it was, and others the machine as it is now."""
    was, now = Services(faults), Services(others)
    ends, ended = run(before.workflow, before, was), run(after, before, now)
    if ends != ended:
        return f"{ends} became {ended}"
    free: set[str] = set()
    for row in rows(evidence):
        if not was.done.issuperset(row):
            held = {piece.name for piece in now.happened if piece.name in row}
            if not was.attempts[row[0]] and held:
                return f"{row} began"
            if not waived.part and 0 < len(held) < len(row):
                return f"of {row} only {held} happened"
            if waived.row:
                free.update(row)
        elif not now.done.issuperset(row):
            return f"{row} did not come to its end"
    mine = [piece for piece in was.happened if piece.name not in free]
    yours = [piece for piece in now.happened if piece.name not in free]
    if set(mine) != set(yours):
        return f"{mine} became {yours}"
    if (found := _more_often(before, faults, mine, yours)) is not None:
        return found
    if not before.faults and not waived.order and list(dict.fromkeys(mine)) != list(dict.fromkeys(yours)):
        return f"in another order: {mine} became {yours}"
    return None

"""The few DynamoDB calls that the ledger is made of: get many, query one, write one or all or nothing, put, count."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from botocore.exceptions import ClientError

from chalicelib.dataclass import dataclass
from chalicelib.errors import Busy, CountermeasureError

Key: TypeAlias = tuple[str, str]
"""`pk` and `sk` of an item."""

Item: TypeAlias = dict[str, Any]
"""An item's attributes as plain strings, whole numbers and booleans; text within `body` is JSON."""

TRANSACTION = 100
"""The most items of one TransactWriteItems (DynamoDB API reference)."""

BATCH = 100
"""The most items of one BatchGetItem."""

PUTS = 25
"""The most items of one BatchWriteItem."""

PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds to wait before what DynamoDB left over of a batch is asked for again: it was too much at once."""

LISTS = "lists"
"""The index by `list` and `at`, which holds keys only."""

_CONFLICT = "TransactionConflict"
_CONTENDED = {"ConditionalCheckFailed", _CONFLICT}
"""Why TransactWriteItems is cancelled when another delivery was there before, or is there now."""

TRIES = 8
"""How often a write is sent that meets a transaction: that one is over in milliseconds, and no SDK tries again."""

_BUSY = "another delivery has written to the ledger about the same resource"


@dataclass(frozen=True, slots=True)
class Write:
    """One item to write: what to set, what to remove, and what must hold of it (`when`, on attribute names).

    `whole`: the item is what is set, and nothing else stays of it.
    """

    key: Key
    set: Mapping[str, Any]
    remove: Sequence[str] = ()
    keep: Mapping[str, Any] | None = None  # set only where the item does not have it yet
    when: str = ""
    values: Mapping[str, Any] | None = None  # what `when` names, as `:name`
    add: Mapping[str, int] | None = None  # what is counted up
    refusal: Callable[[Item], Exception] | None = None  # what to raise instead of Busy, given the item as it is
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table, through a DynamoDB client. Raises what the client raises."""

    client: Any
    name: str
    sleep: Callable[[float], None] = time.sleep

    def get(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Return the items that exist, read consistently (BatchGetItem)."""
        wanted = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in dict.fromkeys(keys)]
        found: dict[Key, Item] = {}
        pauses = iter(PAUSES)
        while wanted:
            answer = self.client.batch_get_item(
                RequestItems={self.name: {"Keys": wanted[:BATCH], "ConsistentRead": True}}
            )
            for item in answer["Responses"].get(self.name, []):
                found[item["pk"]["S"], item["sk"]["S"]] = _plain(item)
            left = answer["UnprocessedKeys"].get(self.name, {}).get("Keys", [])
            wanted = left + wanted[BATCH:]
            self._pause(pauses, len(left))
        return found

    def query(self, pk: str) -> dict[str, Item]:
        """Return every item of one `pk`, by its `sk`, read consistently."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            ConsistentRead=True,
        )
        return {item["sk"]["S"]: _plain(item) for page in pages for item in page["Items"]}

    def write(self, writes: Sequence[Write]) -> None:
        """Write all or nothing; the first hundred, which hold the conditions, before the rest. Raises Busy."""
        for start in range(0, len(writes), TRANSACTION):
            part = writes[start : start + TRANSACTION]
            if len(part) == 1:
                self._write_one(part[0])
            else:
                self._write_all(part)

    def put(self, writes: Iterable[Write]) -> None:
        """Write whole items without conditions, each for itself: what a crash leaves out is to be put once more."""
        items = {write.key: {"PutRequest": {"Item": _item(write)}} for write in writes}
        wanted = list(items.values())
        pauses = iter(PAUSES)
        while wanted:
            answer = self.client.batch_write_item(RequestItems={self.name: wanted[:PUTS]})
            left = answer["UnprocessedItems"].get(self.name, [])
            wanted = left + wanted[PUTS:]
            self._pause(pauses, len(left))

    def count(self, write: Write) -> Item:
        """Write one item that counts up, and return what was changed as it then is; not idempotent. Raises Busy."""
        return self._write_one(write, ReturnValues="UPDATED_NEW")

    def listed(self, name: str, first: str, last: str) -> Iterator[Key]:
        """Yield the keys on a list (of the index `lists`) whose `at` is from `first` to `last`; some seconds behind."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            IndexName=LISTS,
            KeyConditionExpression="#list = :list AND #at BETWEEN :first AND :last",
            ExpressionAttributeNames={"#list": "list", "#at": "at"},
            ExpressionAttributeValues={":list": {"S": name}, ":first": {"S": first}, ":last": {"S": last}},
        )
        return ((item["pk"]["S"], item["sk"]["S"]) for page in pages for item in page["Items"])

    def _write_one(self, write: Write, tries: int = TRIES, **wish: str) -> Item:
        whole = {"TableName": self.name, "Item": _item(write), **_condition(write)}
        send, asked = (self.client.put_item, whole) if write.whole else (self.client.update_item, self._update(write))
        if write.refusal or write.whole:
            asked["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        try:
            return _plain(send(**asked, **wish).get("Attributes", {}))
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "TransactionConflictException" and tries > 1:
                return self._write_one(write, tries - 1, **wish)
            if code not in {"TransactionConflictException", "ConditionalCheckFailedException"}:
                raise
            there = _plain(error.response.get("Item", {}))
            if write.whole and there == _plain(_item(write)):
                return there  # by this very call: the answer was lost, and the client has sent it again
            if write.refusal and code == "ConditionalCheckFailedException":
                raise write.refusal(there) from error
            raise Busy(_BUSY) from error

    def _write_all(self, writes: Sequence[Write]) -> None:
        items = [
            {"Put": {"TableName": self.name, "Item": _item(write), **_condition(write)}}
            if write.whole
            else {"Update": self._update(write)}
            for write in writes
        ]
        for left in reversed(range(TRIES)):
            try:
                self.client.transact_write_items(TransactItems=items)
            except ClientError as error:
                reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
                if not _CONTENDED & reasons:
                    raise
                if left and reasons <= {_CONFLICT, "None"}:
                    continue
                raise Busy(_BUSY) from error
            return

    def _pause(self, pauses: Iterator[float], left: int) -> None:
        """Wait before what was left over is asked for again. Raises CountermeasureError when that was often enough."""
        if left:
            pause = next(pauses, None)
            if pause is None:
                raise CountermeasureError(f"DynamoDB left {left} items of {self.name} over, {len(PAUSES)} times")
            self.sleep(pause)

    def _update(self, write: Write) -> dict[str, Any]:
        sets = [f"#{name} = :{name}" for name in write.set]
        sets += [f"#{name} = if_not_exists(#{name}, :{name})" for name in write.keep or {}]
        removes = [f"#{name}" for name in write.remove]
        values = {**write.set, **(write.keep or {}), **(write.add or {}), **(write.values or {})}
        adds = [f"#{name} :{name}" for name in write.add or {}]
        clauses = {"SET": sets, "REMOVE": removes, "ADD": adds}
        expression = " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses.items() if parts)
        names = {*write.set, *(write.keep or {}), *write.remove, *(write.add or {})}
        typed = {f":{name}": _typed(value) for name, value in values.items()}
        return {
            "TableName": self.name,
            "Key": {"pk": {"S": write.key[0]}, "sk": {"S": write.key[1]}},
            "UpdateExpression": expression,
            "ExpressionAttributeNames": {f"#{name}": name for name in names},
            **({"ExpressionAttributeValues": typed} if typed else {}),
            **({"ConditionExpression": write.when} if write.when else {}),
        }


def _item(write: Write) -> dict[str, Any]:
    key = {"pk": {"S": write.key[0]}, "sk": {"S": write.key[1]}}
    return {**{name: _typed(value) for name, value in write.set.items()}, **key}


def _condition(write: Write) -> dict[str, Any]:
    """Return the condition of a write that puts a whole item."""
    values = {f":{name}": _typed(value) for name, value in (write.values or {}).items()}
    named = {"ExpressionAttributeValues": values} if values else {}
    return {"ConditionExpression": write.when, **named} if write.when else {}


def _typed(value: Any) -> dict[str, Any]:
    match value:
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case _:
            return {"S": json.dumps(value, separators=(",", ":"), ensure_ascii=False)}


def _plain(item: Mapping[str, Mapping[str, Any]]) -> Item:
    return {name: int(value["N"]) if "N" in value else next(iter(value.values())) for name, value in item.items()}

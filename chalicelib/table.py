"""The few DynamoDB calls that the ledger is made of: get many, query one, write all or nothing, count."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from botocore.exceptions import ClientError

from chalicelib.errors import Busy

Key: TypeAlias = tuple[str, str]
"""`pk` and `sk` of an item."""

Item: TypeAlias = dict[str, Any]
"""An item's attributes as plain strings, whole numbers and booleans; text within `body` is JSON."""

TRANSACTION = 100
"""The most items of one TransactWriteItems (DynamoDB API reference)."""

BATCH = 100
"""The most items of one BatchGetItem."""

LISTS = "lists"
"""The index by `list` and `at`, which holds keys only."""

_CONTENDED = {"ConditionalCheckFailed", "TransactionConflict"}
"""Why TransactWriteItems is cancelled when another delivery was there before, or is there now."""


@dataclass(frozen=True, slots=True)
class Write:
    """One item to write: what to set, what to remove, and what must hold of it (`when`, on attribute names)."""

    key: Key
    set: Mapping[str, Any]
    remove: Sequence[str] = ()
    keep: Mapping[str, Any] | None = None  # set only where the item does not have it yet
    when: str = ""
    values: Mapping[str, Any] | None = None  # what `when` names, as `:name`
    add: Mapping[str, int] | None = None  # what is counted up
    refusal: Exception | None = None  # raised instead of Busy where it is this `when` that does not hold


@dataclass(frozen=True, slots=True)
class Table:
    """One table, through a DynamoDB client. Raises what the client raises."""

    client: Any
    name: str

    def get(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Return the items that exist, read consistently (BatchGetItem)."""
        wanted = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in dict.fromkeys(keys)]
        found: dict[Key, Item] = {}
        while wanted:
            answer = self.client.batch_get_item(
                RequestItems={self.name: {"Keys": wanted[:BATCH], "ConsistentRead": True}}
            )
            for item in answer["Responses"].get(self.name, []):
                found[item["pk"]["S"], item["sk"]["S"]] = _plain(item)
            wanted = answer["UnprocessedKeys"].get(self.name, {}).get("Keys", []) + wanted[BATCH:]
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
            part = [{"Update": self._update(write)} for write in writes[start : start + TRANSACTION]]
            try:
                self.client.transact_write_items(TransactItems=part)
            except ClientError as error:
                reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
                if not _CONTENDED & set(reasons):
                    raise
                if refusal := _refused(writes[start : start + TRANSACTION], reasons):
                    raise refusal from error
                raise Busy("another delivery has written to the ledger about the same resource") from error

    def count(self, write: Write) -> Item:
        """Write one item that counts up, and return it as it then is; not idempotent."""
        update = self._update(write)
        return _plain(self.client.update_item(**update, ReturnValues="ALL_NEW")["Attributes"])

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

    def _update(self, write: Write) -> dict[str, Any]:
        sets = [f"#{name} = :{name}" for name in write.set]
        sets += [f"#{name} = if_not_exists(#{name}, :{name})" for name in write.keep or {}]
        removes = [f"#{name}" for name in write.remove]
        values = {**write.set, **(write.keep or {}), **(write.add or {}), **(write.values or {})}
        adds = [f"#{name} :{name}" for name in write.add or {}]
        clauses = {"SET": sets, "REMOVE": removes, "ADD": adds}
        expression = " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses.items() if parts)
        names = {*write.set, *(write.keep or {}), *write.remove, *(write.add or {})}
        return {
            "TableName": self.name,
            "Key": {"pk": {"S": write.key[0]}, "sk": {"S": write.key[1]}},
            "UpdateExpression": expression,
            "ExpressionAttributeNames": {f"#{name}": name for name in names},
            "ExpressionAttributeValues": {f":{name}": _typed(value) for name, value in values.items()},
            **({"ConditionExpression": write.when} if write.when else {}),
        }


def _refused(writes: Sequence[Write], reasons: Sequence[str | None]) -> Exception | None:
    """Return what is said where the condition of one write does not hold, if every other one does."""
    failed = [write for write, reason in zip(writes, reasons, strict=False) if reason in _CONTENDED]
    only = "TransactionConflict" not in reasons and all(write.refusal for write in failed)
    return failed[0].refusal if failed and only else None


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

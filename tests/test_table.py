"""The table: all or nothing, however many items; and what DynamoDB answers in parts is put together."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from chalicelib.errors import Busy
from chalicelib.table import TRIES, Item, Key, Table, Write
from lab.organization import TABLE, Lab


def table(lab: Lab) -> Table:
    return Table(lab.hub("dynamodb"), TABLE)


def writes(number: int) -> list[Write]:
    return [Write(("many", f"{place:04}"), {"place": place}) for place in range(number)]


def places(found: dict[str, Item]) -> list[int]:
    return [item["place"] for item in found.values()]


class TestItems:
    def test_values_come_back_as_they_were_and_what_has_parts_as_json(self, lab: Lab) -> None:
        key = ("a", "b")
        values = {"text": "x", "empty": "", "number": -7, "yes": True, "no": False, "parts": {"ä": [1, None]}}
        table(lab).write([Write(key, values)])
        expected = {"pk": "a", "sk": "b", **values, "parts": '{"ä":[1,null]}'}
        assert table(lab).get([key]) == {key: expected}
        assert table(lab).query("a") == {"b": expected}

    def test_a_write_keeps_what_it_is_told_to_keep_and_removes_what_it_is_told_to_remove(self, lab: Lab) -> None:
        key = ("a", "b")
        table(lab).write([Write(key, {"seen": 1, "holder": "me"}, keep={"opened": "first"})])
        table(lab).write([Write(key, {"seen": 2}, remove=("holder", "never"), keep={"opened": "later"})])
        assert table(lab).get([key]) == {key: {"pk": "a", "sk": "b", "seen": 2, "opened": "first"}}

    def test_a_write_may_do_nothing_but_remove(self, lab: Lab) -> None:
        key = ("a", "b")
        table(lab).write([Write(key, {"seen": 1, "holder": "me"})])
        table(lab).write([Write(key, {}, remove=("holder",))])
        assert table(lab).get([key]) == {key: {"pk": "a", "sk": "b", "seen": 1}}

    def test_a_name_that_dynamodb_reserves_is_a_name_like_any_other(self, lab: Lab) -> None:
        table(lab).write([Write(("a", "b"), {"name": "x", "status": "y"}, remove=("value",))])
        assert table(lab).get([("a", "b")])["a", "b"] == {"pk": "a", "sk": "b", "name": "x", "status": "y"}

    def test_what_is_not_there_is_not_in_the_answer(self, lab: Lab) -> None:
        assert table(lab).get([("a", "b")]) == {}
        assert table(lab).query("a") == {}

    def test_nothing_to_get_or_to_write_asks_nothing(self, lab: Lab) -> None:
        with Stubber(lab.hub("dynamodb")):  # which answers nothing
            assert table(lab).get([]) == {}
            table(lab).write([])


CANCELLED = {
    "a condition": (["None", "ConditionalCheckFailed"], True),
    "another transaction": (["TransactionConflict"], True),
    "a condition, and something else": (["ThrottlingError", "ConditionalCheckFailed"], True),
    "too much at once": (["ThrottlingError"], False),
    "an item that is too large": (["None", "ValidationError"], False),
    "no reason": ([], False),
}


class TestWrite:
    def test_a_condition_that_holds_lets_the_write_through_and_one_that_does_not_is_busy(self, lab: Lab) -> None:
        fresh = Write(("a", "b"), {"version": 1}, when="attribute_not_exists(pk)")
        onward = Write(("a", "b"), {"version": 2}, when="version = :seen", values={"seen": 1})
        table(lab).write([fresh])
        table(lab).write([onward])
        for stale in (fresh, onward):
            with pytest.raises(Busy) as caught:
                table(lab).write([stale])
            assert str(caught.value) == "another delivery has written to the ledger about the same resource"
        assert table(lab).get([("a", "b")])["a", "b"]["version"] == 2

    def test_one_condition_that_does_not_hold_stops_every_other_write(self, lab: Lab) -> None:
        stale = Write(("a", "b"), {"version": 2}, when="version = :seen", values={"seen": 1})
        with pytest.raises(Busy):
            table(lab).write([*writes(3), stale])
        assert table(lab).query("many") == {}

    @pytest.mark.parametrize("number", [100, 101, 201])
    def test_any_number_of_items_is_written(self, lab: Lab, number: int) -> None:
        table(lab).write(writes(number))
        assert places(table(lab).query("many")) == list(range(number))

    def test_a_condition_among_the_first_hundred_stops_all_that_follow_them(self, lab: Lab) -> None:
        stale = Write(("a", "b"), {"version": 2}, when="version = :seen", values={"seen": 1})
        with pytest.raises(Busy):
            table(lab).write([stale, *writes(150)])
        assert table(lab).query("many") == {}

    @pytest.mark.parametrize(("codes", "busy"), CANCELLED.values(), ids=CANCELLED)
    def test_only_what_another_delivery_did_is_busy_when_a_transaction_is_cancelled_for(
        self, lab: Lab, codes: list[str], busy: bool
    ) -> None:
        reasons = {"CancellationReasons": [{"Code": code} for code in codes]} if codes else {}
        with Stubber(lab.hub("dynamodb")) as stub:
            for _ in range(TRIES):
                stub.add_client_error("transact_write_items", "TransactionCanceledException", modeled_fields=reasons)
            with pytest.raises((Busy, ClientError)) as caught:
                table(lab).write(writes(2))
        assert isinstance(caught.value, Busy) is busy
        assert isinstance(caught.value.__cause__, ClientError) is busy

    def test_another_error_of_dynamodb_comes_through(self, lab: Lab) -> None:
        with pytest.raises(ClientError) as caught:
            Table(lab.hub("dynamodb"), "no-such-table").write(writes(1))
        assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


def wire(key: Key) -> dict[str, dict[str, str]]:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def request(*keys: Key) -> dict[str, Any]:
    return {"RequestItems": {TABLE: {"Keys": [wire(key) for key in keys], "ConsistentRead": True}}}


class TestGet:
    @pytest.mark.parametrize("number", [100, 101, 201])
    def test_any_number_of_keys_is_looked_up(self, lab: Lab, number: int) -> None:
        table(lab).write(writes(number))
        keys = [("many", f"{place:04}") for place in range(number)]
        found = table(lab).get([*keys, ("many", "absent")])
        assert {key: item["place"] for key, item in found.items()} == {
            ("many", f"{place:04}"): place for place in range(number)
        }

    def test_a_key_that_is_named_twice_is_asked_for_once(self, lab: Lab) -> None:
        with Stubber(lab.hub("dynamodb")) as stub:
            answer = {"Responses": {TABLE: [wire(("a", "b"))]}, "UnprocessedKeys": {}}
            stub.add_response("batch_get_item", answer, request(("a", "b"), ("c", "d")))
            found = table(lab).get([("a", "b"), ("c", "d"), ("a", "b")])
        assert found == {("a", "b"): {"pk": "a", "sk": "b"}}

    def test_keys_that_were_not_processed_are_asked_for_again_before_the_rest(self, lab: Lab) -> None:
        keys = [("many", f"{place:04}") for place in range(101)]
        left = {TABLE: {"Keys": [wire(key) for key in keys[98:100]], "ConsistentRead": True}}
        with Stubber(lab.hub("dynamodb")) as stub:
            first = {"Responses": {TABLE: [wire(key) for key in keys[:98]]}, "UnprocessedKeys": left}
            stub.add_response("batch_get_item", first, request(*keys[:100]))
            rest = {"Responses": {TABLE: [wire(key) for key in keys[98:]]}, "UnprocessedKeys": {}}
            stub.add_response("batch_get_item", rest, request(*keys[98:]))
            found = table(lab).get(keys)
            stub.assert_no_pending_responses()
        assert list(found) == keys


class TestQuery:
    def test_an_incident_of_more_than_one_page_is_read_whole(self, lab: Lab) -> None:
        pages: list[int] = []
        dynamodb = lab.hub("dynamodb")

        def note(parsed: dict[str, Any], **_: Any) -> None:
            pages.append(parsed["Count"])

        for place in range(5):
            table(lab).write([Write(("long", str(place)), {"body": "x" * 350_000})])
        dynamodb.meta.events.register("after-call.dynamodb.Query", note, unique_id="pages")
        try:
            found = table(lab).query("long")
        finally:
            dynamodb.meta.events.unregister("after-call.dynamodb.Query", unique_id="pages")
        assert [(sk, len(item["body"])) for sk, item in found.items()] == [(str(n), 350_000) for n in range(5)]
        assert len(pages) > 1

    def test_a_query_is_of_one_pk_alone(self, lab: Lab) -> None:
        table(lab).write([Write(("incident#1", "incident"), {"a": 1}), Write(("incident#10", "incident"), {"a": 2})])
        assert table(lab).query("incident#1") == {"incident": {"pk": "incident#1", "sk": "incident", "a": 1}}

    def test_reads_are_consistent(self, lab: Lab) -> None:
        with Stubber(lab.hub("dynamodb")) as stub:
            asked = {
                "TableName": TABLE,
                "KeyConditionExpression": "pk = :pk",
                "ExpressionAttributeValues": {":pk": {"S": "a"}},
                "ConsistentRead": True,
            }
            stub.add_response("query", {"Items": [wire(("a", "b"))]}, asked)
            assert table(lab).query("a") == {"b": {"pk": "a", "sk": "b"}}

"""The guide as the end-to-end test follows it: every block has its promise, and every value of the reader its place."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from e2e import by_hand, guide, reader
from e2e.promises import PROMISES

ROOT = Path(__file__).parents[1]
TEXT = reader.GUIDE.read_text()
BLOCKS = reader.blocks(TEXT)


def test_every_block_of_the_guide_has_one_promise_and_every_promise_its_block() -> None:
    assert [(block.title, block.number) for block in BLOCKS] == list(PROMISES)


@pytest.mark.parametrize("table", [by_hand.BEFORE, by_hand.AFTER, guide.TYPED], ids=["before", "after", "typed"])
def test_what_is_done_by_hand_is_done_at_a_block_that_is_there(table: by_hand.By) -> None:
    assert set(table) <= set(PROMISES)


def test_the_blocks_are_the_guides_word_for_word_but_for_the_readers_values() -> None:
    back = {value: example for example, value in reader.VALUES.items()}
    for block in BLOCKS:
        text = block.text
        for value, example in back.items():
            text = text.replace(value, example)
        assert f"```sh\n{text}```" in TEXT, block.name


def test_a_guide_that_lost_a_value_of_the_reader_is_refused() -> None:
    with pytest.raises(RuntimeError, match="names OWNER/REPOSITORY 0 times, and should once"):
        reader.blocks(TEXT.replace("OWNER/REPOSITORY", "somebody/something"))


def test_the_reader_sets_every_mode_to_observe_as_step_2_says() -> None:
    edited = tomllib.loads(reader.edited((ROOT / "organization.toml").read_text()))
    assert {each["mode"] for each in edited["environments"].values()} == {"observe"}
    assert set(edited["accounts"]) == {*reader.ACCOUNTS, edited["organization"]["hub"]}


def test_an_organization_toml_without_what_step_2_speaks_of_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"organization\.toml has nothing like"):
        reader.edited("[organization]\n")

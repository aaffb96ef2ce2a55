"""Whatever happens in whatever order, what people rely on holds: a dozen stories; the torture tells hundreds."""

from __future__ import annotations

import os

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from torture.machine import Machine
from torture.stories import how

EXAMPLES = int(os.environ.get("STATE_MACHINE_EXAMPLES", "12"))
"""How many stories are told: each takes two seconds."""


def test_whatever_happens_in_whatever_order_what_people_rely_on_holds() -> None:
    # The same stories each time: `make torture` tells others, and prints their seeds.
    run_state_machine_as_test(Machine, settings=settings(how(EXAMPLES), derandomize=True))

"""One candidate and one case in a process that stays: a function that is warm answers an event per line of its input.

    python -m bench.warm CANDIDATE CASE --work FOLDER

It says as JSON what it built, and then of every event what it took and whether the resource was fixed. AWS is simulated
in this process, so its part is in every figure, for every candidate the same.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import logging
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import boto3
from moto import mock_aws
from moto.moto_api._internal import mock_random

from bench.calls import Journal, Named, beyond, named, noted
from bench.case import REGION, Case, State, fresh
from bench.cases import CASES
from bench.lambda_context import Context

WARM_UP = 3
"""Events before the first that counts."""

AWS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "EXAMPLE",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",  # a thousand images, which no case needs
}
"""What every process of the comparison has in its environment."""

Handler: TypeAlias = Callable[[Any, object], Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one event: processor time and time, and of that time what calls beyond the case's job took, in
    milliseconds; whether the resource was fixed; what was raised; and the AWS calls, in order.
    """

    cpu: float
    wall: float
    beyond: float
    fixed: bool
    error: str
    calls: list[Named]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.warm", description=__doc__)
    parser.add_argument("candidate")
    parser.add_argument("case", choices=list(CASES))
    parser.add_argument("--work", type=Path, required=True)
    asked = parser.parse_args()
    os.environ.update(AWS)
    said = sys.stdout
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):  # Lambda takes what is logged
        logging.basicConfig(stream=nowhere)
        for each in serve(asked.candidate, CASES[asked.case], asked.work.resolve()):
            print(json.dumps(each), file=said, flush=True)


def serve(candidate: str, case: Case, work: Path) -> Iterator[Mapping[str, Any]]:
    """Build and load the candidate; yield what it built, and what came of an event for every line of the input."""
    dest = work / f"{candidate}-{case.name}"
    with mock_aws(), noted() as journal:
        module = importlib.import_module(f"bench.{candidate}")
        mock_random.seed(0)
        state = case.make()
        dest.mkdir(exist_ok=True)
        yield module.build(case.name, state, str(dest))
        handler: Handler | None = None
        for index, _ in enumerate(sys.stdin):
            if handler is None:
                forget_sources()
                handler = module.load(str(dest))
            if index == WARM_UP:  # the simulation's memory is no candidate's: the collector need not look through it
                gc.collect()
                gc.freeze()
            answered = answer(handler, case, state, index + 1, journal)
            dest.with_suffix(".calls").write_bytes(pickle.dumps(journal.calls))
            yield asdict(answered)


def answer(handler: Handler, case: Case, state: State, serial: int, journal: Journal) -> Answered:
    """Break the resource, hand the event over, look whether it is fixed."""
    mock_random.seed(serial)
    _forget_incidents()
    case.spoil(state)
    event = fresh(case.event(state), serial)
    if ready := getattr(handler, "ready", None):
        ready()
    journal.calls, journal.on = [], True
    error, wall, cpu = "", time.perf_counter_ns(), time.process_time_ns()
    try:
        handler(event, Context())
    except Exception as raised:  # noqa: BLE001 - whatever a candidate raises is its result
        error = f"{type(raised).__name__}: {raised}"
    cpu, wall = time.process_time_ns() - cpu, time.perf_counter_ns() - wall
    journal.on = False
    more = sum(call.cpu for call in beyond(journal.calls, case.beyond))
    return Answered(cpu / 1e6, wall / 1e6, more / 1e6, case.fixed(state), error, named(journal.calls))


def _forget_incidents() -> None:
    """Empty the ledger, where there is one: every event is a case of its own, and joins no incident before it."""
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    for table in dynamodb.list_tables()["TableNames"]:
        for item in dynamodb.scan(TableName=table)["Items"]:
            if item["pk"]["S"] == "budget":
                continue  # an hour has more than one event
            dynamodb.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})


def forget_sources() -> None:
    """Leave the candidate nothing to import but its package, and what Lambda's runtime has."""
    here = Path(__file__).resolve().parents[1]
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != here]


if __name__ == "__main__":
    main()

"""Check a deployment, from the credentials to the last member account: what is well, what is not, and what to do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace

import typer

from chalicelib.accounts import Accounts
from chalicelib.catalogue import collect, load
from chalicelib.directory import joined
from chalicelib.errors import CountermeasureError
from chalicelib.model import Rule
from chalicelib.notify.secrets import text_secret
from chalicelib.patterns import SOURCES, heard
from chalicelib.wiring import utc_now
from cli import doctor_checks as hub
from cli import doctor_checks_limits as limits
from cli import doctor_checks_members as members
from cli import doctor_checks_telling as telling
from cli.deployed import AWS_ERRORS, Deployed, explained
from cli.doctor_check import Check, Patient, Status
from cli.show import plain
from infrastructure.names import ENDPOINT, FUNCTIONS, TRIGGERED

AT_ONCE = 8
"""How many checks run at once: each mostly waits for AWS."""


def run(patient: Patient, account: str, *, as_json: bool) -> int:
    """Print every check; return 0, or 1 when one failed. `account` limits what is checked of members to one."""
    counts: Counter[Status] = Counter()
    for check in examined(patient, account):
        counts[check.status] += 1
        typer.echo(json.dumps(asdict(check)) if as_json else _lines(check))
    if not as_json:
        typer.echo(f"\n{', '.join(f'{counts[status]} {status}' for status in Status)}")
    return 1 if counts[Status.FAIL] else 0


def patient(to: Deployed) -> Patient:
    """Return a deployment as the doctor looks at it: accounts are entered with the external id of the functions."""
    ours = joined(to.organization, to.client("organizations"), None, utc_now)
    try:
        external_id = text_secret(ours.external_id) if ours.external_id else ""
    except CountermeasureError:
        external_id = ""  # the check of the external id says why
    sources = {name: heard(collect(f"rules.{name}", "rule", Rule).values(), ours.hub) for name in SOURCES}
    known = Accounts(to.client("sts"), utc_now, external_id, ours.partition, ours.responder)
    return Patient(replace(to, organization=ours), load(), sources, known, utc_now)


def examined(patient: Patient, account: str = "") -> Iterator[Check]:
    """Yield every check of a deployment in a fixed order; only the first one where nothing else can be told."""
    first = tried(patient, "credentials", lambda: hub.credentials(patient))
    yield first
    if first.status is Status.FAIL:
        return
    yield from _all(patient, _of_hub(patient))
    known = tried(patient, "accounts", lambda: members.accounts(patient, account))
    yield known
    ids = [account] if account else sorted(patient.deployed.organization.accounts)
    if known.status is not Status.FAIL:
        yield from _all(patient, _of_members(patient, ids))


def tried(patient: Patient, name: str, check: Callable[[], Check]) -> Check:
    """Return what a check says; that it failed, where it could not be made: what is not seen is not well."""
    try:
        return check()
    except AWS_ERRORS as error:
        text, todo = explained(error, patient.deployed.stage)
        return Check(name, Status.FAIL, f"could not be checked: {text}", todo)
    except CountermeasureError as error:
        return Check(name, Status.FAIL, str(error), "do what it says, and run the doctor again")


Named = tuple[str, Callable[[], Check]]


def _of_hub(patient: Patient) -> Iterator[Named]:
    for name, check in {
        "stack": hub.stack,
        "ledger": hub.ledger,
        "bus policy": hub.bus_policy,
        "external id": hub.external_id,
        "kill switch": limits.kill_switch,
        "rules": limits.rules,
        "exemptions": limits.exemptions,
        "topic": telling.topic,
        "slack": telling.slack_token,
        "heartbeat": telling.heartbeat,
    }.items():
        yield name, lambda check=check: check(patient)  # type: ignore[misc]
    yield f"function {ENDPOINT}", lambda: hub.function(patient, ENDPOINT)
    for function in FUNCTIONS:
        yield f"function {function}", lambda f=function: hub.function(patient, f)  # type: ignore[misc]
        if function in TRIGGERED:
            yield f"pattern {function}", lambda f=function: hub.pattern(patient, f)  # type: ignore[misc]
        yield f"dead letters {function}", lambda f=function: hub.dead_letters(patient, f)  # type: ignore[misc]


def _of_members(patient: Patient, ids: Iterable[str]) -> Iterator[Named]:
    ids = list(ids)
    for region in patient.deployed.organization.heard_in:
        yield f"trail {region}", lambda r=region: members.trail(patient, r)  # type: ignore[misc]
        yield f"guardduty {region}", lambda r=region: members.guardduty(patient, r, ids)  # type: ignore[misc]
        yield f"securityhub {region}", lambda r=region: members.securityhub(patient, r, ids)  # type: ignore[misc]
        yield f"config {region}", lambda r=region: members.config(patient, r)  # type: ignore[misc]
    for id_ in ids:
        yield f"role {id_}", lambda a=id_: members.role(patient, a)  # type: ignore[misc]
        yield f"external id {id_}", lambda a=id_: members.asks_for_external_id(patient, a)  # type: ignore[misc]
        yield f"forwarding {id_}", lambda a=id_: members.forwarding(patient, a)  # type: ignore[misc]


def _all(patient: Patient, checks: Iterable[Named]) -> Iterator[Check]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda each: tried(patient, *each), checks)


def _lines(check: Check) -> str:
    todo = f"\n{'':6}-> {plain(check.todo, 500)}" if check.todo else ""
    return f"{check.status:5} {check.name}: {plain(check.text, 500)}{todo}"

"""The source is told: what was contained is noted on its finding in Security Hub, which becomes NOTIFIED.

People are told first, and the function that contains does not wait for it: the schedule tells the source. A finding is
never resolved here: Security Hub does that itself when it sees the resource as it should be. Only what is still NEW is
touched, so that our own update, which comes back as an event, asks for no other. GuardDuty's findings are left alone:
archived, they would be looked at by nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.accounts import Accounts, describe
from chalicelib.errors import AccessRefused, NotDelivered
from chalicelib.findings.forms import ACCOUNT, REGION
from chalicelib.findings.reading import at, text
from chalicelib.ledger import Stored
from chalicelib.model import Change, Finding, Outcome
from chalicelib.notify.attempts import MOST, Receipt, delivered, failed
from chalicelib.notify.notice import Notice, Verdict

TARGET = "securityhub"
"""The name under which a notice's receipts say what came of it."""

READ, WRITE = "securityhub:GetFindings", "securityhub:BatchUpdateFindings"
NOTED, LEFT = "noted, NOTIFIED", "left as it is, no longer NEW"

_AUTHOR = "countermeasure"
_TEXT = 512
"""The most characters of a note (Security Hub API, NoteUpdate)."""

_MOST = 20
"""Findings of one incident that are noted at once: the most values that GetFindings takes of one filter."""

_RIGHT = frozenset({Outcome.CONTAINED, Outcome.COMPLIANT, Outcome.GONE})
_SETTLED = frozenset({Verdict.CONTAINED, Verdict.NOTHING_TO_DO})
_SOURCE = "securityhub"
_FINDING = "detail.findings.0"


def owed(notice: Notice, notices: Iterable[Notice], receipts: Mapping[str, Any], now: int) -> dict[str, Receipt]:
    """Return the receipt of a source that is yet to be told because of a notice; nothing where none is.

    None is while people are not told yet: it would have them told again before that is due. It is recorded with their
    receipts and is due at once: the schedule sees to it within a minute. `notices` are all of the incident; `now` is in
    epoch seconds.
    """
    if notice.verdict not in _SETTLED or not any(each.source == _SOURCE for each in notices):
        return {}
    if not all(delivered(dict(receipt)) for name, receipt in receipts.items() if name != TARGET):
        return {}
    if delivered(receipt := receipts.get(TARGET, {})):
        return {TARGET: dict(receipt)}
    return {TARGET: dict(receipt) or {"error": "not told yet", "attempts": 1, "since": now, "retry_after": 0}}


def tell(stored: Stored, accounts: Accounts, hub: str, was: Mapping[str, Any], now: int) -> Receipt:
    """Note on the findings of an incident that it was contained; return the receipt. `hub` is the hub's account.

    After some failures it is given up: it says what people were told already.
    """
    try:
        noted = [_note(stored, place, found, accounts) for place, found in _contained(stored, hub).items()]
    except NotDelivered as error:
        receipt = failed(was, error, now)
        return {"given_up": str(error)} if int(receipt["attempts"]) > MOST else receipt
    return {"said": NOTED if any(noted) else LEFT}


def _contained(stored: Stored, hub: str) -> Mapping[tuple[str, str], list[Finding]]:
    """Return the findings that Security Hub sent and all of whose changes hold, by where it keeps them.

    That is where the event came from: the administrator's account and the region that it aggregates in, or the
    account's own. An event that names another place is not believed.
    """
    places: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    done = {change.resource.key for change in stored.changes if change.outcome is Outcome.CONTAINED}
    for finding in stored.findings:
        account, region = text(finding.event, "account"), text(finding.event, "region")
        believed = account in {finding.account, hub} and ACCOUNT.fullmatch(account) and REGION.fullmatch(region)
        mine = _last(change for change in stored.changes if change.finding == finding.id)
        if (
            finding.source == _SOURCE
            and believed
            and text(finding.event, f"{_FINDING}.ProductArn", 512)
            and {change.outcome for change in mine} <= _RIGHT
            and done & {change.resource.key for change in mine}
        ):
            places[account, region].append(finding)
    return places


def _last(changes: Iterable[Change]) -> Sequence[Change]:
    """Return the last change of each remediation on each resource."""
    return list({(change.rule, change.remediation, change.resource.key): change for change in changes}.values())


def _note(stored: Stored, place: tuple[str, str], findings: Sequence[Finding], accounts: Accounts) -> bool:
    """Note it on those of the findings that are still NEW; tell whether any was. Raises NotDelivered."""
    account, region = place
    ids = [finding.id for finding in findings[-_MOST:]]
    hub = f"arn:{accounts.partition}:securityhub:{region}:{account}:hub/default"
    # Nothing else could be set by this session, whatever is asked for.
    only = {"StringEquals": {"securityhub:ASFFSyntaxPath/Workflow.Status": "NOTIFIED"}}
    try:
        with accounts.limited(account, region, stored.id, {READ: (hub,)}, {WRITE: (hub,)}, only) as aws:
            client = aws.client("securityhub")
            live = client.get_findings(Filters={"Id": _equal(ids), "WorkflowStatus": _equal(["NEW"])})["Findings"]
            mine = [each for each in live if text(each, "Workflow.Status") == "NEW"]
            for theirs, batch in _by_note(mine).items():
                _update(client, batch, {} if theirs else {"Note": {"Text": _said(stored), "UpdatedBy": _AUTHOR}})
    except (AccessRefused, BotoCoreError, ClientError) as error:
        said = str(error) if isinstance(error, AccessRefused) else describe(error)
        raise NotDelivered(f"Security Hub of {account} in {region} could not be told: {said}") from error
    return bool(mine)


def _by_note(findings: Iterable[Mapping[str, Any]]) -> Mapping[bool, list[dict[str, str]]]:
    """Return the identifiers of findings by whether somebody wrote a note on them: Security Hub keeps the last only."""
    found: dict[bool, list[dict[str, str]]] = defaultdict(list)
    for each in findings:
        found[at(each, "Note.Text") is not None].append({"Id": each["Id"], "ProductArn": each["ProductArn"]})
    return found


def _update(client: Any, batch: Sequence[Mapping[str, str]], note: Mapping[str, Any]) -> None:
    answer = client.batch_update_findings(FindingIdentifiers=batch, Workflow={"Status": "NOTIFIED"}, **note)
    for refused in answer["UnprocessedFindings"]:
        raise NotDelivered(f"Security Hub did not take the note: {text(refused, 'ErrorCode')}")


def _equal(values: Iterable[str]) -> list[dict[str, str]]:
    return [{"Value": value, "Comparison": "EQUALS"} for value in values]


def _said(stored: Stored) -> str:
    """Return the note: what was done, in words of our own, and where to read on."""
    done = dict.fromkeys(change.remediation for change in stored.changes if change.outcome is Outcome.CONTAINED)
    said = f"countermeasure contained this: {', '.join(done)}. Incident {stored.id}: countermeasure show {stored.id}"
    return said if len(said) <= _TEXT else f"countermeasure contained this. Incident {stored.id}"

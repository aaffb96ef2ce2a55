"""Say which rules each event fires, and why when it fires none, without any AWS."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from glob import glob
from pathlib import Path
from typing import Any

import typer

from chalicelib.catalogue import Catalogue, load
from chalicelib.errors import MalformedEvent, NotSecurityEvent
from chalicelib.findings import parse
from chalicelib.model import Finding, Rule, Standing
from cli.intake import Item, read
from cli.show import plain

_NOTHING_FOR = {
    "securityhub": "no rule for this control or finding type: {type}",
    "config": "no rule for this Config rule: {type}",
    "signin": "no rule for this sign-in: {type} by {actor}",
    "health": "no rule for this Health event: {type}",
    "accessanalyzer": "no rule for access to this resource type: {type}",
    "cloudtrail": "no rule for this call: {service} {type}",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one event comes to. `reason` says why no rule fires, and is null where one does."""

    file: str
    kind: str | None
    rules: tuple[str, ...]
    findings: int
    reason: str | None

    @property
    def malformed(self) -> bool:
        return (self.reason or "").startswith("malformed: ")


def run(paths: Iterable[str], *, as_json: bool) -> int:
    """Print a verdict per event as it is read; return 0, or 2 when an event could not be read."""
    catalogue = load("rules", "remediations")
    seen = fired = malformed = 0
    for item in intake(paths):
        verdict = judge(catalogue, item)
        seen, fired, malformed = seen + 1, fired + bool(verdict.rules), malformed + verdict.malformed
        if as_json:
            typer.echo(json.dumps(asdict(verdict)))
        elif not verdict.malformed:
            typer.echo(_lines(verdict, catalogue.rules))
        if verdict.malformed:
            typer.echo(f"{plain(item.file)}: {plain(verdict.reason or '')}", err=True)
    if not as_json and seen > 1:
        typer.echo(f"\n{seen} events: {fired} fire a rule, {seen - fired - malformed} fire none, {malformed} malformed")
    return 2 if malformed else 0


def intake(paths: Iterable[str]) -> Iterator[Item]:
    """Yield the events of files, folders and globs that the shell has not expanded."""
    for path in paths:
        expands = not Path(path).exists() and any(sign in path for sign in "*?[")
        for name in (sorted(glob(path, recursive=True)) if expands else ()) or (path,):  # noqa: PTH207 - any path
            yield from read(name)


def judge(catalogue: Catalogue, item: Item) -> Verdict:
    """Say which rules one event fires. Only active findings fire any."""
    if item.event is None:
        return Verdict(item.file, None, (), 0, f"malformed: {_unprefixed(item)}")
    try:
        findings = parse(item.event)
    except MalformedEvent as error:
        return Verdict(item.file, item.kind, (), 0, f"malformed: {error}")
    except NotSecurityEvent as error:
        return Verdict(item.file, item.kind, (), 0, str(error))
    fired = [(finding, _rules(catalogue, finding)) for finding in findings]
    rules = tuple(dict.fromkeys(rule.id for _, matching in fired for rule in matching))
    reasons = dict.fromkeys(_reason(finding) for finding, matching in fired if not matching)
    return Verdict(
        item.file, item.kind, rules, len(findings), None if rules else "; ".join(reasons) or "no finding in it"
    )


def _rules(catalogue: Catalogue, finding: Finding) -> list[Rule]:
    return list(catalogue.match(finding.event)) if finding.standing is Standing.ACTIVE else []


def _reason(finding: Finding) -> str:
    """Say why a finding fires no rule."""
    if finding.standing is not Standing.ACTIVE:
        return finding.standing.value
    detail = finding.event.get("detail", {})
    if finding.source in ("cloudtrail", "signin") and (error := _error(detail)):
        return f"the call failed: {plain(error)}"
    if finding.event.get("detail-type") == "Security Hub Findings - Custom Action":
        return f"no rule for this custom action: {plain(str(detail.get('actionName', '')))}"
    template = _NOTHING_FOR.get(finding.source, "no rule for this finding: {type}")
    actor = finding.actor.type if finding.actor and finding.actor.type else "someone unnamed"
    service = str(detail.get("eventSource", "")).removesuffix(".amazonaws.com")
    return template.format(type=plain(finding.type), actor=plain(actor), service=plain(service))


def _error(detail: Mapping[str, Any]) -> str:
    """Return what AWS answered to a call that failed, or "" (CloudTrail record contents: errorCode, errorMessage)."""
    error = detail.get("errorCode") or detail.get("errorMessage")
    return str(error) if error else ""


def _unprefixed(item: Item) -> str:
    return (item.problem or "not an event").removeprefix(f"{item.file}: ")


def _lines(verdict: Verdict, rules: Mapping[str, Rule]) -> str:
    """Return a verdict as lines for people: the file, then what it fires or why nothing."""
    head = f"{plain(verdict.file)}  {verdict.kind}"
    if not verdict.rules:
        return f"{head}\n  fires nothing: {plain(verdict.reason or '')}"
    width = max(map(len, verdict.rules))
    return "\n".join([head, *(f"  fires {name:{width}}  {_title(rules[name])}" for name in verdict.rules)])


def _title(rule: Rule) -> str:
    """Return the rule's title, and when it speaks if organization.toml decides that."""
    return f"{rule.title} (only where regions.allowed leaves the region out)" if rule.elsewhere else rule.title

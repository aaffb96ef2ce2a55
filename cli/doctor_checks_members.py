"""The doctor's checks of the organization: each account can be entered, and each region is watched by AWS's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.daily import enabled, expected, forwarded, unforwarded
from chalicelib.directory import ask
from chalicelib.errors import AccessRefused
from cli.deployed import AWS_ERRORS
from cli.doctor_check import Check, Patient, fail, ok, warn
from infrastructure.names import operator


def accounts(patient: Patient, account: str) -> Check:
    """Every account of the organization is in an environment; the one asked for is."""
    to = patient.deployed
    ours = to.organization
    if account and account not in ours.accounts:
        todo = "put it into an environment in organization.toml, by its id or its organizational unit"
        return fail("accounts", f"{account} is in no environment: it would only be watched", todo)
    try:
        found = ask(to.client("organizations"), ours.ous)
    except AWS_ERRORS as error:
        if ours.asks_aws:
            raise
        return ok(
            "accounts",
            f"{len(ours.accounts)} in organization.toml; AWS Organizations is not asked ({type(error).__name__})",
        )
    outside = sorted(set(found) - set(ours.accounts))
    if outside:
        names = ", ".join(f"{found[id_].name} ({id_})" for id_ in outside[:5])
        more = f" and {len(outside) - 5} more" if len(outside) > 5 else ""
        todo = "put them into an environment in organization.toml"
        return warn("accounts", f"{len(outside)} are in no environment, and only watched: {names}{more}", todo)
    if gone := sorted(set(ours.accounts) - set(found)):
        return warn("accounts", f"not in the organization: {', '.join(gone)}", "take them out of organization.toml")
    return ok("accounts", f"{len(found)}, each in an environment")


def role(patient: Patient, account: str) -> Check:
    """The responder of an account can be assumed with our external id, and used in every governed region."""
    label, ours = f"role {account}", patient.deployed.organization
    try:
        closed = [region for region in ours.heard_in if not enabled(patient.accounts, account, region)]
    except AccessRefused as error:
        todo = (
            f"deploy the member template in {account}, with the external id of {ours.external_id or 'the hub'}; "
            f"and run this as {operator(patient.deployed.stage)} or from a function: it lets in no others"
        )
        return fail(label, str(error), todo)
    if closed:
        todo = f"enable the region in {account}, or take it out of regions.governed"
        return fail(label, f"{', '.join(closed)} is not enabled there", todo)
    return ok(label, f"{ours.responder} can be assumed, and used in {', '.join(ours.heard_in)}")


def forwarding(patient: Patient, account: str) -> Check:
    """What the hub's functions hear is forwarded from an account, from every governed region."""
    label, to = f"forwarding {account}", patient.deployed
    rules = forwarded(patient.catalogue)
    wrong: list[str] = []
    for region in to.organization.heard_in:
        wanted = expected(to.organization, account, region, to.region, rules)
        wrong += unforwarded(patient.accounts, account, region, wanted)
    if wrong:
        return fail(label, "; ".join(wrong), f"deploy the member template in {account} again: see the guide, Upgrade")
    return ok(label, f"from {', '.join(to.organization.heard_in)}")


def asks_for_external_id(patient: Patient, account: str) -> Check:
    """The responder of an account lets nobody in who does not know the external id."""
    label = f"external id {account}"
    stranger = replace(patient.accounts, external_id="not-the-external-id", _kept={}, _names={})
    try:
        stranger.alias(account)
    except AccessRefused:
        return ok(label, "asked for")
    except ClientError:
        pass  # it was let in, and may not read the alias
    return fail(label, "the responder lets in whoever names another external id", "deploy the member template again")


def trail(patient: Patient, region: str) -> Check:
    """A trail records what is done in a region: without one, EventBridge hears of no API call."""
    label = f"trail {region}"
    client = patient.deployed.aws("cloudtrail", region)
    found = client.describe_trails(includeShadowTrails=True)["trailList"]
    logging = [each for each in found if client.get_trail_status(Name=each["TrailARN"])["IsLogging"]]
    if not found:
        todo = "make an organization trail for all regions in the management account"
        return fail(label, "there is no trail: API calls are neither kept nor heard of", todo)
    if not logging:
        names = ", ".join(each["Name"] for each in found)
        return fail(label, f"no trail logs: {names}", "start logging, and find out who stopped it")
    if not any(each.get("IsOrganizationTrail") for each in logging):
        todo = "make it an organization trail, or see that every member has one of its own"
        return warn(label, f"{logging[0]['Name']} logs, and is of this account alone", todo)
    return ok(
        label, f"{next(each['Name'] for each in logging if each.get('IsOrganizationTrail'))} logs for the organization"
    )


def guardduty(patient: Patient, region: str, ids: Iterable[str]) -> Check:
    """GuardDuty watches the hub and every member in a region, and tells the hub."""
    label = f"guardduty {region}"
    client = patient.deployed.aws("guardduty", region)
    detectors = client.list_detectors()["DetectorIds"]
    if not detectors:
        return fail(
            label, "GuardDuty is off in the hub", "turn it on for the organization, with the hub as administrator"
        )
    if client.get_detector(DetectorId=detectors[0])["Status"] != "ENABLED":
        return fail(label, "the hub's detector is suspended", "enable it, and find out who suspended it")
    pages = client.get_paginator("list_members").paginate(DetectorId=detectors[0])
    watched = {
        each["AccountId"] for page in pages for each in page["Members"] if each["RelationshipStatus"] == "Enabled"
    }
    return _watched(patient, label, "GuardDuty", watched, ids)


def securityhub(patient: Patient, region: str, ids: Iterable[str]) -> Check:
    """Security Hub is on in the hub and every member in a region."""
    label = f"securityhub {region}"
    client = patient.deployed.aws("securityhub", region)
    try:
        client.describe_hub()
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"InvalidAccessException", "ResourceNotFoundException"}:
            raise
        return fail(
            label, "Security Hub is off in the hub", "turn it on for the organization, with the hub as administrator"
        )
    pages = _pages(client.list_members, OnlyAssociated=True)
    watched = {
        each["AccountId"] for page in pages for each in page["Members"] if each["MemberStatus"].lower() in _ASSOCIATED
    }
    return _watched(patient, label, "Security Hub", watched, ids)


def config(patient: Patient, region: str) -> Check:
    """Config records in a region, and what members record comes together in the hub."""
    label = f"config {region}"
    client = patient.deployed.aws("config", region)
    recorders = client.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    if not recorders:
        return fail(label, "Config has no recorder in the hub", "turn it on for the organization")
    if not any(each["recording"] for each in recorders):
        return fail(label, f"the recorder {recorders[0]['name']} is stopped", "start it, and find out who stopped it")
    if any(each.get("lastStatus") == "Failure" for each in recorders):
        why = recorders[0].get("lastErrorMessage") or "no reason given"
        return fail(label, f"the recorder cannot deliver: {why}", "see its delivery channel and its bucket's policy")
    return ok(label, f"{recorders[0]['name']} records")


_ASSOCIATED = {"enabled", "associated"}
"""Security Hub's own word for a member that it sees is `Enabled` (API reference, "Member": MemberStatus)."""


def _watched(patient: Patient, label: str, service: str, watched: set[str], ids: Iterable[str]) -> Check:
    """Say which of the accounts a service's administrator does not see; it does not count itself a member."""
    unseen = sorted(set(ids) - watched - {patient.deployed.organization.hub})
    if unseen:
        more = f" and {len(unseen) - 5} more" if len(unseen) > 5 else ""
        todo = f"make them members of {service} in this region, and have new accounts become so by themselves"
        return fail(label, f"the hub hears nothing of {', '.join(unseen[:5])}{more}", todo)
    return ok(label, f"on, with {len(watched)} members")


def _pages(call: Any, **asked: Any) -> Iterator[Mapping[str, Any]]:
    answer = call(**asked)
    yield answer
    while answer.get("NextToken"):
        answer = call(**asked, NextToken=answer["NextToken"])
        yield answer

"""Read Security Hub CSPM findings in ASFF: imported ones, and those that a person sent by a custom action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.findings import reading
from chalicelib.findings.reading import at, entries, first, flag, text
from chalicelib.findings.resources import ASFF_TYPES, unique
from chalicelib.findings.where import Where, principal_type
from chalicelib.model import Actor, Finding, Resource, Severity, Standing

_STEPS = ((90, Severity.CRITICAL), (70, Severity.HIGH), (40, Severity.MEDIUM), (1, Severity.LOW))
"""ASFF `Severity.Normalized`: 0 informational, 1-39 low, 40-69 medium, 70-89 high, 90-100 critical."""

_ONE = "detail.findings.0"


def parse(event: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return one finding for each entry of `detail.findings`. Raises MalformedEvent.

    The account and region are the finding's own: an aggregation region and an administrator see those of others.
    A finding's type is `Compliance.SecurityControlId` (`S3.1`), else `ProductFields.ControlId` (`PCI.S3.1`), else
    the rule within its standard (`cis-aws-foundations-benchmark/v/1.2.0/1.4`), else `Types[0]`, else `GeneratorId`.
    """
    return tuple(_finding(one) for one in reading.one_each(event))


def _finding(event: Mapping[str, Any]) -> Finding:
    asff = at(event, _ONE)
    where = _where(event, asff)
    kind = _type(event, asff)
    return Finding(
        id=reading.required(event, f"{_ONE}.Id"),
        revision="/".join(
            text(asff, path) for path in ("UpdatedAt", "Workflow.Status", "RecordState", "Compliance.Status")
        ),
        source="securityhub",
        type=kind,
        title=text(asff, "Title") or kind,
        description=text(asff, "Description", reading.DESCRIPTION),
        severity=_severity(asff),
        account=where.account,
        region=where.region,
        first_seen=reading.when(asff, "FirstObservedAt", "CreatedAt") or where.seen,
        last_seen=where.seen,
        event=event,
        standing=_standing(asff),
        partition=where.partition,
        resources=unique(found for item in entries(asff, "Resources") for found in _resources(item, where)),
        actor=_actor(asff),
    )


def _where(event: Mapping[str, Any], asff: object) -> Where:
    product = (text(asff, "ProductArn", 512).split(":") + [""] * 4)[:4]
    told = {**event, "product": {"region": product[3]}}
    region = reading.region(told, f"{_ONE}.Region", f"{_ONE}.Resources.0.Region", "product.region", "region")
    return Where(
        account=reading.account(event, f"{_ONE}.AwsAccountId"),
        region=region,
        partition=reading.known_partition(product[1], region),
        seen=reading.when(event, f"{_ONE}.LastObservedAt", f"{_ONE}.UpdatedAt", "time"),
    )


def _type(event: Mapping[str, Any], asff: object) -> str:
    if found := first(asff, "Compliance.SecurityControlId", "ProductFields.ControlId"):
        return found
    standard = text(asff, "ProductFields.StandardsGuideArn", 512).rpartition("ruleset/")[2]
    if rule := text(asff, "ProductFields.RuleId"):
        return f"{standard}/{rule}" if standard else rule
    return first(asff, "Types.0") or reading.required(event, f"{_ONE}.GeneratorId")


def _severity(asff: object) -> Severity:
    """Return the severity by its label, else by `Normalized`; MEDIUM when the finding gives neither."""
    labelled = reading.worded(text(asff, "Severity.Label"))
    if labelled is not None:
        return labelled
    normalized = reading.number(asff, "Severity.Normalized")
    if normalized is None:
        return Severity.MEDIUM
    return next((severity for least, severity in _STEPS if normalized >= least), Severity.INFORMATIONAL)


def _standing(asff: object) -> Standing:
    """A sample comes first, for nothing of it was real; then archived, suppressed, and resolved or passed.

    WARNING and NOT_AVAILABLE stay active: Security Hub could not tell that the resource is compliant.
    """
    if flag(asff, "Sample") or text(asff, "Title").startswith("[SAMPLE]"):
        return Standing.SAMPLE
    if text(asff, "RecordState") == "ARCHIVED":
        return Standing.ARCHIVED
    workflow = text(asff, "Workflow.Status")
    if workflow == "SUPPRESSED":
        return Standing.SUPPRESSED
    if workflow == "RESOLVED" or text(asff, "Compliance.Status") == "PASSED":
        return Standing.PASSED
    return Standing.ACTIVE


def _resources(item: Mapping[str, Any], where: Where) -> list[Resource | None]:
    """Return what one entry of `Resources` names; an access key also names its user, or its session and role."""
    kind, raw, region = text(item, "Type"), item.get("Id"), text(item, "Region")
    if kind == "AwsIamAccessKey":
        key = at(item, "Details.AwsIamAccessKey")
        user = first(key, "PrincipalName", "UserName")
        found = where.resource("AWS::IAM::AccessKey", raw, details={"user": user} if user else None)
        principal = where.principal(_user_type(key), user, text(key, "PrincipalId"), text(key, "AccessKeyId"))
        return [found, *principal]
    if kind in ASFF_TYPES:
        return [where.resource(ASFF_TYPES[kind], raw, region=region)]
    return [where.resource(kind, raw, region=region) if kind.startswith("AWS::") else where.of_arn(raw)]


def _user_type(key: object) -> str:
    """Return the principal's type; before `PrincipalType` there were only users of keys (`UserName`)."""
    return principal_type(text(key, "PrincipalType")) or ("IAMUser" if text(key, "UserName") else "")


def _actor(asff: object) -> Actor | None:
    """Return the principal of the access key that the finding is about, and the remote address of its action."""
    keys = (at(item, "Details.AwsIamAccessKey") for item in entries(asff, "Resources"))
    key = next((key for key in keys if isinstance(key, Mapping)), None)
    actor = Actor(
        type=_user_type(key),
        name=first(key, "PrincipalName", "UserName"),
        account=text(key, "AccountId"),
        access_key_id=text(key, "AccessKeyId"),
        issuer_arn=text(key, "SessionContext.SessionIssuer.Arn", 512),
        ip=first(
            asff,
            "Action.AwsApiCallAction.RemoteIpDetails.IpAddressV4",
            "Action.NetworkConnectionAction.RemoteIpDetails.IpAddressV4",
        ),
    )
    return actor if actor != Actor() else None

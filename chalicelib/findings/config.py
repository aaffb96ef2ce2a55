"""Read a change of compliance that AWS Config tells of (`Config Rules Compliance Change`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.findings import reading
from chalicelib.findings.reading import at, text
from chalicelib.findings.where import Where
from chalicelib.model import Finding, Resource, Severity, Standing

_TYPES = {"AWS::::Account": "AWS::Account", "AWS::OpenSearch::Domain": "AWS::OpenSearchService::Domain"}
_UNIQUE_ID = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,}", re.ASCII)
"""`AIDA...`, `AROA...`: what Config calls IAM resources is not the name that IAM's API takes, and IAM tells nobody."""


def parse(event: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the one finding of the event. Raises MalformedEvent.

    Config gives a finding no id: it is `config/account/region/rule/resource type/resource id`, the same for every
    change of that resource under that rule. It gives no severity either: MEDIUM, as the rule that answers says more.
    """
    detail = reading.detail(event)
    region = reading.region(event, "detail.awsRegion", "region")
    where = Where(
        account=reading.account(event, "detail.awsAccountId"),
        region=region,
        partition=reading.known_partition((text(detail, "configRuleARN", 512) + ":").split(":")[1], region),
        seen=reading.when(
            event, "detail.newEvaluationResult.resultRecordedTime", "detail.notificationCreationTime", "time"
        ),
    )
    rule = reading.required(event, "detail.configRuleName", 256)
    compliance = reading.required(event, "detail.newEvaluationResult.complianceType", 64)
    resource_type = reading.required(event, "detail.resourceType", 128)
    resource_id = reading.required(event, "detail.resourceId", 512)
    resource = _resource(detail, where)
    return (
        Finding(
            id=f"config/{where.account}/{region}/{rule}/{resource_type}/{resource_id}",
            revision=f"{where.seen}/{compliance}",
            source="config",
            type=rule,
            title=reading.clean(f"{resource_type} {resource_id} is {compliance} with {rule}", reading.TITLE),
            description=text(detail, "newEvaluationResult.annotation", reading.DESCRIPTION),
            severity=Severity.MEDIUM,
            account=where.account,
            region=region,
            first_seen=where.seen,
            last_seen=where.seen,
            event=event,
            standing=Standing.ACTIVE if compliance == "NON_COMPLIANT" else Standing.PASSED,
            partition=where.partition,
            resources=(resource,) if resource else (),
        ),
    )


def _resource(detail: Mapping[str, Any], where: Where) -> Resource | None:
    """Return the resource, or nothing where Config says a unique id of IAM and no name.

    A database keeps the id that Config has for it, which `chalicelib.internal_ids` asks RDS the name of.
    """
    kind, raw = text(detail, "resourceType"), at(detail, "resourceId")
    by_unique_id = kind.startswith("AWS::IAM::") and isinstance(raw, str) and _UNIQUE_ID.fullmatch(raw)
    return None if by_unique_id else where.resource(_TYPES.get(kind, kind), raw)

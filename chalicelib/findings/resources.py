"""Turn what an event says a resource is (an id, an ARN) into a typed Resource, or into nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import unquote

import jmespath
from jmespath.exceptions import JMESPathError

from chalicelib.errors import InvalidCatalogue, MalformedEvent
from chalicelib.findings.asff_types import ASFF_TYPES
from chalicelib.findings.features import switched_off
from chalicelib.findings.forms import ACCOUNT, BY_ARN, FORMS, HOME_REGIONS, REGION
from chalicelib.model import Finding, Resource, Rule

__all__ = ["ASFF_TYPES", "from_rule", "named", "of_arn", "unique"]

_TYPE = re.compile(r"AWS::[A-Za-z0-9]{1,64}::[A-Za-z0-9]{1,64}|AWS::Account", re.ASCII)
_PLAIN = re.compile(r"[\w.:/=+,@#!~()-]{1,256}", re.ASCII)
_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]{0,10}):(?P<service>[a-z0-9-]{1,40}):(?P<region>[a-z0-9-]{0,30}):"
    r"(?P<account>\d{12})?:(?P<resource>[!-~]{1,1900})",
    re.ASCII,
)
_UNSAFE = frozenset("*?${}<>")
_PARTIAL_FUNCTION = re.compile(r"\d{12}:function:[!-~]{1,300}", re.ASCII)
_QUEUE_URL = re.compile(
    r"https://(?:sqs\.(?P<region>[a-z0-9-]{1,30})|(?P<old>[a-z0-9-]{1,30})\.queue)\.amazonaws\.com(?:\.cn)?/"
    r"(?P<account>\d{12})/(?P<name>[\w.-]{1,85})",
    re.ASCII,
)
_TYPED_ID = re.compile(r"(AWS::[A-Za-z0-9]{1,64}::[A-Za-z0-9]{1,64}):([^:].{0,255})")


def named(
    type: str,
    raw: object,
    *,
    account: str,
    region: str,
    partition: str = "aws",
    seen: str = "",
    details: Mapping[str, str] | None = None,
) -> Resource | None:
    """Return the resource of CloudFormation type `type` that `raw` names, or None when that is no usable id of it.

    `raw` is an id, a name or an ARN as events have it. The result's id is what the service's API takes (see FORMS:
    an IAM path, a Lambda version and the rest of an ARN are left behind). The account, region and partition of an
    ARN win over those given. A type that FORMS does not know keeps its id, or its whole ARN, as it is.
    An access key is only ever a long-term one (`AKIA...`): a temporary key (`ASIA...`) cannot be disabled.
    """
    if not isinstance(raw, str) or len(raw) > 2048 or not _TYPE.fullmatch(type):
        return None
    if (typed := _TYPED_ID.fullmatch(raw)) and typed[1] == type:
        raw = typed[2]  # Security Hub writes AWS::IAM::AccessKey:AKIA...
    raw = _whole_arn(type, raw, region, partition)
    arn = _ARN.fullmatch(raw)
    if arn:
        account, region = arn["account"] or account, arn["region"] or region
        partition = arn["partition"]
    if type.startswith(("AWS::IAM::", "AWS::STS::")):
        region = HOME_REGIONS.get(partition, "")
    if not ACCOUNT.fullmatch(account) or not REGION.fullmatch(region) or partition not in HOME_REGIONS:
        return None
    if type == "AWS::Account":
        account = identity = _account_id(raw, arn)
    else:
        identity = _id(type, raw, arn, account, region, partition)
    return Resource(type, identity, account, region, partition, seen, dict(details or {})) if identity else None


def of_arn(raw: object, *, account: str, region: str, partition: str = "aws", seen: str = "") -> Resource | None:
    """Return the resource that an ARN names when the ARN alone tells its type, else None."""
    arn = _ARN.fullmatch(raw) if isinstance(raw, str) and len(raw) <= 2048 else None
    if not arn:
        return None
    for kind, form in FORMS.items():
        if form.service == arn["service"] and form.in_arn(arn["resource"]):
            return named(kind, raw, account=account, region=region, partition=partition, seen=seen)
    return None


def from_rule(rule: Rule, finding: Finding) -> tuple[Resource, ...]:
    """Return the resources that the event names where `rule.resources` says they stand, each once.

    Raises MalformedEvent when a path cannot be followed through this event (a function met the wrong type),
    InvalidCatalogue when the path itself is not JMESPath.
    """
    return unique(
        named(
            kind,
            raw,
            account=finding.account,
            region=finding.region,
            partition=finding.partition,
            seen=finding.last_seen,
            details=_said_of(kind, raw, finding),
        )
        for kind, path in rule.resources.items()
        for raw in _found(rule, path, finding.event)
    )


def unique(resources: Iterable[Resource | None]) -> tuple[Resource, ...]:
    """Return the resources in their order, each key once, with the most that was said of it."""
    kept: dict[str, Resource] = {}
    for resource in resources:
        if resource and (resource.key not in kept or len(resource.details) > len(kept[resource.key].details)):
            kept[resource.key] = resource
    return tuple(kept.values())


def _whole_arn(type: str, raw: str, region: str, partition: str) -> str:
    """Return the ARN that a partial one stands for: `account:function:name` and a queue's URL say whose they are."""
    if type == "AWS::Lambda::Function" and _PARTIAL_FUNCTION.fullmatch(raw):
        return f"arn:{partition}:lambda:{region}:{raw}"
    if type == "AWS::SQS::Queue" and (url := _QUEUE_URL.fullmatch(raw)):
        return f"arn:{partition}:sqs:{url['region'] or url['old']}:{url['account']}:{url['name']}"
    return raw


def _id(type: str, raw: str, arn: re.Match[str] | None, account: str, region: str, partition: str) -> str:
    """Return the id of a resource of this type, empty when `raw` is none."""
    if form := FORMS.get(type):
        if arn:
            return form.in_arn(arn["resource"]) if arn["service"] == form.service else ""
        return form.alone(raw)
    if service := BY_ARN.get(type):
        if arn:
            return raw if arn["service"] == service and not _UNSAFE & set(raw) else ""
        topic = type == "AWS::SNS::Topic" and re.fullmatch(r"[\w-]{1,256}", raw, re.ASCII)
        return f"arn:{partition}:sns:{region}:{account}:{raw}" if topic else ""
    if arn:
        return "" if _UNSAFE & set(raw) else raw
    return raw if _PLAIN.fullmatch(raw) and not raw.startswith("arn:") else ""


def _account_id(raw: str, arn: re.Match[str] | None) -> str:
    """Return the account id in `AWS::::Account:123456789012`, a bare number or `arn:aws:iam::123456789012:root`."""
    if arn:
        return arn["account"] or "" if (arn["service"], arn["resource"]) == ("iam", "root") else ""
    bare = raw.removeprefix("AWS::::Account:")
    return bare if ACCOUNT.fullmatch(bare) else ""


@cache
def _compiled(path: str) -> Any:
    return jmespath.compile(path)


def _found(rule: Rule, path: str, event: Mapping[str, Any]) -> Iterator[object]:
    """Yield what stands at a path of the event: one value, or each value of a list."""
    try:
        expression = _compiled(path)
    except JMESPathError as error:
        raise InvalidCatalogue(f"rule {rule.id}: resources: {path!r} is not JMESPath: {error}") from error
    try:
        found = expression.search(event)
    except JMESPathError as error:
        raise MalformedEvent(f"{path}: cannot be read from this event: {str(error)[:200]}") from error
    yield from found if isinstance(found, list) else [found]


def _said_of(type: str, raw: object, finding: Finding) -> dict[str, str]:
    """Return what else the event tells of a resource: a key's user, a session's role id, what a call did to it."""
    if type == "AWS::EKS::Cluster":
        return _given_to(finding)
    if type == "AWS::GuardDuty::Detector":
        return {"features": plans} if (plans := switched_off(finding.event)) else {}
    actor = finding.actor
    if not actor or not isinstance(raw, str) or not raw:
        return {}
    if type == "AWS::IAM::AccessKey":
        return {"user": actor.name} if raw == actor.access_key_id and actor.type == "IAMUser" and actor.name else {}
    if type == "AWS::STS::AssumedRole" and raw == actor.arn:
        principal = jmespath.search("detail.userIdentity.principalId", finding.event)
        role_id = principal.partition(":")[0] if isinstance(principal, str) else ""
        return {"role_id": role_id} if re.fullmatch(r"AROA[A-Z0-9]{8,64}", role_id) else {}
    return {}


def _given_to(finding: Finding) -> dict[str, str]:
    """Return the principal that a call gives access to a cluster: EKS writes its ARN as it stands in the call's URL."""
    raw = jmespath.search("detail.requestParameters.principalArn", finding.event)
    arn = unquote(raw) if isinstance(raw, str) and len(raw) <= 2048 else ""
    return {"principal": arn} if _ARN.fullmatch(arn) else {}

"""The baselines: how trails, VPCs' flow logs and AWS Config's delivery channels are while all is well; kept daily.

Who deletes one leaves nothing that says how it was: the ledger does, one item per resource. An intruder may first have
a trail log elsewhere, or less, and delete it another day. So what differs from the baseline takes its place only when
it has been found so, and no otherwise, for a week; and a trail that does not log, or a channel whose recorder does not
record, is not looked at. None of them holds any secret.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.accounts import describe
from chalicelib.errors import AccessRefused
from chalicelib.ledger.keys import hashed
from chalicelib.model import Resource, Session
from chalicelib.table import Item, Key, Table, Write

if TYPE_CHECKING:
    from chalicelib.engine import Engine

READS = (
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetInsightSelectors",
    "cloudtrail:GetTrailStatus",
    "config:DescribeConfigurationRecorders",
    "config:DescribeConfigurationRecorderStatus",
    "config:DescribeDeliveryChannels",
    "ec2:DescribeFlowLogs",
)
"""All that a session of the look may do."""

FLOW_LOG = (
    "ResourceId",
    "TrafficType",
    "LogDestinationType",
    "LogDestination",
    "LogGroupName",
    "DeliverLogsPermissionArn",
    "DeliverCrossAccountRole",
    "LogFormat",
    "MaxAggregationInterval",
    "DestinationOptions",
)
"""What makes a flow log (EC2 API reference, FlowLog): nobody can change it afterwards."""

SESSION = "countermeasure-baseline"

SETTLED = timedelta(days=7)
"""How long something must be found changed before that is how it should be: time for people to answer the notice."""

KEPT = timedelta(days=400)
"""How long a baseline outlives what it is of."""


def look(engine: Engine, account: str) -> str:
    """Keep the baselines of an account, in every region that is heard; return what could not be read and why, or "".

    Raises what DynamoDB raises.
    """
    failed = []
    for region in engine.organization.heard_in:
        try:
            with engine.hands.accounts.reading(account, region, SESSION, (), READS) as aws:
                found = dict(well(aws))
        except (AccessRefused, BotoCoreError, ClientError) as error:
            failed.append(f"how trails, flow logs and AWS Config are in {region} could not be read: {describe(error)}")
            continue
        keep(engine.ledger.table, found, engine.clock().date())
    return "; ".join(failed)


def well(aws: Session) -> Iterator[tuple[str, str]]:
    """Yield the key of each resource here, and how it is: of the account, how Config delivers.

    That is JSON, as the remediations that make it again read it in `details["baseline"]`.
    """
    for trail in aws.client("cloudtrail").describe_trails(includeShadowTrails=False)["trailList"]:
        at_home = trail["TrailARN"].split(":")[3:5] == [aws.region, aws.account]
        if at_home and aws.client("cloudtrail").get_trail_status(Name=trail["TrailARN"])["IsLogging"]:
            yield _key(aws, "AWS::CloudTrail::Trail", trail["Name"]), _json(_of_trail(aws, trail))
    if (channel := _channel(aws)) is not None:
        yield _key(aws, "AWS::Account", aws.account), _json({"channel": channel})
    for page in aws.client("ec2").get_paginator("describe_flow_logs").paginate():
        for log in page["FlowLogs"]:
            if log["ResourceId"].startswith("vpc-") and log.get("DeliverLogsStatus") != "FAILED":
                how = {name: log[name] for name in FLOW_LOG if name in log}
                yield _key(aws, "AWS::EC2::FlowLog", log["FlowLogId"]), _json({"flow_log": how})


def _of_trail(aws: Session, trail: Mapping[str, Any]) -> dict[str, Any]:
    cloudtrail, arn = aws.client("cloudtrail"), trail["TrailARN"]
    chosen = cloudtrail.get_event_selectors(TrailName=arn)
    advanced = chosen.get("AdvancedEventSelectors")
    try:
        insights = cloudtrail.get_insight_selectors(TrailName=arn)["InsightSelectors"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "InsightNotEnabledException":
            raise
        insights = []
    return {
        "trail": trail,
        **({"advanced_event_selectors": advanced} if advanced else {"event_selectors": chosen["EventSelectors"]}),
        "insight_selectors": insights,
        "logging": True,
    }


def _channel(aws: Session) -> Any:
    """Return the delivery channel, None where there is none or the account's own recorder does not record."""
    config = aws.client("config")
    channels = config.describe_delivery_channels()["DeliveryChannels"]
    recorders = config.describe_configuration_recorders()["ConfigurationRecorders"]
    own = {each["name"] for each in recorders if not each.get("servicePrincipal")}
    statuses = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    records = any(each["recording"] for each in statuses if each["name"] in own)
    return channels[0] if channels and records else None


def keep(table: Table, found: Mapping[str, str], today: date) -> None:
    """Keep what was found (key of a resource -> how it is), each as far as it is news."""
    there = table.get(_place(key) for key in found)
    for key, how in found.items():
        item = settled(there.get(_place(key)), how, today)
        if item is not None:
            table.write([Write(_place(key), {**item, "expires_at": _at(today + KEPT)}, whole=True)])


def settled(item: Item | None, how: str, today: date) -> dict[str, str] | None:
    """Return what is to be kept of a resource now that it is found to be so; None where that is there already."""
    if item is None:
        return {"body": how}
    if how == item["body"]:
        lapses = item["expires_at"] < _at(today + KEPT / 2)
        return {"body": how} if lapses or "changed" in item else None
    if how != item.get("changed"):
        return {"body": item["body"], "changed": how, "since": today.isoformat()}
    return {"body": how} if today - date.fromisoformat(item["since"]) >= SETTLED else None


def kept(table: Table, resources: Iterable[Resource]) -> dict[str, str]:
    """Return the baselines that there are, by the keys of their resources."""
    keys = {_place(resource.key): resource.key for resource in resources}
    return {keys[place]: item["body"] for place, item in table.get(keys).items()}


def _place(key: str) -> Key:
    return f"baseline#{key if len(key) <= 512 else hashed(key)}", "baseline"


def _at(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


def _key(aws: Session, kind: str, id_: str) -> str:
    return Resource(kind, id_, aws.account, aws.region, aws.partition).key


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))

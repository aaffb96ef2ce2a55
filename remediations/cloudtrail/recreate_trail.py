"""Make a deleted trail again, as its baseline says that it was."""

from __future__ import annotations

import json

from botocore.exceptions import ClientError

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.cloudtrail import trails

TAG = "countermeasure:incident"
SETTINGS = {
    "S3BucketName": "S3BucketName",
    "S3KeyPrefix": "S3KeyPrefix",
    "SnsTopicARN": "SnsTopicName",
    "IncludeGlobalServiceEvents": "IncludeGlobalServiceEvents",
    "IsMultiRegionTrail": "IsMultiRegionTrail",
    "LogFileValidationEnabled": "EnableLogFileValidation",
    "CloudWatchLogsLogGroupArn": "CloudWatchLogsLogGroupArn",
    "CloudWatchLogsRoleArn": "CloudWatchLogsRoleArn",
    "KmsKeyId": "KmsKeyId",
}
"""What DescribeTrails calls each setting, and what CreateTrail does."""


def read(aws: Session, trail: Resource) -> Json:
    """Return null where the trail is gone, `{"by": "others"}` where it is there; of the one made for this incident all.

    That is `{"by": "ours", "settings": {...}, "selectors": {...}, "insights": [...], "logging": bool}`. Raises
    Unsupported where it is gone and there is no baseline, and for a trail whose home is another account or region.
    """
    found = trails.at_home(aws, trail)
    if not found:
        baseline(trail)
        return None
    cloudtrail, arn = aws.client("cloudtrail"), trails.arn(aws, trail)
    [tagged] = cloudtrail.list_tags(ResourceIdList=[arn])["ResourceTagList"]
    if {"Key": TAG, "Value": aws.incident} not in tagged.get("TagsList", []):
        return {"by": "others"}
    return {
        "by": "ours",
        "settings": settings(found),
        "selectors": trails.selectors(aws, trail),
        "insights": insights(aws, arn),
        "logging": cloudtrail.get_trail_status(Name=arn)["IsLogging"],
    }


def settings(described: Json) -> Json:
    return {ours: described[theirs] for theirs, ours in SETTINGS.items() if described.get(theirs) not in (None, "")}


def insights(aws: Session, arn: str) -> Json:
    try:
        return kinds(aws.client("cloudtrail").get_insight_selectors(TrailName=arn)["InsightSelectors"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "InsightNotEnabledException":
            raise
        return []


def kinds(selectors: Json) -> Json:
    """Return Insights selectors in one order; without categories they mean management events."""
    plain = [{k: v for k, v in each.items() if (k, v) != ("EventCategories", ["Management"])} for each in selectors]
    return sorted(plain, key=lambda each: str(each["InsightType"]))


def baseline(trail: Resource) -> Json:
    """Return the state that `details["baseline"]` tells of: what CloudTrail said of the trail while all was well.

    It is JSON: `trail` (of DescribeTrails), `event_selectors` or `advanced_event_selectors`, `insight_selectors`,
    `logging` (true unless it says otherwise). It is kept by us; no event is asked where a trail should log to.
    """
    try:
        kept = json.loads(trail.details["baseline"])
        advanced = kept.get("advanced_event_selectors")
        found = {
            "by": "ours",
            "settings": settings({**kept["trail"], "S3BucketName": str(kept["trail"]["S3BucketName"])}),
            "selectors": {"advanced": advanced} if advanced else {"basic": kept["event_selectors"]},
            "insights": kinds(kept.get("insight_selectors") or []),
            "logging": bool(kept.get("logging", True)),
        }
        organization = bool(kept["trail"].get("IsOrganizationTrail"))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Unsupported(
            f"trail {trail.id} is gone and no baseline says how it was; make it by hand, with its old bucket and key"
        ) from None
    if organization:
        raise Unsupported(f"trail {trail.id} was an organization's; make it again by hand in the management account")
    return found


def desired(now: Json, trail: Resource) -> Json:
    return now if now and now["by"] == "others" else baseline(trail)


def write(aws: Session, trail: Resource, now: Json, then: Json) -> None:
    cloudtrail, arn = aws.client("cloudtrail"), trails.arn(aws, trail)
    if then is None:
        if now:
            cloudtrail.delete_trail(Name=arn)
        return
    if now is None:
        tags = [{"Key": TAG, "Value": aws.incident}]
        cloudtrail.create_trail(Name=trail.id, TagsList=tags, **then["settings"])
        now = {"settings": then["settings"], "selectors": None, "insights": [], "logging": False}
    if now["settings"] != then["settings"]:
        raise Unsupported(f"somebody has changed trail {trail.id} since it was made again; bring it back by hand")
    if now["selectors"] != then["selectors"]:
        trails.select(aws, trail, then["selectors"])
    if now["insights"] != then["insights"]:
        cloudtrail.put_insight_selectors(TrailName=arn, InsightSelectors=then["insights"])
    if then["logging"] and not now["logging"]:
        cloudtrail.start_logging(Name=arn)


remediation = Remediation(
    id="cloudtrail.recreate_trail",
    title="Make a deleted CloudTrail trail again",
    resource_type="AWS::CloudTrail::Trail",
    reads=(
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetInsightSelectors",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:ListTags",
    ),
    writes=(
        "cloudtrail:AddTags",
        "cloudtrail:CreateTrail",
        "cloudtrail:DeleteTrail",
        "cloudtrail:PutEventSelectors",
        "cloudtrail:PutInsightSelectors",
        "cloudtrail:StartLogging",
        "iam:PassRole",
    ),
    pin=("arn:{partition}:cloudtrail:{region}:{account}:trail/{id}", "arn:{partition}:iam::{account}:role/*"),
    asks=("baseline",),
    impact=(
        "The trail records again as its baseline says, into the same bucket, key, topic and log group, at its usual"
        " cost; CloudTrail refuses where these do not let it in any more. What happened meanwhile is in no trail, only"
        " in the 90 days of event history. The old trail's tags are not brought back, and a trail of that name that"
        " somebody made is left as it is. An organization's trail is not made again from here."
    ),
    confirm_undo="Undo deletes the trail again: nothing that happens from then on is recorded by it.",
    read=read,
    desired=desired,
    write=write,
)

"""A trail that somebody stopped and had record next to nothing, beside a trail that still logs; or it is deleted."""

from __future__ import annotations

import json
import re
from typing import Any

import boto3

from chalicelib.model import Resource
from lab import moto_fixes_cloudtrail
from lab.scene import Scene
from lab.scenes.s3_bucket import have_bucket

NEIGHBOUR = "neighbour-trail"
ARCHIVE = "trail-archive"

ONE_BUCKET: Any = {
    "ReadWriteType": "ReadOnly",
    "IncludeManagementEvents": False,
    "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::payroll/"]}],
    "ExcludeManagementEventSources": [],
}
"""What the trail records: who reads one bucket, and nothing else."""

BASELINE = {
    "trail": {
        "S3BucketName": ARCHIVE,
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": True,
        "LogFileValidationEnabled": True,
        "CloudWatchLogsLogGroupArn": "arn:aws:logs:eu-west-1:444455556666:log-group:trail:*",
        "CloudWatchLogsRoleArn": "arn:aws:iam::444455556666:role/trail-to-logs",
    },
    "event_selectors": [{**ONE_BUCKET, "ReadWriteType": "All", "IncludeManagementEvents": True}],
    "insight_selectors": [{"InsightType": "ApiCallRateInsight"}],
    "logging": True,
}
"""How the trail was while nobody had touched it."""


def make(boto: boto3.Session, resource: Resource) -> str:
    """Return the trail's name: the event's own where CloudTrail allows it (3 to 128 letters, digits, `.`, `-`, `_`)."""
    moto_fixes_cloudtrail.apply()
    name = re.sub(r"[^A-Za-z0-9._-]", "-", resource.id).strip("._-")[:128].ljust(3, "x")
    cloudtrail = boto.client("cloudtrail")
    have = {trail["Name"] for trail in cloudtrail.describe_trails(includeShadowTrails=False)["trailList"]}
    have_bucket(boto, ARCHIVE, resource)
    if name not in have:
        bucket = f"trail-logs-{resource.account}-{resource.region}"
        have_bucket(boto, bucket, resource)
        cloudtrail.create_trail(Name=name, S3BucketName=bucket, IncludeGlobalServiceEvents=False)
        cloudtrail.put_event_selectors(TrailName=name, EventSelectors=[ONE_BUCKET])
        cloudtrail.start_logging(Name=name)
        cloudtrail.stop_logging(Name=name)
        if NEIGHBOUR not in have:
            cloudtrail.create_trail(Name=NEIGHBOUR, S3BucketName=bucket)
            cloudtrail.start_logging(Name=NEIGHBOUR)
    return name


def deleted(boto: boto3.Session, trail: Resource) -> None:
    """Somebody deleted the trail."""
    boto.client("cloudtrail").delete_trail(Name=trail.id)


def unsigned(boto: boto3.Session, trail: Resource) -> None:
    """Someone has log files come unsigned again."""
    boto.client("cloudtrail").update_trail(Name=trail.id, EnableLogFileValidation=False)


# Logging is on or off: there is no third state, so nobody can drift it into one.
scene = Scene(
    resource_type="AWS::CloudTrail::Trail",
    example="organization-trail",
    make=make,
    drift={"cloudtrail.recreate_trail": unsigned, "cloudtrail.restore_settings": unsigned},
    details={"baseline": json.dumps(BASELINE)},
    instead={"cloudtrail.recreate_trail": deleted},
)

"""A trail whose logging somebody stopped, beside a trail that still logs."""

from __future__ import annotations

import re

import boto3

from chalicelib.model import Resource
from lab.scene import Scene
from lab.scenes.s3_bucket import have_bucket

NEIGHBOUR = "neighbour-trail"


def make(boto: boto3.Session, resource: Resource) -> str:
    """Return the trail's name: the event's own where CloudTrail allows it (3 to 128 letters, digits, `.`, `-`, `_`)."""
    name = re.sub(r"[^A-Za-z0-9._-]", "-", resource.id).strip("._-")[:128].ljust(3, "x")
    cloudtrail = boto.client("cloudtrail")
    have = {trail["Name"] for trail in cloudtrail.describe_trails(includeShadowTrails=False)["trailList"]}
    if name not in have:
        bucket = f"trail-logs-{resource.account}-{resource.region}"
        have_bucket(boto, bucket, resource)
        cloudtrail.create_trail(Name=name, S3BucketName=bucket)
        cloudtrail.start_logging(Name=name)
        cloudtrail.stop_logging(Name=name)
        if NEIGHBOUR not in have:
            cloudtrail.create_trail(Name=NEIGHBOUR, S3BucketName=bucket)
            cloudtrail.start_logging(Name=NEIGHBOUR)
    return name


# Logging is on or off: there is no third state, so nobody can drift it into one.
scene = Scene(resource_type="AWS::CloudTrail::Trail", example="organization-trail", make=make)

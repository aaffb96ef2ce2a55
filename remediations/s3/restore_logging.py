"""Turn a bucket's server access logging on again, into the bucket and prefix that AWS Config last saw it go to."""

from __future__ import annotations

import json

from botocore.exceptions import ClientError

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session

UNKNOWN = ("ResourceNotDiscoveredException", "NoAvailableConfigurationRecorderException")
"""How Config says that it never recorded the bucket."""


def read(aws: Session, bucket: Resource) -> Json:
    """Return `{"target": {"bucket": ..., "prefix": ...}}`; where logging is off, null and what it was `before`.

    Raises Unsupported when logging is off and Config does not know where the log went.
    """
    logging = aws.client("s3").get_bucket_logging(Bucket=bucket.id, ExpectedBucketOwner=bucket.account)
    if found := logging.get("LoggingEnabled"):
        return {"target": {"bucket": found["TargetBucket"], "prefix": found.get("TargetPrefix", "")}}
    return {"target": None, "before": last_target(aws, bucket)}


def desired(now: Json, bucket: Resource) -> Json:
    return {"target": now["target"] or now["before"]}


def write(aws: Session, bucket: Resource, now: Json, then: Json) -> None:
    target = then["target"]
    aws.client("s3").put_bucket_logging(
        Bucket=bucket.id,
        ExpectedBucketOwner=bucket.account,
        BucketLoggingStatus=(
            {"LoggingEnabled": {"TargetBucket": target["bucket"], "TargetPrefix": target["prefix"]}} if target else {}
        ),
    )


def last_target(aws: Session, bucket: Resource) -> Json:
    """Return where the log went according to the newest configuration item that had logging on.

    The call that turned it off does not say: it only has the new value, which is none. S3 lets a bucket log only into
    its own account and region, so that what an intruder had it log to before is no way out.
    """
    history = aws.client("config").get_paginator("get_resource_config_history")
    try:
        for page in history.paginate(
            resourceType="AWS::S3::Bucket", resourceId=bucket.id, chronologicalOrder="Reverse"
        ):
            for item in page["configurationItems"]:
                if target := target_of(item):
                    return target
    except ClientError as error:
        if error.response["Error"]["Code"] not in UNKNOWN:
            raise
    raise Unsupported(
        f"{bucket.id} has no server access logging, and AWS Config does not know where its log went; turn it on by hand"
    )


def target_of(item: Json) -> Json:
    """Return the target in a configuration item of an S3 bucket, None where its logging was off."""
    found = json.loads(item.get("supplementaryConfiguration", {}).get("BucketLoggingConfiguration") or "null") or {}
    name = found.get("destinationBucketName")
    return {"bucket": name, "prefix": found.get("logFilePrefix") or ""} if name else None


remediation = Remediation(
    id="s3.restore_logging",
    title="Restore the access log of an S3 bucket",
    resource_type="AWS::S3::Bucket",
    reads=("s3:GetBucketLogging", "config:GetResourceConfigHistory"),
    writes=("s3:PutBucketLogging",),
    pin=("arn:{partition}:s3:::{id}",),
    impact=(
        "S3 logs requests to the bucket again, within the hour, at the cost of storing the log. It does not bring back"
        " what happened meanwhile. Only the target bucket and prefix come back: Config does not keep grants on the log"
        " or the format of its keys. If the target no longer takes logs (its policy, ACL or key), S3 takes the setting"
        " all the same and nothing arrives."
    ),
    confirm_undo="Undo turns the log off again: requests to the bucket go unseen.",
    read=read,
    desired=desired,
    write=write,
)

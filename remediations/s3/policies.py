"""The policy of a bucket: one document, or none."""

from __future__ import annotations

import json

from botocore.exceptions import ClientError

from chalicelib.model import Json, Resource, Session
from remediations.public_policy import text


def read_policy(aws: Session, bucket: Resource) -> Json:
    """Return the document, or None when the bucket has none."""
    try:
        answer = aws.client("s3").get_bucket_policy(Bucket=bucket.id, ExpectedBucketOwner=bucket.account)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucketPolicy":
            return None
        raise
    return json.loads(answer["Policy"])


def same(one: Json, other: Json) -> bool:
    """Return whether two statements say the same: S3 gives one value back without its list, and lists in any order."""
    return bool(normal(one) == normal(other))


def normal(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: normal(inner) for name, inner in value.items()}
    return sorted(value, key=str) if isinstance(value, list) else [value]


def write_policy(aws: Session, bucket: Resource, policy: Json) -> None:
    """Store the document, or delete the policy for None; one that is deleted already is as it should be."""
    s3 = aws.client("s3")
    # A bucket's name says nothing of its owner: never touch another account's bucket of that name.
    whose = {"Bucket": bucket.id, "ExpectedBucketOwner": bucket.account}
    if policy is None:
        s3.delete_bucket_policy(**whose)
    else:
        s3.put_bucket_policy(**whose, Policy=text(policy))

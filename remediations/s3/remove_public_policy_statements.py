"""Take the statements that let anyone in out of a bucket's policy, and leave the others as they are."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.public_policy import changed, closed, state
from remediations.s3.policies import read_policy, write_policy


def read(aws: Session, bucket: Resource) -> Json:
    """Return the public statements (see `public_policy.state`)."""
    return state(read_policy(aws, bucket))


def desired(now: Json, bucket: Resource) -> Json:
    return closed(now)


def write(aws: Session, bucket: Resource, now: Json, then: Json) -> None:
    write_policy(aws, bucket, changed(read_policy(aws, bucket), now, then))


remediation = Remediation(
    id="s3.remove_public_policy_statements",
    title="Remove public statements from an S3 bucket's policy",
    resource_type="AWS::S3::Bucket",
    reads=("s3:GetBucketPolicy",),
    writes=("s3:PutBucketPolicy", "s3:DeleteBucketPolicy"),
    pin=("arn:{partition}:s3:::{id}",),
    impact=(
        "Whoever had access by a public statement alone loses it at once, principals that it names beside `*` too. A"
        " website served straight from the bucket stops. Statements that a condition limits, public ACLs and access"
        " points with policies of their own stay, and what was already downloaded stays out. S3 refuses undo while"
        " Block Public Access is on."
    ),
    read=read,
    desired=desired,
    write=write,
)

"""Deny one principal a bucket and everything in it, whatever its own policies allow."""

from __future__ import annotations

import hashlib
import re

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.public import listed
from remediations.s3.policies import read_policy, same, write_policy

PRINCIPAL = re.compile(
    r"(?P<start>arn:aws[a-z-]*):(?P<service>iam|sts)::(?P<account>\d{12}):"
    r"(?P<kind>user|role|assumed-role|federated-user)/(?P<name>[\w+=,.@/-]+)",
    re.ASCII,
)
"""What CloudTrail writes into `userIdentity.arn` of an IAM principal, without anything that a policy would take for a
wildcard or a variable."""


def read(aws: Session, bucket: Resource) -> Json:
    """Return `{"principal": "denied"}`, or "allowed" with the statement of our name that somebody changed, or null."""
    wanted = denial(bucket)
    there = next((s for s in statements(read_policy(aws, bucket)) if s.get("Sid") == wanted["Sid"]), None)
    return {"principal": "denied"} if there and same(there, wanted) else {"principal": "allowed", "statement": there}


def desired(now: Json, bucket: Resource) -> Json:
    return {"principal": "denied"}


def write(aws: Session, bucket: Resource, now: Json, then: Json) -> None:
    policy = read_policy(aws, bucket)
    wanted = denial(bucket)
    goal = wanted if then["principal"] == "denied" else then["statement"]
    kept = [statement for statement in statements(policy) if statement.get("Sid") != wanted["Sid"]]
    changed = [*kept, goal] if goal else kept
    frame = policy or {"Version": "2012-10-17"}
    write_policy(aws, bucket, {**frame, "Statement": changed} if changed else None)


def statements(policy: Json) -> list[Json]:
    return listed(policy["Statement"]) if policy else []


def denial(bucket: Resource) -> Json:
    """Return the statement that denies the bucket to the principal that the finding names. Raises Unsupported.

    It names the principal by condition: one that is named as principal must exist, and is lost when it is made anew.
    """
    arns = principals(bucket)
    return {
        # A statement of its own for each principal: denying two at once cannot lose either.
        "Sid": "CountermeasureDeny" + hashlib.sha256(arns[0].encode()).hexdigest()[:16],
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:{bucket.partition}:s3:::{bucket.id}", f"arn:{bucket.partition}:s3:::{bucket.id}/*"],
        "Condition": {"ArnLike": {"aws:PrincipalArn": arns}},
    }


def principals(bucket: Resource) -> list[str]:
    """Return what `aws:PrincipalArn` can be for the principal in `details["principal"]`: for a session, its role's ARN.

    A session's own ARN leaves the role's path out, and no two roles of an account differ by their path alone (IAM User
    Guide, "AWS global condition context keys", aws:PrincipalArn); users neither, and GuardDuty says their name alone.
    """
    told = bucket.details.get("principal", "")
    found = PRINCIPAL.fullmatch(told)
    if not found:
        raise Unsupported(
            f"{bucket.id}: the finding names no user or role that could be denied ({told[:200] or 'nobody'});"
            " root and AWS services cannot be, and anybody is kept out by Block Public Access"
        )
    start = f"{found['start']}:iam::{found['account']}"
    if found["kind"] == "user" and "/" not in found["name"]:
        return [told, f"{start}:user/*/{found['name']}"]
    if found["kind"] != "assumed-role":
        return [told]
    role = found["name"].partition("/")[0]
    return [f"{start}:role/{role}", f"{start}:role/*/{role}"]


remediation = Remediation(
    id="s3.deny_principal_on_bucket",
    title="Deny a principal an S3 bucket",
    resource_type="AWS::S3::Bucket",
    reads=("s3:GetBucketPolicy",),
    writes=("s3:PutBucketPolicy", "s3:DeleteBucketPolicy"),
    pin=("arn:{partition}:s3:::{id}",),
    impact=(
        "The user or role that the finding names can do nothing with the bucket and its objects, whichever key or"
        " session it uses, of another account too; all sessions of a role are denied, healthy ones too. Links that it"
        " presigned stop. Everything else that it may do goes on, and so does a role that it can assume."
    ),
    read=read,
    desired=desired,
    write=write,
)

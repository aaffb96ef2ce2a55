"""A bucket that anybody may list and read, whose objects leave or expire unseen, beside one that is locked down."""

from __future__ import annotations

import json
import re
from typing import Any

import boto3
from botocore.exceptions import ClientError

from chalicelib.model import Resource
from lab import moto_fixes_s3
from lab.scene import Scene

LOCKED = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
GROUPS = "http://acs.amazonaws.com/groups"
INTRUDER = "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0"
OUTSIDER = "888800001111"

OBJECTS_GONE_TOMORROW = {
    "ID": "gone-tomorrow",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "Expiration": {"Days": 1},
}
LIFECYCLE = [
    {"ID": "old-logs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 365}},
    OBJECTS_GONE_TOMORROW,
    {"ID": "parts", "Status": "Enabled", "Filter": {}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2}},
]


def make(boto: boto3.Session, resource: Resource) -> str:
    """Return the bucket's name: the event's own where S3 allows it and no other account of the lab has it."""
    moto_fixes_s3.apply()
    wanted = re.sub(r"[^a-z0-9.-]", "-", resource.id.lower()).strip(".-")[:48].ljust(3, "x")
    name = next(n for n in (wanted, f"{wanted}-{resource.account}") if have_bucket(boto, n, resource))
    neighbour = f"{name}-neighbour"
    s3: Any = boto.client("s3")
    if have_bucket(boto, neighbour, resource):
        s3.put_public_access_block(Bucket=neighbour, PublicAccessBlockConfiguration=LOCKED)
        s3.put_bucket_policy(Bucket=neighbour, Policy=json.dumps(_for_logs(neighbour, resource)))
    s3.put_bucket_acl(Bucket=name, AccessControlPolicy=_acl(s3, name))
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(_for_everyone(name, resource.partition)))
    s3.put_object(Bucket=name, Key="report.csv", Body=b"name,amount\n", ACL="public-read")
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": LIFECYCLE})
    _replicate(s3, resource, name, neighbour)
    _stop_logging(s3, resource, name, neighbour)
    return name


def have_bucket(boto: boto3.Session, name: str, resource: Resource) -> bool:
    """Make the bucket unless this account has it already. False when another account has the name."""
    s3 = boto.client("s3")
    if name in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        return True
    where = {} if resource.region == "us-east-1" else {"LocationConstraint": resource.region}
    try:
        s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": where} if where else {}))
    except ClientError as error:
        if error.response["Error"]["Code"] == "BucketAlreadyExists":
            return False
        raise
    return True


def _acl(s3: Any, name: str) -> dict[str, Any]:
    """Return what everybody may do, beside what the owner and the delivery of logs may."""
    owner = s3.get_bucket_acl(Bucket=name)["Owner"]
    grants = [
        ({"Type": "CanonicalUser", "ID": owner["ID"]}, "FULL_CONTROL"),
        ({"Type": "Group", "URI": f"{GROUPS}/global/AllUsers"}, "READ"),
        ({"Type": "Group", "URI": f"{GROUPS}/s3/LogDelivery"}, "WRITE"),
        ({"Type": "Group", "URI": f"{GROUPS}/global/AuthenticatedUsers"}, "WRITE"),
    ]
    return {"Owner": owner, "Grants": [{"Grantee": grantee, "Permission": what} for grantee, what in grants]}


def _for_everyone(name: str, partition: str) -> dict[str, object]:
    arn = f"arn:{partition}:s3:::{name}"
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{arn}/*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _for_logs(name: str, near: Resource) -> dict[str, object]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:{near.partition}:s3:::{name}/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": near.account}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _replicate(s3: Any, near: Resource, name: str, neighbour: str) -> None:
    """Copy into an own bucket, and into an outsider's of that name."""
    role = f"arn:{near.partition}:iam::{near.account}:role/replication"
    arn = f"arn:{near.partition}:s3:::"
    rules = [
        _copy("own", 1, {"Bucket": arn + neighbour}),
        _copy("outside", 2, {"Bucket": f"{arn}{name}-elsewhere", "Account": OUTSIDER}),
    ]
    s3.put_bucket_replication(Bucket=name, ReplicationConfiguration={"Role": role, "Rules": rules})


def _copy(name: str, priority: int, destination: dict[str, str]) -> dict[str, Any]:
    return {
        "ID": name,
        "Priority": priority,
        "Status": "Enabled",
        "Filter": {"Prefix": "reports/"},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": destination,
    }


def _stop_logging(s3: Any, near: Resource, name: str, target: str) -> None:
    """Log into the target until Config has recorded it; then stop."""
    log = {"TargetBucket": target, "TargetPrefix": f"{name}/"}
    s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": log})
    moto_fixes_s3.record(Resource(near.type, name, near.account, near.region))
    s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={})


def half_locked(boto: boto3.Session, bucket: Resource) -> None:
    """Someone keeps old ACLs blocked, but lets public policies work again."""
    half = LOCKED | {"BlockPublicPolicy": False, "RestrictPublicBuckets": False}
    boto.client("s3").put_public_access_block(Bucket=bucket.id, PublicAccessBlockConfiguration=half)


def own_policy(boto: boto3.Session, bucket: Resource) -> None:
    """Someone gives the bucket, left without a policy, one that only an own account is in."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{bucket.account}:root"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket.id}/*",
    }
    boto.client("s3").put_bucket_policy(
        Bucket=bucket.id, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )


def narrowed_denial(boto: boto3.Session, bucket: Resource) -> None:
    """Someone trims every denial down to deletion."""
    s3: Any = boto.client("s3")
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket.id)["Policy"])
    for statement in policy["Statement"]:
        if statement["Effect"] == "Deny":
            statement["Action"] = "s3:DeleteObject"
    s3.put_bucket_policy(Bucket=bucket.id, Policy=json.dumps(policy))


def without_policy(boto: boto3.Session, bucket: Resource) -> None:
    boto.client("s3").delete_bucket_policy(Bucket=bucket.id)


def granted_again(boto: boto3.Session, bucket: Resource) -> None:
    """Someone lets every AWS account read the ACL."""
    boto.client("s3").put_bucket_acl(Bucket=bucket.id, GrantReadACP=f'uri="{GROUPS}/global/AuthenticatedUsers"')


def logged_elsewhere(boto: boto3.Session, bucket: Resource) -> None:
    log = {"TargetBucket": f"{bucket.id}-neighbour", "TargetPrefix": "elsewhere/"}
    boto.client("s3").put_bucket_logging(Bucket=bucket.id, BucketLoggingStatus={"LoggingEnabled": log})


def replicated_again(boto: boto3.Session, bucket: Resource) -> None:
    """Someone adds a rule to another outside bucket."""
    s3: Any = boto.client("s3")
    there = s3.get_bucket_replication(Bucket=bucket.id)["ReplicationConfiguration"]
    there["Rules"].append(_copy("again", 3, {"Bucket": f"arn:aws:s3:::{bucket.id}-far-away"}))
    s3.put_bucket_replication(Bucket=bucket.id, ReplicationConfiguration=there)


def expires_again(boto: boto3.Session, bucket: Resource) -> None:
    """Someone adds another rule that deletes everything."""
    rules: Any = [*LIFECYCLE, {**OBJECTS_GONE_TOMORROW, "ID": "gone-again"}]
    boto.client("s3").put_bucket_lifecycle_configuration(Bucket=bucket.id, LifecycleConfiguration={"Rules": rules})


scene = Scene(
    resource_type="AWS::S3::Bucket",
    example="example-bucket-public",
    details={"principal": INTRUDER},
    make=make,
    drift={
        "s3.block_public_access": half_locked,
        "s3.deny_principal_on_bucket": narrowed_denial,
        "s3.remove_destructive_lifecycle": expires_again,
        "s3.remove_foreign_replication": replicated_again,
        "s3.remove_public_acl": granted_again,
        "s3.remove_public_policy_statements": own_policy,
        "s3.restore_logging": logged_elsewhere,
    },
    variants={"s3.deny_principal_on_bucket": without_policy},
)

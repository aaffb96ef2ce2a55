"""A bucket that anybody may list and read, beside one that is locked down."""

from __future__ import annotations

import json
import re

import boto3
from botocore.exceptions import ClientError

from chalicelib.model import Resource
from lab.scene import Scene

LOCKED = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


def make(boto: boto3.Session, resource: Resource) -> str:
    """Return the bucket's name: the event's own where S3 allows it and no other account of the lab has it."""
    wanted = re.sub(r"[^a-z0-9.-]", "-", resource.id.lower()).strip(".-")[:48].ljust(3, "x")
    name = next(n for n in (wanted, f"{wanted}-{resource.account}") if have_bucket(boto, n, resource))
    s3 = boto.client("s3")
    s3.put_bucket_acl(Bucket=name, ACL="public-read")
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(_for_everyone(name, resource.partition)))
    s3.put_object(Bucket=name, Key="report.csv", Body=b"name,amount\n", ACL="public-read")
    neighbour = f"{name}-neighbour"
    if have_bucket(boto, neighbour, resource):
        s3.put_public_access_block(Bucket=neighbour, PublicAccessBlockConfiguration=LOCKED)
    return name


def half_locked(boto: boto3.Session, resource: Resource) -> None:
    """Someone keeps old ACLs blocked, but lets public policies work again."""
    half = LOCKED | {"BlockPublicPolicy": False, "RestrictPublicBuckets": False}
    boto.client("s3").put_public_access_block(Bucket=resource.id, PublicAccessBlockConfiguration=half)


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


def _for_everyone(name: str, partition: str) -> dict[str, object]:
    arn = f"arn:{partition}:s3:::{name}"
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{arn}/*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


scene = Scene(
    resource_type="AWS::S3::Bucket",
    example="example-bucket-public",
    make=make,
    drift={"s3.block_public_access": half_locked},
)

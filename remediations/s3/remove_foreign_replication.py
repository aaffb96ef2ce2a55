"""Disable the replication rules that copy a bucket's objects into buckets of other accounts; own ones go on."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.outsiders import known_accounts


def read(aws: Session, bucket: Resource) -> Json:
    """Return `{rule id: {"to": "bucket", "status": "Enabled" | "Disabled"}}` of the foreign rules.

    A rule is disabled, not deleted: where the objects went stays on record.
    """
    rules = replication(aws, bucket).get("Rules", [])
    own = own_buckets(aws) if rules else set()
    return {
        rule["ID"]: {"to": target(rule), "status": rule["Status"]} for rule in rules if is_foreign(rule, bucket, own)
    }


def desired(now: Json, bucket: Resource) -> Json:
    return {rule: {**found, "status": "Disabled"} for rule, found in now.items()}


def write(aws: Session, bucket: Resource, now: Json, then: Json) -> None:
    there = replication(aws, bucket)
    rules = [
        {**rule, "Status": then.get(rule["ID"], {}).get("status", rule["Status"])} for rule in there.get("Rules", [])
    ]
    if rules:
        aws.client("s3").put_bucket_replication(
            Bucket=bucket.id,
            ExpectedBucketOwner=bucket.account,
            ReplicationConfiguration={"Role": there["Role"], "Rules": rules},
        )


def replication(aws: Session, bucket: Resource) -> Json:
    """Return the bucket's replication configuration, empty when it has none."""
    try:
        answer = aws.client("s3").get_bucket_replication(Bucket=bucket.id, ExpectedBucketOwner=bucket.account)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ReplicationConfigurationNotFoundError":
            return {}
        raise
    return answer["ReplicationConfiguration"]


def own_buckets(aws: Session) -> set[str]:
    pages = aws.client("s3").get_paginator("list_buckets").paginate()
    return {found["Name"] for page in pages for found in page["Buckets"]}


def is_foreign(rule: Json, bucket: Resource, own: set[str]) -> bool:
    """Return whether the rule's bucket is of no account of ours. A rule may leave out whose it is."""
    account = rule["Destination"].get("Account", bucket.account)
    return account not in known_accounts(bucket) or (account == bucket.account and target(rule) not in own)


def target(rule: Json) -> str:
    """Return the name of the bucket that a rule copies to: a bucket's ARN ends in it."""
    return str(rule["Destination"]["Bucket"]).rpartition(":")[2]


remediation = Remediation(
    id="s3.remove_foreign_replication",
    title="Stop replication of an S3 bucket to other accounts",
    resource_type="AWS::S3::Bucket",
    reads=("s3:GetReplicationConfiguration", "s3:ListAllMyBuckets"),
    # PutBucketReplication passes the rules' role on (S3 API reference).
    writes=("s3:PutReplicationConfiguration", "iam:PassRole"),
    pin=("arn:{partition}:s3:::{id}", "arn:{partition}:iam::{account}:role/*"),
    asks=("organization_accounts",),
    impact=(
        "New objects are no longer copied to buckets of other accounts, those of your own organization included unless"
        " they are known to be yours; objects written meanwhile are not caught up on by undo. Rules into"
        " this account's buckets go on. What was copied stays there, and S3 Batch Replication jobs that run go on."
    ),
    confirm_undo="Undo copies new objects to the other accounts again.",
    read=read,
    desired=desired,
    write=write,
)

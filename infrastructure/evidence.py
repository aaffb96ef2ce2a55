"""The log archive's bucket of daily digests: the hub puts each once, and nobody changes or deletes what is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.errors import InvalidOrganization
from chalicelib.evidence.copies import Place, place
from chalicelib.organization import Organization
from infrastructure.cloudformation import allow, deny, document, ref
from infrastructure.names import DAILY, named, operator

DAYS = 400
"""How long a digest can be neither changed nor deleted: a year of audit, and the time that the audit takes."""

PARAMETERS: Mapping[str, Any] = {
    "RetentionDays": {
        "Type": "Number",
        "Default": DAYS,
        "MinValue": 1,
        "MaxValue": 36500,
        "Description": "How long nobody can change or delete a digest; for those that are put from then on.",
    },
    "RetentionMode": {
        "Type": "String",
        "Default": "COMPLIANCE",
        "AllowedValues": ["COMPLIANCE", "GOVERNANCE"],
        "Description": "COMPLIANCE: not even the account's root user can. GOVERNANCE: who may bypass it can.",
    },
}


def template(organization: Organization, stage: str) -> dict[str, Any]:
    """Return the template for the log archive account. Raises InvalidOrganization where no place is named."""
    if not organization.digests:
        raise InvalidOrganization('evidence.digests is empty: name the bucket and a prefix, "s3://bucket/prefix"')
    to = place(organization.digests)
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"countermeasure: where the log archive keeps the daily digests of stage {stage}",
        "Parameters": dict(PARAMETERS),
        "Resources": {
            "Digests": _bucket(to),
            "DigestsPolicy": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {"Bucket": ref("Digests"), "PolicyDocument": _policy(organization, to, stage)},
            },
        },
    }


def puts(organization: Organization) -> Iterator[dict[str, Any]]:
    """Yield leave to put digests where organization.toml says, if it does: what the daily function needs."""
    if organization.digests:
        yield allow(("s3:PutObject",), _objects(organization, place(organization.digests)), sid="PutDigests")


def reads(organization: Organization) -> Iterator[dict[str, Any]]:
    """Yield leave to read the copies of digests: what `countermeasure verify-ledger` needs."""
    if organization.digests:
        to = place(organization.digests)
        yield allow(("s3:GetObject",), _objects(organization, to), sid="ReadDigests")
        yield allow(("s3:ListBucket",), _bucket_arn(organization, to), _listing(to), sid="ListDigests")


def _bucket(to: Place) -> dict[str, Any]:
    kept = {"Mode": ref("RetentionMode"), "Days": ref("RetentionDays")}
    private = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    return {
        "Type": "AWS::S3::Bucket",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "BucketName": to.bucket,
            "ObjectLockEnabled": True,
            "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": kept}},
            "VersioningConfiguration": {"Status": "Enabled"},
            # S3's own key: with one of KMS, whoever may close the key could hide what nobody can delete.
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
            "PublicAccessBlockConfiguration": dict.fromkeys(private, True),
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        },
    }


def _policy(organization: Organization, to: Place, stage: str) -> dict[str, Any]:
    """Return the bucket's policy. The hub's account is the principal and its roles are named by conditions: a role that
    is named as principal must exist beforehand, and is lost when it is made anew.
    """
    hub = f"arn:{organization.partition}:iam::{organization.hub}"
    daily, people = (f"{hub}:role/{name}" for name in (named(stage, DAILY), operator(stage)))
    bucket, objects = _bucket_arn(organization, to), _objects(organization, to)
    everything = [bucket, f"{bucket}/*"]
    only_new = {"ArnEquals": {"aws:PrincipalArn": daily}, "Null": {"s3:if-none-match": "false"}}
    reader = {"ArnEquals": {"aws:PrincipalArn": people}}
    others = {"ArnNotEquals": {"aws:PrincipalArn": daily}}
    root = {"AWS": f"{hub}:root"}
    return document(
        {**allow(("s3:PutObject",), objects, only_new, sid="HubPutsEachOnce"), "Principal": root},
        {**allow(("s3:GetObject",), objects, reader, sid="PeopleRead"), "Principal": root},
        {**allow(("s3:ListBucket",), bucket, {**reader, **_listing(to)}, sid="PeopleList"), "Principal": root},
        {**deny(("s3:PutObject",), f"{bucket}/*", others, sid="NobodyElsePuts"), "Principal": "*"},
        {**deny(("s3:*",), everything, {"Bool": {"aws:SecureTransport": "false"}}, sid="TlsOnly"), "Principal": "*"},
    )


def _bucket_arn(organization: Organization, to: Place) -> str:
    return f"arn:{organization.partition}:s3:::{to.bucket}"


def _objects(organization: Organization, to: Place) -> str:
    return f"{_bucket_arn(organization, to)}/{to.prefix}/*"


def _listing(to: Place) -> dict[str, Any]:
    return {"StringLike": {"s3:prefix": f"{to.prefix}/*"}}

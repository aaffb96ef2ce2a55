"""Disable the lifecycle rules that would soon delete a bucket's objects; the other rules go on."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.model import Json, Remediation, Resource, Session

SOON = 7
"""Days: a rule that deletes objects no older than this leaves nobody the time to notice."""


def read(aws: Session, bucket: Resource) -> Json:
    """Return `{rule id: "Enabled" | "Disabled"}` of the destructive rules."""
    return {rule["ID"]: rule["Status"] for rule in lifecycle(aws, bucket).get("Rules", []) if is_destructive(rule)}


def desired(now: Json, bucket: Resource) -> Json:
    return dict.fromkeys(now, "Disabled")


def write(aws: Session, bucket: Resource, now: Json, then: Json) -> None:
    there = lifecycle(aws, bucket)
    rules = [{**rule, "Status": then.get(rule["ID"], rule["Status"])} for rule in there.get("Rules", [])]
    # What is not said of transitions is reset to its default.
    name = "TransitionDefaultMinimumObjectSize"
    if rules:
        aws.client("s3").put_bucket_lifecycle_configuration(
            Bucket=bucket.id,
            ExpectedBucketOwner=bucket.account,
            LifecycleConfiguration={"Rules": rules},
            **({name: there[name]} if name in there else {}),
        )


def lifecycle(aws: Session, bucket: Resource) -> Json:
    """Return what S3 answers of the bucket's lifecycle, empty when it has none."""
    try:
        return aws.client("s3").get_bucket_lifecycle_configuration(Bucket=bucket.id, ExpectedBucketOwner=bucket.account)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchLifecycleConfiguration":
            return {}
        raise


def is_destructive(rule: Json) -> bool:
    """Return whether a rule deletes current objects of SOON days or less, or all that it is for on one date."""
    expiration = rule.get("Expiration", {})
    return expiration.get("Days", SOON + 1) <= SOON or "Date" in expiration


remediation = Remediation(
    id="s3.remove_destructive_lifecycle",
    title="Disable lifecycle rules that soon delete an S3 bucket's objects",
    resource_type="AWS::S3::Bucket",
    reads=("s3:GetLifecycleConfiguration",),
    writes=("s3:PutLifecycleConfiguration",),
    pin=("arn:{partition}:s3:::{id}",),
    impact=(
        "Rules that delete current objects within 7 days, or on a date, no longer do; they stay in the bucket,"
        " disabled. A rule that clears a scratch prefix that quickly is disabled too, and its objects cost storage."
        " Rules for older objects, older versions, transitions and unfinished uploads go on. What S3 has already marked"
        " as expired may still go, and nothing that is gone comes back."
    ),
    confirm_undo="Undo has the rules delete the bucket's objects again.",
    read=read,
    desired=desired,
    write=write,
)

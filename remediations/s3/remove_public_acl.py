"""Take the grants to everybody off a bucket's access control list, and leave the other grants as they are."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session

EVERYBODY = ("/groups/global/AllUsers", "/groups/global/AuthenticatedUsers")
"""How the URIs of the two groups end that anybody in the world can be in (S3 User Guide, "Access control list (ACL)
overview"). AuthenticatedUsers are those of every AWS account, not of one's own."""


def read(aws: Session, bucket: Resource) -> Json:
    """Return `[{"group": "http://...", "permission": "READ"}, ...]`, sorted; empty where the bucket uses no ACLs."""
    found = [record(grant) for grant in acl(aws, bucket)["Grants"] if to_everybody(grant)]
    return sorted(found, key=lambda each: (each["group"], each["permission"]))


def desired(now: Json, bucket: Resource) -> Json:
    return []


def write(aws: Session, bucket: Resource, now: Json, then: Json) -> None:
    there = acl(aws, bucket)
    kept = [grant for grant in there["Grants"] if not to_everybody(grant) or record(grant) not in now]
    back = [{"Grantee": {"Type": "Group", "URI": each["group"]}, "Permission": each["permission"]} for each in then]
    try:
        aws.client("s3").put_bucket_acl(
            Bucket=bucket.id,
            ExpectedBucketOwner=bucket.account,
            AccessControlPolicy={"Owner": there["Owner"], "Grants": [*kept, *back]},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessControlListNotSupported":
            raise
        raise Unsupported(
            f"{bucket.id} has its ACLs disabled meanwhile (Object Ownership: bucket owner enforced), so no grant can be"
            " given back; it needs a policy instead"
        ) from error


def acl(aws: Session, bucket: Resource) -> Json:
    return aws.client("s3").get_bucket_acl(Bucket=bucket.id, ExpectedBucketOwner=bucket.account)


def to_everybody(grant: Json) -> bool:
    return str(grant["Grantee"].get("URI", "")).endswith(EVERYBODY)


def record(grant: Json) -> Json:
    return {"group": grant["Grantee"]["URI"], "permission": grant["Permission"]}


remediation = Remediation(
    id="s3.remove_public_acl",
    title="Remove public grants from an S3 bucket's ACL",
    resource_type="AWS::S3::Bucket",
    reads=("s3:GetBucketAcl",),
    writes=("s3:PutBucketAcl",),
    pin=("arn:{partition}:s3:::{id}",),
    impact=(
        "Nobody lists or writes to the bucket any more for being anybody, or anybody with an AWS account. Grants to"
        " accounts and to the log delivery group stay. Objects that have public ACLs of their own can still be read,"
        " and so can what a bucket policy makes public. S3 refuses undo while Block Public Access is on."
    ),
    read=read,
    desired=desired,
    write=write,
)

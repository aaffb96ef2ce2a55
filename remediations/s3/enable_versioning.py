"""Turn on a bucket's versioning, so that what is overwritten or deleted from now on can be brought back."""

from __future__ import annotations

from chalicelib.errors import Unsupported
from chalicelib.model import Remediation, Resource, Session, State

STATUS = {"on": "Enabled", "off": "Suspended"}


def read(aws: Session, bucket: Resource) -> State:
    """Return "on", or "off" for suspended and for never turned on. Raises Unsupported where a change needs MFA."""
    found = aws.client("s3").get_bucket_versioning(Bucket=bucket.id, ExpectedBucketOwner=bucket.account)
    if found.get("MFADelete") == "Enabled" and found.get("Status") != "Enabled":
        raise Unsupported(
            f"{bucket.id} has MFA delete: only the root user can change its versioning, with an MFA device"
        )
    return "on" if found.get("Status") == "Enabled" else "off"


def desired(now: State, bucket: Resource) -> State:
    return "on"


def write(aws: Session, bucket: Resource, now: State, then: State) -> None:
    aws.client("s3").put_bucket_versioning(
        Bucket=bucket.id,
        ExpectedBucketOwner=bucket.account,
        VersioningConfiguration={"Status": STATUS[then]},
    )


remediation = Remediation(
    id="s3.enable_versioning",
    title="Enable versioning of an S3 bucket",
    resource_type="AWS::S3::Bucket",
    reads=("s3:GetBucketVersioning",),
    writes=("s3:PutBucketVersioning",),
    pin=("arn:{partition}:s3:::{id}",),
    impact=(
        "What is overwritten or deleted from now on is kept as an older version, and costs storage until a lifecycle"
        " rule expires it; it can take 15 minutes to hold for every write. It brings nothing back that is gone already,"
        " and whoever may delete versions still can. Undo suspends versioning: a bucket that had it once can never"
        " again be one that never had it, and the versions stay."
    ),
    confirm_undo="Undo suspends versioning: what is overwritten or deleted from then on is lost.",
    read=read,
    desired=desired,
    write=write,
)

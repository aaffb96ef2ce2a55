"""Turn on all four S3 Block Public Access settings of one bucket, so that nobody anonymous can read or write it."""

from botocore.exceptions import ClientError

from chalicelib.model import Remediation, Resource, Session, State

SETTINGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def read(aws: Session, bucket: Resource) -> State:
    """Return the four settings as booleans, or null where the bucket has no configuration at all."""
    try:
        answer = aws.client("s3").get_public_access_block(Bucket=bucket.id, ExpectedBucketOwner=bucket.account)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchPublicAccessBlockConfiguration":
            return None
        raise
    found = answer["PublicAccessBlockConfiguration"]
    return {setting: bool(found.get(setting)) for setting in SETTINGS}


def desired(now: State, bucket: Resource) -> State:
    return dict.fromkeys(SETTINGS, True)


def write(aws: Session, bucket: Resource, now: State, then: State) -> None:
    s3 = aws.client("s3")
    # A bucket's name says nothing of its owner: never touch another account's bucket of that name.
    whose = {"Bucket": bucket.id, "ExpectedBucketOwner": bucket.account}
    if then is None:
        s3.delete_public_access_block(**whose)
    else:
        s3.put_public_access_block(**whose, PublicAccessBlockConfiguration=then)


remediation = Remediation(
    id="s3.block_public_access",
    title="Block public access to an S3 bucket",
    resource_type="AWS::S3::Bucket",
    reads=("s3:GetBucketPublicAccessBlock",),
    # DeletePublicAccessBlock needs the same permission (S3 API reference).
    writes=("s3:PutBucketPublicAccessBlock",),
    pin=("arn:{partition}:s3:::{id}",),
    impact=(
        "Anonymous readers and other accounts that come through a public policy lose access at once; a website served"
        " straight from the bucket stops. Named principals, presigned links and CloudFront with its own identity go on."
        " Public ACLs and policies stay in place, without effect, and what was already downloaded stays out."
    ),
    read=read,
    desired=desired,
    write=write,
)

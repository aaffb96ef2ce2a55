"""Somebody made a bucket public by its policy or ACL, or took its block away: ask, since it may be a website.

The public statements and grants go first, then the block: while it holds, S3 would refuse to give them back by undo. A
block alone also keeps out those of other accounts whom a policy that is public names beside everybody.
"""

from chalicelib.model import Mode, Rule, Severity
from remediations.s3.block_public_access import remediation as block_public_access
from remediations.s3.remove_public_acl import remediation as remove_public_acl
from remediations.s3.remove_public_policy_statements import remediation as remove_public_policy_statements
from rules.cloudtrail.public_access import LOOSENED
from rules.controls import PUBLIC_STORAGE

ABSENT = [{"exists": False}]
# A pattern can say "this key is absent", not "there is no condition". Where these stand anybody is not anybody: it is
# the organization, a network, one resource. GuardDuty and Access Analyzer judge what is left out by mistake.
LIMITS = {
    "StringEquals": {
        "aws:PrincipalAccount": ABSENT,
        "aws:PrincipalOrgID": ABSENT,
        "aws:SourceAccount": ABSENT,
        "aws:SourceVpc": ABSENT,
        "aws:SourceVpce": ABSENT,
    },
    "ArnLike": {"aws:PrincipalArn": ABSENT, "aws:SourceArn": ABSENT},
    "IpAddress": {"aws:SourceIp": ABSENT},
}

EVERYBODY = [{"wildcard": "*/groups/global/A*"}]  # AllUsers, AuthenticatedUsers

rule = Rule(
    id="cloudtrail.bucket_opened",
    title="S3 bucket was opened to the public",
    pattern={
        "source": ["aws.s3"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {"eventName": ["DeleteBucketPublicAccessBlock"]},
                {
                    "eventName": ["PutBucketPublicAccessBlock"],
                    "requestParameters": LOOSENED,
                },
                {
                    "eventName": ["PutBucketPolicy"],
                    "requestParameters": {
                        "bucketPolicy": {
                            "Statement": {
                                "Effect": ["Allow"],
                                "Condition": LIMITS,
                                "$or": [{"Principal": ["*"]}, {"Principal": {"AWS": ["*"]}}],
                            }
                        }
                    },
                },
                {
                    "eventName": ["PutBucketAcl"],
                    "requestParameters": {
                        "$or": [
                            {"x-amz-acl": ["public-read", "public-read-write", "authenticated-read"]},
                            {"x-amz-grant-read": EVERYBODY},
                            {"x-amz-grant-write": EVERYBODY},
                            {"x-amz-grant-full-control": EVERYBODY},
                            {"AccessControlPolicy": {"AccessControlList": {"Grant": {"Grantee": {"URI": EVERYBODY}}}}},
                        ]
                    },
                },
            ],
        },
    },
    resources={"AWS::S3::Bucket": "detail.requestParameters.bucketName"},
    respond=(remove_public_policy_statements, remove_public_acl, block_public_access),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1530", "T1562.001"),
    controls={**PUBLIC_STORAGE, "cis-aws": ("2.1.4", "4.8")},
    look_at=(
        "Ask whoever opened it. Approve unless it holds nothing but what anybody may see; then serve that through"
        " CloudFront rather than from the bucket."
    ),
)

"""AWS Config found a bucket that is, or could become, public: block it."""

from chalicelib.model import Rule, Severity
from remediations.s3.block_public_access import remediation as block_public_access

rule = Rule(
    id="config.bucket_public",
    title="S3 bucket allows public access",
    pattern={
        "source": ["aws.config"],
        "detail-type": ["Config Rules Compliance Change"],
        "detail": {
            "messageType": ["ComplianceChangeNotification"],
            "configRuleName": [
                {"prefix": {"equals-ignore-case": "s3-bucket-public-"}},
                {"prefix": {"equals-ignore-case": "s3_bucket_public_"}},
                {"prefix": {"equals-ignore-case": "s3-bucket-level-public-access-prohibited"}},
                {"prefix": {"equals-ignore-case": "s3_bucket_level_public_access_prohibited"}},
                {"suffix": {"equals-ignore-case": "s3-bucket-level-public-access-prohibited"}},
                {"suffix": {"equals-ignore-case": "s3_bucket_level_public_access_prohibited"}},
                {"wildcard": "*s3-bucket-public-*-prohibited*"},
                {"wildcard": "*S3_BUCKET_PUBLIC_*_PROHIBITED*"},
                {"wildcard": "*s3-bucket-level-public-access-prohibited*"},
            ],
            "resourceType": ["AWS::S3::Bucket"],
            "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]},
        },
    },
    respond=(block_public_access,),
    severity=Severity.HIGH,
    attack=("T1530",),
    controls={
        "cis-aws": ("2.1.4",),
        "pci-dss": ("1.4.4", "7.2.1"),
        "soc2": ("CC6.1", "CC6.6"),
        "hipaa": ("164.312(a)(1)",),
        "gdpr": ("32",),
    },
    look_at=(
        "Ask the owner what the bucket is for. If it is a website on purpose, undo this, protect the bucket by its tag,"
        " and plan to serve it through CloudFront."
    ),
)

"""Something is shared outside the organization; whether with a partner only people know, so they are told."""

from chalicelib.model import Rule, Severity
from rules.accessanalyzer.shared import shared

PUBLIC_TOO = (
    "AWS::EFS::FileSystem",
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::Stream",
    "AWS::S3Express::DirectoryBucket",
    "AWS::Lambda::LayerVersion",
)
"""No remediation is for these: of them people are told of everybody's access as well."""

NAMED_ONLY = (
    "AWS::S3::Bucket",
    "AWS::Lambda::Function",
    "AWS::SQS::Queue",
    "AWS::SNS::Topic",
    "AWS::SecretsManager::Secret",
    "AWS::ECR::Repository",
    "AWS::EC2::Snapshot",
    "AWS::RDS::DBSnapshot",
    "AWS::RDS::DBClusterSnapshot",
)

EITHER = shared(*PUBLIC_TOO)

rule = Rule(
    id="accessanalyzer.shared_outside",
    title="Resource is shared outside the organization",
    pattern={
        "source": EITHER["source"],
        "detail-type": EITHER["detail-type"],
        "detail": {"$or": [EITHER["detail"], shared(*NAMED_ONLY, public=False)["detail"]]},
    },
    severity=Severity.MEDIUM,
    attack=("T1537", "T1098"),
    controls={"cis-aws": ("1.20",), "pci-dss": ("7.2.1",), "soc2": ("CC6.1", "CC6.3"), "gdpr": ("32",)},
    look_at=(
        "Look up the account or organization that the finding names. A partner you know: archive the finding. Nobody"
        " you know: take the statement or the share away, and find in CloudTrail who made it and what was read since."
    ),
)

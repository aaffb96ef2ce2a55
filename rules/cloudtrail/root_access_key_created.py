"""Root got an access key: a credential that no policy limits and IAM cannot contain, so people are told."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="cloudtrail.root_access_key_created",
    title="Access key was created for root",
    pattern={
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["CreateAccessKey"],
            "userIdentity": {"type": ["Root"]},
            "requestParameters": {"userName": [{"exists": False}]},
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.CRITICAL,
    attack=("T1098.001", "T1078.004"),
    controls={"cis-aws": ("1.4", "4.3"), "pci-dss": ("2.2.2", "10.2.1.2"), "soc2": ("CC6.1",)},
    look_at=(
        "Sign in as root and delete the key; nothing else can. If no holder of root made it, the root password is lost:"
        " recover it, change MFA and e-mail, and read what the key was used for in CloudTrail."
    ),
    ask_actor=True,
)

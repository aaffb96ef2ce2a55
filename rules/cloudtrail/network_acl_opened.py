"""A network ACL now lets the whole internet in; it may be the subnet's usual rule, so people are told."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="cloudtrail.network_acl_opened",
    title="Network ACL was opened to the internet",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["CreateNetworkAclEntry", "ReplaceNetworkAclEntry"],
            "errorCode": [{"exists": False}],
            "requestParameters": {
                "egress": [False],
                "ruleAction": ["allow"],
                "$or": [{"cidrBlock": [{"suffix": "/0"}]}, {"ipv6CidrBlock": [{"suffix": "/0"}]}],
            },
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.007",),
    controls={"cis-aws": ("4.11", "5.1"), "pci-dss": ("1.3.1",), "soc2": ("CC6.6",)},
    look_at=(
        "The ACL guards every host of its subnets: see which, and whether their security groups still hold. Delete the"
        " entry unless a change asked for it."
    ),
)

"""Somebody changed by hand what may reach what, yet opened nothing to the world: people are told.

Ingress for named addresses is left out: what opens a group to everybody is `cloudtrail.security_group_opened`, and the
rest is what groups are for.
"""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.by_hand import BY_HAND

rule = Rule(
    id="cloudtrail.security_group_changed",
    title="Security groups were changed by hand",
    pattern={
        "source": ["aws.ec2", "aws.elasticache", "aws.elasticloadbalancing"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": [
                "ApplySecurityGroupsToLoadBalancer",
                "AuthorizeCacheSecurityGroupIngress",
                "AuthorizeSecurityGroupEgress",
                "CreateCacheSecurityGroup",
                "CreateSecurityGroup",
                "DeleteCacheSecurityGroup",
                "DeleteSecurityGroup",
                "RevokeCacheSecurityGroupIngress",
                "RevokeSecurityGroupEgress",
                "RevokeSecurityGroupIngress",
                "SetSecurityGroups",
            ],
            "errorCode": [{"exists": False}],
            "userIdentity": BY_HAND,
        },
    },
    severity=Severity.LOW,
    attack=("T1562.007",),
    controls={"cis-aws": ("4.10",), "pci-dss": ("1.2.2",), "soc2": ("CC6.6", "CC7.2")},
    look_at=(
        "Ask for the change that this belongs to. New ways out are how data leaves, and a load balancer given another"
        " group may stand open; what was closed may be what a service needs."
    ),
)

"""The watched calls that no rule answers, and why: what is not told of is a decision, not an oversight.

Of calls that only read, EventBridge gives none to a rule that does not ask for all of them (EventBridge user guide,
"Receiving read-only management events from AWS services"), of which any console page makes dozens.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

_READS = (
    "It only reads, as consoles, scanners and inventories do all day; one of it says nothing, and GuardDuty finds who"
    " suddenly reads much that they never read (Discovery:IAMUser/AnomalousBehavior)."
)
_NOT_LOGGED = (
    "It is a call on the data itself: EventBridge hears of it only where a trail records such data events, and then of"
    " every one; GuardDuty's protection plans look at those."
)
_GIVES_NOTHING = "It takes nothing from anybody and gives nobody anything by itself; what uses it has a rule."
_TAKES_POWER = (
    "It takes permissions away, and is how they are cleaned up; a boundary or a guardrail that goes has a rule, and so"
    " has whatever is allowed by it afterwards."
)
_CLASSIC = (
    "It is for instances outside of a VPC, and there are none any more: EC2-Classic was retired in 2022 (RDS user"
    " guide, Controlling access with security groups)."
)
_NO_SUCH_CALL = "ElastiCache has no such call: its own security groups let in, and say nothing of what goes out."

_BY_REASON: Mapping[str, Mapping[str, str]] = {
    _READS: {
        "*": "List*",
        "ec2": """
            DescribeCarrierGateways DescribeClientVpnRoutes DescribeDhcpOptions DescribeImages
            DescribeInstanceAttribute DescribeSnapshotAttribute DescribeSnapshotTierStatus
            DescribeTransitGatewayMulticastDomains DescribeVolumes DescribeVolumesModifications
            DescribeVpcEndpointConnectionNotifications GetEbsDefaultKmsKeyId GetEbsEncryptionByDefault
            GetTransitGatewayRouteTableAssociations
        """,
        "ecs": "DescribeTaskDefinition",
        "iam": "GetLoginProfile",
        "s3": """
            GetBucketCors GetBucketInventoryConfiguration GetBucketMetricsConfiguration GetBucketPolicy
            GetBucketPublicAccessBlock GetBucketReplication GetBucketTagging ListBuckets
        """,
        "sts": "GetCallerIdentity",
    },
    _NOT_LOGGED: {"lambda": "Invoke", "s3": "ReplicateObject RestoreObject"},
    _GIVES_NOTHING: {"cloudtrail": "CreateTrail StartLogging", "iam": "CreatePolicy"},
    _TAKES_POWER: {"iam": "DeleteGroupPolicy DeletePolicyVersion DetachGroupPolicy"},
    _CLASSIC: {
        "rds": """
            AuthorizeDBSecurityGroupIngress CreateDBSecurityGroup DeleteDBSecurityGroup RevokeDBSecurityGroupIngress
        """
    },
    _NO_SUCH_CALL: {"elasticache": "AuthorizeCacheSecurityGroupEgress RevokeCacheSecurityGroupEgress"},
}
_ALONE = {
    "ec2:GetPasswordData": (
        "It only reads, and what it gives is encrypted for whoever holds the private key; GuardDuty finds who asks for"
        " many (CredentialAccess:IAMUser/AnomalousBehavior)."
    ),
    "ssm:RegisterManagedInstance": (
        "The agent of every instance calls it when it starts, and fails where the role does not allow it; credentials"
        " that leave their instance are GuardDuty's (UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration)."
    ),
    "sts:AssumeRoleWithSAML": (
        "It is how everybody signs in through an identity provider; that a provider is added, changed or deleted has a"
        " rule."
    ),
    "sts:GetSessionToken": (
        "It is how people with MFA use the command line; the session can do no more than the key that it is made of,"
        " and disabling that key does not end it: GuardDuty's findings on the session do."
    ),
}


def _each() -> Iterator[tuple[str, str]]:
    for reason, services in _BY_REASON.items():
        for service, names in services.items():
            yield from ((f"{service}:{name}", reason) for name in names.split())


NOT_ANSWERED: Mapping[str, str] = MappingProxyType({**dict(_each()), **_ALONE})
"""`service:eventName`, as `rules.tamper_apis` has them -> the reason, a sentence for people."""

"""A security group was opened to the whole internet: take the open rules out again."""

from chalicelib.model import Rule, Severity
from remediations.ec2.revoke_open_ingress import remediation as revoke_open_ingress
from rules.controls import OPEN_NETWORK

# Any address with /0 is the whole internet: the request is recorded as it was typed, not as EC2 keeps it.
EVERYWHERE = [{"suffix": "/0"}]

rule = Rule(
    id="cloudtrail.security_group_opened",
    title="Security group was opened to the internet",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": ["AuthorizeSecurityGroupIngress"],
                    "requestParameters": {"ipPermissions": {"items": {"ipRanges": {"items": {"cidrIp": EVERYWHERE}}}}},
                },
                {
                    "eventName": ["AuthorizeSecurityGroupIngress"],
                    "requestParameters": {
                        "ipPermissions": {"items": {"ipv6Ranges": {"items": {"cidrIpv6": EVERYWHERE}}}}
                    },
                },
                {"eventName": ["AuthorizeSecurityGroupIngress"], "requestParameters": {"cidrIp": EVERYWHERE}},
                {
                    "eventName": ["ModifySecurityGroupRules"],
                    "requestParameters": {
                        "ModifySecurityGroupRulesRequest": {
                            "SecurityGroupRule": {"SecurityGroupRule": {"CidrIpv4": EVERYWHERE}}
                        }
                    },
                },
                {
                    "eventName": ["ModifySecurityGroupRules"],
                    "requestParameters": {
                        "ModifySecurityGroupRulesRequest": {
                            "SecurityGroupRule": {"SecurityGroupRule": {"CidrIpv6": EVERYWHERE}}
                        }
                    },
                },
            ],
        },
    },
    # A group of the default VPC may be asked for by name; then only the answer has its id.
    resources={
        "AWS::EC2::SecurityGroup": (
            "detail.requestParameters.groupId"
            " || detail.requestParameters.ModifySecurityGroupRulesRequest.GroupId"
            " || detail.responseElements.securityGroupRuleSet.items[0].groupId"
        )
    },
    respond=(revoke_open_ingress,),
    severity=Severity.HIGH,
    attack=("T1562.007", "T1133"),
    controls={**OPEN_NETWORK, "cis-aws": ("4.10", "5.2", "5.3")},
    look_at=(
        "Ask whoever opened it what needs to reach it, and allow just those addresses. Then check the flow logs for who"
        " came in while it was open."
    ),
)

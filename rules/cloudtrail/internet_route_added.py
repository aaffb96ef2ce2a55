"""All traffic that has no other way now leaves by a new route; where to is for people to judge, so they are told."""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.by_hand import BY_HAND

EVERYWHERE = [{"suffix": "/0"}]

rule = Rule(
    id="cloudtrail.internet_route_added",
    title="Default route was added or replaced by hand",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["CreateRoute", "ReplaceRoute"],
            "errorCode": [{"exists": False}],
            "userIdentity": BY_HAND,
            "requestParameters": {
                "$or": [{"destinationCidrBlock": EVERYWHERE}, {"destinationIpv6CidrBlock": EVERYWHERE}]
            },
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.007", "T1557"),
    controls={"cis-aws": ("4.13",), "pci-dss": ("1.2.2", "1.4.4"), "soc2": ("CC6.6", "CC7.2")},
    look_at=(
        "See which subnets use the table. By an internet gateway their hosts are in the open now; by an instance, an"
        " interface or a peering, whoever holds that can read along. Delete the route unless a change asked for it."
    ),
)

"""Somebody changed by hand how a VPC is cut up and where its packets go; people are told.

What lets the internet in, or joins another network, has rules of its own: `cloudtrail.network_acl_opened`,
`cloudtrail.internet_route_added` and `cloudtrail.network_joined`.
"""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.by_hand import BY_HAND

SOMEWHERE = [{"anything-but": {"suffix": "/0"}}]

rule = Rule(
    id="cloudtrail.network_changed",
    title="Network was changed by hand",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "userIdentity": BY_HAND,
            "$or": [
                {
                    "eventName": [
                        "AttachInternetGateway",
                        "CreateInternetGateway",
                        "CreateNetworkAcl",
                        "CreateRouteTable",
                        "CreateVpc",
                        "DeleteCustomerGateway",
                        "DeleteInternetGateway",
                        "DeleteNetworkAcl",
                        "DeleteNetworkAclEntry",
                        "DeleteRoute",
                        "DeleteRouteTable",
                        "DeleteVpc",
                        "DeleteVpcPeeringConnection",
                        "DetachClassicLinkVpc",
                        "DetachInternetGateway",
                        "DisableVpcClassicLink",
                        "DisassociateRouteTable",
                        "ModifyVpcAttribute",
                        "RejectVpcPeeringConnection",
                        "ReplaceNetworkAclAssociation",
                        "ReplaceRouteTableAssociation",
                    ]
                },
                {
                    "eventName": ["CreateRoute", "ReplaceRoute"],
                    "requestParameters": {
                        "$or": [
                            {"destinationCidrBlock": SOMEWHERE},
                            {"destinationIpv6CidrBlock": SOMEWHERE},
                            {"destinationPrefixListId": [{"exists": True}]},
                        ]
                    },
                },
                {
                    # Back to the endpoint's own policy, which lets everything through.
                    "eventName": ["ModifyVpcEndpoint"],
                    "requestParameters": {"ModifyVpcEndpointRequest": {"ResetPolicy": [True]}},
                },
            ],
        },
    },
    severity=Severity.LOW,
    attack=("T1578.005", "T1562.007"),
    controls={"cis-aws": ("4.11", "4.12", "4.13", "4.14"), "pci-dss": ("1.2.2",), "soc2": ("CC7.2",)},
    look_at=(
        "Ask for the change that this belongs to. See which subnets are touched: whether they still reach what they"
        " need, and nobody reaches them or reads along who could not before."
    ),
)

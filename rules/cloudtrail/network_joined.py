"""A VPC was joined to another network, or its service offered to others; who they are only people know: told."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="cloudtrail.network_joined",
    title="Network was joined to another one",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": [
                        "AcceptTransitGatewayVpcAttachment",
                        "AcceptVpcPeeringConnection",
                        "AttachClassicLinkVpc",
                        "CreateClientVpnEndpoint",
                        "CreateCustomerGateway",
                        "CreateTransitGatewayVpcAttachment",
                        "CreateVpcPeeringConnection",
                        "CreateVpnConnection",
                        "EnableVpcClassicLink",
                    ]
                },
                {
                    "eventName": ["ModifyVpcEndpointServicePermissions"],
                    "requestParameters": {
                        "ModifyVpcEndpointServicePermissionsRequest": {
                            "AddAllowedPrincipals": {"content": [{"exists": True}]}
                        }
                    },
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1133", "T1199"),
    controls={"cis-aws": ("4.12", "4.14"), "pci-dss": ("1.2.2", "1.4.4"), "soc2": ("CC6.6", "CC7.2")},
    look_at=(
        "Read whose network or account is at the other end. If it is nobody's that you know, delete the connection,"
        " which cuts it at once, and look in the flow logs for what went over it."
    ),
    ask_actor=True,
)

"""A web application firewall, network firewall or Shield protection was taken away; what it guards only people know."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="cloudtrail.firewall_removed",
    title="Firewall or DDoS protection was removed",
    pattern={
        "source": ["aws.wafv2", "aws.waf", "aws.waf-regional", "aws.network-firewall", "aws.shield", "aws.fms"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": [
                        "DeleteWebACL",
                        "DisassociateWebACL",
                        "DeleteFirewallManagerRuleGroups",
                        "DeleteLoggingConfiguration",
                        "DeleteFirewall",
                        "DeleteFirewallPolicy",
                        "DisassociateSubnets",
                        "DeleteProtection",
                        "DeleteProtectionGroup",
                        "DeleteSubscription",
                        "DisableApplicationLayerAutomaticResponse",
                        "DisableProactiveEngagement",
                        "DisassociateDRTRole",
                        "DeletePolicy",
                    ]
                },
                {
                    "eventName": ["UpdateFirewallDeleteProtection"],
                    "requestParameters": {"deleteProtection": [False]},
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.007",),
    controls={"pci-dss": ("1.2.1", "6.4.2", "10.7.2"), "soc2": ("CC6.6", "CC7.2")},
    look_at=(
        "See what it guarded and whether that is open to the internet now; associate or deploy it again unless a"
        " change replaced it. Read the access logs of the load balancer, API or distribution since then."
    ),
)

"""Somebody gave a machine that people can log in to a role, and so that role's powers to themselves: told."""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.by_hand import BY_HAND

rule = Rule(
    id="cloudtrail.role_passed_to_compute",
    title="Role was given to a machine that people can log in to",
    pattern={
        "source": ["aws.ec2", "aws.glue"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": [
                "AssociateIamInstanceProfile",
                "CreateDevEndpoint",
                "DeleteDevEndpoint",
                "ReplaceIamInstanceProfileAssociation",
                "UpdateDevEndpoint",
            ],
            "errorCode": [{"exists": False}],
            "userIdentity": BY_HAND,
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1098.003", "T1548"),
    controls={"pci-dss": ("7.2.2",), "soc2": ("CC6.1", "CC6.3")},
    look_at=(
        "Compare what the role may do with what whoever passed it may. If it may more and nobody asked for it, take the"
        " role off the instance or delete the endpoint, and revoke the role's sessions."
    ),
    ask_actor=True,
)

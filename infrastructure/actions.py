"""What IAM can limit each action of the catalogue to: the resource types of AWS's Service Authorization Reference.

A new remediation's actions are entered here; the tests hold every entry to that reference, and say what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.errors import InvalidCatalogue

ANY = ("*",)
"""For actions that IAM can limit to no resource."""

DETECTOR = "arn:{partition}:guardduty:*:{account}:detector/*"
INSTANCE = "arn:{partition}:ec2:*:{account}:instance/*"
INTERFACE = "arn:{partition}:ec2:*:{account}:network-interface/*"
GROUP = "arn:{partition}:ec2:*:{account}:security-group/*"
RECORDER = "arn:{partition}:config:*:{account}:configuration-recorder/*/*"
ROLE = "arn:{partition}:iam::{account}:role/*"
SNAPSHOT = "arn:{partition}:ec2:*::snapshot/*"
TRAIL = "arn:{partition}:cloudtrail:*:{account}:trail/*"
USER = "arn:{partition}:iam::{account}:user/*"
VOLUME = "arn:{partition}:ec2:*:{account}:volume/*"
VPC = "arn:{partition}:ec2:*:{account}:vpc/*"
BUCKET = "arn:{partition}:s3:::*"

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "cloudtrail:DescribeTrails": ANY,
    "cloudtrail:GetTrailStatus": (TRAIL,),
    "cloudtrail:StartLogging": (TRAIL,),
    "cloudtrail:StopLogging": (TRAIL,),
    "config:DescribeConfigurationRecorderStatus": (RECORDER,),
    "config:StartConfigurationRecorder": (RECORDER,),
    "config:StopConfigurationRecorder": (RECORDER,),
    "ec2:AuthorizeSecurityGroupEgress": (GROUP,),
    "ec2:AuthorizeSecurityGroupIngress": (GROUP,),
    "ec2:CreateSecurityGroup": (GROUP, VPC),
    "ec2:CreateSnapshots": (INSTANCE, SNAPSHOT, VOLUME),
    "ec2:CreateTags": (SNAPSHOT,),
    "ec2:DeleteSnapshot": (SNAPSHOT,),
    "ec2:DescribeInstances": ANY,
    "ec2:DescribeNetworkInterfaces": ANY,
    "ec2:DescribeSecurityGroups": ANY,
    "ec2:DescribeSnapshots": ANY,
    "ec2:ModifyNetworkInterfaceAttribute": (GROUP, INSTANCE, INTERFACE),
    "ec2:RevokeSecurityGroupEgress": (GROUP,),
    "ec2:RevokeSecurityGroupIngress": (GROUP,),
    "guardduty:GetDetector": (DETECTOR,),
    "guardduty:UpdateDetector": (DETECTOR,),
    "iam:DeleteRolePolicy": (ROLE,),
    "iam:DeleteUserPolicy": (USER,),
    "iam:GetAccessKeyLastUsed": (USER,),
    "iam:GetRole": (ROLE,),
    "iam:GetRolePolicy": (ROLE,),
    "iam:GetUser": (USER,),
    "iam:GetUserPolicy": (USER,),
    "iam:ListAccessKeys": (USER,),
    "iam:ListAccountAliases": ANY,
    "iam:ListRoleTags": (ROLE,),
    "iam:ListUserTags": (USER,),
    "iam:PutRolePolicy": (ROLE,),
    "iam:PutUserPolicy": (USER,),
    "iam:UpdateAccessKey": (USER,),
    "s3:GetBucketPublicAccessBlock": (BUCKET,),
    "s3:GetBucketTagging": (BUCKET,),
    "s3:PutBucketPublicAccessBlock": (BUCKET,),
    "tag:GetResources": ANY,
}


def resources(action: str, partition: str, account: str) -> tuple[str, ...]:
    """Return the ARNs of everything in an account that an action can reach. Raises InvalidCatalogue."""
    if action not in ACTIONS:
        raise InvalidCatalogue(f"{action}: enter in infrastructure/actions.py what IAM can limit it to")
    return tuple(template.format(partition=partition, account=account) for template in ACTIONS[action])

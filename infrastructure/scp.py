"""The service control policy: what not even an administrator of a member account may do."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.errors import InvalidOrganization
from chalicelib.organization import Organization
from infrastructure import protected
from infrastructure.cloudformation import deny, document
from infrastructure.names import PRODUCT

LIMIT = 5120
"""The most characters of a service control policy (Organizations quotas)."""

DEPLOYERS = ("stacksets-exec-*", "AWSControlTowerExecution")
"""The roles in members by which service-managed StackSets and Control Tower deploy; nobody else may make or change
one, so that their name lends no power."""

TRAIL = (
    "cloudtrail:DeleteEventDataStore",
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
)
CONFIG = (
    "config:DeleteConfigurationRecorder",
    "config:DeleteDeliveryChannel",
    "config:DeleteRetentionConfiguration",
    "config:StopConfigurationRecorder",
)
DETECTION = (
    "guardduty:DeleteDetector",
    "guardduty:DeletePublishingDestination",
    "guardduty:DisassociateFromAdministratorAccount",
    "guardduty:DisassociateFromMasterAccount",
    "guardduty:UpdateDetector",
    "securityhub:BatchDisableStandards",
    "securityhub:DisableSecurityHub",
    "securityhub:DisableSecurityHubV2",
    "securityhub:DisassociateFromAdministratorAccount",
    "securityhub:DisassociateFromMasterAccount",
)
ROOT_MAY = (
    "iam:ChangePassword",
    "iam:CreateVirtualMFADevice",
    "iam:DeactivateMFADevice",
    "iam:DeleteAccessKey",
    "iam:DeleteVirtualMFADevice",
    "iam:EnableMFADevice",
    "iam:GetAccountPasswordPolicy",
    "iam:GetAccountSummary",
    "iam:ListAccessKeys",
    "iam:ListMFADevices",
    "iam:ListVirtualMFADevices",
    "iam:ResyncMFADevice",
    "sts:GetCallerIdentity",
)
"""What a root user needs to secure itself: password, MFA, the end of its keys, and the check that it is done."""

GLOBAL = (
    "account:*",
    "artifact:*",
    "aws-portal:*",
    "billing:*",
    "budgets:*",
    "ce:*",
    "cloudfront:*",
    "consolidatedbilling:*",
    "cur:*",
    "ec2:DescribeRegions",
    "freetier:*",
    "globalaccelerator:*",
    "health:*",
    "iam:*",
    "invoicing:*",
    "organizations:*",
    "payments:*",
    "pricing:*",
    "route53:*",
    "route53domains:*",
    "s3:GetAccountPublicAccessBlock",
    "s3:ListAllMyBuckets",
    "s3:PutAccountPublicAccessBlock",
    "savingsplans:*",
    "shield:*",
    "signin:*",
    "sso:*",
    "sts:*",
    "support:*",
    "supportplans:*",
    "sustainability:*",
    "tag:GetResources",
    "tax:*",
    "trustedadvisor:*",
    "waf:*",
    "wafv2:*",
)
"""Services without a region of their own, whose calls AWS counts as made in the partition's home region."""


def policy(organization: Organization, region_lock: bool = False) -> dict[str, Any]:
    """Return the policy for every unit of member accounts. It does not hold in the management account.

    Raises InvalidOrganization for a region lock without allowed regions, and where the policy would be too long.
    """
    iam = f"arn:{organization.partition}:iam::*"
    exempt = [f"{iam}:role/{name}" for name in (organization.responder, *DEPLOYERS)]
    others = {"ArnNotLike": {"aws:PrincipalArn": exempt}}
    members = {**others, "StringNotEquals": {"aws:PrincipalAccount": organization.hub}}
    roles = [*exempt, f"{iam}:role/{PRODUCT}/*"]
    rules = [f"arn:{organization.partition}:events:*:*:rule/{PRODUCT}-*"]
    root = {"ArnLike": {"aws:PrincipalArn": f"{iam}:root"}}
    statements = [
        deny(("iam:CreateRole", *protected.ROLE_CHANGES), roles, others, sid="Responder"),
        deny(protected.POLICY_CHANGES, [f"{iam}:policy/{PRODUCT}/*"], others, sid="ResponderPolicy"),
        deny(protected.RULE_CHANGES, rules, members, sid="Forwarding"),
        deny((*TRAIL, *CONFIG), "*", others, sid="Records"),
        # The hub, as their delegated administrator, goes on governing these.
        deny(DETECTION, "*", members, sid="Detection"),
        deny(("organizations:LeaveOrganization",), "*", sid="Membership"),
        {"Sid": "Root", "Effect": "Deny", "NotAction": list(ROOT_MAY), "Resource": "*", "Condition": root},
    ]
    made = document(*statements, *([_region_lock(organization, exempt)] if region_lock else []))
    if size(made) > LIMIT:
        raise InvalidOrganization(f"the service control policy has {size(made)} characters; AWS takes {LIMIT}")
    return made


def size(made: dict[str, Any]) -> int:
    """Return how many characters the policy has as it is printed: AWS counts white space too."""
    return len(text(made))


def text(made: dict[str, Any]) -> str:
    """Return the policy as it is to be handed to AWS."""
    return json.dumps(made, separators=(",", ":"))


def _region_lock(organization: Organization, exempt: list[str]) -> dict[str, Any]:
    if not organization.allowed_regions:
        raise InvalidOrganization("regions.allowed is empty: name the regions that a region lock is to leave open")
    elsewhere = {
        "StringNotEquals": {"aws:RequestedRegion": list(organization.allowed_regions)},
        "ArnNotLike": {"aws:PrincipalArn": exempt},
    }
    return {"Sid": "Regions", "Effect": "Deny", "NotAction": list(GLOBAL), "Resource": "*", "Condition": elsewhere}

"""Checks that found root, users or the password policy too weak."""

from chalicelib.model import Mode, Severity
from remediations.accessanalyzer.recreate import remediation as recreate_analyzer
from remediations.iam.set_password_policy import remediation as set_password_policy
from rules.checks.check import ACCOUNT, Check

IDENTITY_CHECKS = (
    Check(
        name="root_unprotected",
        title="Root has an access key or no MFA",
        severity=Severity.HIGH,
        types=(ACCOUNT,),
        config=("iam-root-access-key-check", "root-account-mfa-enabled", "root-account-hardware-mfa-enabled"),
        controls=("IAM.4", "IAM.6", "IAM.9", "PCI.IAM.1", "PCI.IAM.4", "PCI.IAM.5"),
        cis_1_2=("1.12", "1.13", "1.14"),
        cis_1_4=("1.4", "1.5", "1.6"),
        attack=("T1078.004",),
        frameworks={"cis-aws": ("1.4", "1.5", "1.6"), "pci-dss": ("8.4.2", "8.6.1"), "soc2": ("CC6.1",)},
        look_at=(
            "Only root itself can mend this: sign in as root, delete its access keys and register an MFA device, or"
            " have the management account remove the member's root credentials. Look first where a key was last used."
        ),
    ),
    Check(
        name="user_without_mfa",
        title="IAM user has a password and no MFA",
        severity=Severity.MEDIUM,
        types=("AWS::IAM::User",),
        config=("iam-user-mfa-enabled", "mfa-enabled-for-iam-console-access"),
        controls=("IAM.5", "IAM.19", "PCI.IAM.6"),
        cis_1_2=("1.2",),
        cis_1_4=("1.10",),
        attack=("T1078.004", "T1110"),
        frameworks={"cis-aws": ("1.10",), "pci-dss": ("8.4.2",), "soc2": ("CC6.1",), "hipaa": ("164.312(d)",)},
        look_at=(
            "Ask the user to register a device today, or delete the password where they use Identity Center. Look at"
            " their last sign-ins: an MFA device that was taken off is somebody preparing to come back."
        ),
    ),
    Check(
        name="password_policy_weak",
        title="Password policy is weaker than the standard",
        severity=Severity.LOW,
        types=(ACCOUNT,),
        config=("iam-password-policy",),
        controls=("IAM.7", *(f"IAM.{number}" for number in range(10, 18)), "PCI.IAM.8"),
        cis_1_2=("1.5", "1.6", "1.7", "1.8", "1.9", "1.10", "1.11"),
        cis_1_4=("1.8", "1.9"),
        respond=(set_password_policy,),
        attack=("T1110",),
        frameworks={"cis-aws": ("1.8", "1.9"), "pci-dss": ("8.3.6", "8.3.7"), "soc2": ("CC6.1",)},
        look_at=(
            "Tell IAM users of the account before you approve: they are asked for a new password when theirs is older"
            " than 90 days. Look in CloudTrail for whoever weakened the policy, if it was stronger before."
        ),
    ),
    Check(
        name="access_unanalyzed",
        title="No analyzer watches access from outside",
        severity=Severity.LOW,
        types=(ACCOUNT,),
        config=("iam-external-access-analyzer-enabled",),
        controls=("IAM.28",),
        respond=(recreate_analyzer,),
        mode=Mode.ENFORCE,
        attack=("T1562.001",),
        frameworks={"cis-aws": ("1.20",), "pci-dss": ("10.7.2",), "soc2": ("CC7.2",)},
        look_at=(
            "Look in CloudTrail for DeleteAnalyzer: what was shared since went unseen until now. The new analyzer tells"
            " within half an hour what is open, also what somebody had archived before."
        ),
    ),
)

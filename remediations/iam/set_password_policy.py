"""Bring an account's password policy to what the CIS AWS Foundations Benchmark asks for; what is stricter stays."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.model import Json, Remediation, Resource, Session

CLASSES = ("RequireLowercaseCharacters", "RequireNumbers", "RequireSymbols", "RequireUppercaseCharacters")
FLAGS = (*CLASSES, "AllowUsersToChangePassword", "HardExpiry")
NUMBERS = ("MaxPasswordAge", "MinimumPasswordLength", "PasswordReusePrevention")
LENGTH, REUSE, DAYS = 14, 24, 90
"""CIS AWS Foundations Benchmark 1.2.0, 1.5 to 1.11: Security Hub controls IAM.11 to IAM.17."""


def read(aws: Session, account: Resource) -> Json:
    """Return every setting, 0 for a number that is not set (`MaxPasswordAge`: days); None where there is no policy."""
    try:
        found = aws.client("iam").get_account_password_policy()["PasswordPolicy"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        return None
    return {flag: bool(found.get(flag)) for flag in FLAGS} | {name: found.get(name) or 0 for name in NUMBERS}


def desired(now: Json, account: Resource) -> Json:
    # Whoever may not change a password could not renew one that expires; HardExpiry would lock its user out.
    there = now or {"AllowUsersToChangePassword": True, "HardExpiry": False, **dict.fromkeys(NUMBERS, 0)}
    return {
        **there,
        **dict.fromkeys(CLASSES, True),
        "MaxPasswordAge": min(there["MaxPasswordAge"] or DAYS, DAYS),
        "MinimumPasswordLength": max(there["MinimumPasswordLength"], LENGTH),
        "PasswordReusePrevention": max(there["PasswordReusePrevention"], REUSE),
    }


def write(aws: Session, account: Resource, now: Json, then: Json) -> None:
    iam = aws.client("iam")
    if then is None:
        try:
            iam.delete_account_password_policy()
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchEntity":
                raise
    else:  # all of it: what is left out goes back to its default (IAM API reference, UpdateAccountPasswordPolicy)
        iam.update_account_password_policy(
            **{name: value for name, value in then.items() if value != 0 or name in FLAGS}
        )


remediation = Remediation(
    id="iam.set_password_policy",
    title="Set the account's password policy to CIS values",
    resource_type="AWS::Account",
    reads=("iam:GetAccountPasswordPolicy",),
    writes=("iam:UpdateAccountPasswordPolicy", "iam:DeleteAccountPasswordPolicy"),
    impact="IAM users need 14 characters of all four classes for their next password, none of the last 24, and must"
    " change it every 90 days: whose password is older now, at the next sign-in. Passwords that are too weak work until"
    " then. Access keys, root, federated users and Identity Center are not touched; stricter settings stay.",
    read=read,
    desired=desired,
    write=write,
)

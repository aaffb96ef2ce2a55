"""A user's MFA device was deactivated: a password alone may do now; people are told.

Nothing brings a device back, and a new phone looks the same. A virtual device cannot be deleted before it is
deactivated, so that DeleteVirtualMFADevice says nothing new. Sign-ins without MFA are told by a rule of their own.
"""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="cloudtrail.mfa_removed",
    title="MFA device of a user was deactivated",
    pattern={
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["DeactivateMFADevice"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"serialNumber": [{"anything-but": {"suffix": ":mfa/root-account-mfa-device"}}]},
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1556.006",),
    controls={
        "cis-aws": ("1.10",),
        "pci-dss": ("8.4.2", "10.2.1.5"),
        "soc2": ("CC6.1",),
        "hipaa": ("164.312(d)",),
    },
    look_at=(
        "Ask the user whether it was them, changing devices: then see that a new one is set up today. If not: deny the"
        " user's console, have the password changed, and contain whoever deactivated the device."
    ),
    ask_actor=True,
)

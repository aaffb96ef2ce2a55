"""Root's MFA was deactivated: that is a step of taking an account over; IAM cannot contain root, so people are told.

Where root calls, CloudTrail names the user "AWS ROOT USER", or nobody (CloudTrail user guide, "AWS Management Console
sign-in events").
"""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="cloudtrail.root_mfa_removed",
    title="MFA of root was deactivated",
    pattern={
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["DeactivateMFADevice"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"serialNumber": [{"suffix": ":mfa/root-account-mfa-device"}]},
        },
    },
    severity=Severity.CRITICAL,
    attack=("T1556.006", "T1078.004"),
    controls={
        "cis-aws": ("1.5", "4.3"),
        "pci-dss": ("8.4.2", "10.2.1.5"),
        "soc2": ("CC6.1", "CC7.2"),
        "hipaa": ("164.312(d)",),
    },
    look_at=(
        "Call the holders of the root credentials now. If it was none of them: recover the password by e-mail, set up"
        " MFA again, delete root's access keys, and in a member account deny root with a service control policy."
    ),
    ask_actor=True,
)

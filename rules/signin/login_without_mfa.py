"""An IAM user signed in to the console with nothing but a password; people are told.

A sign-in that does not say whether MFA was used counts as one without. Federated and assumed-role sign-ins always say
"No", since their MFA is asked for by the identity provider: they are left out.
"""

from chalicelib.model import Rule, Severity
from rules.signin.console import login

rule = Rule(
    id="signin.login_without_mfa",
    title="Console sign-in without MFA",
    pattern=login(
        {
            "type": ["IAMUser"],
            "sessionContext": {"attributes": {"mfaAuthenticated": [{"exists": False}, "false"]}},
        },
        "Success",
        additionalEventData={
            "MFAUsed": [{"exists": False}, {"equals-ignore-case": "no"}],
            "SamlProviderArn": [{"exists": False}],
        },
    ),
    severity=Severity.MEDIUM,
    attack=("T1078.004",),
    controls={
        "cis-aws": ("1.10", "4.2"),
        "pci-dss": ("8.4.2",),
        "soc2": ("CC6.1",),
        "hipaa": ("164.312(d)",),
        "gdpr": ("32",),
    },
    look_at=(
        "Ask the user whether it was them, from this address. If it was: have them set up MFA today. If not: delete the"
        " login profile or deny the user, and look at what the session did."
    ),
    ask_actor=True,
)

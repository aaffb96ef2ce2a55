"""A provider that the account trusts was changed or removed, or certificates of a new authority are trusted.

People are told. The events do not say what was there before, and a provider that is removed by guess locks everybody
out.
"""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.identity_center import NOT_ITS_OWN
from rules.controls import TRUST

rule = Rule(
    id="cloudtrail.identity_provider_changed",
    title="Trust in an identity provider was changed",
    pattern={
        "source": ["aws.iam", "aws.rolesanywhere"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": [
                "UpdateSAMLProvider",
                "DeleteSAMLProvider",
                "DeleteOpenIDConnectProvider",
                "AddClientIDToOpenIDConnectProvider",
                "UpdateOpenIDConnectProviderThumbprint",
                "CreateTrustAnchor",
                "UpdateTrustAnchor",
                "EnableTrustAnchor",
            ],
            "userIdentity": NOT_ITS_OWN,
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1484.002", "T1556"),
    controls=TRUST,
    look_at=(
        "Ask those who run sign-in. If nobody planned it: compare the metadata, client ids or certificates with the"
        " provider's own, put the old ones back or disable the trust anchor, and see who came in through it since."
    ),
    ask_actor=True,
)

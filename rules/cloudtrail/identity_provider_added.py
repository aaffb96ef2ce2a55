"""The account trusts a new identity provider: whoever controls that may come in as any role that trusts it."""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.remove_oidc_provider import remediation as remove_oidc_provider
from remediations.iam.remove_saml_provider import remediation as remove_saml_provider
from rules.cloudtrail.identity_center import NOT_ITS_OWN
from rules.controls import TRUST

rule = Rule(
    id="cloudtrail.identity_provider_added",
    title="Identity provider was added",
    pattern={
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {"eventName": ["CreateOpenIDConnectProvider"]},
                {"eventName": ["CreateSAMLProvider"], "userIdentity": NOT_ITS_OWN},
            ],
        },
    },
    resources={
        "AWS::IAM::OIDCProvider": "detail.responseElements.openIDConnectProviderArn",
        "AWS::IAM::SAMLProvider": "detail.responseElements.sAMLProviderArn",
    },
    respond=(remove_oidc_provider, remove_saml_provider),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1484.002", "T1098"),
    controls=TRUST,
    look_at=(
        "Ask whoever added it. A new cluster (oidc.eks...) or pipeline: nothing to do. If nobody knows: approve, look"
        " for roles whose trust names the provider, revoke their sessions, and see who came in through it."
    ),
    ask_actor=True,
)

"""Who may sign in to the whole organization, or how, was changed in Identity Center; people are told.

Nothing undoes it by itself: the provider that was there before is not in the event, and Identity Center is
administered in an account where a wrong step locks everybody out.
"""

from chalicelib.model import Rule, Severity
from rules.controls import TRUST

rule = Rule(
    id="cloudtrail.identity_center_changed",
    title="Sign-in of Identity Center was changed",
    pattern={
        "source": ["aws.sso", "aws.sso-directory", "aws.identitystore"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": [
                "AssociateDirectory",
                "DisassociateDirectory",
                "CreateExternalIdPConfigurationForDirectory",
                "UpdateExternalIdPConfigurationForDirectory",
                "EnableExternalIdPConfigurationForDirectory",
                "DisableExternalIdPConfigurationForDirectory",
                "ImportExternalIdPCertificate",
                "CreateTrustedTokenIssuer",
                "UpdateTrustedTokenIssuer",
                "UpdateMfaDeviceManagementForDirectory",
                "DeleteMfaDeviceForUser",
                "DeleteInstance",
            ],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.HIGH,
    attack=("T1556", "T1484.002"),
    controls=TRUST,
    look_at=(
        "Call those who run Identity Center. If nobody planned it: use the emergency access that does not depend on it,"
        " put the identity source, certificate or MFA setting back, and end all sessions of users who came in since."
    ),
    ask_actor=True,
)

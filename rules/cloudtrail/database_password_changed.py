"""The master password of a database was changed from outside, without the old one; people are told."""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.by_hand import BY_HAND
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="cloudtrail.database_password_changed",
    title="Master password of a database was changed",
    pattern={
        "source": ["aws.rds", "aws.redshift"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["ModifyCluster", "ModifyDBCluster", "ModifyDBInstance"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"masterUserPassword": [{"exists": True}]},
            "userIdentity": BY_HAND,
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1098", "T1556"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Ask whoever changed it. If it was not them: set another password yourself, end the master user's sessions,"
        " look in the database's log for who signed in since, and contain the principal."
    ),
    ask_actor=True,
)

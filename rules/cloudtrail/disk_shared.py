"""A snapshot or image was shared with a named account; whose that is only people know, so they are told."""

from chalicelib.model import Rule, Severity
from rules.controls import SHARED_DISK

PRESENT = [{"exists": True}]
# Data Lifecycle Manager and AWS Backup share what their policies say, every day.
BY_NO_BACKUP = {"invokedBy": [{"exists": False}, {"anything-but": ["backup.amazonaws.com", "dlm.amazonaws.com"]}]}

rule = Rule(
    id="cloudtrail.disk_shared",
    title="Snapshot or image was shared with another account",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "userIdentity": BY_NO_BACKUP,
            "$or": [
                {
                    "eventName": ["ModifySnapshotAttribute"],
                    "requestParameters": {"createVolumePermission": {"add": {"items": {"userId": PRESENT}}}},
                },
                {
                    "eventName": ["ModifyImageAttribute"],
                    "requestParameters": {
                        "launchPermission": {
                            "add": {
                                "items": {
                                    "$or": [
                                        {"userId": PRESENT},
                                        {"organizationArn": PRESENT},
                                        {"organizationalUnitArn": PRESENT},
                                    ]
                                }
                            }
                        }
                    },
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1537",),
    controls=SHARED_DISK,
    look_at=(
        "Read which account the call names. If it is none of yours nor a partner's, take the permission off again at"
        " once, contain whoever gave it, and count the data and secrets on that disk as out."
    ),
    ask_actor=True,
)

"""Somebody of the management account or its delegate acted as root of a member for one task; people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import ROOT_USE

rule = Rule(
    id="cloudtrail.root_assumed",
    title="Root of a member account was assumed",
    pattern={
        "source": ["aws.sts"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["AssumeRoot"], "errorCode": [{"exists": False}]},
    },
    severity=Severity.HIGH,
    attack=("T1078.004", "T1548.005"),
    controls=ROOT_USE,
    look_at=(
        "Ask who did it: the task policy in the event says what for (unlock a bucket or queue, reset or create root's"
        " credentials). If nobody knows, contain that principal in the calling account, and look at the member's root."
    ),
    ask_actor=True,
)

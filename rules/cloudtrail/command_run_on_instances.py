"""Somebody ran a script on instances through Systems Manager, or tunnelled through one; people are told.

Maintenance windows and automations call as a service. A plain StartSession is left out: it is how people log in where
SSH is closed, and Session Manager logs what they do.
"""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.by_hand import BY_HAND
from rules.controls import INTRUSION_SEEN

# A document of AWS may be named by its ARN.
SCRIPTS = [{"suffix": name} for name in ("AWS-RunShellScript", "AWS-RunPowerShellScript", "AWS-RunRemoteScript")]

rule = Rule(
    id="cloudtrail.command_run_on_instances",
    title="Script was run on instances by Systems Manager",
    pattern={
        "source": ["aws.ssm"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "userIdentity": BY_HAND,
            "$or": [
                {"eventName": ["SendCommand"], "requestParameters": {"documentName": SCRIPTS}},
                {"eventName": ["CreateAssociation", "UpdateAssociation"], "requestParameters": {"name": SCRIPTS}},
                {
                    "eventName": ["StartSession"],
                    "requestParameters": {"documentName": [{"suffix": "AWS-StartPortForwardingSessionToRemoteHost"}]},
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1651", "T1059", "T1021.007"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Ask whoever ran it, and read the script in Systems Manager (Run Command, history): CloudTrail hides it. If it"
        " is not theirs, contain the principal, and snapshot and isolate every instance that it ran on."
    ),
    ask_actor=True,
)

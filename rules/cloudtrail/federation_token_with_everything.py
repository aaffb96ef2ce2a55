"""A user's key was turned into a session that may do everything and outlives the key: ask before the user is denied.

A federated session lasts up to 36 hours, also when the key is disabled; only a denial of the user ends it. Sessions
with narrow policies are what applications hand out, and GetSessionToken is what every command line with MFA calls:
neither is told.
"""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.deny_user import remediation as deny_user
from rules.cloudtrail.administrator import ADMINISTRATOR_ACCESS, EVERYTHING
from rules.controls import CREDENTIALS

rule = Rule(
    id="cloudtrail.federation_token_with_everything",
    title="Federated session that may do everything was made",
    pattern={
        "source": ["aws.sts"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["GetFederationToken"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"$or": [{"policy": EVERYTHING}, {"policyArns": {"arn": ADMINISTRATOR_ACCESS}}]},
        },
    },
    resources={"AWS::IAM::User": "detail.userIdentity.userName"},
    respond=(deny_user,),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1550.001", "T1606", "T1078.004"),
    controls=CREDENTIALS,
    look_at=(
        "Ask the user what made it: few tools do (a console link, aws-vault). If nobody knows: disable the key, and"
        " approve; then search CloudTrail for the federated user of that name."
    ),
    ask_actor=True,
)

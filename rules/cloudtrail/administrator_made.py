"""AWS's administrator policy was attached to a user, role or group: ask, since deployments do that as well."""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.detach_admin_policy_from_group import remediation as detach_from_group
from remediations.iam.detach_admin_policy_from_role import remediation as detach_from_role
from remediations.iam.detach_admin_policy_from_user import remediation as detach_from_user
from rules.cloudtrail.administrator import ADMINISTRATOR_ACCESS
from rules.cloudtrail.identity_center import NOT_ITS_OWN
from rules.controls import PRIVILEGE

rule = Rule(
    id="cloudtrail.administrator_made",
    title="Administrator policy was attached",
    pattern={
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["AttachUserPolicy", "AttachRolePolicy", "AttachGroupPolicy"],
            "errorCode": [{"exists": False}],
            "userIdentity": NOT_ITS_OWN,
            "requestParameters": {"policyArn": ADMINISTRATOR_ACCESS},
        },
    },
    resources={
        "AWS::IAM::User": "detail.requestParameters.userName",
        "AWS::IAM::Role": "detail.requestParameters.roleName",
        "AWS::IAM::Group": "detail.requestParameters.groupName",
    },
    respond=(detach_from_user, detach_from_role, detach_from_group),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1098.003", "T1098"),
    controls=PRIVILEGE,
    look_at=(
        "Ask whoever attached it what needs every permission. If nobody knows: approve, contain the one who attached"
        " it, and read what the new administrator has done since."
    ),
    ask_actor=True,
)

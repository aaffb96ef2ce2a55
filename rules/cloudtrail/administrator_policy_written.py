"""A user, role or group got an inline policy that allows everything: ask, since deployments do that as well."""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.remove_admin_inline_policy_from_group import remediation as remove_from_group
from remediations.iam.remove_admin_inline_policy_from_role import remediation as remove_from_role
from remediations.iam.remove_admin_inline_policy_from_user import remediation as remove_from_user
from rules.cloudtrail.administrator import EVERYTHING
from rules.cloudtrail.identity_center import NOT_ITS_OWN
from rules.controls import PRIVILEGE

rule = Rule(
    id="cloudtrail.administrator_policy_written",
    title="Inline policy that allows everything was written",
    pattern={
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["PutUserPolicy", "PutRolePolicy", "PutGroupPolicy"],
            "errorCode": [{"exists": False}],
            "userIdentity": NOT_ITS_OWN,
            "requestParameters": {"policyDocument": EVERYTHING},
        },
    },
    resources={
        "AWS::IAM::User": "detail.requestParameters.userName",
        "AWS::IAM::Role": "detail.requestParameters.roleName",
        "AWS::IAM::Group": "detail.requestParameters.groupName",
    },
    respond=(remove_from_user, remove_from_role, remove_from_group),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1098.003", "T1098"),
    controls=PRIVILEGE,
    look_at=(
        "Ask whoever wrote it what needs every permission. If nobody knows: approve, contain the one who wrote it, and"
        " read what the new administrator has done since."
    ),
    ask_actor=True,
)

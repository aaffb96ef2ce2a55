"""A role's trust policy was changed to let in accounts, or everyone: take out those who are not ours, if people agree.

Which accounts are ours only the response knows: a change that names none but ours comes to nothing. A new role is
looked at only if it lets in everyone; one that trusts another account is told by IAM Access Analyzer, which knows the
organization, within minutes.
"""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.restore_trust_policy import remediation as restore_trust_policy
from rules.controls import TRUST

EVERYONE = [
    {"wildcard": form}
    for form in (
        r'*"Principal":"\*"*',
        r'*"Principal": "\*"*',
        r'*"AWS":"\*"*',
        r'*"AWS": "\*"*',
        r'*"AWS":["\*"*',
        r'*"AWS": ["\*"*',
    )
]
SOMEBODY = [{"wildcard": r'*"AWS"*'}, {"wildcard": '*"NotPrincipal"*'}, *EVERYONE[:2]]

rule = Rule(
    id="cloudtrail.role_trust_opened",
    title="Role's trust policy was opened",
    pattern={
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {"eventName": ["UpdateAssumeRolePolicy"], "requestParameters": {"policyDocument": SOMEBODY}},
                {"eventName": ["CreateRole"], "requestParameters": {"assumeRolePolicyDocument": EVERYONE}},
            ],
        },
    },
    resources={"AWS::IAM::Role": "detail.requestParameters.roleName"},
    respond=(restore_trust_policy,),
    mode=Mode.APPROVE,
    only_if_wrong=True,
    severity=Severity.HIGH,
    attack=("T1098.003", "T1199"),
    controls={**TRUST, "cis-aws": ("1.20", "4.4")},
    look_at=(
        "Ask whoever changed it who the outsiders below are; a vendor is named in your contracts. If nobody knows:"
        " approve, revoke the role's sessions, and read in CloudTrail who assumed the role from outside."
    ),
    ask_actor=True,
)

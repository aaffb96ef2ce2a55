"""What the organization forbids its accounts was loosened, or others may administer it; people are told.

Countermeasure does not attach policies again: whoever may do that may also take off the policy that protects
countermeasure itself, and the management account is no place for such a role.
"""

from chalicelib.model import Rule, Severity
from rules.controls import ORGANIZATION

rule = Rule(
    id="cloudtrail.organization_guardrail_removed",
    title="Guardrail of the organization was changed",
    pattern={
        "source": ["aws.organizations", "aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventSource": ["organizations.amazonaws.com"],
                    "eventName": [
                        "DetachPolicy",
                        "DeletePolicy",
                        "UpdatePolicy",
                        "DisablePolicyType",
                        "DisableAWSServiceAccess",
                        "RegisterDelegatedAdministrator",
                        "DeregisterDelegatedAdministrator",
                        "PutResourcePolicy",
                        "DeleteResourcePolicy",
                    ],
                },
                {
                    "eventSource": ["iam.amazonaws.com"],
                    "eventName": [
                        "EnableOrganizationsRootSessions",
                        "DisableOrganizationsRootCredentialsManagement",
                    ],
                },
            ],
        },
    },
    severity=Severity.HIGH,
    attack=("T1666", "T1562.001"),
    controls=ORGANIZATION,
    look_at=(
        "Ask those who run the organization. If nobody planned it: attach the policy again or restore its text from"
        " your code, switch the service's access or delegation back, and look at what the accounts below did meanwhile."
    ),
    ask_actor=True,
)

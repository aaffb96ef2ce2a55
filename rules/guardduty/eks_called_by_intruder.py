"""Somebody calls a Kubernetes API from a bad place by IAM credentials: ask to contain them and end their access."""

from chalicelib.model import Mode, Rule, Severity
from remediations.eks.remove_access_entry import remediation as remove_access_entry
from remediations.iam.deny_role_session import remediation as deny_role_session
from remediations.iam.disable_access_key import remediation as disable_access_key
from rules.controls import BREACH, CREDENTIALS
from rules.guardduty.kubernetes_types import BY_IAM, CALLED

rule = Rule(
    id="guardduty.eks_called_by_intruder",
    title="Kubernetes API is called with stolen credentials",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "$or": [
                *({"type": CALLED, **who} for who in BY_IAM),
                {
                    "type": [{"prefix": "AttackSequence:EKS/"}],
                    "service": {
                        "detection": {"sequence": {"actors": {"user": {"type": ["IAMUser", "AssumedRole", "Role"]}}}}
                    },
                },
            ]
        },
    },
    respond=(
        disable_access_key,
        deny_role_session,
        remove_access_entry,
    ),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1078.004", "T1552.007", "T1613"),
    controls={**CREDENTIALS, **BREACH},
    look_at=(
        "Ask the person or the pipeline's owner whether they called through Tor or a VPN. If not, approve, and"
        " look in the audit log for what they made: secrets read, role bindings, service account tokens, pods."
    ),
    ask_actor=True,
)

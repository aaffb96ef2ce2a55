"""A Lambda function talks to an attacker's server or mines cryptocurrency: stop it, and deny it its role."""

from chalicelib.model import Rule, Severity
from remediations.iam.deny_role_session import remediation as deny_role_session
from remediations.lambdas import stop_function
from rules.controls import INTRUSION_CONTAINED

rule = Rule(
    id="guardduty.lambda_compromised",
    title="Lambda function is under an attacker's control",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": [{"prefix": "Backdoor:Lambda/"}, {"prefix": "CryptoCurrency:Lambda/"}]},
    },
    respond=(
        stop_function,
        deny_role_session,
    ),
    severity=Severity.HIGH,
    attack=("T1496", "T1071", "T1648"),
    controls=INTRUSION_CONTAINED,
    look_at=(
        "Save the function's code, layers and environment as evidence, and compare the last deployment with the"
        " source: who deployed it, or what input made it do this? Secrets in its environment count as stolen."
    ),
)

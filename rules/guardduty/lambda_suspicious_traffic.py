"""A Lambda function's traffic looks bad but may be meant: ask before it is stopped."""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.deny_role_session import remediation as deny_role_session
from remediations.lambdas import stop_function
from rules.controls import INTRUSION_CONTAINED

rule = Rule(
    id="guardduty.lambda_suspicious_traffic",
    title="Lambda function's traffic looks malicious",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": [{"prefix": "Trojan:Lambda/"}, {"prefix": "UnauthorizedAccess:Lambda/"}]},
    },
    respond=(
        stop_function,
        deny_role_session,
    ),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1071", "T1090.003", "T1648"),
    controls=INTRUSION_CONTAINED,
    look_at=(
        "Ask the owner whether the function fetches what its users name, as crawlers and webhooks do, or uses Tor"
        " on purpose. If not, approve, and compare the last deployment and its dependencies with the source."
    ),
)

"""A Lambda function talks to an attacker or mines cryptocurrency; people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="guardduty.lambda_compromised",
    title="Lambda function behaves as if compromised",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [
                {"prefix": "Backdoor:Lambda/"},
                {"prefix": "CryptoCurrency:Lambda/"},
                {"prefix": "Trojan:Lambda/"},
                {"prefix": "UnauthorizedAccess:Lambda/"},
            ]
        },
    },
    severity=Severity.HIGH,
    attack=("T1496", "T1071", "T1648"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Set the function's reserved concurrency to 0 to stop it, save its code and environment as evidence, and"
        " compare the last deployment with the source. Revoke the sessions of its role."
    ),
)

"""A role can be assumed from outside the organization; who that is only people know: ask, then take them out."""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.restore_trust_policy import remediation as restore_trust_policy
from rules.accessanalyzer.shared import shared

rule = Rule(
    id="accessanalyzer.role_trusts_outsider",
    title="IAM role can be assumed from outside",
    pattern=shared("AWS::IAM::Role"),
    respond=(restore_trust_policy,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1098.003", "T1199"),
    controls={"cis-aws": ("1.20",), "pci-dss": ("7.2.1",), "soc2": ("CC6.1", "CC6.3")},
    look_at=(
        "Look up the account or provider that the finding names. A vendor you know: archive the finding. Nobody you"
        " know, or a trust that was changed today: approve, and then revoke the role's sessions."
    ),
)

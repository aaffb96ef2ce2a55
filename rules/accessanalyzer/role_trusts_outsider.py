"""A role can be assumed from outside the organization; who that is only people know, so they are told."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="accessanalyzer.role_trusts_outsider",
    title="IAM role can be assumed from outside",
    pattern={
        "source": ["aws.access-analyzer"],
        "detail-type": ["Access Analyzer Finding"],
        "detail": {"resourceType": ["AWS::IAM::Role"], "status": ["ACTIVE"]},
    },
    severity=Severity.MEDIUM,
    attack=("T1098.003", "T1199"),
    controls={"cis-aws": ("1.20",), "pci-dss": ("7.2.1",), "soc2": ("CC6.1", "CC6.3")},
    look_at=(
        "Look up the account or provider that the finding names. A vendor you know: archive the finding. Nobody you"
        " know, or a trust that was changed today: remove it from the trust policy and revoke the role's sessions."
    ),
)

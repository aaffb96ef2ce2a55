"""A KMS key can be used from outside the organization by whom it names: ask, then take outsiders' grants away."""

from chalicelib.model import Mode, Rule, Severity
from remediations.kms.remove_foreign_grants import remediation as remove_foreign_grants
from rules.accessanalyzer.shared import shared

rule = Rule(
    id="accessanalyzer.key_shared",
    title="KMS key can be used from outside",
    pattern=shared("AWS::KMS::Key", public=False),
    respond=(remove_foreign_grants,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1098", "T1537"),
    controls={"cis-aws": ("1.20",), "pci-dss": ("3.6.1", "7.2.1"), "soc2": ("CC6.1",), "gdpr": ("32",)},
    look_at=(
        "Look up the account that the finding names. A vendor: archive it. Nobody you know: approve, which takes grants"
        " away, and take the statement that names it out of the key's policy by hand; copies of data may be with them."
    ),
)

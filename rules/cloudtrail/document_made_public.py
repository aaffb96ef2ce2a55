"""A Systems Manager document was shared with every AWS account: ask, since some are published on purpose."""

from chalicelib.model import Mode, Rule, Severity
from remediations.ssm.make_document_private import remediation as make_document_private

rule = Rule(
    id="cloudtrail.document_made_public",
    title="SSM document was made public",
    pattern={
        "source": ["aws.ssm"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["ModifyDocumentPermission"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"accountIdsToAdd": [{"equals-ignore-case": "all"}]},
        },
    },
    resources={"AWS::SSM::Document": "detail.requestParameters.name"},
    respond=(make_document_private,),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1537", "T1552"),
    controls={"pci-dss": ("7.2.1",), "soc2": ("CC6.1", "CC6.6"), "gdpr": ("32",)},
    look_at=(
        "Read the document: what it tells of your hosts is known now, and any secret in it must be changed. Approve"
        " unless you publish it; then block public sharing of documents in this account."
    ),
    ask_actor=True,
)

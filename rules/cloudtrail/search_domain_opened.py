"""An OpenSearch domain's policy lets anybody read and delete: ask, and take those statements out."""

from chalicelib.model import Mode, Rule, Severity
from remediations.opensearch.remove_public_policy import remediation as remove_public_policy
from rules.cloudtrail.anybody import ANYBODY
from rules.controls import PUBLIC_DATA

rule = Rule(
    id="cloudtrail.search_domain_opened",
    title="OpenSearch domain was opened to everyone",
    pattern={
        "source": ["aws.es"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": [
                "CreateDomain",
                "CreateElasticsearchDomain",
                "UpdateDomainConfig",
                "UpdateElasticsearchDomainConfig",
            ],
            "errorCode": [{"exists": False}],
            # Only its VPC reaches a domain in one, and its security groups decide.
            "requestParameters": {"accessPolicies": ANYBODY, "vPCOptions": {"subnetIds": [{"exists": False}]}},
        },
    },
    resources={"AWS::OpenSearchService::Domain": "detail.requestParameters.domainName"},
    respond=(remove_public_policy,),
    mode=Mode.APPROVE,
    only_if_wrong=True,
    severity=Severity.HIGH,
    attack=("T1530", "T1485"),
    controls=PUBLIC_DATA,
    look_at=(
        "Open domains are found and emptied within hours: approve unless its own users and passwords guard it. Look for"
        " indices that are gone or strange, and count what was in it as read."
    ),
)

"""Checks that found functions, queues, keys and other services open to everybody."""

from chalicelib.model import Severity
from remediations.eks.restrict_public_endpoint import remediation as restrict_public_endpoint
from remediations.kms.remove_public_key_policy_statements import remediation as remove_public_key_statements
from remediations.lambdas import remove_public_access as remove_public_function_access
from remediations.opensearch.remove_public_policy import remediation as remove_public_domain_policy
from remediations.sns.remove_public_policy import remediation as remove_public_topic_policy
from remediations.sqs.remove_public_policy import remediation as remove_public_queue_policy
from remediations.ssm.make_document_private import remediation as make_document_private
from rules.checks.check import Check
from rules.controls import OPEN_NETWORK, PUBLIC_STORAGE

OPEN_SERVICE = {key: PUBLIC_STORAGE[key] for key in ("pci-dss", "soc2", "hipaa", "gdpr")}

SHARED_CHECKS = (
    Check(
        name="function_public",
        title="Lambda function can be called by everybody",
        severity=Severity.HIGH,
        types=("AWS::Lambda::Function",),
        config=("lambda-function-public-access-prohibited",),
        controls=("Lambda.1", "PCI.Lambda.1"),
        respond=(remove_public_function_access,),
        attack=("T1648", "T1190"),
        frameworks=OPEN_SERVICE,
        look_at=(
            "Ask the owner who calls it: a webhook with a public URL stops when this is approved. Read the function's"
            " invocations since its policy was changed, and what its role may do: a stranger could make it do that."
        ),
    ),
    Check(
        name="messaging_public",
        title="Queue or topic is open to everybody",
        severity=Severity.HIGH,
        types=("AWS::SQS::Queue", "AWS::SNS::Topic"),
        config=("sqs-queue-no-public-access", "sns-topic-no-public-access"),
        controls=("SQS.3", "SNS.4"),
        respond=(remove_public_queue_policy, remove_public_topic_policy),
        attack=("T1530", "T1565.002"),
        frameworks=OPEN_SERVICE,
        look_at=(
            "See who sends and receives by the public statement, services of other accounts among them: they need one"
            " with a condition of their own. Messages may have been read, taken away or forged meanwhile."
        ),
    ),
    Check(
        name="key_public",
        title="KMS key can be used by everybody",
        severity=Severity.HIGH,
        types=("AWS::KMS::Key",),
        config=("kms-key-policy-no-public-access",),
        controls=("KMS.5",),
        respond=(remove_public_key_statements,),
        attack=("T1098", "T1486"),
        frameworks=OPEN_SERVICE,
        look_at=(
            "Whoever decrypts by the public statement alone fails once this is approved: find them in CloudTrail by the"
            " key's ARN and name them in the policy. Unknown callers there mean that data was read or locked."
        ),
    ),
    Check(
        name="search_domain_public",
        title="OpenSearch domain is reachable from the internet",
        severity=Severity.HIGH,
        types=("AWS::OpenSearch::Domain", "AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain"),
        config=("opensearch-in-vpc-only", "elasticsearch-in-vpc-only"),
        controls=("Opensearch.2", "OpenSearch.2", "ES.2", "PCI.OpenSearch.1", "PCI.ES.1"),
        respond=(remove_public_domain_policy,),
        attack=("T1190", "T1530"),
        frameworks=PUBLIC_STORAGE,
        look_at=(
            "Its address stays public: only statements that let everybody in are taken out. Whoever reads without"
            " signing loses access. Moving it into a VPC needs a new domain: plan that with its owner."
        ),
    ),
    Check(
        name="document_public",
        title="Systems Manager document is public",
        severity=Severity.HIGH,
        types=("AWS::SSM::Document",),
        config=("ssm-document-not-public",),
        controls=("SSM.4",),
        respond=(make_document_private,),
        attack=("T1552.001", "T1213"),
        frameworks=OPEN_SERVICE,
        look_at=(
            "Read the document for secrets, account ids and host names: count them as known. If it is published for"
            " customers on purpose, leave it and suppress the finding."
        ),
    ),
    Check(
        name="cluster_endpoint_public",
        title="EKS cluster's API is reachable from the internet",
        severity=Severity.MEDIUM,
        types=("AWS::EKS::Cluster",),
        config=("eks-endpoint-no-public-access",),
        controls=("EKS.1",),
        respond=(restrict_public_endpoint,),
        attack=("T1190", "T1133"),
        frameworks=OPEN_NETWORK,
        look_at=(
            "Make sure that pipelines and people reach the API from inside the VPC before you approve: from outside"
            " they no longer do. The audit log tells who used it from unknown addresses."
        ),
    ),
)

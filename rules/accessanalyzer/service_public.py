"""IAM Access Analyzer proved that anybody can reach a function, queue, topic or repository: ask, then close it."""

from chalicelib.model import Mode, Rule, Severity
from remediations.ecr.remove_public_policy import remediation as remove_public_repository_policy
from remediations.lambdas import remove_public_access as remove_public_function_access
from remediations.sns.remove_public_policy import remediation as remove_public_topic_policy
from remediations.sqs.remove_public_policy import remediation as remove_public_queue_policy
from rules.accessanalyzer.shared import shared
from rules.controls import PUBLIC_STORAGE

rule = Rule(
    id="accessanalyzer.service_public",
    title="Function, queue, topic or repository is public",
    pattern=shared("AWS::Lambda::Function", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::ECR::Repository", public=True),
    respond=(
        remove_public_function_access,
        remove_public_queue_policy,
        remove_public_topic_policy,
        remove_public_repository_policy,
    ),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1190", "T1530"),
    controls={**PUBLIC_STORAGE, "cis-aws": ("1.20",)},
    look_at=(
        "Ask the owner who uses it by the statement that the finding names: a public webhook is one on purpose; then"
        " archive the finding. Anything else may have been called, read or filled by strangers."
    ),
)

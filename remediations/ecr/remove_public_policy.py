"""Take the statements that let anyone in out of a repository's policy, and leave the others as they are."""

from __future__ import annotations

import json

from botocore.exceptions import ClientError

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.public_policy import changed, closed, state, text

NO_POLICY = "RepositoryPolicyNotFoundException"


def read(aws: Session, repository: Resource) -> Json:
    """Return the public statements (see `public_policy.state`)."""
    return state(policy(aws, repository))


def desired(now: Json, repository: Resource) -> Json:
    return closed(now)


def write(aws: Session, repository: Resource, now: Json, then: Json) -> None:
    ecr = aws.client("ecr")
    wanted = changed(policy(aws, repository), now, then)
    if wanted:
        ecr.set_repository_policy(**which(repository), policyText=text(wanted))
        return
    try:
        ecr.delete_repository_policy(**which(repository))
    except ClientError as error:
        if error.response["Error"]["Code"] != NO_POLICY:
            raise


def policy(aws: Session, repository: Resource) -> Json:
    """Return the repository's policy, or None when it has none."""
    try:
        return json.loads(aws.client("ecr").get_repository_policy(**which(repository))["policyText"])
    except ClientError as error:
        if error.response["Error"]["Code"] != NO_POLICY:
            raise
        return None


def which(repository: Resource) -> dict[str, str]:
    return {"registryId": repository.account, "repositoryName": repository.id}


remediation = Remediation(
    id="ecr.remove_public_policy",
    title="Remove public statements from an ECR repository's policy",
    resource_type="AWS::ECR::Repository",
    reads=("ecr:GetRepositoryPolicy",),
    writes=("ecr:SetRepositoryPolicy", "ecr:DeleteRepositoryPolicy"),
    pin=("arn:{partition}:ecr:{region}:{account}:repository/{id}",),
    impact=(
        "Other accounts that pulled or pushed by a public statement alone no longer can, principals that it names"
        " beside `*` too; what they pulled stays theirs, and what they pushed stays in the repository. This account's"
        " roles go on by their own permissions. The registry's own policy and public repositories (ECR Public) are not"
        " touched."
    ),
    read=read,
    desired=desired,
    write=write,
)

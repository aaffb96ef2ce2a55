"""Make an analyzer of external access in a region where the account has none any more."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.model import Json, Remediation, Resource, Session

NAME, TAG = "countermeasure", "countermeasure:incident"


def read(aws: Session, account: Resource) -> Json:
    """Return `{"analyzer": "none" | "ours" | "others"}`: ours is the one made for this incident."""
    pages = aws.client("accessanalyzer").get_paginator("list_analyzers").paginate(type="ACCOUNT")
    found = [each for page in pages for each in page["analyzers"]]
    if any(each["name"] == NAME and each.get("tags", {}).get(TAG) == aws.incident for each in found):
        return {"analyzer": "ours"}
    return {"analyzer": "others" if found else "none"}


def desired(now: Json, account: Resource) -> Json:
    return {"analyzer": "ours"} if now["analyzer"] == "none" else now


def write(aws: Session, account: Resource, now: Json, then: Json) -> None:
    analyzers = aws.client("accessanalyzer")
    if then["analyzer"] == "ours" and now["analyzer"] == "none":
        analyzers.create_analyzer(analyzerName=NAME, type="ACCOUNT", tags={TAG: aws.incident})
    elif then["analyzer"] == "none" and now["analyzer"] == "ours":
        try:
            analyzers.delete_analyzer(analyzerName=NAME)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise


remediation = Remediation(
    id="accessanalyzer.recreate",
    title="Make an analyzer of external access again",
    resource_type="AWS::Account",
    reads=("access-analyzer:ListAnalyzers",),
    writes=("access-analyzer:CreateAnalyzer", "access-analyzer:DeleteAnalyzer", "access-analyzer:TagResource"),
    pin=(f"arn:{{partition}}:access-analyzer:{{region}}:{{account}}:analyzer/{NAME}",),
    impact=(
        "IAM Access Analyzer looks again, within half an hour, which resources of the account in this region outsiders"
        f" can reach; that costs nothing. The analyzer is a new one, {NAME}: archive rules and findings of the old one"
        " are lost, so that what was archived is told again. Analyzers of the organization, of unused or of internal"
        " access are not made. The service-linked role must still be there: deleting an analyzer leaves it."
    ),
    confirm_undo="Undo deletes the analyzer: what outsiders can reach in this region goes unseen by it.",
    read=read,
    desired=desired,
    write=write,
)

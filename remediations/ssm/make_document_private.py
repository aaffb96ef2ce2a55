"""Stop sharing a Systems Manager document with every AWS account; accounts that it is shared with by id keep it."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.errors import Gone
from chalicelib.model import Json, Remediation, Resource, Session

EVERYONE = "all"


def read(aws: Session, document: Resource) -> Json:
    """Return `{"everyone": "$DEFAULT"}`: the version that all accounts share, null for none. Raises Gone."""
    ssm, page = aws.client("ssm"), {"Name": document.id, "PermissionType": "Share"}
    shared: dict[str, str] = {}
    try:
        while True:
            answer = ssm.describe_document_permission(**page)
            shared |= dict.fromkeys(answer.get("AccountIds", []), "$DEFAULT")
            for each in answer.get("AccountSharingInfoList", []):
                shared[each["AccountId"]] = each.get("SharedDocumentVersion") or "$DEFAULT"
            if not answer.get("NextToken"):
                break
            page["NextToken"] = answer["NextToken"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidDocument":
            raise
        raise Gone(f"{document.key} does not exist any more") from error
    return {"everyone": next((version for account, version in shared.items() if account.lower() == EVERYONE), None)}


def desired(now: Json, document: Resource) -> Json:
    return {"everyone": None}


def write(aws: Session, document: Resource, now: Json, then: Json) -> None:
    change = (
        {"AccountIdsToAdd": [EVERYONE], "SharedDocumentVersion": then["everyone"]}
        if then["everyone"]
        else {"AccountIdsToRemove": [EVERYONE]}
    )
    aws.client("ssm").modify_document_permission(Name=document.id, PermissionType="Share", **change)


remediation = Remediation(
    id="ssm.make_document_private",
    title="Stop sharing an SSM document with everyone",
    resource_type="AWS::SSM::Document",
    reads=("ssm:DescribeDocumentPermission",),
    writes=("ssm:ModifyDocumentPermission",),
    pin=("arn:{partition}:ssm:{region}:{account}:document/{id}",),
    impact=(
        "Other accounts can neither read nor run the document any more; automations and State Manager associations of"
        " theirs that use it fail. Copies that they made stay. What secrets the document holds must be taken for known."
        " Systems Manager refuses undo while the account blocks public sharing of documents."
    ),
    read=read,
    desired=desired,
    write=write,
)

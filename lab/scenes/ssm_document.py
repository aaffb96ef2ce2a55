"""A document that every AWS account may run, beside one that a single account shares."""

from __future__ import annotations

import json

import boto3

from chalicelib.model import Resource
from lab.scene import Scene

PARTNER = "999900001111"
CONTENT = {
    "schemaVersion": "2.2",
    "description": "Patch a server",
    "mainSteps": [{"action": "aws:runShellScript", "name": "patch", "inputs": {"runCommand": ["yum update -y"]}}],
}


def make(boto: boto3.Session, document: Resource) -> str:
    """Return the document's name: always the event's own."""
    ssm = boto.client("ssm")
    owned = ssm.list_documents(Filters=[{"Key": "Owner", "Values": ["Self"]}])["DocumentIdentifiers"]
    neighbour = f"{document.id}-neighbour"[-128:]
    for name in {document.id, neighbour} - {each["Name"] for each in owned}:
        ssm.create_document(Name=name, DocumentType="Command", DocumentFormat="JSON", Content=json.dumps(CONTENT))
    share(boto, document.id, "all")
    share(boto, neighbour, PARTNER)
    return document.id


def share(boto: boto3.Session, name: str, account: str, version: str = "$DEFAULT") -> None:
    boto.client("ssm").modify_document_permission(
        Name=name, PermissionType="Share", AccountIdsToAdd=[account], SharedDocumentVersion=version
    )


def shared_again(boto: boto3.Session, document: Resource) -> None:
    """Someone shares every version of it with everyone."""
    share(boto, document.id, "all", "$ALL")


scene = Scene(
    resource_type="AWS::SSM::Document",
    example="patch-servers",
    make=make,
    drift={"ssm.make_document_private": shared_again},
)

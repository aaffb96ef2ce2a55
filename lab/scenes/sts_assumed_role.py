"""One session of a role, beside the role's healthy sessions."""

from __future__ import annotations

import re

import boto3

from chalicelib.model import Resource
from lab.ids_iam import rename_role_id
from lab.scene import Scene
from lab.scenes.iam_role import assume, make_role


def make(boto: boto3.Session, session: Resource) -> str:
    role_name, _, session_name = session.id.partition("/")
    make_role(boto, session, role_name)
    role_id = session.details.get("role_id", "")
    if re.fullmatch(r"AROA[A-Z0-9]{12,28}", role_id):
        rename_role_id(session, role_name, role_id)
    assume(boto, role_name, session_name)
    return session.id


scene = Scene(resource_type="AWS::STS::AssumedRole", example="web/i-0123456789abcdef0", make=make)

"""An administrator's active key under the event's id, beside another active key of the same user."""

from __future__ import annotations

import boto3

from chalicelib.model import Resource
from lab.ids_iam import has_key, rename_key
from lab.scene import Scene
from lab.scenes.iam_user import SPARE, make_user


def make(boto: boto3.Session, key: Resource) -> str:
    user = key.details.get("user") or "app-deployer"
    while not has_key(key, key.id):
        make_user(boto, key, user)
        listed = boto.client("iam").list_access_keys(UserName=user)["AccessKeyMetadata"]
        spare = next((k["AccessKeyId"] for k in listed if k["AccessKeyId"].startswith(SPARE)), "")
        if spare:
            rename_key(key, spare, key.id)
        user = f"{user}-2"  # a user has two keys at most: the third key that events name is another user's
    return key.id


scene = Scene(resource_type="AWS::IAM::AccessKey", example="AKIAIOSFODNN7EXAMPLE", make=make)

"""A table whose deletion protection somebody turned off, beside one that never had any."""

from __future__ import annotations

from typing import Any

import boto3

from chalicelib.model import Resource
from lab.scene import Scene

NEIGHBOUR = "neighbour"


def make(boto: boto3.Session, table: Resource) -> str:
    dynamodb: Any = boto.client("dynamodb")
    have = dynamodb.list_tables()["TableNames"]
    for name in (table.id, NEIGHBOUR):
        if name not in have:
            dynamodb.create_table(
                TableName=name,
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
                DeletionProtectionEnabled=False,
            )
    return table.id


# A table is protected or not: there is no third state, so nobody can drift it into one.
scene = Scene(resource_type="AWS::DynamoDB::Table", example="orders", make=make)

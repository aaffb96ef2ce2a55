"""A database that the internet reaches and anyone may delete, beside one that is private and protected."""

from __future__ import annotations

from typing import Any

import boto3

from chalicelib.model import Resource
from lab.scene import Scene

NEIGHBOUR = "neighbour-database"


def make(boto: boto3.Session, database: Resource) -> str:
    """Return the instance's identifier as RDS keeps it: in small letters."""
    name = have_database(boto, database.id, PubliclyAccessible=True, DeletionProtection=False)
    have_database(boto, NEIGHBOUR, PubliclyAccessible=False, DeletionProtection=True)
    return name


def have_database(boto: boto3.Session, name: str, **settings: bool) -> str:
    """Make the instance unless it is there."""
    rds: Any = boto.client("rds")
    try:
        made = rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="postgres",
            ManageMasterUserPassword=True,
            **settings,
        )
    except rds.exceptions.DBInstanceAlreadyExistsFault:
        return name.lower()
    return str(made["DBInstance"]["DBInstanceIdentifier"])


# It is public or not, protected or not: there is no third state, so nobody can drift it into one.
scene = Scene(resource_type="AWS::RDS::DBInstance", example="orders", make=make)

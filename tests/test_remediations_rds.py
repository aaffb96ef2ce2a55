"""The RDS remediations change one setting of one database or snapshot, and nothing that waits beside it."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Remediation, Resource
from chalicelib.reconcile import read
from lab.scenes import rds_db_cluster, rds_db_instance
from remediations.rds import (
    make_cluster_snapshot_private,
    make_private,
    make_snapshot_private,
    restore_cluster_deletion_protection,
    restore_deletion_protection,
)
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

DATABASE = Resource("AWS::RDS::DBInstance", "orders", ACCOUNT, REGION)
CLUSTER = Resource("AWS::RDS::DBCluster", "orders", ACCOUNT, REGION)
SNAPSHOT = Resource("AWS::RDS::DBSnapshot", "orders-1", ACCOUNT, REGION)
CLUSTER_SNAPSHOT = Resource("AWS::RDS::DBClusterSnapshot", "orders-1", ACCOUNT, REGION)
PARTNER = "111122223333"

MAKE_PRIVATE, PROTECT = make_private.remediation, restore_deletion_protection.remediation
PROTECT_CLUSTER = restore_cluster_deletion_protection.remediation
SHARED = {
    make_snapshot_private.remediation: (SNAPSHOT, "db_snapshot", "DBSnapshot"),
    make_cluster_snapshot_private.remediation: (CLUSTER_SNAPSHOT, "db_cluster_snapshot", "DBClusterSnapshot"),
}
EVERY = {
    MAKE_PRIVATE: DATABASE,
    PROTECT: DATABASE,
    PROTECT_CLUSTER: CLUSTER,
    **{remediation: resource for remediation, (resource, _, _) in SHARED.items()},
}


@pytest.fixture
def rds(aws: Aws) -> Any:
    return aws.boto.client("rds")


def settings(rds: Any) -> dict[str, tuple[bool, bool]]:
    """Return whether each database is public, and whether it is protected."""
    found = rds.describe_db_instances()["DBInstances"]
    return {each["DBInstanceIdentifier"]: (each["PubliclyAccessible"], each["DeletionProtection"]) for each in found}


@pytest.mark.parametrize(("remediation", "resource"), EVERY.items(), ids=lambda each: each.id)
def test_what_does_not_exist_is_gone(aws: Aws, remediation: Remediation, resource: Resource) -> None:
    with pytest.raises(Gone):
        read(remediation, aws, resource)


@pytest.mark.parametrize(
    ("remediation", "settled"), [(MAKE_PRIVATE, (False, False)), (PROTECT, (True, True))], ids=["private", "protect"]
)
def test_one_setting_of_one_database_changes_and_comes_back(
    aws: Aws, rds: Any, remediation: Remediation, settled: tuple[bool, bool]
) -> None:
    make(aws, DATABASE)
    neighbour = {rds_db_instance.NEIGHBOUR: (False, True)}
    assert settings(rds) == {"orders": (True, False), **neighbour}
    change = apply(aws, remediation, DATABASE)
    assert settings(rds) == {"orders": settled, **neighbour}
    undo(aws, remediation, DATABASE, change)
    assert settings(rds) == {"orders": (True, False), **neighbour}


@pytest.mark.parametrize("remediation", [MAKE_PRIVATE, PROTECT, PROTECT_CLUSTER], ids=lambda each: each.id)
def test_changes_that_wait_for_the_maintenance_window_go_on_waiting(aws: Aws, remediation: Remediation) -> None:
    make(aws, EVERY[remediation])
    apply(aws, remediation, EVERY[remediation])
    modified = [params for name, params in aws.calls if name.startswith("Modify")]
    assert [sorted(params) for params in modified] == [
        [f"{EVERY[remediation].type.split('::')[2]}Identifier", _setting(remediation)]
    ]


def _setting(remediation: Remediation) -> str:
    return "PubliclyAccessible" if remediation is MAKE_PRIVATE else "DeletionProtection"


def test_a_cluster_is_protected_and_its_neighbour_stays(aws: Aws, rds: Any) -> None:
    make(aws, CLUSTER)

    def protection() -> dict[str, bool]:
        found = rds.describe_db_clusters()["DBClusters"]
        return {each["DBClusterIdentifier"]: each["DeletionProtection"] for each in found}

    assert protection() == {"orders": False, rds_db_cluster.NEIGHBOUR: True}
    change = apply(aws, PROTECT_CLUSTER, CLUSTER)
    assert protection() == {"orders": True, rds_db_cluster.NEIGHBOUR: True}
    undo(aws, PROTECT_CLUSTER, CLUSTER, change)
    assert protection() == {"orders": False, rds_db_cluster.NEIGHBOUR: True}


def test_a_member_of_a_cluster_is_protected_by_its_cluster_only(aws: Aws, rds: Any) -> None:
    make(aws, CLUSTER)
    rds.create_db_instance(
        DBInstanceIdentifier="orders-1",
        DBInstanceClass="db.r6g.large",
        Engine="aurora-postgresql",
        DBClusterIdentifier=CLUSTER.id,
    )
    with pytest.raises(Unsupported, match=r"^orders-1 is a member of the cluster orders, and only the cluster"):
        read(PROTECT, aws, Resource(DATABASE.type, "orders-1", ACCOUNT, REGION))


@pytest.mark.parametrize("remediation", SHARED, ids=lambda each: each.id)
def test_everybody_loses_a_snapshot_and_who_is_named_keeps_it(aws: Aws, rds: Any, remediation: Remediation) -> None:
    snapshot, call, name = SHARED[remediation]
    make(aws, snapshot)

    def shared_with(id_: str) -> list[str]:
        asked = getattr(rds, f"describe_{call}_attributes")(**{f"{name}Identifier": id_})
        [attribute] = asked[f"{name}AttributesResult"][f"{name}Attributes"]
        return sorted(attribute["AttributeValues"])

    assert (shared_with("orders-1"), shared_with("shared-with-partner")) == ([PARTNER, "all"], [PARTNER])
    change = apply(aws, remediation, snapshot)
    assert (shared_with("orders-1"), shared_with("shared-with-partner")) == ([PARTNER], [PARTNER])
    undo(aws, remediation, snapshot, change)
    assert (shared_with("orders-1"), shared_with("shared-with-partner")) == ([PARTNER, "all"], [PARTNER])
    assert remediation.confirm_undo == "Undo shares the whole database with everybody again."

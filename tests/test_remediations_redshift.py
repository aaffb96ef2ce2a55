"""A Redshift cluster is made private, and nothing else of it and no other cluster changes."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Gone
from chalicelib.model import Resource
from chalicelib.reconcile import read, write
from remediations.redshift.make_private import remediation
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

CLUSTER = Resource("AWS::Redshift::Cluster", "warehouse", ACCOUNT, REGION)


def clusters(aws: Aws) -> dict[str, Any]:
    return {each["ClusterIdentifier"]: each for each in aws.client("redshift").describe_clusters()["Clusters"]}


def told(aws: Aws, operation: str, **answer: Any) -> None:
    ok = type("Http", (), {"status_code": 200})()
    said = {"ResponseMetadata": {}, **answer}
    aws.client("redshift").meta.events.register(f"before-call.redshift.{operation}", lambda **_: (ok, said))


def test_only_the_public_address_of_only_that_cluster_goes_and_undo_brings_one_back(aws: Aws) -> None:
    make(aws, CLUSTER)
    before = clusters(aws)
    change = apply(aws, remediation, CLUSTER)
    assert change == ({"public": True}, {"public": False})
    assert clusters(aws) == {**before, "warehouse": {**before["warehouse"], "PubliclyAccessible": False}}
    undo(aws, remediation, CLUSTER, change)
    assert clusters(aws) == before


def test_an_elastic_ip_that_somebody_chose_comes_back_with_it(aws: Aws) -> None:
    address = {"ElasticIpStatus": {"ElasticIp": "198.51.100.7", "Status": "active"}}
    public = {"ClusterStatus": "available", "PubliclyAccessible": True, **address}
    told(aws, "DescribeClusters", Clusters=[public])
    before = read(remediation, aws, CLUSTER)
    assert before == {"public": True, "address": "198.51.100.7"}
    told(aws, "ModifyCluster")
    aws.calls.clear()
    write(remediation, aws, CLUSTER, {"public": False}, before)
    asked = {"ClusterIdentifier": "warehouse", "PubliclyAccessible": True, "ElasticIp": "198.51.100.7"}
    assert aws.calls == [("ModifyCluster", asked)]


def test_an_address_that_redshift_remembers_of_a_private_cluster_is_no_part_of_the_state(aws: Aws) -> None:
    address = {"ElasticIpStatus": {"ElasticIp": "198.51.100.7", "Status": "active"}}
    told(aws, "DescribeClusters", Clusters=[{"ClusterStatus": "available", "PubliclyAccessible": False, **address}])
    assert read(remediation, aws, CLUSTER) == {"public": False}


def test_a_cluster_that_does_not_exist_or_is_being_deleted_is_gone(aws: Aws) -> None:
    with pytest.raises(Gone, match="does not exist"):
        read(remediation, aws, CLUSTER)
    told(aws, "DescribeClusters", Clusters=[{"ClusterStatus": "deleting", "PubliclyAccessible": True}])
    with pytest.raises(Gone, match="is being deleted"):
        read(remediation, aws, CLUSTER)

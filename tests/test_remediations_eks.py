"""A cluster's API is closed to the internet, and one principal loses its access; ranges, entries and clusters stay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.errors import Busy, Gone, Unsupported
from chalicelib.model import Resource
from chalicelib.reconcile import plan, read, write
from lab.scenes.eks_cluster import INTRUDER, NEIGHBOUR, NODES, OTHERS, POLICY, ROLE
from remediations.eks import remove_access_entry, restrict_public_endpoint
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

CLUSTER = Resource("AWS::EKS::Cluster", "production", ACCOUNT, REGION, details={"principal": INTRUDER})
endpoint, entry = restrict_public_endpoint.remediation, remove_access_entry.remediation
OPEN = {"public": True, "private": False, "cidrs": ["0.0.0.0/0"]}
CLOSED = {"public": False, "private": True, "cidrs": []}
ENTRY = {
    "principal": ROLE,
    "groups": ["deployers", "viewers"],
    "tags": {"team": "web"},
    "policies": {
        f"{POLICY}/AmazonEKSClusterAdminPolicy": {"type": "cluster", "namespaces": []},
        f"{POLICY}/AmazonEKSEditPolicy": {"type": "namespace", "namespaces": ["jobs", "web"]},
    },
}


def config(aws: Aws, name: str) -> Any:
    return aws.client("eks").describe_cluster(name=name)["cluster"]["resourcesVpcConfig"]


def entries(aws: Aws, name: str) -> dict[str, Any]:
    """Return every entry of a cluster with its policies; lists are sorted, as their order says nothing."""
    eks, found = aws.client("eks"), {}
    for arn in eks.list_access_entries(clusterName=name)["accessEntries"]:
        which = {"clusterName": name, "principalArn": arn}
        associated = eks.list_associated_access_policies(**which)["associatedAccessPolicies"]
        found[arn] = (eks.describe_access_entry(**which)["accessEntry"], associated)
        for names in (found[arn][0]["kubernetesGroups"], *(each["accessScope"]["namespaces"] for each in associated)):
            names.sort()
    return found


def told(aws: Aws, operation: str, status: int, **answer: Any) -> None:
    answered = type("Http", (), {"status_code": status})()
    said = {"ResponseMetadata": {}, **answer}
    aws.client("eks").meta.events.register(f"before-call.eks.{operation}", lambda **_: (answered, said))


def test_the_api_is_closed_to_the_internet_and_opened_to_the_vpc_and_undo_gives_it_back(aws: Aws) -> None:
    make(aws, CLUSTER)
    before = config(aws, CLUSTER.id)
    change = apply(aws, endpoint, CLUSTER)
    assert change == (OPEN, CLOSED)
    closed = {"endpointPublicAccess": False, "endpointPrivateAccess": True}
    assert config(aws, CLUSTER.id) == {**before, **closed}
    assert config(aws, NEIGHBOUR) == before
    undo(aws, endpoint, CLUSTER, change)
    assert config(aws, CLUSTER.id) == before


CIDRS: dict[str, tuple[list[str], list[str]]] = {
    "the world": (["0.0.0.0/0"], []),
    "the world in both families": (["0.0.0.0/0", "::/0"], []),
    "the world in two halves": (["0.0.0.0/1", "128.0.0.0/1"], []),
    "an office beside the world": (["0.0.0.0/0", "203.0.113.0/24"], ["203.0.113.0/24"]),
    "what is no range": (["everybody", "2001:db8::/32"], ["2001:db8::/32"]),
}


@pytest.mark.parametrize(("cidrs", "kept"), CIDRS.values(), ids=CIDRS)
def test_somebodys_ranges_stay_and_the_way_is_closed_where_there_are_none(cidrs: list[str], kept: list[str]) -> None:
    wanted = {"public": bool(kept), "private": True, "cidrs": kept}
    assert endpoint.desired({**OPEN, "cidrs": sorted(cidrs)}, CLUSTER) == wanted
    assert endpoint.desired(wanted, CLUSTER) == wanted


def test_a_cluster_that_only_an_office_reaches_stays_as_it_is(aws: Aws) -> None:
    make(aws, CLUSTER)
    aws.client("eks").update_cluster_config(
        name=CLUSTER.id, resourcesVpcConfig={"publicAccessCidrs": ["203.0.113.0/24"]}
    )
    assert not plan(endpoint, aws, CLUSTER).needed


def test_ranges_that_eks_remembers_of_a_closed_way_are_no_part_of_the_state(aws: Aws) -> None:
    make(aws, CLUSTER)
    apply(aws, endpoint, CLUSTER)
    assert config(aws, CLUSTER.id)["publicAccessCidrs"] == ["0.0.0.0/0"]
    assert read(endpoint, aws, CLUSTER) == CLOSED


def test_a_cluster_that_is_being_updated_is_tried_again_later(aws: Aws) -> None:
    make(aws, CLUSTER)
    told(aws, "UpdateClusterConfig", 409, Error={"Code": "ResourceInUseException", "Message": "update in progress"})
    with pytest.raises(Busy, match="one update at a time"):
        write(endpoint, aws, CLUSTER, OPEN, CLOSED)


def test_an_update_that_is_done_already_is_no_error(aws: Aws) -> None:
    make(aws, CLUSTER)
    apply(aws, endpoint, CLUSTER)
    write(endpoint, aws, CLUSTER, OPEN, CLOSED)
    assert read(endpoint, aws, CLUSTER) == CLOSED


def test_any_other_refusal_comes_through(aws: Aws) -> None:
    make(aws, CLUSTER)
    with pytest.raises(ClientError, match="cannot be false"):
        write(endpoint, aws, CLUSTER, OPEN, {"public": False, "private": False, "cidrs": []})


def test_a_cluster_outside_aws_is_unsupported(aws: Aws) -> None:
    told(aws, "DescribeCluster", 200, cluster={"status": "ACTIVE", "connectorConfig": {}})
    with pytest.raises(Unsupported, match="does not run in AWS"):
        read(endpoint, aws, CLUSTER)


def test_a_cluster_that_is_being_deleted_is_gone(aws: Aws) -> None:
    told(aws, "DescribeCluster", 200, cluster={"status": "DELETING"})
    with pytest.raises(Gone, match="is being deleted"):
        read(endpoint, aws, CLUSTER)


@pytest.mark.parametrize("remediation", [endpoint, entry], ids=lambda each: each.id)
def test_a_cluster_that_does_not_exist_is_gone(aws: Aws, remediation: Any) -> None:
    make(aws, CLUSTER)
    with pytest.raises(Gone):
        read(remediation, aws, replace(CLUSTER, id="deleted"))


def test_the_sessions_role_loses_its_entry_and_others_of_like_names_keep_theirs(aws: Aws) -> None:
    make(aws, CLUSTER)
    before = {name: entries(aws, name) for name in (CLUSTER.id, NEIGHBOUR)}
    assert set(before[CLUSTER.id]) == {ROLE, NODES, *OTHERS}
    change = apply(aws, entry, CLUSTER)
    assert change == ({"entry": ENTRY}, {"entry": None})
    kept = {arn: found for arn, found in before[CLUSTER.id].items() if arn != ROLE}
    assert {name: entries(aws, name) for name in before} == {**before, CLUSTER.id: kept}
    undo(aws, entry, CLUSTER, change)
    assert {name: entries(aws, name) for name in before} == before


def test_an_undo_that_died_before_the_policies_is_taken_up_again(aws: Aws) -> None:
    make(aws, CLUSTER)
    apply(aws, entry, CLUSTER)
    half = {**ENTRY, "policies": {}}
    write(entry, aws, CLUSTER, {"entry": None}, {"entry": half})
    assert read(entry, aws, CLUSTER) == {"entry": half}
    undo(aws, entry, CLUSTER, ({"entry": ENTRY}, {"entry": half}))


def test_a_username_that_somebody_chose_comes_back_and_tags_of_awss_own_do_not(aws: Aws) -> None:
    make(aws, CLUSTER)
    eks, which = aws.client("eks"), {"clusterName": CLUSTER.id, "principalArn": ROLE}
    eks.delete_access_entry(**which)
    tags = {"team": "web", "aws:cloudformation:stack-name": "access"}
    eks.create_access_entry(**which, username="ci:{{SessionName}}", tags=tags)
    change = apply(aws, entry, CLUSTER)
    named = {"username": "ci:{{SessionName}}", "groups": [], "tags": {"team": "web"}, "policies": {}}
    assert change[0] == {"entry": {"principal": ROLE, **named}}
    undo(aws, entry, CLUSTER, change)


PRINCIPALS: dict[str, tuple[str, tuple[str, ...]]] = {
    "a user": ("arn:aws:iam::111122223333:user/people/alice", ("111122223333", "user", "alice")),
    "a role with a path": (ROLE, ("111122223333", "role", "deploy")),
    "a session": (INTRUDER, ("111122223333", "role", "deploy")),
    "root": ("arn:aws:iam::111122223333:root", ()),
    "a federated user": ("arn:aws:sts::111122223333:federated-user/alice", ()),
    "a wildcard": ("arn:aws:iam::111122223333:role/*", ()),
    "nobody": ("", ()),
}


@pytest.mark.parametrize(("arn", "expected"), PRINCIPALS.values(), ids=PRINCIPALS)
def test_whom_an_arn_means(arn: str, expected: tuple[str, ...]) -> None:
    assert remove_access_entry.identity(arn) == expected


def test_a_principal_without_an_entry_needs_nothing(aws: Aws) -> None:
    make(aws, CLUSTER)
    other = replace(CLUSTER, details={"principal": "arn:aws:iam::999900001111:role/deploy"})
    assert not plan(entry, aws, other).needed


@pytest.mark.parametrize(
    ("details", "why"),
    [({}, "names no IAM user or role"), ({"principal": NODES}, "is the role of production's nodes")],
    ids=["nobody is named", "the nodes' role"],
)
def test_whose_access_cannot_be_taken_away_is_unsupported(aws: Aws, details: dict[str, str], why: str) -> None:
    make(aws, CLUSTER)
    with pytest.raises(Unsupported, match=why):
        read(entry, aws, replace(CLUSTER, details=details))


def test_a_cluster_that_knows_its_users_from_a_config_map_is_unsupported(aws: Aws) -> None:
    make(aws, CLUSTER)
    aws.client("eks").update_cluster_config(name=CLUSTER.id, accessConfig={"authenticationMode": "CONFIG_MAP"})
    with pytest.raises(Unsupported, match="aws-auth"):
        read(entry, aws, CLUSTER)

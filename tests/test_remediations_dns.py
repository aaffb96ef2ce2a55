"""A VPC's DNS queries are logged again as those of its neighbours are, and nowhere that only an outsider chose."""

from __future__ import annotations

from typing import Any

import pytest
from moto.route53resolver.models import route53resolver_backends

from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Resource
from chalicelib.reconcile import plan, read
from remediations.dns.restore_query_logs import remediation
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

VPC = Resource("AWS::EC2::VPC", "vpc-0123456789abcdef0", ACCOUNT, REGION)


def configs(aws: Aws) -> dict[str, str]:
    found = aws.client("route53resolver").list_resolver_query_log_configs()["ResolverQueryLogConfigs"]
    return {each["Name"]: each["Id"] for each in found}


def ties(aws: Aws) -> list[tuple[str, str]]:
    found = aws.client("route53resolver").list_resolver_query_log_config_associations()
    tied = found["ResolverQueryLogConfigAssociations"]
    return sorted((each["ResourceId"], each["ResolverQueryLogConfigId"]) for each in tied)


def forget(aws: Aws) -> dict[str, Any]:
    """No VPC is tied to anything any more; return what holds the ties."""
    backend = route53resolver_backends[ACCOUNT][REGION]
    backend.resolver_query_log_config_associations.clear()
    return backend.resolver_query_log_configs


def test_the_vpc_gets_what_most_neighbours_have_and_they_keep_theirs(aws: Aws) -> None:
    make(aws, VPC)
    before, most = ties(aws), configs(aws)["flow-logs"]
    change = apply(aws, remediation, VPC)
    assert change == ({"configs": [], "usual": most}, {"configs": [most]})
    assert ties(aws) == sorted([*before, (VPC.id, most)])
    undo(aws, remediation, VPC, change)
    assert ties(aws) == before


def test_a_vpc_that_logs_its_queries_anywhere_is_left_alone(aws: Aws) -> None:
    make(aws, VPC)
    other = configs(aws)["ad-hoc"]
    aws.client("route53resolver").associate_resolver_query_log_config(ResolverQueryLogConfigId=other, ResourceId=VPC.id)
    assert not plan(remediation, aws, VPC).needed
    assert read(remediation, aws, VPC) == {"configs": [other]}


def test_the_only_configuration_of_the_account_will_do_though_no_vpc_uses_it(aws: Aws) -> None:
    make(aws, VPC)
    kept = forget(aws)
    del kept[configs(aws)["ad-hoc"]]
    assert apply(aws, remediation, VPC)[1] == {"configs": [configs(aws)["flow-logs"]]}


def test_several_that_nobody_uses_do_not_tell_where_to_log(aws: Aws) -> None:
    make(aws, VPC)
    forget(aws)
    with pytest.raises(Unsupported, match="owns 2 query logging configurations in eu-central-1 and no other VPC uses"):
        read(remediation, aws, VPC)


def test_what_another_account_shares_is_not_used(aws: Aws) -> None:
    make(aws, VPC)
    for config in route53resolver_backends[ACCOUNT][REGION].resolver_query_log_configs.values():
        config.account_id = "999999999999"
    with pytest.raises(Unsupported, match="123456789012 owns 0 query logging configurations"):
        read(remediation, aws, VPC)


def test_an_association_that_fails_is_none(aws: Aws) -> None:
    make(aws, VPC)
    apply(aws, remediation, VPC)
    for tie in route53resolver_backends[ACCOUNT][REGION].resolver_query_log_config_associations.values():
        tie.status = "FAILED" if tie.resource_id == VPC.id else "ACTIVE"
    assert read(remediation, aws, VPC)["configs"] == []


def test_what_is_done_already_may_be_done_again(aws: Aws) -> None:
    make(aws, VPC)
    before, after = apply(aws, remediation, VPC)
    for now, then in ((before, after), (after, before), (after, before)):
        remediation.write(aws, VPC, now, then)
    assert read(remediation, aws, VPC) == before


def test_a_deleted_vpc_is_gone(aws: Aws) -> None:
    with pytest.raises(Gone, match=r"InvalidVpcID\.NotFound"):
        read(remediation, aws, VPC)

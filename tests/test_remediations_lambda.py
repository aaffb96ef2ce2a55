"""A function and its aliases are closed to everybody, and its triggers stay; a stopped one gets back what it had."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest

from chalicelib import reconcile
from chalicelib.catalogue import load
from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Resource
from remediations import lambdas
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

permission = import_module("remediations.lambda.remove_public_access").permission
FUNCTION = Resource("AWS::Lambda::Function", "checkout", ACCOUNT, REGION)
NEIGHBOUR = Resource("AWS::Lambda::Function", "checkout-neighbour", ACCOUNT, REGION)
SIDS = ["FunctionURLAllowPublicAccess", "FunctionURLInvokeAllowPublicAccess", "anybody"]


def statements(aws: Aws, **which: str) -> dict[str, Any]:
    found = json.loads(aws.client("lambda").get_policy(**({"FunctionName": FUNCTION.id} | which))["Policy"])
    return {statement["Sid"]: statement for statement in found["Statement"]}


def urls(aws: Aws) -> Any:
    return aws.client("lambda").list_function_url_configs(FunctionName=FUNCTION.id)["FunctionUrlConfigs"]


def test_the_two_are_the_catalogues(catalogue: Any) -> None:
    found = load().remediations
    assert found["lambda.stop_function"] is lambdas.stop_function
    assert found["lambda.remove_public_access"] is lambdas.remove_public_access


def test_public_statements_go_from_the_function_and_its_alias_and_its_triggers_stay(aws: Aws) -> None:
    make(aws, FUNCTION)
    before = [statements(aws), statements(aws, Qualifier="live")]
    assert [sorted(found) for found in before] == [[*SIDS, "uploads"]] * 2
    change = apply(aws, lambdas.remove_public_access, FUNCTION)
    assert [statements(aws), statements(aws, Qualifier="live")] == [{"uploads": each["uploads"]} for each in before]
    undo(aws, lambdas.remove_public_access, FUNCTION, change)
    assert [statements(aws), statements(aws, Qualifier="live")] == before


def test_urls_ask_for_signed_requests_and_keep_the_rest_of_their_settings(aws: Aws) -> None:
    make(aws, FUNCTION)
    before = urls(aws)
    change = apply(aws, lambdas.remove_public_access, FUNCTION)
    assert change[0]["urls"] == {"": "NONE", "live": "NONE"}
    assert urls(aws) == [{**url, "AuthType": "AWS_IAM"} for url in before]
    undo(aws, lambdas.remove_public_access, FUNCTION, change)
    assert urls(aws) == before


def test_a_neighbour_is_left_alone(aws: Aws) -> None:
    make(aws, FUNCTION)
    before = statements(aws, FunctionName=NEIGHBOUR.id)
    assert not reconcile.plan(lambdas.remove_public_access, aws, NEIGHBOUR).needed
    apply(aws, lambdas.remove_public_access, FUNCTION)
    apply(aws, lambdas.stop_function, FUNCTION)
    assert statements(aws, FunctionName=NEIGHBOUR.id) == before
    assert reconcile.read(lambdas.stop_function, aws, NEIGHBOUR) == {"reserved": 5}


def test_a_half_done_change_is_finished_and_undone(aws: Aws) -> None:
    make(aws, FUNCTION)
    plan = reconcile.plan(lambdas.remove_public_access, aws, FUNCTION)
    client = aws.client("lambda")
    client.update_function_url_config(FunctionName=FUNCTION.id, AuthType="AWS_IAM")
    client.remove_permission(FunctionName=FUNCTION.id, StatementId="anybody")
    apply(aws, lambdas.remove_public_access, FUNCTION)
    client.add_permission(
        FunctionName=FUNCTION.id, StatementId="anybody", Action="lambda:InvokeFunction", Principal="*"
    )
    now = reconcile.read(lambdas.remove_public_access, aws, FUNCTION)
    reconcile.write(lambdas.remove_public_access, aws, FUNCTION, now, plan.before)
    assert reconcile.read(lambdas.remove_public_access, aws, FUNCTION) == plan.before


def test_a_statement_that_could_not_be_made_again_is_not_removed() -> None:
    exotic = {
        "Sid": "x",
        "Principal": "*",
        "Action": "lambda:InvokeFunction",
        "Condition": {"Bool": {"aws:New": "true"}},
    }
    with pytest.raises(Unsupported, match="statement x has a condition on aws:New"):
        permission(exotic)


@pytest.mark.parametrize("reserved", [None, 1, 25])
def test_a_stopped_function_gets_back_what_was_reserved_for_it(aws: Aws, reserved: int | None) -> None:
    make(aws, FUNCTION)
    if reserved is not None:
        aws.client("lambda").put_function_concurrency(FunctionName=FUNCTION.id, ReservedConcurrentExecutions=reserved)
    change = apply(aws, lambdas.stop_function, FUNCTION)
    assert change == ({"reserved": reserved}, {"reserved": 0})
    undo(aws, lambdas.stop_function, FUNCTION, change)


@pytest.mark.parametrize("remediation", [lambdas.stop_function, lambdas.remove_public_access], ids=lambda r: r.id)
def test_a_deleted_function_is_gone(aws: Aws, remediation: Any) -> None:
    with pytest.raises(Gone, match="checkout does not exist any more"):
        reconcile.plan(remediation, aws, FUNCTION)

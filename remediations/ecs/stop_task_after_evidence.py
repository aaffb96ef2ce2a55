"""Stop an ECS task, and keep in the incident what ECS forgets an hour later: its images, roles and network."""

from __future__ import annotations

from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Json, Remediation, Resource, Session

OVER = ("DEPROVISIONING", "STOPPED", "DELETED")
"""The last states of a task, in which its containers have ended (ECS Developer Guide, "Amazon ECS task lifecycle")."""


def read(aws: Session, task: Resource) -> Json:
    """Return `{"task": "stopped"}`, or "running" or "stopping" with the `evidence`. Raises Gone and Unsupported."""
    found = aws.client("ecs").describe_tasks(cluster=cluster(task), tasks=[task.id])["tasks"]
    if not found:
        raise Gone(f"{task.key} does not exist any more: ECS shows a stopped task for an hour")
    if found[0]["lastStatus"] in OVER:
        return {"task": "stopped"}
    wanted = found[0]["desiredStatus"] == "RUNNING"
    return {"task": "running" if wanted else "stopping", "evidence": evidence(aws, found[0])}


def cluster(task: Resource) -> str:
    """Return the name of the task's cluster, which stands in its ARN: `...:task/cluster/id`."""
    name, slash, _ = task.id.partition(":task/")[2].partition("/")
    if not slash:
        raise Unsupported(f"{task.id} is no task's ARN that names its cluster (arn:aws:ecs:...:task/cluster/id)")
    return name


def evidence(aws: Session, task: Json) -> Json:
    """Return what ran there, as whom and where. Environment variables may be secrets: they are left out."""
    definition = aws.client("ecs").describe_task_definition(taskDefinition=task["taskDefinitionArn"])["taskDefinition"]
    overrides = task.get("overrides", {})
    said = {
        "definition": task["taskDefinitionArn"],
        "role": overrides.get("taskRoleArn") or definition.get("taskRoleArn"),
        "execution_role": overrides.get("executionRoleArn") or definition.get("executionRoleArn"),
        "group": task.get("group"),
        "started_by": task.get("startedBy"),
        "host": task.get("containerInstanceArn"),
        "containers": named(task.get("containers", []), image="image", digest="imageDigest", runtime="runtimeId"),
        "commands": named([each for each in overrides.get("containerOverrides", []) if each.get("command")]),
        "interfaces": interfaces(aws, task),
    }
    return {name: value for name, value in said.items() if value}


def named(containers: Json, **parts: str) -> Json:
    """Return these parts of each container, by its name; its command where none are given."""
    wanted = parts or {"command": "command"}
    return {c["name"]: {ours: c[theirs] for ours, theirs in wanted.items() if c.get(theirs)} for c in containers}


def interfaces(aws: Session, task: Json) -> Json:
    """Return the network interfaces of a task that has its own: with its subnet, groups and addresses."""
    details = [detail for attached in task.get("attachments", []) for detail in attached.get("details", [])]
    ids = [detail["value"] for detail in details if detail["name"] == "networkInterfaceId"]
    if not ids:
        return {}
    filters = [{"Name": "network-interface-id", "Values": ids}]
    found = aws.client("ec2").describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    return {
        each["NetworkInterfaceId"]: {
            "vpc": each["VpcId"],
            "subnet": each["SubnetId"],
            "groups": sorted(group["GroupId"] for group in each["Groups"]),
            "addresses": [each["PrivateIpAddress"], *filter(None, [each.get("Association", {}).get("PublicIp")])],
        }
        for each in found
    }


def desired(now: Json, task: Resource) -> Json:
    return {"task": "stopped"}


def write(aws: Session, task: Resource, now: Json, then: Json) -> None:
    if now["task"] == "running" and then["task"] == "stopped":
        reason = f"countermeasure: {aws.incident}"[:255]
        aws.client("ecs").stop_task(cluster=cluster(task), task=task.id, reason=reason)


remediation = Remediation(
    id="ecs.stop_task_after_evidence",
    title="Stop an ECS task and keep what is known of it",
    resource_type="AWS::ECS::Task",
    reads=("ecs:DescribeTasks", "ecs:DescribeTaskDefinition", "ec2:DescribeNetworkInterfaces"),
    writes=("ecs:StopTask",),
    pin=("{id}",),
    impact=(
        "The task's containers get the signal to end and are killed 30 seconds later, or when their stop timeout says;"
        " until then they may go on. A service starts another task from the same definition: if its image, a secret or"
        " a hole in it let the intruder in, they come back; then set the service's desired count to 0 by hand. Memory"
        " and files of a task on Fargate are lost, those on an instance of yours soon. What is kept is who and what ran"
        " there, not its data. The task is not isolated first: AWS lets nobody change a task's network interface. The"
        " role's credentials that were taken from the task go on for hours: revoke the role's sessions."
    ),
    irreversible="A task that was stopped cannot be started again; its service or whoever ran it starts a new one.",
    read=read,
    desired=desired,
    write=write,
)

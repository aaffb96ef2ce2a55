"""Take an instance out of service: on standby in its Auto Scaling group, and out of every target group."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.ec2.instances import described

PLACES = {"EnteringStandby": "standby", "Standby": "standby", "InService": "in service"}
"""What each lifecycle state means for us. Entering standby ends by itself: what remains is to drain connections."""

PENDING = ("Pending", "Pending:Wait", "Pending:Proceed")
LEAVING = ("unused", "draining")
"""How a target group speaks of a target that gets no new requests (ELB v2 API reference, TargetHealth)."""


def read(aws: Session, instance: Resource) -> Json:
    """Return `{"group": "in service" | "standby" | "none", "targets": {target group's ARN: [target, ...]}}`."""
    found = described(aws, instance)
    member = membership(aws, instance)
    state = member.get("LifecycleState", "")
    if member and state not in (*PLACES, *PENDING):
        raise Unsupported(
            f"{instance.id} is {state} in {member['AutoScalingGroupName']}: EC2 Auto Scaling puts only an instance that"
            " is in service on standby; protect it from termination, and take its snapshots"
        )
    place = PLACES.get(state, "in service") if member else "none"
    return {"group": place, "targets": registrations(aws, found)}


def membership(aws: Session, instance: Resource) -> Mapping[str, str]:
    """Return what its Auto Scaling group says of the instance; nothing when it is in none."""
    answer = aws.client("autoscaling").describe_auto_scaling_instances(InstanceIds=[instance.id])
    found: list[Mapping[str, str]] = answer["AutoScalingInstances"]
    return found[0] if found else {}


def registrations(aws: Session, found: Json) -> dict[str, list[Json]]:
    """Return the targets that stand for the instance, by its id or by one of its addresses, in its VPC's groups."""
    elb = aws.client("elbv2")
    own = {found["InstanceId"]} | {
        address["PrivateIpAddress"]
        for interface in found["NetworkInterfaces"]
        for address in interface["PrivateIpAddresses"]
    }
    groups = [
        group
        for page in elb.get_paginator("describe_target_groups").paginate()
        for group in page["TargetGroups"]
        if group.get("VpcId") == found["VpcId"] and group["TargetType"] in ("instance", "ip")
    ]
    targets = {group["TargetGroupArn"]: registered(elb, group["TargetGroupArn"], own) for group in groups}
    return {arn: those for arn, those in targets.items() if those}


def registered(elb: Json, arn: str, own: set[str]) -> list[Json]:
    """Return the target group's targets of these ids; one may be there on several ports. EC2 finds its zone itself."""
    there = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    targets = [each["Target"] for each in there if each["TargetHealth"]["State"] != "draining"]
    kept = [
        {key: target[key] for key in ("Id", "Port", "QuicServerId") if key in target}
        for target in targets
        if target["Id"] in own
    ]
    return sorted(kept, key=lambda target: (target["Id"], target["Port"]))


def desired(now: Json, instance: Resource) -> Json:
    return {"group": "none" if now["group"] == "none" else "standby", "targets": {}}


def write(aws: Session, instance: Resource, now: Json, then: Json) -> None:
    elb = aws.client("elbv2")
    if now["group"] != then["group"]:
        move(aws, instance, then["group"])
    for arn in sorted(now["targets"].keys() | then["targets"].keys()):
        old, new = now["targets"].get(arn, []), then["targets"].get(arn, [])
        if gone := [{"Id": target["Id"], "Port": target["Port"]} for target in old if target not in new]:
            elb.deregister_targets(TargetGroupArn=arn, Targets=gone)
        if back := [target for target in new if target not in old]:
            elb.register_targets(TargetGroupArn=arn, Targets=back)


def move(aws: Session, instance: Resource, place: str) -> None:
    """Put the instance on standby, or back in service. One that has left its group meanwhile stays out."""
    member = membership(aws, instance)
    if not member:
        return
    group, autoscaling = member["AutoScalingGroupName"], aws.client("autoscaling")
    if place == "standby":
        # Not to lower the capacity: where the group is at its minimum, AWS would refuse.
        autoscaling.enter_standby(
            AutoScalingGroupName=group, InstanceIds=[instance.id], ShouldDecrementDesiredCapacity=False
        )
    else:
        autoscaling.exit_standby(AutoScalingGroupName=group, InstanceIds=[instance.id])


remediation = Remediation(
    id="ec2.leave_autoscaling",
    title="Take an EC2 instance out of its Auto Scaling and target groups",
    resource_type="AWS::EC2::Instance",
    reads=(
        "ec2:DescribeInstances",
        "autoscaling:DescribeAutoScalingInstances",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
    ),
    writes=(
        "autoscaling:EnterStandby",
        "autoscaling:ExitStandby",
        "elasticloadbalancing:DeregisterTargets",
        "elasticloadbalancing:RegisterTargets",
    ),
    pin=(
        "arn:{partition}:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/*",
        "arn:{partition}:elasticloadbalancing:{region}:{account}:targetgroup/*/*",
    ),
    impact=(
        "The Auto Scaling group starts another instance in its place, from the same image and with the same holes, and"
        " no longer checks or terminates this one; load balancers send it nothing new, and open requests drain. It"
        " goes on running. Target groups of other VPCs, and Classic Load Balancers that the group does not know, keep"
        " it. Undo adds it to the group's desired capacity; AWS refuses where that exceeds the maximum."
    ),
    read=read,
    desired=desired,
    write=write,
)

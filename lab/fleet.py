"""What an instance serves in: an Auto Scaling group, a target group of that, and one that an administrator chose."""

from __future__ import annotations

from typing import Any

import boto3

from lab.network import LINUX

GROUP = "web"
OPERATIONS = "web-operations"


def join(boto: boto3.Session, vpc: str, subnet: str, instances: list[str]) -> None:
    """Have the instances serve, in groups that are made unless they are there."""
    autoscaling: Any = boto.client("autoscaling")
    web, operations = (have_target_group(boto, vpc, name, port) for name, port in ((GROUP, 443), (OPERATIONS, 9100)))
    if not autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])["AutoScalingGroups"]:
        autoscaling.create_launch_configuration(
            LaunchConfigurationName=GROUP, ImageId=LINUX, InstanceType="t3.micro", SecurityGroups=[]
        )
        autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=GROUP,
            LaunchConfigurationName=GROUP,
            MinSize=0,
            MaxSize=100,
            DesiredCapacity=0,
            VPCZoneIdentifier=subnet,
            TargetGroupARNs=[web],
        )
    autoscaling.attach_instances(AutoScalingGroupName=GROUP, InstanceIds=instances)
    boto.client("elbv2").register_targets(TargetGroupArn=operations, Targets=[{"Id": id_} for id_ in instances])


def have_target_group(boto: boto3.Session, vpc: str, name: str, port: int) -> str:
    """Return the ARN of the target group of this name."""
    elb: Any = boto.client("elbv2")
    for page in elb.get_paginator("describe_target_groups").paginate():
        for found in page["TargetGroups"]:
            if found["TargetGroupName"] == name:
                return str(found["TargetGroupArn"])
    made = elb.create_target_group(Name=name, Protocol="HTTPS", Port=port, VpcId=vpc, TargetType="instance")
    return str(made["TargetGroups"][0]["TargetGroupArn"])

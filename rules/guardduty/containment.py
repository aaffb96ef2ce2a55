"""How an EC2 instance that is in other hands is contained: its disks are kept, it is cut off, then what can wait."""

from remediations.ec2.deny_instance_session import remediation as deny_instance_session
from remediations.ec2.isolate_instance import remediation as isolate_instance
from remediations.ec2.leave_autoscaling import remediation as leave_autoscaling
from remediations.ec2.protect_from_termination import remediation as protect_from_termination
from remediations.ec2.snapshot_volumes import remediation as snapshot_volumes

EC2 = (snapshot_volumes, isolate_instance, deny_instance_session, leave_autoscaling, protect_from_termination)
"""AWS's own order is to protect, to leave the Auto Scaling group, to snapshot and to isolate. Containment does not wait
that long: the snapshots are one call and hold the disks as of that moment, then the attacker is out and loses the
role. An Auto Scaling group terminates an isolated instance for its failed health checks only, which takes it many
seconds, so that leaving the group, and protection from people, come in time afterwards. Elastic IPs stay: nothing
passes to them through a security group without rules, and another may take an address that was given up."""

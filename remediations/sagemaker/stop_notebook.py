"""Stop a notebook instance, so that nothing on it runs and nobody works on it."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.errors import Busy, Gone
from chalicelib.model import Json, Remediation, Resource, Session

STATES = {
    "Pending": "running",
    "InService": "running",
    "PendingMaintenance": "running",
    "InMaintenance": "running",
    "Stopping": "stopping",
    "Stopped": "stopped",
    "Updating": "stopped",
    "Failed": "stopped",
}
"""What NotebookInstanceStatus means here: only a stopped instance is updated (SageMaker API reference,
UpdateNotebookInstance), and one that failed to start has none that runs."""

NOT_THERE = "RecordNotFound"
"""How SageMaker says that a notebook instance does not exist (a ValidationException like any bad input)."""

NOT_YET = "Unable to transition"
"""How it says that the instance's status does not allow the change now (a ValidationException as well)."""


def read(aws: Session, notebook: Resource) -> Json:
    """Return `{"state": "running" | "stopping" | "stopped"}`: a stopping instance still runs for a while."""
    try:
        found = aws.client("sagemaker").describe_notebook_instance(NotebookInstanceName=notebook.id)
    except ClientError as error:
        if NOT_THERE not in error.response["Error"].get("Message", ""):
            raise
        raise Gone(f"{notebook.key} does not exist any more") from error
    if found["NotebookInstanceStatus"] == "Deleting":
        raise Gone(f"{notebook.key} is being deleted")
    return {"state": STATES[found["NotebookInstanceStatus"]]}


def desired(now: Json, notebook: Resource) -> Json:
    return {"state": "stopped"}


def write(aws: Session, notebook: Resource, now: Json, then: Json) -> None:
    sagemaker = aws.client("sagemaker")
    goal = "running" if then["state"] == "running" else "stopped"
    if now["state"] == goal or (now["state"], goal) == ("stopping", "stopped"):
        return
    act = sagemaker.start_notebook_instance if goal == "running" else sagemaker.stop_notebook_instance
    try:
        act(NotebookInstanceName=notebook.id)
    except ClientError as error:
        if NOT_YET not in error.response["Error"].get("Message", ""):
            raise
        raise Busy(f"{notebook.id} is still starting, stopping or being updated: try again in a minute") from error


remediation = Remediation(
    id="sagemaker.stop_notebook",
    title="Stop a SageMaker notebook instance",
    resource_type="AWS::SageMaker::NotebookInstance",
    reads=("sagemaker:DescribeNotebookInstance",),
    writes=("sagemaker:StopNotebookInstance", "sagemaker:StartNotebookInstance"),
    pin=("arn:{partition}:sagemaker:{region}:{account}:notebook-instance/{id}",),
    impact=(
        "Whoever works on the notebook is cut off within minutes, and everything that runs there ends. Only"
        " /home/ec2-user/SageMaker outlives a stop: memory, other files and installed packages are lost, with the"
        " evidence in them. Training jobs and endpoints that it started go on, and so do credentials of its role that"
        " were taken from it: revoke the role's sessions. Whoever may start it can start it again."
    ),
    confirm_undo="Undo starts again whatever is on the notebook's volume, and its lifecycle script, an intruder's too.",
    read=read,
    desired=desired,
    write=write,
)

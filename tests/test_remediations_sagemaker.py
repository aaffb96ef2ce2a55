"""A notebook instance is stopped and started again, and its neighbour goes on."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.errors import Busy, Gone
from chalicelib.model import Resource
from chalicelib.reconcile import plan, read, write
from remediations.sagemaker.stop_notebook import STATES, remediation
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

NOTEBOOK = Resource("AWS::SageMaker::NotebookInstance", "research", ACCOUNT, REGION)
RUNNING, STOPPING, STOPPED = ({"state": state} for state in ("running", "stopping", "stopped"))


def statuses(aws: Aws) -> dict[str, str]:
    found = aws.client("sagemaker").list_notebook_instances()["NotebookInstances"]
    return {each["NotebookInstanceName"]: each["NotebookInstanceStatus"] for each in found}


def told(aws: Aws, operation: str, status: int, **answer: Any) -> None:
    answered = type("Http", (), {"status_code": status})()
    said = {"ResponseMetadata": {}, **answer}
    aws.client("sagemaker").meta.events.register(f"before-call.sagemaker.{operation}", lambda **_: (answered, said))


def test_the_notebook_stops_and_its_neighbour_runs_on_and_undo_starts_it(aws: Aws) -> None:
    make(aws, NOTEBOOK)
    change = apply(aws, remediation, NOTEBOOK)
    assert change == (RUNNING, STOPPED)
    assert statuses(aws) == {"research": "Stopped", "neighbour": "InService"}
    undo(aws, remediation, NOTEBOOK, change)
    assert statuses(aws) == {"research": "InService", "neighbour": "InService"}


def test_every_status_of_the_api_but_deleting_is_a_state(aws: Aws) -> None:
    shape = aws.client("sagemaker").meta.service_model.shape_for("NotebookInstanceStatus")
    assert {*STATES, "Deleting"} == set(shape.enum)


def test_one_that_is_stopping_already_is_waited_for(aws: Aws) -> None:
    told(aws, "DescribeNotebookInstance", 200, NotebookInstanceStatus="Stopping")
    planned = plan(remediation, aws, NOTEBOOK)
    assert (planned.before, planned.after) == (STOPPING, STOPPED)
    aws.calls.clear()
    write(remediation, aws, NOTEBOOK, STOPPING, STOPPED)
    assert aws.calls == []


@pytest.mark.parametrize(("operation", "now", "then"), [("Stop", RUNNING, STOPPED), ("Start", STOPPING, RUNNING)])
def test_what_its_status_does_not_allow_now_is_tried_again_later(aws: Aws, operation: str, now: Any, then: Any) -> None:
    said = "Status (Pending) not in ([InService]). Unable to transition to (Stopping) for Notebook Instance"
    told(aws, f"{operation}NotebookInstance", 400, Error={"Code": "ValidationException", "Message": said})
    with pytest.raises(Busy, match="in a minute"):
        write(remediation, aws, NOTEBOOK, now, then)


def test_any_other_refusal_comes_through(aws: Aws) -> None:
    told(aws, "StopNotebookInstance", 400, Error={"Code": "ValidationException", "Message": "malformed"})
    with pytest.raises(ClientError, match="malformed"):
        write(remediation, aws, NOTEBOOK, RUNNING, STOPPED)


def test_a_notebook_that_does_not_exist_or_is_being_deleted_is_gone(aws: Aws) -> None:
    with pytest.raises(Gone, match="does not exist"):
        read(remediation, aws, NOTEBOOK)
    told(aws, "DescribeNotebookInstance", 200, NotebookInstanceStatus="Deleting")
    with pytest.raises(Gone, match="is being deleted"):
        read(remediation, aws, NOTEBOOK)

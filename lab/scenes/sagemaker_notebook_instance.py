"""A notebook instance that runs what an intruder started, beside another one that runs."""

from __future__ import annotations

from typing import Any

import boto3

from chalicelib.model import Resource
from lab.scene import Scene

NEIGHBOUR = "neighbour"


def make(boto: boto3.Session, notebook: Resource) -> str:
    """Return the notebook instance's name: always the event's own."""
    sagemaker: Any = boto.client("sagemaker")
    pages = sagemaker.get_paginator("list_notebook_instances").paginate()
    have = {each["NotebookInstanceName"] for page in pages for each in page["NotebookInstances"]}
    role = f"arn:{notebook.partition}:iam::{notebook.account}:role/notebooks"
    for name in {notebook.id, NEIGHBOUR} - have:
        sagemaker.create_notebook_instance(NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=role)
    return notebook.id


# In moto it runs or it does not: there is no third state that anybody could drift it into.
scene = Scene(resource_type="AWS::SageMaker::NotebookInstance", example="research", make=make)

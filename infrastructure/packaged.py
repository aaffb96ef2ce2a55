"""The hub's whole template as `chalice package` makes it, without building the zip that it refers to."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import botocore.session
from chalice.awsclient import TypedAWSClient
from chalice.cli.factory import CLIFactory
from chalice.deploy import models
from chalice.deploy.appgraph import ApplicationGraphBuilder, DependencyBuilder
from chalice.deploy.deployer import create_build_stage
from chalice.deploy.swagger import CFNSwaggerGenerator
from chalice.package import PackageOptions, SAMTemplateGenerator, TemplateDeepMerger
from chalice.utils import UI, OSUtils

from chalicelib.accounts import home_region
from chalicelib.catalogue import Catalogue
from chalicelib.organization import Organization
from infrastructure.__main__ import write
from infrastructure.hub import merge_template

ZIP = "./deployment.zip"


def template(root: Path, catalogue: Catalogue, organization: Organization, stage: str) -> dict[str, Any]:
    """Return the template of the project in `root`, which must hold app.py and .chalice/config.json."""
    ours, theirs = merge_template(catalogue, organization, stage), of_chalice(root, catalogue, organization, stage)
    merged: dict[str, Any] = TemplateDeepMerger().merge(ours, theirs)
    return merged


def of_chalice(root: Path, catalogue: Catalogue, organization: Organization, stage: str) -> dict[str, Any]:
    """Return Chalice's own part: the functions, their roles, their events."""
    session = botocore.session.get_session()
    session.set_config_variable("region", home_region(organization.partition))
    config = CLIFactory(str(root), environ=dict(os.environ)).create_config_obj(stage)
    application = ApplicationGraphBuilder().build(config, stage)
    resources = DependencyBuilder().build_dependencies(application)
    with tempfile.TemporaryDirectory() as folder:
        write(catalogue, organization, stage, Path(folder))
        for resource in resources:
            match resource:
                case models.DeploymentPackage():
                    resource.filename = ZIP  # what has a name is not built
                case models.FileBasedIAMPolicy():
                    resource.filename = str(Path(folder) / Path(resource.filename).name)
        create_build_stage(OSUtils(), UI(), CFNSwaggerGenerator(), config).execute(config, resources)
    made: dict[str, Any] = SAMTemplateGenerator(config, PackageOptions(TypedAWSClient(session))).generate(resources)
    return made

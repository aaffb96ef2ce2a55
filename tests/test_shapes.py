"""Shapes: what a remediation's own file adds to a scene is taken wherever the scene is, and changes it for no other."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.catalogue import Catalogue
from lab import shapes
from lab.shapes import with_own
from lab.single import scene_of
from lab.stage import instead, scenes
from tests.replaying import event

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the shapes in a folder of the test's own."""
    monkeypatch.setattr(shapes, "__path__", [str(tmp_path)])
    shapes._file.cache_clear()
    yield
    shapes._file.cache_clear()
    for name in [name for name in sys.modules if name.startswith("lab.shapes.")]:
        del sys.modules[name]


def test_a_shape_adds_to_its_scene_what_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "test_own_shape.py").write_text("def instead(boto, key): ...\ndef variant(boto, key): ...\n")
    scene = scenes("KMS")["AWS::KMS::Key"]
    own = with_own(scene, "test.own_shape")
    assert set(own.instead) == {*scene.instead, "test.own_shape"}
    assert set(own.variants) == {*scene.variants, "test.own_shape"}
    assert own.drift == scene.drift
    assert with_own(scene, "test.none") is scene


def test_the_stage_for_an_event_and_the_laws_take_the_shape_of_the_remediation_that_answers(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    (tmp_path / "kms_enable_key.py").write_text("def instead(boto, key): ...\n")
    disabled = event("cloudtrail.key_made_unusable/fires.disabled")
    opened = event("cloudtrail.key_opened/fires.policy_put")
    scene = scenes("KMS")["AWS::KMS::Key"]
    common = list(scene.instead.values())  # of the scene's own remediations, one of which answers as well
    first, second = ([own.__name__ for own in instead(scene, catalogue, each)] for each in (disabled, opened))
    assert (first, second) == ([*(each.__name__ for each in common), "instead"], [])
    assert scene_of(catalogue.remediations["kms.enable_key"]).instead["kms.enable_key"].__name__ == "instead"
    assert scene_of(catalogue.remediations["kms.cancel_deletion"]) is scene


def test_every_shape_is_of_a_remediation_of_the_catalogue(catalogue: Catalogue) -> None:
    files = {path.stem for path in (ROOT / "lab/shapes").glob("*.py")} - {"__init__"}
    assert files <= {id_.replace(".", "_") for id_ in catalogue.remediations}

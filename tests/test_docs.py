"""The generated pages: what they list is what there is, and one that is stale is told."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.model import Shape

from chalicelib.catalogue import Catalogue
from cli.covered import told_only, undecided
from cli.covering import covered
from docs.coverage_page import coverage_page
from docs.generate import NOTE
from docs.lab_page import LAB, calls, lab_page, model, modules, service
from rules.guardduty_types import ACTIVE, CUSTOM

ROOT = Path(__file__).parents[1]
FAKES = modules(LAB / "fakes")


def test_the_coverage_page_has_every_type_and_why_each_rule_that_only_tells_does_so(catalogue: Catalogue) -> None:
    page = "\n".join(coverage_page(catalogue, NOTE))
    assert [type_ for type_ in (*ACTIVE, *CUSTOM) if f"`{type_}` " not in page] == []
    told = page.partition("## Told only")[2]
    tables = covered(catalogue)
    assert [rule.id for rule in told_only(tables) if f"| `{rule.id}` | " not in told] == []
    assert undecided(tables) == []
    assert "**undecided**" not in page


def test_the_rows_of_a_page_have_as_many_cells_as_their_heads(catalogue: Catalogue) -> None:
    for page in (coverage_page(catalogue, NOTE), lab_page(NOTE)):
        cells = 0
        for line in page:
            found = line.replace("\\|", "").count("|")
            cells = found if found and not cells else cells if found else 0
            assert found == cells, line


@pytest.mark.parametrize("module", FAKES, ids=service)
def test_the_labs_page_lists_every_fake_with_its_calls(module: Path) -> None:
    [row] = [line for line in lab_page(NOTE) if line.startswith(f"| {service(module)} |")]
    assert calls(module)
    assert [call for call in calls(module) if f"`{call}`" not in row] == []


def test_every_mended_service_is_on_the_labs_page() -> None:
    page = "\n".join(lab_page(NOTE))
    assert [path.stem for path in LAB.glob("moto_fixes*.py") if f"| `{path.stem}` |" not in page] == []


def names(shape: Shape | None, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the names of a shape's members, at any depth, as its model and as the wire has them."""
    if shape is None or shape.name in seen:
        return
    inside = seen | {shape.name}
    for name, member in getattr(shape, "members", {}).items():
        yield from (name, member.serialization.get("name", name))
        yield from names(member, inside)
    for part in ("member", "value"):
        yield from names(getattr(shape, part, None), inside)


def asked_and_answered(module: Path) -> tuple[set[str], set[str]]:
    """Return the parameters that a fake asks for by name, and the names of what it answers with."""
    asked, answered = set(), set()
    for node in ast.walk(ast.parse(module.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called, first = ast.unparse(node.func).rpartition(".")[2], node.args[0]
        if called == "_get_param" and isinstance(first, ast.Constant):
            asked.add(str(first.value))
        if called in {"ActionResult", "dumps"} and isinstance(first, ast.Dict):
            answered |= {str(key.value) for key in first.keys if isinstance(key, ast.Constant)}
    return asked, answered


def made_up(module: Path) -> set[str]:
    """Return what a fake asks for or answers with, and botocore's model of the service does not have."""
    known = model(service(module))
    operations = [known.operation_model(call) for call in calls(module)]
    inputs = {name for each in operations for name in names(each.input_shape)}
    outputs = {name for each in operations for name in names(each.output_shape)}
    asked, answered = asked_and_answered(module)
    return (asked - inputs) | (answered - outputs)


@pytest.mark.parametrize("module", FAKES, ids=service)
def test_a_fake_asks_for_and_answers_with_what_the_services_model_has(module: Path) -> None:
    assert made_up(module) == set()


def test_a_fake_of_what_a_service_does_not_have_is_found(tmp_path: Path) -> None:
    real = (LAB / "fakes" / "macie2.py").read_text()
    wrong = tmp_path / "macie2.py"
    wrong.write_text(real.replace("Responses.update_macie_session", "Responses.renew_macie_session"))
    with pytest.raises(LookupError, match="macie2 has no renew_macie_session"):
        calls(wrong)
    fake = (LAB / "fakes" / "route53resolver.py").read_text()
    wrong = tmp_path / "route53resolver.py"
    wrong.write_text(fake.replace('_get_param("ResourceId")', '_get_param("VpcId")'))
    assert made_up(wrong) == {"VpcId"}


def test_a_page_that_is_stale_is_told_and_one_that_is_current_is_not(tmp_path: Path) -> None:
    written = [ROOT / "docs" / name for name in ("catalogue.md", "coverage.md", "lab.md")]
    for folder in ("chalicelib", "cli", "docs", "lab", "remediations", "rules"):
        (tmp_path / folder).mkdir()
        for path in (ROOT / folder).iterdir():
            if path not in written:
                (tmp_path / folder / path.name).symlink_to(path)
    assert generate(tmp_path, "--check").stderr.startswith("Stale: docs/catalogue.md, docs/coverage.md, docs/lab.md.")
    assert generate(tmp_path).returncode == 0
    assert generate(tmp_path, "--check").returncode == 0
    lab = tmp_path / "docs" / "lab.md"
    lab.write_text(lab.read_text().replace("macie2", "macie3"))
    assert generate(tmp_path, "--check").stderr == "Stale: docs/lab.md. Run `make docs` and commit what it writes.\n"


def test_the_pages_that_are_committed_are_current() -> None:
    assert generate(ROOT, "--check").stderr == ""


def generate(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-B", "-m", "docs.generate", *arguments]
    return subprocess.run(command, cwd=tree, env=os.environ, capture_output=True, text=True, check=False, timeout=120)

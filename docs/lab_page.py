"""The page docs/lab.md: what the embedded AWS has beside moto, and where it answers as AWS does and moto does not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import botocore.session
from botocore import xform_name

LAB = Path(__file__).parents[1] / "lab"


def lab_page(note: str, lab: Path = LAB) -> Iterator[str]:
    """Yield the lines of docs/lab.md. Raises LookupError for a fake of what its service does not have."""
    yield from ("# The embedded AWS", "", note, "")
    yield "`replay`, `demo` and the tests run the product's own engine, rules and remediations on an AWS that is made"
    yield "in their process: [moto](https://docs.getmoto.org), an organization of several accounts, without a network."
    yield "botocore holds every call against the service's own model before the embedded AWS sees it. What was added to"
    yield "moto is listed here, so that nobody takes a green replay for more than it is."
    yield from ("", "## Fakes", "", "What moto lacks and a remediation calls.", "")
    yield from ("| Service | What it does | Calls |", "|---|---|---|")
    for module in modules(lab / "fakes"):
        yield f"| {service(module)} | {_says(module)} | {', '.join(f'`{call}`' for call in calls(module))} |"
    yield from ("", "## Mended", "", "What moto has, and answers otherwise than AWS.", "")
    yield from ("| Module | What it does |", "|---|---|")
    for module in sorted(lab.glob("moto_fixes*.py")):
        yield f"| `{module.stem}` | {_says(module)} |"


def modules(package: Path) -> list[Path]:
    """Return the modules of a package, by name."""
    return sorted(path for path in package.glob("*.py") if path.stem != "__init__")


def service(module: Path) -> str:
    """Return the service that a module fakes, as botocore names it: the module is named after it."""
    return module.stem.replace("_", "-")


def calls(module: Path) -> list[str]:
    """Return the calls that a module fakes, as the service's model names them. Raises LookupError for any other."""
    known = {xform_name(name): name for name in model(service(module)).operation_names}
    if unknown := [name for name in _answered(module) if name not in known]:
        raise LookupError(f"lab/fakes/{module.name}: {service(module)} has no {', '.join(unknown)}")
    return [known[name] for name in _answered(module)]


def model(name: str) -> botocore.model.ServiceModel:
    """Return botocore's model of a service."""
    return botocore.session.get_session().get_service_model(name)


def _answered(module: Path) -> list[str]:
    """Return the methods of moto's `Responses` that a module sets, and those of a service that it adds as a whole."""
    tree = ast.parse(module.read_text())
    nodes = list(ast.walk(tree))
    targets = [target for node in nodes if isinstance(node, ast.Assign) for target in node.targets]
    replaced = [
        target.attr
        for target in targets
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "Responses"
    ]
    added = [
        method.name
        for node in nodes
        if isinstance(node, ast.ClassDef) and [ast.unparse(base) for base in node.bases] == ["BaseResponse"]
        for method in node.body
        if isinstance(method, ast.FunctionDef) and not method.name.startswith("_") and not method.decorator_list
    ]
    return sorted({*replaced, *added})


def _says(module: Path) -> str:
    """Return what a module says first of itself. Raises LookupError where it says nothing."""
    if not (said := ast.get_docstring(ast.parse(module.read_text()))):
        raise LookupError(f"{module.name} has no docstring")
    return " ".join(said.split()).replace("|", "\\|")

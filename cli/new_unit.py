"""The files of a new remediation or rule: what they hold at first, and that nothing is written over."""

from __future__ import annotations

import importlib
import json
import keyword
import re
from collections.abc import Mapping
from pathlib import Path
from string import Template

from botocore.session import get_session

from chalicelib.errors import InvalidCatalogue
from chalicelib.model import Remediation
from chalicelib.patterns import SOURCES
from cli.new_events import Called, beginning

SKELETONS = Path(__file__).parent / "skeletons"
WIDTH = 120
NAME = re.compile(r"[a-z][a-z0-9]{0,39}\.[a-z][a-z0-9_]{0,59}", re.ASCII)
TYPE = re.compile(r"AWS::[A-Za-z0-9]{1,64}::[A-Za-z0-9]{1,64}|AWS::Account", re.ASCII)

Files = Mapping[str, str]
"""By path from the checkout: what is to be written there."""


def remediation_files(checkout: Path, name: str, resource_type: str, *, shape: bool = False) -> Files:
    """Return the files of a new remediation. Raises InvalidCatalogue."""
    folder, file = _parts(checkout, name)
    if not TYPE.fullmatch(resource_type):
        raise InvalidCatalogue(f"{resource_type}: no type of resource; name it as CloudFormation does: AWS::S3::Bucket")
    if not (checkout / "remediations" / folder).is_dir() and folder not in get_session().get_available_services():
        raise InvalidCatalogue(f"{name}: no service; take one of {_folders(checkout)}, or another as boto3 names it")
    scene = scene_file(checkout, resource_type)
    has_scene = (checkout / scene).is_file()
    if shape and not has_scene:
        raise InvalidCatalogue(f"--shape: {resource_type} has no scene yet; leave it out, and fill in the scene")
    about = {"id": name, "type": resource_type, "noun": _noun(resource_type)}
    return {
        **({} if (checkout / "remediations" / folder).is_dir() else {f"remediations/{folder}/__init__.py": ""}),
        f"remediations/{folder}/{file}.py": _filled("remediation", about),
        f"tests/footprints/{name}.txt": _filled("footprint", about),
        **({} if has_scene else {scene: _filled("scene", about)}),
        **({f"lab/shapes/{folder}_{file}.py": _filled("shape", about)} if shape else {}),
    }


def rule_files(checkout: Path, name: str, answers: tuple[str, ...] = (), called: Called | None = None) -> Files:
    """Return the files of a new rule that is answered with these remediations. Raises InvalidCatalogue."""
    folder, file = _parts(checkout, name)
    if folder not in SOURCES:
        raise InvalidCatalogue(f"{name}: no source of events; take one of {', '.join(SOURCES)}")
    if folder != "cloudtrail" and called:
        raise InvalidCatalogue(f"{name}: --call, --request and --ignores are for rules of cloudtrail")
    units = [_remediation(answer) for answer in answers]
    begun = beginning(folder, called)
    about = {"id": name, "pattern": _literal(begun.pattern, 4), **_answered(units, begun.resource)}
    return {
        f"rules/{folder}/{file}.py": _filled("rule", about),
        **{f"tests/events/{name}/{each}.json": _json(event) for each, event in begun.events.items()},
    }


def written(checkout: Path, files: Files) -> tuple[str, ...]:
    """Write files that are not there yet, and return their paths. Raises InvalidCatalogue, and writes none then."""
    if not (checkout / "tests" / "events").is_dir():
        raise InvalidCatalogue(f"{checkout}: no checkout of countermeasure, so nothing was written; work in one")
    for path in files:
        if (checkout / path).exists():
            raise InvalidCatalogue(f"{path}: is there already; take another name, or change what is there")
    for path, text in files.items():
        (checkout / path).parent.mkdir(parents=True, exist_ok=True)
        (checkout / path).write_text(text)
    return tuple(files)


def _parts(checkout: Path, name: str) -> tuple[str, str]:
    if not (checkout / "tests" / "events").is_dir():
        raise InvalidCatalogue("`new` works in a checkout of countermeasure only: get one with git, and make setup")
    if not NAME.fullmatch(name) or keyword.iskeyword(name.partition(".")[2]):
        raise InvalidCatalogue(
            f"{name[:100]!r}: no name; it is FOLDER.FILE in small letters, digits and _, as kms.enable_key"
        )
    folder, _, file = name.partition(".")
    return folder, file


def _folders(checkout: Path) -> str:
    return ", ".join(sorted(path.parent.name for path in (checkout / "remediations").glob("*/__init__.py")))


def _remediation(name: str) -> Remediation:
    try:
        found: Remediation = importlib.import_module(f"remediations.{name}").remediation
    except (ModuleNotFoundError, AttributeError) as error:
        raise InvalidCatalogue(f"--answer {name[:100]}: no such remediation; docs/catalogue.md lists them") from error
    return found


def scene_file(checkout: Path, resource_type: str) -> str:
    """Return where a type's scene is, or is to be: that of `AWS::EC2::FlowLog` in lab/scenes/ec2_flow_log.py."""
    service, kind = resource_type.split("::")[1], resource_type.rpartition("::")[2]
    for path in sorted((checkout / "lab" / "scenes").glob(f"{service.lower()}_*.py")):
        if f'resource_type="{resource_type}"' in path.read_text():
            return str(path.relative_to(checkout))
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", kind)
    return f"lab/scenes/{service.lower()}_{words.lower()}.py"


def _noun(resource_type: str) -> str:
    """Return what to call one in code: the last word of its type."""
    noun = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", resource_type.rpartition("::")[2])[-1].lower()
    return f"{noun}_" if keyword.iskeyword(noun) else str(noun)


def _answered(units: list[Remediation], path: str) -> dict[str, str]:
    """Return the lines of a rule that import its answers, and those that name them with their resources."""
    if not units:
        return {"imports": "", "answers": ""}
    lines, names = [], []
    for unit in units:
        folder, _, file = unit.id.partition(".")
        alias = file if file not in names else f"{folder}_{file}"
        names.append(alias)
        if keyword.iskeyword(folder):
            lines.append(f"from remediations.{folder}s import {file}")
        else:
            lines.append(f"from remediations.{folder}.{file} import remediation as {alias}")
    types = dict.fromkeys((unit.resource_type for unit in units), path)
    resources = f"    resources={_literal(types, 4)},\n" if path else ""
    respond = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
    return {
        "imports": "".join(f"{line}\n" for line in sorted(lines)),
        "answers": f"{resources}    respond={respond},\n",
    }


def _literal(value: object, indent: int) -> str:
    """Return JSON as Python writes it: on one line where it fits, else an item a line."""
    match value:
        case {} if value:
            items = [f"{_literal(key, 0)}: {_literal(each, indent + 4)}" for key, each in value.items()]
            ends = "{}"
        case [*inner]:
            items, ends = [_literal(each, indent + 4) for each in inner], "[]"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return repr(value)
    line = f"{ends[0]}{', '.join(items)}{ends[1]}"
    if "\n" not in line and indent + len(line) <= WIDTH - 40:
        return line
    room = " " * (indent + 4)
    return f"{ends[0]}\n" + "".join(f"{room}{item},\n" for item in items) + " " * indent + ends[1]


def _filled(skeleton: str, about: Mapping[str, str]) -> str:
    return Template((SKELETONS / f"{skeleton}.txt").read_text()).substitute(about)


def _json(event: object) -> str:
    return json.dumps(event, indent=2, ensure_ascii=False) + "\n"

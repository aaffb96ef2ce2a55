"""The catalogue: what is found by walking packages, and that nothing doubled, misnamed or lost goes unnoticed."""

from __future__ import annotations

import importlib
import itertools
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue import Catalogue, collect, load, of
from chalicelib.errors import InvalidCatalogue
from chalicelib.model import Remediation, Rule, Severity
from chalicelib.pattern import compile_pattern
from chalicelib.patterns import SOURCES
from rules.checks import CHECKS

ROOT = Path(__file__).parents[1]
NUMBERS = itertools.count()
RULE = """
from chalicelib.model import Rule, Severity
rule = Rule("{id}", "Test", {{"source": ["{source}"]}}, Severity.LOW, "", ({respond}))
"""
REMEDIATION = """
from chalicelib.model import Remediation
nothing = lambda *_: None
remediation = Remediation("{id}", "Test", "AWS::S3::Bucket", (), (), "", nothing, nothing, nothing)
"""

Make = Callable[[Mapping[str, str]], str]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Make importable packages of files and their texts; return the name of the outermost."""
    made: list[str] = []

    def make(files: Mapping[str, str]) -> str:
        name = f"units_{next(NUMBERS)}"
        made.append(name)
        for file, text in files.items():
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("HERE", name))
        for folder in (tmp_path / name, *(f for f in (tmp_path / name).rglob("*") if f.is_dir())):
            (folder / "__init__.py").touch()
        monkeypatch.syspath_prepend(tmp_path)
        return name

    yield make
    for module in [module for module in sys.modules if module.split(".")[0] in made]:
        del sys.modules[module]


def a_rule(id_: str, source: str = "aws.test", respond: str = "") -> str:
    return RULE.format(id=id_, source=source, respond=respond)


def a_remediation(id_: str) -> str:
    return REMEDIATION.format(id=id_)


def test_units_are_found_at_any_depth_and_modules_without_one_are_passed_over(package: Make) -> None:
    name = package({
        "signin/root_login.py": a_rule("signin.root_login"),
        "more/signin/user_login.py": a_rule("signin.user_login"),
        "signin/helpers.py": "twice = 2",
    })  # fmt: skip
    found = collect(name, "rule", Rule)
    assert {id_: rule.id for id_, rule in found.items()} == {
        "signin.root_login": "signin.root_login",
        "signin.user_login": "signin.user_login",
    }


def test_an_id_that_comes_twice_is_refused_by_the_second_module(package: Make) -> None:
    name = package({
        "signin/root_login.py": a_rule("signin.root_login"),
        "more/signin/root_login.py": a_rule("signin.root_login"),
    })  # fmt: skip
    with pytest.raises(InvalidCatalogue) as caught:
        collect(name, "rule", Rule)
    assert str(caught.value) == f"{name}.signin.root_login: the id 'signin.root_login' comes twice"


@pytest.mark.parametrize("id_", ["root_login", "signin.login", "login.root_login", "signin.root_login.x", ""])
def test_a_unit_that_is_not_named_as_its_file_is_refused(package: Make, id_: str) -> None:
    name = package({"signin/root_login.py": a_rule(id_)})
    with pytest.raises(InvalidCatalogue) as caught:
        collect(name, "rule", Rule)
    assert str(caught.value) == f"{name}.signin.root_login: its id is {id_!r}; it must be named as its file"


@pytest.mark.parametrize(
    ("kind", "literal", "text"),
    [
        (Rule, "rule", "rule = 'signin.root_login'"),
        (Rule, "rule", a_remediation("signin.root_login") + "rule = remediation"),
        (Remediation, "remediation", a_rule("signin.root_login") + "remediation = rule"),
    ],
    ids=["a text", "a remediation for a rule", "a rule for a remediation"],
)
def test_what_is_of_another_kind_is_refused(package: Make, kind: type[Any], literal: str, text: str) -> None:
    name = package({"signin/root_login.py": text})
    with pytest.raises(InvalidCatalogue) as caught:
        collect(name, literal, kind)
    assert str(caught.value) == f"{name}.signin.root_login: `{literal}` is no {kind.__name__}"


TABLE = """
from chalicelib.model import Rule, Severity
rules = tuple(Rule(id_, "Test", {{"source": ["aws.test"]}}, Severity.LOW, "") for id_ in {ids!r})
"""


def test_a_table_holds_many_units_that_are_named_after_its_folder(package: Make) -> None:
    table = TABLE.format(ids=["config.one", "config.two"])
    name = package({"config/checked.py": table, "config/three.py": a_rule("config.three")})
    assert list(collect(name, "rule", Rule)) == ["config.one", "config.two", "config.three"]


@pytest.mark.parametrize("id_", ["one", "config", "health.one", "config.one.x", "config.", ".one", ""])
def test_a_unit_of_a_table_that_is_not_named_after_its_folder_is_refused(package: Make, id_: str) -> None:
    name = package({"config/checked.py": TABLE.format(ids=["config.fine", id_])})
    with pytest.raises(InvalidCatalogue) as caught:
        collect(name, "rule", Rule)
    assert str(caught.value) == (f"{name}.config.checked: the id {id_!r} must be config.NAME, as its folder is named")


@pytest.mark.parametrize(
    ("files", "by"),
    [
        ({"config/checked.py": TABLE.format(ids=["config.one", "config.one"])}, "checked"),
        ({"config/checked.py": TABLE.format(ids=["config.one"]), "config/one.py": a_rule("config.one")}, "one"),
        ({f"config/{each}.py": TABLE.format(ids=["config.one"]) for each in ("checked", "more")}, "more"),
    ],
    ids=["within a table", "a table and a file", "two tables"],
)
def test_an_id_that_comes_twice_is_refused_wherever_it_stands(package: Make, files: dict[str, str], by: str) -> None:
    name = package(files)
    with pytest.raises(InvalidCatalogue) as caught:
        collect(name, "rule", Rule)
    assert str(caught.value) == f"{name}.config.{by}: the id 'config.one' comes twice"


def test_a_table_of_anything_else_is_refused(package: Make) -> None:
    name = package({"config/checked.py": "rules = ('config.one',)"})
    with pytest.raises(InvalidCatalogue, match="`rules` is no Rule"):
        collect(name, "rule", Rule)


@pytest.mark.parametrize("text", ["import no_such_module", "1 / 0"], ids=["a missing import", "any error"])
def test_a_package_that_cannot_be_imported_is_not_passed_over_with_all_of_its_rules(package: Make, text: str) -> None:
    name = package({"signin/__init__.py": text, "signin/root_login.py": a_rule("signin.root_login")})
    with pytest.raises(InvalidCatalogue) as caught:
        collect(name, "rule", Rule)
    assert str(caught.value) == f"{name}.signin: cannot be imported"
    assert isinstance(caught.value.__context__, ModuleNotFoundError | ZeroDivisionError)


def test_a_module_that_cannot_be_imported_raises_its_own_error(package: Make) -> None:
    name = package({"signin/root_login.py": "import no_such_module"})
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        collect(name, "rule", Rule)


def test_a_rule_whose_pattern_is_none_is_refused(package: Make) -> None:
    rules = package({"signin/root_login.py": a_rule("signin.root_login").replace('["aws.test"]', '"aws.test"')})
    loaded = load(rules, package({"s3/close.py": ""}))
    said = "rule signin.root_login: source: a field takes an object or a list of values"
    with pytest.raises(InvalidCatalogue, match=said):
        loaded.shelves.check()
    with pytest.raises(InvalidCatalogue, match=said):
        loaded.match({"source": "aws.test"})


@pytest.mark.parametrize(
    "source", ["aws.test", "aws.other", "aws.third", "", None, 5, ["aws.test", "x"], {"a": "b"}, "10.0.0.1"]
)
def test_an_event_finds_on_the_shelves_what_each_pattern_by_itself_matches(source: object) -> None:
    sources: list[Any] = [
        ["aws.test"],
        ["aws.other", "aws.test"],
        [{"prefix": "aws."}],
        ["aws.other", None],
        ["010.0.0.1"],
    ]
    patterns = [*({"source": each} for each in sources), {"detail": {"x": [1]}}]
    example = next(iter(load().rules.values()))
    rules = {str(n): replace(example, id=f"a.{n}", pattern=pattern) for n, pattern in enumerate(patterns)}
    event = {"source": source, "detail": {"x": 1}}
    alone = [rule for rule in rules.values() if compile_pattern(rule.pattern).matches(event)]
    assert of(rules, {}).shelves.match(event) == alone


@pytest.fixture
def two_sources(package: Make) -> tuple[str, str]:
    """Two sources with a rule each, and three remediations of which each rule uses one."""
    remediations = package({f"s3/{verb}.py": a_remediation(f"s3.{verb}") for verb in ("close", "tag", "lock")})
    imported = f"from {remediations}.s3 import close, tag\n"
    rules = package({
        "signin/root_login.py": imported + a_rule("signin.root_login", "aws.signin", "close.remediation,"),
        "health/key_leaked.py": imported + a_rule("health.key_leaked", "aws.health", "tag.remediation,"),
    })  # fmt: skip
    return rules, remediations


def ids(catalogue: Catalogue) -> tuple[list[str], list[str]]:
    return list(catalogue.rules), list(catalogue.remediations)


def test_the_whole_catalogue_is_every_rule_and_every_remediation_in_order(two_sources: tuple[str, str]) -> None:
    found = load(*two_sources)
    assert ids(found) == (["health.key_leaked", "signin.root_login"], ["s3.close", "s3.lock", "s3.tag"])
    assert [rule.id for rule in found.match({"source": "aws.health"})] == ["health.key_leaked"]
    assert found.match({"source": "aws.s3"}) == []


def test_a_catalogue_of_sources_has_their_rules_alone_and_what_these_use(two_sources: tuple[str, str]) -> None:
    signin = load(*two_sources, sources=("signin",))
    assert ids(signin) == (["signin.root_login"], ["s3.close"])
    assert signin.match({"source": "aws.health"}) == []
    both = load(*two_sources, sources=("signin", "health"))
    assert ids(both) == (["health.key_leaked", "signin.root_login"], ["s3.close", "s3.tag"])


def test_a_catalogue_of_one_source_imports_no_other(two_sources: tuple[str, str]) -> None:
    rules, _ = two_sources
    load(*two_sources, sources=("signin",))
    imported = {module for module in sys.modules if module.startswith(f"{rules}.")}
    assert imported == {f"{rules}.signin", f"{rules}.signin.root_login"}


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_of_ours_has_its_own_rules_and_their_remediations(catalogue: Catalogue, source: str) -> None:
    found = load(sources=(source,))
    assert list(found.rules) == [id_ for id_ in catalogue.rules if id_.startswith(f"{source}.")] != []
    assert set(found.remediations) == {unit.id for rule in found.rules.values() for unit in rule.respond}


def test_the_sources_together_are_the_whole_catalogue(catalogue: Catalogue) -> None:
    assert list(load(sources=SOURCES).rules) == list(catalogue.rules)


@pytest.mark.parametrize(("package_", "literal"), [("rules", "rule"), ("remediations", "remediation")])
def test_no_file_that_holds_a_unit_is_left_out(catalogue: Catalogue, package_: str, literal: str) -> None:
    files = [path for path in (ROOT / package_).rglob("*.py") if re.search(rf"^{literal}\b.*=", path.read_text(), re.M)]
    found = catalogue.rules if literal == "rule" else catalogue.remediations
    alone = {f"{path.parent.name}.{path.stem}" for path in files}
    assert len(alone) == len(files)
    assert sorted(alone | in_tables(package_, literal)) == sorted(found)
    assert not alone & in_tables(package_, literal)


def in_tables(package_: str, literal: str) -> set[str]:
    """Return the ids of the units that stand in the tables of a package's files."""
    tables = [
        path for path in (ROOT / package_).rglob("*.py") if re.search(rf"^{literal}s\b.*=", path.read_text(), re.M)
    ]
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in tables]
    return {unit.id for module in modules for unit in getattr(importlib.import_module(module), f"{literal}s")}


def test_every_check_of_the_tables_is_answered_wherever_it_is_told(catalogue: Catalogue) -> None:
    told = {f"config.{check.name}" for check in CHECKS if check.config}
    told |= {f"securityhub.{check.name}" for check in CHECKS if check.controls}
    assert in_tables("rules", "rule") == told <= set(catalogue.rules)
    assert [check.name for check in CHECKS if not check.config and not check.controls] == []


def test_one_control_and_one_managed_rule_has_one_answer() -> None:
    for names in (
        [control for check in CHECKS for control in check.controls],
        [rule for check in CHECKS for rule in check.config],
        [f"1.2.0/{number}" for check in CHECKS for number in check.cis_1_2],
        [f"1.4.0/{number}" for check in CHECKS for number in check.cis_1_4],
    ):
        assert len(names) == len(set(names))


@pytest.mark.parametrize("rule", load().rules.values(), ids=lambda rule: rule.id)
def test_what_a_rule_responds_with_is_the_catalogues_own(catalogue: Catalogue, rule: Rule) -> None:
    assert [unit for unit in rule.respond if catalogue.remediations.get(unit.id) is not unit] == []


def test_a_package_that_is_not_there_is_named() -> None:
    importlib.invalidate_caches()
    with pytest.raises(ModuleNotFoundError, match="no_such_source"):
        load(sources=("no_such_source",))


def test_a_rule_for_the_rest_fires_only_where_no_other_of_its_source_does() -> None:
    event = {"source": "test", "detail": {"type": "known"}}
    known = Rule("a.known", "", {"detail": {"type": ["known"]}}, Severity.LOW, "")
    rest = Rule("a.rest", "", {"source": ["test"]}, Severity.LOW, "", otherwise=True)
    others = Rule("b.known", "", {"source": ["test"]}, Severity.LOW, "")
    found = of({rule.id: rule for rule in (known, rest, others)}, {})
    assert [rule.id for rule in found.match(event)] == ["a.known", "b.known"]
    assert [rule.id for rule in found.match({**event, "detail": {"type": "new"}})] == ["a.rest", "b.known"]

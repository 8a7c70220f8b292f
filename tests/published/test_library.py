import hashlib
import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from referencing.exceptions import Unresolvable

from passport.errors import NotFound
from passport.published import CONTEXT, CREDENTIAL_CONTEXT, GROUP, VOCAB, Published

ROOT = Path(__file__).parents[2]


def test_it_lists_groups_versions_profiles_and_schemas(published: Published) -> None:
    assert published.groups() == ("furniture", "workwear")
    assert published.versions(GROUP) == ("1.0",)
    assert published.current(GROUP) == "1.0"
    assert set(published.profiles("furniture", "1.0")) == {"basic", "supplier", "espr-draft"}
    start = f"{VOCAB}schemas/furniture/1.0/"
    names = {
        iri.removeprefix(start) for iri in published.schema_iris() if iri.startswith(start) and "/profiles/" not in iri
    }
    passports = {"model", "batch", "item", "passport", "fields", "document"}
    assert names == passports | {"event", "event-document", "submission"}
    assert all(published.schema(iri)["$id"] == iri for iri in published.schema_iris())


def test_what_it_gives_cannot_change_what_it_holds(published: Published) -> None:
    iri = published.schema_iri("furniture", "1.0", "model")
    published.schema(iri)["properties"].clear()  # type: ignore[attr-defined]
    assert published.schema(iri)["properties"]
    with pytest.raises(TypeError):
        published.terms()["x"] = published.term("name")  # type: ignore[index]
    with pytest.raises(TypeError):
        published.manifest()["x"] = ""  # type: ignore[index]


def test_the_registry_resolves_ours_and_retrieves_nothing(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    fresh = Published.load(published.examples().parent)
    resolver = fresh.registry().resolver(fresh.schema_iri("furniture", "1.0", "model"))
    assert resolver.lookup("fields#/$defs/material").contents["type"] == "object"
    for stranger in ("https://json-schema.example/x", "http://localhost/x", f"{VOCAB}schemas/furniture/1.0/nothing"):
        with pytest.raises(Unresolvable):
            resolver.lookup(stranger)
    assert fresh.terms()
    assert all(fresh.code_list(name).codes for name in fresh.code_lists())
    assert all(fresh.context(iri) for iri in fresh.context_iris())


def test_contexts_and_files_are_found_by_their_addresses(published: Published) -> None:
    assert {CONTEXT, CREDENTIAL_CONTEXT} < set(published.context_iris())
    assert json.loads(published.file("contexts", "passport/1.0")) == published.context(CONTEXT)
    assert json.loads(published.file("schemas", "furniture/1.0/profiles/basic"))["profile"] == "basic"
    assert published.file("codes", "skill").startswith(b"@prefix")
    assert b"owl:Ontology" in published.file("vocab", "furniture-passport")


@pytest.mark.parametrize("path", ["../../pyproject", "", "/etc/passwd", "nothing"])
@pytest.mark.parametrize("kind", ["schemas", "contexts", "codes", "vocab", "shapes", "examples"])
def test_no_other_file_is_ever_given(published: Published, kind: str, path: str) -> None:
    with pytest.raises(NotFound):
        published.file(kind, path)


def test_unknown_names_are_not_found(published: Published) -> None:
    for ask in (published.term, published.code_list, published.schema, published.context):
        with pytest.raises(NotFound):
            ask("https://elsewhere.example/x")


def test_the_manifest_has_the_digest_of_every_published_file(published: Published) -> None:
    files = [path for folder in ("schemas", "vocab") for path in (ROOT / folder).rglob("*") if path.is_file()]
    shown = {path for path in files if path.suffix in {".json", ".jsonld", ".ttl"} and path.name != "manifest.json"}
    digests = {path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in shown}
    assert published.manifest() == digests
    assert len(digests) >= 30


def test_the_generated_files_agree_with_their_tables() -> None:
    command = [sys.executable, str(ROOT / "vocab" / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0), "run python vocab/generate.py"


def test_a_change_of_a_table_shows(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "vocab", tmp_path / "vocab", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    table = tmp_path / "vocab" / "source" / "codes" / "skill.toml"
    table.write_text(table.read_text(encoding="utf-8").replace("Anybody", "Everybody"), encoding="utf-8")
    command = [sys.executable, str(tmp_path / "vocab" / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.returncode) == (["vocab/codes/skill.ttl", "schemas/manifest.json"], 1)


def test_an_installed_package_reads_its_own_copy(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "passport", tmp_path / "passport", ignore=shutil.ignore_patterns("__pycache__", "_data"))
    for folder in ("schemas", "vocab"):
        shutil.copytree(ROOT / folder, tmp_path / "passport" / "_data" / folder)
    code = (
        "import passport.published as p; x = p.Published.load(); print(p.__file__, x.label('room', 'sv'), x.groups())"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert str(tmp_path) in done.stdout
    assert done.stdout.endswith("Rum ('furniture', 'workwear')\n")

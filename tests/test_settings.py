from pathlib import Path

import pytest

from passport.errors import Malformed
from passport.settings import read_settings, signing_secret, table

README = Path(__file__).parents[1] / "README.md"


def test_the_readme_has_the_table_of_settings() -> None:
    text = README.read_text(encoding="utf-8")
    for name, default, meaning in table():
        assert f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} |" in text


def test_the_environment_goes_before_the_file_and_what_is_given_before_both(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('port = 1000\nhost = "::1"\nworkers = 2\n')
    environment = {"PASSPORT_CONFIG": str(file), "PASSPORT_PORT": "2000", "PASSPORT_WORKERS": "3", "HOME": "/"}
    settings = read_settings(environment, given={"workers": 4, "data": None})
    assert (settings.host, settings.port, settings.workers) == ("::1", 2000, 4)


@pytest.mark.parametrize(
    "environment",
    [
        {"PASSPORT_PROT": "1"},
        {"PASSPORT_PORT": "-1"},
        {"PASSPORT_BASE_URL": "passport.example"},
        {"PASSPORT_BASE_URL": "https://passport.example/"},
        {"PASSPORT_CONFIG": "/nowhere/settings.toml"},
    ],
)
def test_unknown_and_wrong_settings_are_refused_by_name(environment: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        read_settings(environment)


def test_a_setting_that_does_not_exist_is_named() -> None:
    with pytest.raises(Malformed) as refused:
        read_settings({"PASSPORT_PROT": "1"})
    assert refused.value.detail == "Settings are wrong: prot: there is no such setting"


def test_t31_a_wrong_secret_is_never_repeated() -> None:
    with pytest.raises(Malformed) as refused:
        read_settings({"PASSPORT_SIGNING_SECRET": "hunter2"})
    assert "hunter2" not in refused.value.detail
    assert "signing_secret" in refused.value.detail


def test_t31_the_secret_is_not_shown_with_the_settings() -> None:
    settings = read_settings({"PASSPORT_SIGNING_SECRET": "a secret of thirty-two characters"})
    assert signing_secret(settings) == "a secret of thirty-two characters"
    assert "thirty-two" not in f"{settings!r} {settings}"


def test_the_secret_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("a long secret that stands in a file of its own\n")
    settings = read_settings({"PASSPORT_SIGNING_SECRET_FILE": str(file)})
    assert signing_secret(settings) == "a long secret that stands in a file of its own"

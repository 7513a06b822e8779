"""Settings: an unknown or wrong one is an error that names it, secrets may stand in files and are never shown."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.settings import Settings, SettingsError, describe, load_settings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No .env of the checkout, no variable of this machine."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_everything_has_a_sane_default() -> None:
    settings = load_settings({})
    assert settings.bot_api_url == "https://api.telegram.org"
    assert settings.database_url.get_secret_value().startswith("sqlite")
    assert (settings.default_language, settings.default_zone) == ("zh-hans", "Asia/Shanghai")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DEFAULT_ZONE", "Mars/Olympus", "IANA time zone"),
        ("DEFAULT_LANGUAGE", "fr", "zh-hans"),
        ("WEBHOOK_PORT", "99999", "65535"),
        ("BOT_API_URL", "ftp://x", "http://"),
        ("LOG_LEVEL", "loud", "debug"),
        ("BOT_TOKEN_FILE", "/nowhere/token", "No such file"),
    ],
)
def test_a_wrong_one_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        load_settings({name: value})
    assert name in str(error.value)
    assert says in str(error.value)


def test_an_unknown_one_is_named_with_the_closest_that_exists() -> None:
    with pytest.raises(SettingsError, match=r"BOT_TOKN.*Did you mean BOT_TOKEN\?"):
        load_settings({"BOT_TOKN": "1:x"})
    with pytest.raises(SettingsError, match="MILLET_COLOUR"):
        load_settings({"MILLET_COLOUR": "gold"})
    load_settings({"PATH": "/bin", "DATABASE_HOST": "someone else's"})


def test_an_unknown_one_in_the_env_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DEFAULT_ZONE=Asia/Taipei\nBOTTOKEN=1:x\n", encoding="utf8")
    with pytest.raises(SettingsError, match="BOTTOKEN"):
        load_settings({})


def test_a_secret_may_stand_in_a_file_but_not_twice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("42:from-a-file\n", encoding="utf8")
    monkeypatch.setenv("BOT_TOKEN_FILE", str(tmp_path / "token"))
    token = load_settings({}).bot_token
    assert token is not None
    assert token.get_secret_value() == "42:from-a-file"
    monkeypatch.setenv("BOT_TOKEN", "42:another")
    with pytest.raises(SettingsError, match="not both"):
        load_settings({})


def test_config_shows_all_with_help_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "42:canary-token")
    monkeypatch.setenv("DATABASE_URL", "postgresql://millet:canary-password@db/millet")
    shown = CliRunner().invoke(main, ["config"]).output
    assert "canary" not in shown
    for name, field in Settings.model_fields.items():
        assert f"{name.upper()}=" in shown
        assert (field.description or "no help") in shown


def test_every_setting_has_help_and_stands_in_the_readme() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf8")
    for setting in describe(load_settings({})):
        assert setting.help
        if not setting.name.endswith("_FILE"):
            assert f"`{setting.name}`" in readme


def test_the_commands_teach_themselves() -> None:
    shown = CliRunner().invoke(main, ["--help"]).output
    for command in ("run", "demo", "migrate", "inbox", "config", "version"):
        assert command in shown
        assert len(CliRunner().invoke(main, [command, "--help"]).output) > 60


def test_a_wrong_setting_ends_a_command_with_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEFAULT_ZONE", "Mars/Olympus")
    result = CliRunner().invoke(main, ["config"])
    assert result.exit_code == 1
    assert "DEFAULT_ZONE" in result.output
    assert "Traceback" not in result.output


def test_inbox_lists_and_replays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'millet.db'}")
    assert "Parked updates: 0" in CliRunner().invoke(main, ["inbox"]).output
    assert "Put back: 0" in CliRunner().invoke(main, ["inbox", "--replay"]).output
    assert "revision" in CliRunner().invoke(main, ["migrate"]).output

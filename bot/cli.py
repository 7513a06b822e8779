"""The commands: `python -m bot run|demo|migrate|inbox|ship|restored|config|version`."""

import asyncio
import gc
import importlib.metadata
import logging
import os
import re
import sys
import tomllib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click
import uvloop

from bot.settings import Settings, SettingsError, describe, load_settings

_TOKEN = re.compile(r"\b\d{1,20}:[\w-]{6,}")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Millet 小米: a community bot for a product's group chats.

    Members suggest in the chat, the team ships, the weekly digest says "you asked, we shipped" and names who asked;
    trusted members hand invitation codes to friends.

    \b
    See it without an account:   python -m bot demo
    Run it on Telegram:          BOT_TOKEN=… python -m bot run
    What can be set:             python -m bot config
    """


@main.command()
def run() -> None:
    """Run the bot until Ctrl-C or SIGTERM.

    Needs BOT_TOKEN. Brings the database up to date first, then listens by long polling, or by webhook when WEBHOOK_URL
    is set.
    """
    settings = _settings()
    _log(settings.log_level)
    os.umask(0o077)  # what members wrote is nobody else's to read on this machine
    from bot import app  # noqa: PLC0415  # aiogram takes three seconds to import; --help and config need not wait
    from bot.courier import TokenRefusedError  # noqa: PLC0415  # as above
    from storage.lease import AlreadyRunningError, LeaseLostError  # noqa: PLC0415  # as above

    gc.collect()
    gc.freeze()  # what was imported stays: a full collection over it would stop every update for 120 ms
    try:
        uvloop.run(app.run(app.Millet(settings)))
    except (TokenRefusedError, AlreadyRunningError, LeaseLostError) as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.option("--port", default=8765, show_default=True, help="Port of the chat page on 127.0.0.1; 0 takes a free one.")
@click.option("--seconds", default=60.0, show_default=True, help="How long the week of the story takes.")
@click.option("--skip", is_flag=True, help="Play the story at once and begin at its end.")
@click.option("--snowball", is_flag=True, help="Skip the week and watch the circle grow from 100 to 800.")
def demo(port: int, seconds: float, skip: bool, snowball: bool) -> None:
    """Show a whole week of a community in the browser: no token, no account.

    Starts a Telegram on this machine with a chat page, lets five people live through a week, then leaves you in charge.
    """
    _log("warning")
    from bot import demo as show  # noqa: PLC0415  # as in run

    uvloop.run(show.run(port, seconds, skip=skip or snowball, snowball=snowball))


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema; `run` does so by itself."""
    from storage.database import Database  # noqa: PLC0415  # as in run

    async def work() -> str:
        database = Database(_settings().database_url.get_secret_value())
        try:
            await database.migrate()
            return await database.revision()
        finally:
            await database.close()

    click.echo(f"The database is at revision {asyncio.run(work())}.")


@main.command()
@click.option("--replay", "replay", is_flag=True, help="Put parked updates back; a running bot takes them up at once.")
@click.argument("update_ids", nargs=-1, type=int)
def inbox(replay: bool, update_ids: tuple[int, ...]) -> None:
    """List updates that could not be handled, with the error of each; --replay hands them in again.

    Without UPDATE_IDS, --replay takes all of them.
    """
    from storage import inbox as rows  # noqa: PLC0415  # as in run
    from storage.database import Database  # noqa: PLC0415  # as in run

    async def work() -> None:
        database = Database(_settings().database_url.get_secret_value())
        try:
            await database.migrate()
            if replay:
                async with database.writing() as session:
                    click.echo(f"Put back: {await rows.set_waiting(session, update_ids)}")
                return
            async with database.reading() as session:
                parked = await rows.list_parked(session)
            for row in parked:
                click.echo(f"{row.update_id}  {row.received_at:%Y-%m-%d %H:%M}  tried {row.attempts}×  {row.error}")
            click.echo(f"Parked updates: {len(parked)}")
        finally:
            await database.close()

    asyncio.run(work())


@main.command()
@click.option("--from-changelog", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--community", "community_id", type=int, default=1, show_default=True, help="Whose suggestions.")
@click.option("--dry-run", is_flag=True, help="Only say what would be shipped.")
def ship(file: Path, community_id: int, dry_run: bool) -> None:
    """Ship what a changelog's newest version names, such as S-12 or Millet #12; a running bot tells it."""
    from bot.texts import announce  # noqa: PLC0415  # as in run
    from storage.database import Database  # noqa: PLC0415  # as in run

    text = file.read_text(encoding="utf8")

    async def work() -> None:
        database = Database(_settings().database_url.get_secret_value())
        try:
            await database.migrate()
            async with database.writing() as session:
                shipment = await announce.changelog(session, community_id, text, datetime.now(UTC))
                numbers = " ".join(f"#{one.number}" for one in shipment.shipped) or "nothing"
                click.echo(f"{shipment.title or 'No version'}: {numbers}")
                if shipment.unknown:
                    click.echo(f"Not known here: {' '.join(f'#{number}' for number in shipment.unknown)}")
                if dry_run:
                    await session.rollback()
        finally:
            await database.close()

    asyncio.run(work())


@main.command()
@click.option("--send", "choices", flag_value="SEND", multiple=True, help="Send what waits.")
@click.option("--drop", "choices", flag_value="DROP", multiple=True, help="Drop it, as if it had been sent.")
@click.option("--keep-codes", "choices", flag_value="KEEP_CODES", multiple=True, help="Codes from before are good.")
@click.option(
    "--replace-codes", "choices", flag_value="REPLACE_CODES", multiple=True, help="They open nothing any more."
)
@click.option("--declare", is_flag=True, help="Say that the database was put back, where I cannot see it by myself.")
def restored(choices: tuple[str, ...], declare: bool) -> None:
    """What is to become of what a database that was put back from a copy would send.

    A copied file or a restored dump is known for one by itself: from then on nothing is said unasked, and no invitation
    code from before opens anything, until each community's team has pressed a button, or this has decided for all.
    --declare is for a machine or volume that was put back as a whole; a running bot sees it within seconds.
    """
    from bot.community import restores  # noqa: PLC0415  # as in run
    from bot.community.errors import AnsweredAlready  # noqa: PLC0415  # as in run
    from storage import epochs, holds  # noqa: PLC0415  # as in run
    from storage.database import Database  # noqa: PLC0415  # as in run

    async def work() -> None:
        database = Database(_settings().database_url.get_secret_value())
        try:
            await database.migrate()
            async with database.writing() as session:
                if declare:
                    await epochs.set_copied(session)
                for hold in await holds.list_holds(session):
                    for choice in choices:
                        with suppress(AnsweredAlready):
                            await restores.decide(
                                session, hold.community_id, restores.Choice[choice], None, datetime.now(UTC)
                            )
                for hold in await holds.list_holds(session):
                    held = await restores.look(session, hold)
                    click.echo(f"Community {hold.community_id}: {held}")
        finally:
            await database.close()

    asyncio.run(work())


@main.command()
def config() -> None:
    """Print all settings with their values in force, secrets masked, and what each is for."""
    for setting in describe(_settings()):
        click.secho(f"{setting.name}={setting.value}", bold=True)
        click.echo(f"    {setting.help}")


@main.command()
def version() -> None:
    """Print the version."""
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf8"))["project"]
    click.echo(f"millet {project['version']} (aiogram {importlib.metadata.version('aiogram')})")


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


class _Redacted(logging.Formatter):
    """No bot token ever reaches the log, not even within a library's traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub("<token>", super().format(record))


def _log(level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacted("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler])
    logging.getLogger("apscheduler").setLevel("ERROR")  # a knock that is skipped is made up for by the next
    logging.getLogger("aiogram.event").setLevel("WARNING")
    for library in ("alembic", "jieba"):
        logging.getLogger(library).setLevel("WARNING")

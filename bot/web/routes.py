"""Which address leads to which door."""

from aiohttp import web

from bot.clock import Clock
from bot.web import digests, repositories
from storage.database import Database

REPOSITORY_PATH = "/repositories/{id:\\d+}"
FEED_PATH = "/communities/{id:\\d+}/digests.atom"


def add_routes(application: web.Application, database: Database, clock: Clock) -> None:
    """Open the doors in an application."""
    application.router.add_post(REPOSITORY_PATH, repositories.receiver(database, clock))
    application.router.add_get(FEED_PATH, digests.feed(database))

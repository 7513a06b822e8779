"""Days as people write them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from bot.texts.catalogues import Translator

_LOCALES = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant", "en": "en"}


def day(t: Translator, at: datetime, zone: str) -> str:
    """The day of a moment by the clock of a zone, such as Nov 20."""
    return str(format_skeleton("MMMd", at.astimezone(ZoneInfo(zone)), locale=_LOCALES[t.language]))

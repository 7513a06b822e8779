"""Pictures, because people look before they read: each is drawn from ingredients that are plain JSON.

The ingredients wait in the outbox with everything else that is to be said, and the courier has them drawn when the
picture goes out. So nothing heavy is stored, and drawing holds up neither a transaction nor the event loop.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from bot.texts.pictures import card, digest, funnel, grids, growth, stats, tree

Ingredients = Mapping[str, Any]

_PAINTERS: Mapping[str, Callable[[Ingredients], bytes]] = {
    "digest": digest.draw,
    "grid": grids.draw,
    "stats": stats.draw,
    "tree": tree.draw,
    "growth": growth.draw,
    "funnel": funnel.draw,
    "card": card.draw,
}


async def paint(painting: str, ingredients: Ingredients) -> bytes:
    """The picture of that name as PNG, drawn beside the event loop; the same one for many chats is drawn once."""
    return await asyncio.to_thread(_painted, painting, json.dumps(ingredients, ensure_ascii=False, sort_keys=True))


@lru_cache(maxsize=16)
def _painted(painting: str, ingredients: str) -> bytes:
    return _PAINTERS[painting](json.loads(ingredients))

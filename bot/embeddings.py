"""Meaning from an OpenAI-compatible `/v1/embeddings` endpoint, in place of the encoder of the `semantic` extra."""

import asyncio
import logging
from datetime import datetime, timedelta

import aiohttp
import numpy as np
import orjson

from bot.clock import Clock
from bot.language.normal import plain
from bot.language.synonyms import VERSION, ideas, phrases
from bot.language.vectors import IDEA_SHARE, EncoderAway, Vectors, centred, unit

log = logging.getLogger(__name__)

# Models made for it keep their meaning in the first numbers; of others half is lost, little of it meaning.
MOST_DIMENSIONS = 512
BATCH = 16  # a small machine of one's own takes its time for each
TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
LARGEST_ANSWER = 16 * 2**20
REFUSED = (400, 413, 422)  # the request, by a server that is well
REST = timedelta(minutes=1)  # after a failure nothing is asked, so that nobody waits for what does not answer


class Endpoint:
    """An encoder somewhere on the network; what it cannot give raises EncoderAway.

    Vectors of most models point much the same way. What is common to them, the mean over our own vocabulary, is asked
    for once and taken off, so that likeness means something.
    """

    def __init__(self, url: str, model: str, key: str | None, clock: Clock) -> None:
        self.name = f"endpoint {model}, {MOST_DIMENSIONS}, {VERSION}"
        self._url = url if url.endswith("/embeddings") else f"{url}/v1/embeddings"
        self._model = model
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._session: aiohttp.ClientSession | None = None
        self._mean: Vectors | None = None
        self._learning = asyncio.Lock()
        self._clock = clock
        self._rests_until: datetime | None = None

    async def encode(self, texts: list[str]) -> Vectors:
        """One row each, of length one; a text without letters gets zeros."""
        if self._rests_until and self._clock.now() < self._rests_until:
            raise EncoderAway("The embeddings endpoint has just failed.")
        try:
            async with self._learning:
                if self._mean is None:
                    self._mean = (await self._fetch([plain(words) for words in phrases()])).mean(0)
            return await self._joined(texts, self._mean)
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            self._rests_until = self._clock.now() + REST
            raise EncoderAway(f"The embeddings endpoint: {type(error).__name__}: {error}"[:300]) from error

    async def close(self) -> None:
        """Leave no connection open."""
        if self._session is not None:
            await self._session.close()

    async def _joined(self, texts: list[str], mean: Vectors) -> Vectors:
        """Texts, and at a share of their weight the names of their ideas, as our own encoder has them."""
        both = [*texts, *(" ".join(ideas(text)) for text in texts)]
        rows = np.zeros((len(both), len(mean)), np.float32)
        if worded := [text for text in both if text]:
            rows[[bool(text) for text in both]] = centred(await self._fetch(worded), mean)
        return unit(rows[: len(texts)] + IDEA_SHARE * rows[len(texts) :])

    async def _fetch(self, texts: list[str]) -> Vectors:
        return np.concatenate([await self._ask(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)])

    async def _ask(self, texts: list[str]) -> Vectors:
        """A row for each; what is longer than the model takes keeps nobody else's from it, and is read in part."""
        try:
            return await self._post(texts)
        except aiohttp.ClientResponseError as error:
            if error.status not in REFUSED or texts == [texts[0][:1]]:
                raise
        if len(texts) > 1:
            return np.concatenate([await self._ask([text]) for text in texts])
        return await self._ask([texts[0][: len(texts[0]) // 2]])

    async def _post(self, texts: list[str]) -> Vectors:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT, headers=self._headers)
        asked = {"model": self._model, "input": texts, "encoding_format": "float"}
        async with self._session.post(self._url, json=asked, allow_redirects=False) as answer:
            answer.raise_for_status()
            body = b""
            async for chunk in answer.content.iter_any():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise ValueError("an answer without end")
        return _rows(orjson.loads(body), len(texts))


def _rows(said: dict[str, list[dict[str, object]]], count: int) -> Vectors:
    """The vectors of an answer in the order they were asked for; raises ValueError where they are not as asked."""
    data = sorted(said["data"], key=lambda one: int(str(one["index"])))
    rows = np.array([one["embedding"] for one in data], np.float32)
    if len(rows) != count or rows.ndim != 2 or not np.isfinite(rows).all():
        raise ValueError("not the vectors that were asked for")
    return np.ascontiguousarray(rows[:, :MOST_DIMENSIONS])

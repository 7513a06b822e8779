"""An embeddings endpoint in place of our own encoder: batches, a mean taken off, and words alone while it is away."""

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from aiohttp import web
from sqlmodel import select

from bot.clock import SteerableClock
from bot.embeddings import BATCH, REST, Endpoint
from bot.language.vectors import EncoderAway, Vectors
from bot.settings import SettingsError, load_settings
from storage.wordings import Wording
from tests.databases import SqliteMaker
from tests.town import MONDAY, Town

WIDE = 768


class Model:
    """A server on loopback that knows two topics, all its vectors pointing much the same way."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.keys: set[str] = set()
        self.fault = ""
        self.longest = 0
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.keys.add(request.headers.get("Authorization", ""))
        texts = (await request.json())["input"]
        self.asked.append(texts)
        if self.fault == "error":
            return web.Response(status=500)
        if self.longest and any(len(text) > self.longest for text in texts):
            return web.Response(status=413)
        if self.fault == "nonsense":
            return web.Response(text="<html>")
        data = [{"index": n, "embedding": vector(text).tolist()} for n, text in enumerate(texts)]
        if self.fault == "fewer":
            data.pop()
        return web.json_response({"data": data[::-1]})


def vector(text: str) -> Vectors:
    found = np.random.default_rng(sum(map(ord, text))).standard_normal(WIDE) * 0.05
    found[0] += 5
    found[1] += 2 * any(word in text for word in ("深色", "dark", "night"))
    found[2] += 2 * any(word in text for word in ("录音", "record"))
    return np.asarray(found, np.float32)


@pytest.fixture
async def model() -> AsyncIterator[Model]:
    known, application = Model(), web.Application()
    application.router.add_post("/v1/embeddings", known.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    known.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield known
    await runner.cleanup()


@pytest.fixture
async def endpoint(model: Model) -> AsyncIterator[Endpoint]:
    made = Endpoint(model.url, "bge-m3", "secret", SteerableClock(MONDAY))
    yield made
    await made.close()


async def test_rows_are_centred_of_length_one_and_in_order(model: Model, endpoint: Endpoint) -> None:
    rows = await endpoint.encode(["深色模式", "dark theme please", "通话录音", ""])
    assert rows.shape == (4, 512)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 1, 0], abs=1e-5)
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.4
    assert model.keys == {"Bearer secret"}


async def test_many_texts_go_in_batches_and_the_mean_is_asked_for_once(model: Model, endpoint: Endpoint) -> None:
    await endpoint.encode(["深色"])
    model.asked.clear()
    await endpoint.encode([f"{n}" for n in range(BATCH + 3)])
    assert [len(texts) for texts in model.asked] == [BATCH, 3]
    assert (await endpoint.encode([])).shape == (0, 512)
    assert not (await endpoint.encode([""])).any()


@pytest.mark.parametrize("fault", ["error", "nonsense", "fewer"])
async def test_a_failure_is_said_once_and_then_the_endpoint_rests(model: Model, fault: str) -> None:
    clock = SteerableClock(MONDAY)
    endpoint = Endpoint(model.url, "bge-m3", None, clock)
    model.fault = fault
    with pytest.raises(EncoderAway):
        await endpoint.encode(["深色"])
    asked = len(model.asked)
    model.fault = ""
    with pytest.raises(EncoderAway):
        await endpoint.encode(["深色"])
    assert len(model.asked) == asked, "nobody waits for it again so soon"
    clock.leap(REST.total_seconds() + 1)
    assert len(await endpoint.encode(["深色"])) == 1
    await endpoint.close()


async def test_a_text_too_long_for_the_model_is_read_as_far_as_it_goes(model: Model, endpoint: Endpoint) -> None:
    texts = ["深色模式", "通话录音" * 100, "dark theme please"]
    await endpoint.encode([])
    model.longest = 100
    rows = await endpoint.encode(texts)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert rows[0] == pytest.approx((await endpoint.encode(texts[:1]))[0], abs=1e-5), "others lose nothing by it"
    model.longest = -1
    with pytest.raises(EncoderAway):
        await endpoint.encode(texts)


async def test_nobody_there_is_no_more_than_away() -> None:
    endpoint = Endpoint("http://127.0.0.1:9", "bge-m3", None, SteerableClock(MONDAY))
    with pytest.raises(EncoderAway):
        await endpoint.encode(["深色"])
    await endpoint.close()


async def test_while_it_is_away_words_find_and_the_text_is_read_again_later(
    model: Model, sqlite: SqliteMaker, tmp_path: Path
) -> None:
    async with Town.open(await sqlite.make(tmp_path), tmp_path) as town:
        await town.restart(embeddings_url=model.url, embeddings_model="bge-m3", embeddings_key="secret")
        group = town.group()
        model.fault = "error"
        await town.say("xiaoman", group, "/suggest 希望支持深色模式")
        assert "💡 #1" in town.last(group).content
        await town.say("ahe", group, "建议 希望能支持深色模式")
        assert "#1" in town.last(group).content
        assert town.last(group).buttons, "its words are like enough"
        model.fault = ""
        assert [row.vector_by for row in await stored(town)] == [None]
        town.clock.leap(REST.total_seconds() + 1)
        await town.knock()
        assert [row.vector_by for row in await stored(town)] == [town.millet.finder.name]
        await town.say("tang", group, "/suggest night theme")
        assert "希望支持深色模式" in town.last(group).content, "found by meaning alone"


async def stored(town: Town) -> list[Wording]:
    async with town.database.reading() as look:
        return list(await look.exec(select(Wording)))


def test_an_address_needs_a_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EMBEDDINGS_URL", "http://localhost:11434")
    with pytest.raises(SettingsError, match="EMBEDDINGS_MODEL"):
        load_settings({})

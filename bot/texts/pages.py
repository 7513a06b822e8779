"""Long things in short messages: a few lines of each section stand open, the rest is folded, no message is too long."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from bot.texts.catalogues import Translator
from bot.texts.html import units, visible
from bot.texts.triage import and_more

LONGEST_MESSAGE = 4096  # UTF-16 units, without tags
SHOWN, UNFOLDED = 5, 30  # lines of a section: before the fold, and in it


@dataclass
class Section:
    """A heading with the first of `total` lines, of which `shown` stand open and `unfolded` more in the fold."""

    heading: Markup
    lines: Sequence[Markup]
    total: int
    shown: int = 0
    unfolded: int = 0

    def draw(self, t: Translator) -> Markup:
        rest = self.total - self.shown
        drawn = [self.heading, *self.lines[: self.shown]]
        if rest:
            drawn.append(self._fold(t, rest))
        return Markup("\n").join(drawn)

    def _fold(self, t: Translator, rest: int) -> Markup:
        more = and_more(t, rest)
        if not self.unfolded:
            return more
        # Plain text: Telegram counts a hundred entities a message and forgets those beyond.
        within = [escape(visible(hidden)) for hidden in self.lines[self.shown : self.shown + self.unfolded]]
        left = [Markup("…")] if self.unfolded < rest else []
        return Markup("<blockquote expandable>{}</blockquote>").format(Markup("\n").join([more, *within, *left]))


@dataclass
class _Page:
    head: Sequence[Markup]
    sections: list[Section]

    def draw(self, t: Translator) -> Markup:
        return Markup("\n\n").join([*self.head, *(section.draw(t) for section in self.sections)])

    def fits(self, t: Translator) -> bool:
        return units(visible(self.draw(t))) <= LONGEST_MESSAGE

    def takes(self, t: Translator, section: Section) -> bool:
        """Put the section in, if there is room for its open lines."""
        self.sections.append(section)
        if self.fits(t):
            return True
        self.sections.pop()
        return False

    def unfold(self, t: Translator) -> None:
        """Put as much of the rest into the folds as the message has room for, a line of each section in turn."""
        growing = list(self.sections)
        while growing:
            growing = [section for section in growing if self._takes_line(t, section)]

    def _takes_line(self, t: Translator, section: Section) -> bool:
        """Put one more line into the section's fold, if it has one and there is room."""
        if section.shown + section.unfolded == len(section.lines):
            return False
        section.unfolded += 1
        if self.fits(t):
            return True
        section.unfolded -= 1
        return False


def paginate(t: Translator, head: Sequence[Markup], sections: Sequence[Section]) -> list[Markup]:
    """As few messages as hold every section's open lines; they end between sections, so within no entity."""
    for section in sections:
        section.shown = min(len(section.lines), SHOWN)
    whole = _Page(head, list(sections))
    pages = [whole] if whole.fits(t) else _broken(t, head, sections)
    for page in pages:
        page.unfold(t)
    return [page.draw(t) for page in pages]


def _broken(t: Translator, head: Sequence[Markup], sections: Sequence[Section]) -> list[_Page]:
    pages = [_Page(head, [])]
    for section in sections:
        if pages[-1].takes(t, section):
            continue
        pages.append(_Page((), []))
        while not pages[-1].takes(t, section):
            section.shown -= 1
    return pages

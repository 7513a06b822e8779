"""The Atom feed of a community's digests, where the community has made it public."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree  # it only writes

from aiohttp import web

from bot.community import settings
from bot.texts.html import visible
from storage import communities, digests
from storage.communities import Community
from storage.database import Database
from storage.digests import Digest

ENTRIES = 20
_ATOM = "http://www.w3.org/2005/Atom"


def feed(database: Database) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The view: `/communities/7/digests.atom`; 404 where the community has not made it public."""

    async def show(request: web.Request) -> web.Response:
        number = request.match_info["id"]
        community_id = int(number) if len(number) < 10 else 0
        async with database.reading() as look:
            if not (await settings.load(look, community_id)).digest_public:
                return web.Response(status=404)
            community = await communities.get_community(look, community_id)
            issues = await digests.list_posted(look, community_id, ENTRIES)
        return web.Response(text=atom(community, issues), content_type="application/atom+xml", charset="utf-8")

    return show


def atom(community: Community, issues: Sequence[Digest]) -> str:
    """The feed as XML; everything in it is escaped by the writer."""
    ElementTree.register_namespace("", _ATOM)
    root = ElementTree.Element(f"{{{_ATOM}}}feed")
    newest = issues[0].published_at if issues else community.created_at
    _add(root, "id", f"urn:millet:{community.id}:digests")
    _add(root, "title", _printable(" · ".join(filter(None, (community.name, community.ritual_name)))))
    _add(root, "updated", _moment(newest))
    for issue in issues:
        entry = ElementTree.SubElement(root, f"{{{_ATOM}}}entry")
        _add(entry, "id", f"urn:millet:{community.id}:digest:{issue.period}")
        _add(entry, "title", _printable(visible(issue.html.partition("\n")[0])) or issue.period)
        _add(entry, "updated", _moment(issue.published_at))
        _add(_add(entry, "author"), "name", _printable(community.name))
        _add(entry, "content", _printable(issue.html.replace("\n", "<br/>\n")), type="html")
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    child.text = text
    return child


def _printable(text: str) -> str:
    """Without the characters XML 1.0 does not know."""
    return "".join(
        letter for letter in text if letter in "\t\n" or (letter >= " " and not "\ud800" <= letter <= "\udfff")
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

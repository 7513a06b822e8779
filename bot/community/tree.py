"""The invitation tree: who brought whom, as lines that can be written down."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from storage import invitations, tree
from storage.database import Session
from storage.tree import Kin


@dataclass(frozen=True)
class Twig:
    """One line of the tree: a person, how deep they stand, and how many they brought themselves."""

    person_id: int
    name: str
    depth: int
    brought: int


async def bind(session: Session, community_id: int, person_id: int, inviter_id: int) -> None:
    """Name who brought a person; it is never changed, and nobody is brought by those they brought."""
    await tree.claim_tree(session, community_id)
    if not await tree.is_brought_by(session, community_id, inviter_id, person_id):
        await invitations.set_inviter(session, community_id, person_id, inviter_id)


def grow(kin: Sequence[Kin], root_id: int | None = None) -> list[Twig]:
    """The tree line by line, each person above those they brought.

    Without a root, from everyone who brought somebody and was brought by nobody themselves.
    """
    children: dict[int | None, list[Kin]] = defaultdict(list)
    for person in kin:
        children[person.inviter_id].append(person)
    if root_id is None:
        roots = [person for person in children[None] if children.get(person.person_id)]
    else:
        roots = [person for person in kin if person.person_id == root_id]
    twigs: list[Twig] = []
    waiting = [(person, 0) for person in reversed(roots)]
    while waiting:
        person, depth = waiting.pop()
        brought = children.get(person.person_id, [])
        twigs.append(Twig(person.person_id, person.name, depth, len(brought)))
        waiting += [(child, depth + 1) for child in reversed(brought)]
    return twigs

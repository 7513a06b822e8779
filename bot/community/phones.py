"""Optional proof of a phone number: one phone has one seat, and nothing but a keyed hash of the number is kept."""

import hashlib
import hmac
from datetime import datetime

from bot.community import audit, settings
from bot.community.errors import NoPhoneShown
from storage import members, phones
from storage.database import Session
from storage.phones import PhoneProof, PhoneRefusal


async def is_wanted(session: Session, community_id: int, person_id: int) -> bool:
    """Whether the person still has to show a number before a code of this community lets them in."""
    wanted = (await settings.load(session, community_id)).phone_proof
    return wanted and not await phones.has_proof(session, community_id, person_id)


async def prove(session: Session, community_id: int, person_id: int, number: str, secret: str, now: datetime) -> bool:
    """Keep that the person has shown this number; False when it is bound to another account."""
    seal = sealed(community_id, number, secret)
    proof = PhoneProof(community_id=community_id, person_id=person_id, seal=seal, proved_at=now)
    holder_id = await phones.claim_phone(session, proof)
    if holder_id != person_id:
        refusal = PhoneRefusal(community_id=community_id, person_id=person_id, holder_id=holder_id, refused_at=now)
        await phones.add_refusal(session, refusal)
    return holder_id == person_id


async def free(session: Session, community_id: int, person_id: int, by_id: int, now: datetime) -> list[int]:
    """Let the number be shown anew, by whoever has it now; the person stays where they are. Raises NoPhoneShown.

    Returns who had been refused for it: nothing speaks against them any more. Nothing of the number is kept to undo it.
    """
    if not await phones.delete_proof(session, community_id, person_id):
        raise NoPhoneShown
    person = await members.get_person(session, person_id)
    action = audit.Action(community_id, by_id, "phone", person.name)
    await audit.record(session, action, {"person_id": person_id}, {}, now)
    return await phones.delete_refusals(session, community_id, person_id)


async def forget(session: Session) -> None:
    """Numbers of whoever did not come in after all are free, and kept no longer."""
    await phones.delete_free(session)


def sealed(community_id: int, number: str, secret: str) -> str:
    """A number's keyed hash, another one in each community, so that two cannot be compared.

    The key is the operator's secret and not in the database, whose thief could try all numbers there are.
    """
    digits = "".join(character for character in number if character.isascii() and character.isdigit())
    return hmac.new(secret.encode(), f"{community_id}:{digits}".encode(), hashlib.sha256).hexdigest()

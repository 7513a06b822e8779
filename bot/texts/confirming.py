"""What is said to an administrator who writes in the group's name."""

from bot.texts.catalogues import Translator
from bot.texts.say import Button, Say

CONFIRM = "confirm"
DONE = "✓"


def who_is_it(t: Translator, prompt_id: int | None) -> Say:
    """Who is it? Nothing happens until they press. What they said may answer a question of ours."""
    return Say(
        t("You write as the group. Press, so that I know who decides; the others see “the team”."),
        [[Button(t("It is me"), data=f"{CONFIRM}:{prompt_id}" if prompt_id else CONFIRM)]],
    )

"""Bot API methods about where updates go; getUpdates itself waits and lives in `bot.sandbox.botapi`."""

import re
from urllib.parse import urlsplit

from bot.sandbox.api import Api, Params, method
from bot.sandbox.errors import bad_request
from bot.sandbox.updates import Json

_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")


@method
def set_webhook(api: Api, p: Params) -> object:
    url = p.text("url")
    if not _SECRET.fullmatch(p.text("secret_token")):
        raise bad_request("secret token contains unallowed characters")
    parts = urlsplit(url)
    # Telegram wants HTTPS; its own server, run locally, takes plain HTTP to a local address, and so does this one.
    if url and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    _subscribe(api, p)
    if p.flag("drop_pending_updates"):
        api.world.queue.drop_all()
    api.webhook.set(url, p.text("secret_token"), p.number("max_connections"))
    return True


def _subscribe(api: Api, p: Params) -> None:
    if p.has("allowed_updates"):
        api.world.queue.subscribe(p.words("allowed_updates"))


@method
def delete_webhook(api: Api, p: Params) -> object:
    if p.flag("drop_pending_updates"):
        api.world.queue.drop_all()
    api.webhook.set("", "", 0)
    return True


@method
def get_webhook_info(api: Api, _p: Params) -> object:
    hook = api.webhook
    told: Json = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(api.world.queue),
    }
    if hook.url:
        told["max_connections"] = hook.max_connections
    if hook.last_error:
        told |= {"last_error_date": hook.last_error_at, "last_error_message": hook.last_error}
    if api.world.queue.allowed:
        told["allowed_updates"] = api.world.queue.allowed
    return told

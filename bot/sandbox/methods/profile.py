"""Bot API methods about the bot's own account."""

import json
import re

from bot.sandbox import wire
from bot.sandbox.api import Api, Params, method
from bot.sandbox.errors import bad_request
from bot.sandbox.updates import Json

_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
MAX_COMMANDS = 100
MAX_COMMAND_TEXT = 256
# Bot API, setMyName, setMyDescription, setMyShortDescription.
MAX_TEXTS = {"name": 64, "description": 512, "short_description": 120}


@method
def get_me(api: Api, _p: Params) -> object:
    return wire.user(api.world.bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": not api.world.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method
def log_out(_api: Api, _p: Params) -> object:
    return True


@method
def close(_api: Api, _p: Params) -> object:
    return True


def _scope(p: Params) -> tuple[str, str]:
    scope = p.record("scope") or {"type": "default"}
    return json.dumps(scope, sort_keys=True), p.text("language_code")


@method
def set_my_commands(api: Api, p: Params) -> object:
    commands = p.records("commands")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    api.account.commands[_scope(p)] = [_command(item) for item in commands]
    return True


def _command(item: Json) -> Json:
    name, text = str(item.get("command", "")), str(item.get("description", ""))
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(text) <= MAX_COMMAND_TEXT:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name.removeprefix("/"), "description": text}


@method
def get_my_commands(api: Api, p: Params) -> object:
    return api.account.commands.get(_scope(p), [])


@method
def delete_my_commands(api: Api, p: Params) -> object:
    api.account.commands.pop(_scope(p), None)
    return True


def _set_text(api: Api, p: Params, name: str) -> bool:
    if len(p.text(name)) > MAX_TEXTS[name]:
        raise bad_request(f"bot {name.replace('_', ' ')} is too long")
    api.account.texts[name, p.text("language_code")] = p.text(name)
    return True


@method
def set_my_name(api: Api, p: Params) -> object:
    return _set_text(api, p, "name")


@method
def set_my_description(api: Api, p: Params) -> object:
    return _set_text(api, p, "description")


@method
def set_my_short_description(api: Api, p: Params) -> object:
    return _set_text(api, p, "short_description")


@method
def get_my_name(api: Api, p: Params) -> object:
    return {"name": api.account.text("name", p.text("language_code")) or api.world.bot.name}


@method
def get_my_description(api: Api, p: Params) -> object:
    return {"description": api.account.text("description", p.text("language_code"))}


@method
def get_my_short_description(api: Api, p: Params) -> object:
    return {"short_description": api.account.text("short_description", p.text("language_code"))}


@method
def set_chat_menu_button(api: Api, p: Params) -> object:
    api.account.menu_buttons[p.number("chat_id")] = p.record("menu_button") or {"type": "default"}
    return True


@method
def get_chat_menu_button(api: Api, p: Params) -> object:
    buttons = api.account.menu_buttons
    return buttons.get(p.number("chat_id")) or buttons.get(0) or {"type": "commands"}

"""The real program in a process that can be killed, forked from one that has imported it: twenty starts cost little."""

import multiprocessing
import os
from collections.abc import Mapping
from multiprocessing.process import BaseProcess

import uvloop

from bot import app
from bot.settings import load_settings

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])


def _run(environ: Mapping[str, str], tempo: app.Tempo | None) -> None:
    """What `python -m bot run` does, with these variables in its environment."""
    os.environ.clear()
    os.environ.update(environ)
    uvloop.run(app.run(app.Millet(load_settings(), tempo=tempo)))


def start(environ: Mapping[str, str], tempo: app.Tempo | None = None) -> BaseProcess:
    """Start the program."""
    process = _CONTEXT.Process(target=_run, args=(environ, tempo), daemon=True)
    process.start()
    return process

"""Voila, which answers to a name of this machine alone, as JupyterLab does.

Else a page in the browser that changes its address to ours (DNS rebinding) could read the table.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule
from tornado.web import ErrorHandler
from traitlets import Bool, List, Unicode
from voila.app import Voila


class Table(Voila):
    """Voila's own server; what may be configured has the names that JupyterLab's has."""

    allow_remote_access = Bool(False, config=True, help="Answer to any name.")
    local_hostnames = List(Unicode(), ["localhost"], config=True, help="Names of this machine.")

    def init_handlers(self) -> list:
        """Before any other handler: no to strangers, also for files and sockets."""
        stranger = Rule(_Stranger(self), ErrorHandler, {"status_code": 403})
        self.app.default_router.rules.insert(0, stranger)
        return super().init_handlers()


class _Stranger(Matcher):
    """Matches a request that calls this machine by a name that is not its own."""

    def __init__(self, server: Table) -> None:
        names = ("allow_remote_access", "local_hostnames")
        self.settings = {name: getattr(server, name) for name in names}
        self.log = server.log

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Nothing for one's own names: then the next rule is asked."""
        asked: Any = SimpleNamespace(settings=self.settings, request=request, log=self.log)
        return None if JupyterHandler.check_host(asked) else {}


if __name__ == "__main__":
    Table.launch_instance()

"""Who is answered: a page of another name that points at this machine is not (DNS rebinding)."""

import json
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.workshop.meeting import own_settings

pytestmark = pytest.mark.rest  # real servers
STRANGERS = ("evil.example", "evil.example:8888", "localhost.evil.example", "192.0.2.7", "meeting")
OWN = ("localhost", "127.0.0.1", "127.9.9.9:1", "[::1]", "[::1]:8888")
KERNEL = "00000000-0000-0000-0000-000000000000"
PATHS = (
    "/",
    "/login",
    "/static/favicon.ico",
    "/voila/files/picture.png",
    "/voila/templates/dxplan/static/x.css",
    f"/api/kernels/{KERNEL}",
    f"/api/kernels/{KERNEL}/channels",
    f"/voila/api/shutdown/{KERNEL}",
)


def status(address, path, host):
    """How a server answers one request that calls it so."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_strange_name_gets_403_everywhere_and_ones_own_none(servers, notebook):
    _, address = servers(notebook, "--present")
    for path in PATHS:
        for host in STRANGERS:
            assert status(address, path, host) == 403, (path, host)
    for host in OWN:
        assert status(address, "/login", host) == 200, host


def test_a_name_is_allowed_by_jupyters_own_setting(servers, notebook, tmp_path):
    folder = Path(own_settings(tmp_path)["JUPYTER_CONFIG_DIR"])
    folder.mkdir()
    settings = {"Voila": {"local_hostnames": ["localhost", "meeting"]}}
    (folder / "voila.json").write_text(json.dumps(settings), encoding="utf-8")
    _, address = servers(notebook, "--present")
    found = {host: status(address, "/login", host) for host in ("meeting:80", "localhost", "evil")}
    assert found == {"meeting:80": 200, "localhost": 200, "evil": 403}

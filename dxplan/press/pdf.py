"""A page becomes a tagged PDF, by the Chromium, Chrome or Edge that is installed: no network.

The browser's PDF differs from run to run by its dates alone; they are blanked, so that the same
page gives the same bytes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dxplan.files import disk_reason
from dxplan.press import PressError
from dxplan.press.page import write_file
from dxplan.press.scratch import scratch_folder

NAMES = (
    "chromium chromium-browser google-chrome google-chrome-stable chrome "
    "microsoft-edge microsoft-edge-stable msedge"
).split()
PLACES = {  # where a browser lies that is not on the PATH
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
    "linux": ("/snap/bin/chromium", "/opt/google/chrome/chrome", "/opt/microsoft/msedge/msedge"),
}
WINDOWS = (
    "Microsoft/Edge/Application/msedge.exe",
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
)
# the folders of Windows that hold them
PROGRAMS = ("PROGRAMFILES(X86)", "PROGRAMFILES", "LOCALAPPDATA")
QUIET = (
    "--headless --disable-gpu --disable-extensions --disable-quic --disable-sync "
    "--disable-background-networking --disable-component-update --disable-default-apps "
    "--no-first-run --no-default-browser-check --no-pings --user-agent=dxplan "
    "--no-pdf-header-footer --export-tagged-pdf --generate-pdf-document-outline"
).split()
NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND"
# a socket's path holds at most 107 bytes on Linux, and the browser adds 46 of its own to the
# temporary folder
ROOM = 56  # bytes
PATIENCE = 180  # seconds that a browser may take for a page
DATE = re.compile(rb"/(?:CreationDate|ModDate) \(D:[^)]*\)")
NO_BROWSER = (
    "PDFをつくるブラウザが見つかりません。"
    "Microsoft Edge、Google Chrome、Chromium のどれかをインストールしてください。"
    "ブラウザでページを開き、印刷の画面から「PDFに保存」を選んでも、同じ内容のPDFになります。"
)


def find_browser() -> Path:
    """The installed browser that can print: on the PATH, else in the usual places of the system.

    Raises
    ------
    PressError
        There is none.
    """
    for name in NAMES:
        program = shutil.which(name)
        if program:
            return Path(program)
    for place in _places():
        if os.access(place, os.X_OK) and place.is_file():
            return place
    raise PressError(NO_BROWSER)


def write_pdf(page_path: Path, pdf_path: Path) -> Path:
    """Write a page as a tagged PDF, whole or not at all.

    The same page by the same browser gives the same bytes.

    Raises
    ------
    PressError
        The page is not there, no browser is installed, the browser fails, or the file cannot be
        written.
    """
    page_path, pdf_path = Path(page_path), Path(pdf_path)
    if not page_path.is_file():
        raise PressError(
            f"ページ {page_path} がありません。先に dxplan report でページをつくってください。"
        )
    browser = find_browser()
    # it writes beside the PDF's place: a browser in a box of its own sees no other folder
    beside = pdf_path.resolve().parent
    try:
        with scratch_folder(_short_place()) as profile, scratch_folder(beside) as folder:
            printed = _printed(browser, page_path, folder / pdf_path.name, profile)
    except OSError as fault:
        raise PressError(f"{pdf_path.name} を書けません({disk_reason(fault)})。") from None
    return write_file(pdf_path, DATE.sub(lambda date: b" " * len(date[0]), printed))


def _places() -> Iterator[Path]:
    if sys.platform != "win32":
        yield from map(Path, PLACES.get(sys.platform, ()))
        return
    roots = [os.environ[name] for name in PROGRAMS if os.environ.get(name)]
    for program in WINDOWS:
        for root in roots:
            yield Path(root, program)


def _printed(browser: Path, page_path: Path, made: Path, profile: Path) -> bytes:
    """Bytes of the PDF as the browser writes it."""
    words = [
        str(browser),
        *QUIET,
        NO_NETWORK,
        *_unboxed(),
        f"--user-data-dir={profile}",
        f"--print-to-pdf={made}",
        page_path.resolve().as_uri(),
    ]
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            env={**os.environ, "TMPDIR": str(profile.parent)},
        )
        if done.returncode or not made.is_file():
            raise PressError(
                f"ブラウザ({browser.name})が {made.name} をつくれませんでした"
                f"(終了状態 {done.returncode})。"
                f"出力先の権限と空き容量を確かめてください。{_last_line(done.stderr)}"
            )
        return made.read_bytes()
    except subprocess.TimeoutExpired:
        raise PressError(
            f"ブラウザ({browser.name})が{PATIENCE}秒たっても {made.name} をつくり終えませんでした。"
        ) from None
    except OSError as fault:
        raise PressError(f"ブラウザ({browser.name})を起動できません({fault.strerror})。") from None


def _short_place() -> str:
    """The temporary folder, or another where its path leaves no room for the browser's sockets."""
    usual = tempfile.gettempdir()
    if os.name != "posix" or len(os.fsencode(usual)) <= ROOM:
        return usual
    for place in ("/tmp", "/var/tmp"):
        if os.access(place, os.W_OK):
            return place
    return usual


def _unboxed() -> list[str]:
    """Chromium refuses its sandbox to root, as in a container; the page itself asks for nothing."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return ["--no-sandbox"]
    return []


def _last_line(told: bytes) -> str:
    lines = told.decode("utf-8", "replace").strip().splitlines()
    if not lines:
        return ""
    return f"ブラウザの最後の言葉: {lines[-1]}"

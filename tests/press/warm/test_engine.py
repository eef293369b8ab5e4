"""The warm engine against papermill's own, cell by cell, on notebooks that are hard to serve."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from itertools import groupby

import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from dxplan.press.warm import fork
from dxplan.press.warm.engine import WARM, heavy_modules

NEEDS_FORK = pytest.mark.skipif(
    not WARM, reason="この環境には fork がないので、温めたエンジンの試験を省きます"
)
pytestmark = [NEEDS_FORK, pytest.mark.rest]  # each notebook twice, by two engines

AWKWARD = {
    "plain": [
        "a = 1\na",
        "a + 1;",
        "_ + 1",
        "print(a)\na",
        "'last'\nNone",
        "get_ipython().execution_count",
        "Out[1], In[2]",
    ],
    "rich reprs": [
        "class A:\n    def _repr_html_(self): return '<b>あ</b>'\n"
        "    def _repr_svg_(self): return '<svg/>'\nA()",
        "class B:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n"
        "        return {'text/plain': 'b', 'application/x-own': {'k': [1]}}, "
        "{'application/x-own': {'m': 1}}\nB()",
        "class C:\n    def _repr_html_(self): raise ValueError('no')\nC()",
        "from IPython.display import HTML, Image, JSON, Latex, Markdown, display\n"
        "display(HTML('<i>1</i>'), Markdown('# x'), JSON({'a': 1}), Latex('$x$'), "
        "metadata={'alt': 'x'})",
        "import base64\nImage(base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
        "AAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='))",
        "class D:\n    def _ipython_display_(self): print('own way')\nD()",
        "class E(dict):\n    pass\nE(a=float('nan'), b=float('inf'))",
        "display({'application/json': {'x': float('nan')}}, raw=True)",
    ],
    "tables": [
        "import pandas as pd\nd = pd.DataFrame({'市': ['小松', '横浜'], 'n': [1.5, None]})\nd",
        "d.describe()",
        "d['n']",
        "d.style.format(precision=1).set_uuid('u')",
        "print(d)",
        "pd.options.display.max_rows",
    ],
    "figures": [
        "import matplotlib\nmatplotlib.get_backend()",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])",
        "fig, ax = plt.subplots()\nax.bar([1], [2])\nfig",
        "plt.plot([1])\nplt.show()\nprint('after')",
        "%config InlineBackend.figure_formats = ['svg']\n"
        "matplotlib.rcParams['svg.hashsalt'] = 's'\nplt.plot([3, 1]);",
        "matplotlib.rcParams['font.family']",
        "fig = matplotlib.figure.Figure()\nfig.add_subplot()\nfig",
        "plt.close('all')",
    ],
    "widgets": [
        "import ipywidgets as w\ns = w.IntSlider(3, description='x')\ns",
        "s.value = 7\ns.value",
        "o = w.Output()\nwith o:\n    print('inside')\no",
        "w.interactive(lambda n: n + 1, n=(0, 3))",
        "w.Image(value=b'abc', format='png')",
    ],
    "updates": [
        "from IPython.display import clear_output, display, update_display\n"
        "h = display('one', display_id='k')\nprint(1)",
        "update_display('two', display_id='k')",
        "h = display('x', display_id=True)\nh.update('y')\nh.display('z')",
        "print('a')\nclear_output()\nprint('b')",
        "print('a')\nclear_output(wait=True)",
        "print('a')\nclear_output(wait=True)\nprint('c')",
    ],
    "streams": [
        "import sys\nprint('out')\nprint('err', file=sys.stderr)",
        "import os\nos.system('echo below')\nNone",
        "import subprocess\nsubprocess.run(['sh', '-c', 'echo out; echo err >&2'])\nNone",
        "!echo shell",
        "os.write(1, b'raw\\n')\nNone",
        "import warnings\nwarnings.warn('look')",
        "import logging\nlogging.warning('log')",
        "%%bash\necho magic",
        "sys.stdout.write('no newline')",
        "print('\\x1b[31mred\\x1b[0m', 'bar\\rfoo')",
        "import threading\n"
        "t = threading.Thread(target=print, args=('thread',))\nt.start()\nt.join()",
        "sys.stdout.isatty(), sys.stdin.isatty(), sys.stdout.encoding",
    ],
    "forks": [
        "import multiprocessing, os, time\n"
        "p = multiprocessing.get_context('fork').Process(target=print, args=('child',))\n"
        "p.start()\np.join()\ntime.sleep(0.5)\np.exitcode",
        "with multiprocessing.get_context('fork').Pool(2) as pool:\n"
        "    r = pool.map(abs, [-1, 2])\nr",
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(2) as e:\n    print(list(e.map(abs, [-3])))",
    ],
    "await": [
        "import asyncio\nawait asyncio.sleep(0.01, 'slept')",
        "async def f():\n    return 3\nawait f()",
        "asyncio.get_running_loop().is_running()",
        "task = asyncio.create_task(f())\nawait task",
        "async with asyncio.timeout(1):\n    pass",
        "asyncio.run(f())",
    ],
    "surroundings": [
        "__name__, __doc__",
        "import sys\n[type(sys.stdout).__name__, type(get_ipython()).__name__, "
        "type(sys.displayhook).__name__]",
        "sys.path[0], sys.flags.utf8_mode",
        "import os\nos.environ['MPLBACKEND'], os.getcwd() == os.path.realpath('.')",
        "import pickle\nclass P: pass\ntype(pickle.loads(pickle.dumps(P()))) is P",
        "%who_ls",
        "%history -n 1-2",
        "import signal\nsignal.getsignal(signal.SIGINT).__name__",
        "threading = __import__('threading')\n"
        "threading.current_thread() is threading.main_thread()",
        "get_ipython().kernel.shell is get_ipython()",
        "import random\nlen({random.random() for _ in range(9)})",
        "%precision 2\n1/3",
        "?len",
        "len??",
        "%matplotlib --list",
        "def g():\n    '''doc'''\n    return 1\n%timeit -n1 -r1 g()\nNone",
        "import IPython\nIPython.get_ipython() is get_ipython()",
    ],
    "kernel": [
        "import os, sys\nk, ip = get_ipython().kernel, get_ipython()\n"
        "type(k.session).__name__, k.session.username, "
        "k.session.session in str(k.session.msg('x'))",
        "k.get_parent()['header']['msg_type'], k.get_parent() == ip.get_parent(), "
        "type(k._parent_ident['shell'])",
        "ip.display_pub.session is k.session, ip.display_pub.pub_socket is k.iopub_socket, "
        "ip.displayhook.pub_socket is k.iopub_socket, ip.displayhook.session is k.session",
        "import comm\nc = comm.create_comm(target_name='x', data={'a': 1})\nc.send({'b': 2})\n"
        "comm.get_comm_manager() is k.comm_manager, list(k.comm_manager.comms) == [c.comm_id]",
        "import tornado.ioloop\ntornado.ioloop.IOLoop.current() is getattr(k, 'io' '_loop')",
        "ip.history_manager.enabled, ip.history_manager.hist_file, ip.history_length",
        "%history -l 2",
        "sorted(k.kernel_info), k._allow_stdin, k.banner[:9], sorted(k.shell_handlers)",
        "k.send_response(k.iopub_socket, 'stream', {'name': 'stdout', 'text': 'direct'})\nNone",
        "k.session.send(k.iopub_thread, 'stream', {'name': 'stderr', 'text': 'thread'}, "
        "parent=k.get_parent(), ident=k._topic('stream'))\nNone",
        "sys.stdout.session is k.session, sys.stdout.pub_thread is k.iopub_thread, sys.stdin.name",
        "from pathlib import Path\nwords = getattr(sys, 'arg' 'v')\n"
        "len(words), words[1], words[3], Path(words[0]).name, 'JPY_PARENT_PID' in os.environ",
        # a library asks, in which no word of the notebook says so
        "library = __import__('ipykernel.connect').connect\n"
        "ask = getattr(library, 'get_' 'connection' '_file')\n"
        "os.path.isfile(ask()), oct(os.stat(ask()).st_mode), ask() == ask()",
        "sorted(__import__('json').loads(open(ask()).read()))",
    ],
    "sockets of the kernel": [
        "import warnings, zmq\nfrom ipykernel import get_connection_file, get_connection_info\n"
        "warnings.simplefilter('ignore')\nk = get_ipython().kernel\n"
        "info = get_connection_info(unpack=True)\nsorted(info), len(info['key']) > 9",
        "[type(one).__name__ for one in (*k.shell_streams, k.shell_stream, k.control_stream)]",
        "type(k.stdin_socket).__name__, type(k.control_thread).__name__",
        "from ipykernel.kernelapp import IPKernelApp\na = IPKernelApp.instance()\n"
        "a.abs_connection_file == get_connection_file(), sorted(a._ports), type(a).__name__",
        "heart = zmq.Context.instance().socket(zmq.REQ)\n"
        "heart.connect(f\"{info['transport']}://{info['ip']}:{info['hb_port']}\")\n"
        "heart.send(b'ping')\nheart.poll(20_000) and heart.recv()",
        "from jupyter_client import BlockingKernelClient\nc = BlockingKernelClient()\n"
        "c.load_connection_info(info)\nc.session.key == k.session.key, "
        "c.hb_port == info['hb_port']",
        "import argparse\ntry:\n    argparse.ArgumentParser().parse_args()\n"
        "except SystemExit as fault:\n    print(fault.code)",
    ],
    "huge": [
        "print('x' * 3_000_000)",
        "for i in range(20_000):\n    print(i)",
        "['y' * 10] * 2000",
        "'z' * 2_000_000",
    ],
    "error": ["def f(x):\n    return 1 / x\n1", "f(0)", "print('never')"],
    "errors": [
        f"#tags=raises-exception\n{source}"
        for source in (
            "1 / 0",
            "try:\n    int('x')\n"
            "except ValueError as fault:\n    raise RuntimeError('後') from fault",
            "raise ExceptionGroup('g', [ValueError(1), TypeError('t')])",
            "class MyError(Exception):\n    def _render_traceback_(self):\n"
            "        return ['own']\nraise MyError('x')",
            "x = (1,\ny = 2",
            "if True:\nprint(1)",
            "def r(n):\n    return r(n + 1)\nr(0)",
            "raise KeyboardInterrupt",
            "input('name? ')",
            "import getpass\ngetpass.getpass()",
            "class F:\n    def __repr__(self): raise ValueError('no repr')\nF()",
            "%nosuchmagic",
            "import nosuchmodule_dxplan",
            "import asyncio\nawait asyncio.sleep(0)\nraise ValueError('later')",
            "raise asyncio.CancelledError",
            "import sys\nsys.exit(4)",
            "print('goes on')",
        )
    ],
    "syntax error": ["x = (1,\ny = 2"],
    "system exit": ["import sys\nsys.exit(3)", "print('after')"],
    "exit 0": ["print('before')\nsys = __import__('sys')\nsys.exit(0)", "print('after')"],
    "input": ["input('name? ')"],
    "error in display": [
        "class F:\n    def __repr__(self): raise ValueError('no repr')\nF()",
        "print('next')",
    ],
}
ENGINES = ("nbclient", "dxplan-warm")
NOISE = (
    (r"<dc:date>[^<]*", "<dc:date>"),
    (r"((?:\\n)+Cell In\[1\], line 2(?:(?!Cell In).)*)\1+", r"\1"),
    (r"0x[0-9a-f]{6,}", "0xADDRESS"),
    (r"tmp\w{8}\.json", "FILE"),
    (r"[0-9a-f]{32}", "ID"),
    (r"ipykernel_\d+/\d+", "ipykernel_N/N"),
    (r"\b\d+(\.\d+)? [mnµμ]s\b", "TIME"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
)


def build_notebook(sources):
    cells = [
        nbformat.v4.new_code_cell(source, metadata={"tags": re.findall(r"#tags=(\S+)", source)})
        for source in sources
    ]
    for number, cell in enumerate(cells):
        cell.id = f"c{number}"
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=spec)


def run_with(engine, path, sources, **options):
    """The executed notebook, also where a cell failed, and the exception."""
    nbformat.write(build_notebook(sources), path)
    out, fault = path.with_suffix(f".{engine}.ipynb"), None
    # a cell that does not answer fails by name: no test waits for ever
    options = {"execution_timeout": 120} | options
    try:
        papermill.execute_notebook(
            str(path),
            str(out),
            engine_name=engine,
            progress_bar=False,
            cwd=str(path.parent),
            **options,
        )
    except Exception as error:
        fault = error
    return nbformat.read(out, 4), fault


def told(notebook, fault):
    """What two engines must agree on."""
    cells = []
    for cell in notebook.cells:
        mark = cell.metadata.get("papermill", {})
        cells.append(
            {
                "type": cell.cell_type,
                "source": cell.source,
                "count": cell.get("execution_count"),
                "tags": cell.metadata.get("tags"),
                "status": mark.get("status"),
                "exception": mark.get("exception"),
                "outputs": _joined(cell.get("outputs", [])),
            }
        )
    widgets = (
        notebook.metadata.get("widgets", {})
        .get("application/vnd.jupyter.widget-state+json", {})
        .get("state", {})
    )
    models = sorted(_quiet(json.dumps(one, sort_keys=True)) for one in widgets.values())
    said = fault and [type(fault).__name__, str(fault)]
    whole = {
        "cells": cells,
        "models": models,
        "language": notebook.metadata.language_info if not fault else None,
        "exception": notebook.metadata.papermill.get("exception"),
        "fault": said,
    }
    return json.loads(_quiet(json.dumps(whole, sort_keys=True, ensure_ascii=False)))


def _quiet(text):
    for pattern, word in NOISE:
        text = re.sub(pattern, word, text)
    return text


def _joined(outputs):
    """Streams of one name as one: the stock engine cuts them by the clock, mixes both by chance."""
    streams, rest = {}, []
    for output in outputs:
        if output.output_type == "stream":
            streams[output.name] = streams.get(output.name, "") + output.text
        else:
            rest.append(output)
        if (
            output.output_type == "error"
        ):  # how often a frame repeats depends on the depth below the cell
            output.traceback = [frame for frame, _ in groupby(output.traceback)]
    return [streams, *rest]


@pytest.mark.parametrize("name", AWKWARD)
def test_outputs_equal_those_of_the_stock_engine(tmp_path, name):
    stock, warm = (
        told(*run_with(engine, tmp_path / "n.ipynb", AWKWARD[name])) for engine in ENGINES
    )
    assert len(warm["cells"]) >= len(AWKWARD[name])
    for one, other in zip(stock["cells"], warm["cells"], strict=True):
        assert other == one
    assert warm == stock


def test_a_cell_that_quits_says_the_same(tmp_path):
    """IPython's exit() stops the kernel's loop 0.1 s later: no cell after it, no word on its end.

    Whether the kernel still answers when papermill asks it for its language, the clock decides.
    """
    stock, warm = (
        run_with(engine, tmp_path / "n.ipynb", ["print('before')\nexit()"]) for engine in ENGINES
    )
    for _, fault in (stock, warm):
        assert fault is None or isinstance(fault, DeadKernelError)
    cells = told(*warm)["cells"]
    assert cells[0]["status"] == "completed" and cells == told(*stock)["cells"]


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos._exit(3)",
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        "import ctypes\nctypes.string_at(0)",
    ],
    ids=["exit", "killed", "segfault"],
)
def test_a_cell_that_kills_its_process_ends_as_with_the_stock_engine(tmp_path, source):
    stock, warm = (
        run_with(
            engine,
            tmp_path / "n.ipynb",
            ["print(1)", f"import time\ntime.sleep(0.5)\n{source}", "print(2)"],
        )
        for engine in ENGINES
    )
    assert isinstance(stock[1], DeadKernelError) and isinstance(warm[1], DeadKernelError)
    assert told(*warm) == told(*stock)


def test_a_cell_that_takes_too_long_ends_as_with_the_stock_engine(tmp_path):
    sources = ["print('before')\nimport time\ntime.sleep(60)"]
    stock, warm = (
        run_with(engine, tmp_path / "n.ipynb", sources, execution_timeout=1) for engine in ENGINES
    )
    assert isinstance(stock[1], CellTimeoutError) and isinstance(warm[1], CellTimeoutError)
    assert told(*warm) == told(*stock)


def test_a_process_that_was_cut_off_is_gone_with_all_it_started(tmp_path):
    number = tmp_path / "number"
    source = (
        "import subprocess, time\np = subprocess.Popen(['sleep', '300'])\n"
        f"open({str(number)!r}, 'w').write(str(p.pid))\ntime.sleep(300)"
    )
    _, fault = run_with("dxplan-warm", tmp_path / "n.ipynb", [source], execution_timeout=1)
    assert isinstance(fault, CellTimeoutError)
    for _ in range(100):
        if not _runs(int(number.read_text())):
            return
        time.sleep(0.1)
    pytest.fail("the process that the cell had started still runs")


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return file.read().split()[2] != "Z"


def test_no_state_passes_from_one_notebook_to_the_next(tmp_path):
    soil = [
        "import builtins, os, random, sys\n"
        "builtins.leak = sys.modules['leak'] = os.environ['LEAK'] = 'x'\nos.chdir('/')",
        "import matplotlib, numpy, pandas\n"
        "matplotlib.rcParams['font.size'] = 99\npandas.options.display.max_rows = 1\n"
        "numpy.seterr(all='raise')\nnumpy.leak = 1\nrandom.seed(1)",
        "import warnings\nwarnings.simplefilter('error')\nx = 1\n"
        "get_ipython().register_magic_function(lambda line: 1, magic_name='leak')",
    ]
    look = [
        "import os, random, sys\n"
        "'leak' in sys.modules, 'LEAK' in os.environ, hasattr(__builtins__, 'leak'), 'x' in dir()",
        "import matplotlib, numpy, pandas\n"
        "matplotlib.rcParams['font.size'], pandas.options.display.max_rows, hasattr(numpy, 'leak')",
        "get_ipython().find_line_magic('leak'), os.path.basename(os.getcwd()), "
        "get_ipython().execution_count",
        "numpy.geterr()['divide'], random.random() == random.Random(1).random()",
    ]
    before, fault = run_with("dxplan-warm", tmp_path / "n.ipynb", look)
    assert fault is None
    _, fault = run_with("dxplan-warm", tmp_path / "n.ipynb", soil)
    after, _ = run_with("dxplan-warm", tmp_path / "n.ipynb", look)
    assert (
        fault is None
        and "False, False, False, False" in after.cells[0].outputs[0].data["text/plain"]
    )
    assert [cell.outputs for cell in after.cells] == [cell.outputs for cell in before.cells]


def test_chance_differs_from_notebook_to_notebook(tmp_path):
    sources = ["import random, uuid, numpy\nrandom.random(), numpy.random.random(), uuid.uuid4()"]
    one, other = (run_with("dxplan-warm", tmp_path / "n.ipynb", sources)[0] for _ in range(2))
    values = [cell.cells[0].outputs[0].data["text/plain"][1:].split(", ") for cell in (one, other)]
    assert not set(values[0]) & set(values[1])


def test_the_template_is_kept_and_replaced_when_it_has_died_or_the_environment_is_another(
    tmp_path, monkeypatch
):
    from dxplan.press.warm.fork import keep_template

    def parent():
        notebook, fault = run_with(
            "dxplan-warm",
            tmp_path / "n.ipynb",
            ["import os\nos.getppid(), os.environ.get('DXPLAN_X'), os.environ.get('OTHER')"],
        )
        assert fault is None
        return notebook.cells[0].outputs[0].data["text/plain"]

    first = parent()
    assert parent() == first
    monkeypatch.setenv("DXPLAN_X", "1")
    assert parent() == first.replace("None", "'1'", 1)
    killed = keep_template().process
    killed.kill()
    killed.wait()
    second = parent()
    assert second != parent.__name__ and second.split(",")[0] != first.split(",")[0]
    monkeypatch.setenv("OTHER", "2")
    assert parent().endswith("'2')")


def test_papermills_own_command_runs_it(tmp_path):
    nbformat.write(
        build_notebook(["city = 'x'", "print(city, __import__('os').getppid())"]),
        tmp_path / "in.ipynb",
    )
    notebook = nbformat.read(tmp_path / "in.ipynb", 4)
    notebook.cells[0].metadata.tags = ["parameters"]
    nbformat.write(notebook, tmp_path / "in.ipynb")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "papermill",
            "--engine",
            "dxplan-warm",
            "in.ipynb",
            "out.ipynb",
            "-p",
            "city",
            "ichikawa",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    out = nbformat.read(tmp_path / "out.ipynb", 4)
    assert out.cells[-1].outputs[0].text.startswith("ichikawa")
    assert out.metadata.papermill.parameters == {"city": "ichikawa"}


def test_heavy_modules_are_those_that_may_be_imported_beforehand():
    notebook = build_notebook(
        [
            "import pandas as pd\nfrom dxplan.show import pmo, report as r\nimport antigravity",
            "  import numpy",
            "from matplotlib import pyplot\nx = 'import scipy'",
            "import numpy.linalg",
        ]
    )
    assert heavy_modules(notebook) == [
        "pandas",
        "dxplan.show",
        "dxplan.show.pmo",
        "dxplan.show.report",
        "matplotlib",
        "matplotlib.pyplot",
        "numpy.linalg",
    ]


def test_a_notebook_that_asks_for_the_kernels_sockets_runs_beside_no_template(tmp_path):
    source = "import os, sys\ngetattr(sys, 'orig_arg' 'v')[1]"
    for asked, start in (("", "-c"), ("get_ipython().kernel.shell_streams", "-m")):
        cells = [source, f"'{asked}'"]
        notebook, fault = run_with("dxplan-warm", tmp_path / "n.ipynb", cells)
        assert fault is None
        assert notebook.cells[0].outputs[0].data["text/plain"] == repr(start)


def test_a_template_that_cannot_fork_safely_leaves_the_work_to_the_stock_engine(
    tmp_path, monkeypatch
):
    (tmp_path / "noisy.py").write_text(
        "import threading\n"
        "def start():\n    threading.Thread(target=threading.Event().wait, daemon=True).start()\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.warns(RuntimeWarning, match="2 threads are running.*the stock engine runs instead"):
        notebook, fault = run_with(
            "dxplan-warm", tmp_path / "n.ipynb", ["6 * 7"], rehearse="noisy:start"
        )
    assert fault is None and notebook.cells[0].outputs[0].data["text/plain"] == "42"


def test_a_template_that_does_not_answer_is_given_up_and_the_stock_engine_runs(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(fork, "_kept", None)  # the template of the other tests stays
    template = fork.keep_template()
    template.control.settimeout(1.0)
    os.kill(template.process.pid, signal.SIGSTOP)
    with pytest.warns(RuntimeWarning, match="the stock engine runs instead"):
        notebook, fault = run_with("dxplan-warm", tmp_path / "n.ipynb", ["1 + 1"])
    assert fault is None and notebook.cells[0].outputs[0].data["text/plain"] == "2"
    assert template.process.wait(10) == -signal.SIGKILL
    notebook, fault = run_with("dxplan-warm", tmp_path / "again.ipynb", ["1 + 2"])  # a new one
    assert fault is None and fork.keep_template() is not template
    fork.keep_template().stop()

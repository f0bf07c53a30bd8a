"""Processes of Python that begin with the libraries loaded, for tests: to import PyTorch and its friends takes five
seconds of a core, and the suite starts some hundred processes that need them.

A server, which has imported them and done nothing else, forks. What it forks is a child of the process that has asked
(by way of `PR_SET_CHILD_SUBREAPER`), with its arguments, environment, working directory, pipes, session and signals,
and asks in its turn a server of its own, forked from it before it did anything. It ends with those who ask. Where
there is no such thing (Windows, macOS), where a process is not one of this interpreter's, or where its environment
is read when the libraries are imported, it is started as usual.
"""

import ctypes
import functools
import gc
import importlib
import inspect
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from contextlib import suppress
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path

COMMAND = Path(sys.executable).with_name("lorasent")
POSSIBLE = sys.platform == "linux" and os.environ.get("LORASENT_TESTS") != "cold"
LOADED = """torch transformers peft datasets accelerate safetensors.torch sklearn.linear_model
sklearn.feature_extraction.text scipy.stats pandas matplotlib.pyplot papermill nbclient ipykernel.kernelapp
jupyter_client IPython typer rich.live jinja2 mistune vaderSentiment.vaderSentiment datasketch
torch.distributed transformers.models.auto.modeling_auto transformers.trainer peft.tuners.lora
transformers.models.bert.modeling_bert transformers.models.distilbert.modeling_distilbert
lorasent.cli lorasent.training.seed_runs
lorasent.inference.classifier lorasent.inference.export lorasent.inference.foreign
onnx onnxscript torch.onnx torch.export torch._inductor
torch.onnx._internal.exporter._core onnxscript.rewriter onnxscript.version_converter onnx.reference networkx
lorasent.studies.scheduler lorasent.runs.executor lorasent.studies.findings lorasent.studies.comparison"""
READ_AT_IMPORT = ("HF_", "HUGGINGFACE", "TRANSFORMERS_", "OMP_", "MKL_", "CUDA_", "PYTHON", "HOME")
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER


def adopt(yes: bool):
    "Whether a process below this one, whose parent has ended, becomes its child."
    ctypes.CDLL(None).prctl(SUBREAPER, int(yes), 0, 0, 0)


class Hidden(MetaPathFinder, Loader):
    "A module that is loaded, but is in `sys.modules` only once somebody imports it: some look whether it is there."

    def __init__(self, name: str):
        self.name, self.module = name, sys.modules.pop(name)
        self.spec = self.module.__spec__
        sys.meta_path.insert(0, self)

    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self) if name == self.name else None

    def create_module(self, spec):
        return self.module

    def exec_module(self, module):
        module.__spec__ = self.spec
        sys.meta_path.remove(self)


def read_at_import(environment: dict[str, str]) -> dict[str, str]:
    "What libraries read of an environment when they are imported."
    later = ("PYTHONHASHSEED", "PYTHONSTARTUP")  # when the interpreter begins, and what only a shell runs
    return {name: o for name, o in environment.items() if name.startswith(READ_AT_IMPORT) and name not in later}


def program(words: list) -> dict | None:
    "What a command line runs, where it is one of this interpreter's: code, and the arguments that it sees."
    first, *rest = map(str, words)
    if first == str(COMMAND):
        return dict(code="from lorasent.cli import main; main()", arguments=[first, *rest])
    if first == sys.executable and rest[:1] == ["-c"]:
        return dict(code=rest[1], arguments=["-c", *rest[2:]])
    if first == sys.executable and rest[:1] == ["-m"]:
        code = f"import runpy; runpy.run_module({rest[1]!r}, run_name='__main__', alter_sys=True)"
        return dict(code=code, arguments=["-m", *rest[2:]])
    return None


class Popen(subprocess.Popen):
    "A process that is forked where that can be done, and started as usual otherwise."

    server: "Server"
    libraries: dict[str, str]  # of the environment in which the server has imported them

    def _execute_child(self, *given):
        called = inspect.signature(super()._execute_child).bind(*given).arguments
        words, environment = called["args"], called["env"]
        environment = dict(os.environ if environment is None else environment)
        task = program(words) if isinstance(words, list | tuple) and not called["shell"] else None
        if task is None or read_at_import(environment) != self.libraries:
            return super()._execute_child(*given)
        files = [called[o] for o in ("p2cread", "c2pwrite", "errwrite")]
        files = [own if o == -1 else o for own, o in enumerate(files)]
        cwd = os.path.abspath(os.fspath(called["cwd"] or "."))
        if not os.path.isdir(cwd):
            raise FileNotFoundError(cwd)
        task |= dict(cwd=cwd, environment=environment, session=bool(called["start_new_session"]))
        try:
            self.pid = self.server.fork(task, files)
        finally:
            for theirs, ours in (("p2cread", "p2cwrite"), ("c2pwrite", "c2pread"), ("errwrite", "errread")):
                if called[theirs] != -1 and called[ours] != -1:  # a pipe, whose other end is the child's alone
                    os.close(called[theirs])
            if hasattr(self, "_devnull"):
                os.close(self._devnull)
        self._child_created = True


class Server:
    "The end of a server at which one asks."

    def __init__(self, end: socket.socket):
        self.end, self.lock = end, threading.Lock()

    def fork(self, task: dict, files: list[int]) -> int:  # the number of the process
        "Have a process forked that does a task with these files as its standard ones."
        with self.lock:
            text = json.dumps(task).encode()
            adopt(True)
            socket.send_fds(self.end, [len(text).to_bytes(8, "big")], files)
            self.end.sendall(text)
            answer = self.end.recv(8)
            adopt(False)
        assert answer, "the server of warm processes has died"
        return int.from_bytes(answer, "big")


def receive(end: socket.socket, count: int) -> bytes:
    "So many bytes; fewer where the other end is closed."
    found = b""
    while len(found) < count and (part := end.recv(count - len(found))):
        found += part
    return found


def serve(end: socket.socket):
    "Fork a process for each request, until the parent has ended."
    above = os.getppid()
    os.setpgid(0, 0)  # what is sent to the group of the process above is not for this one
    while True:
        size, files, _, _ = socket.recv_fds(end, 8, 3)
        if not size:
            os._exit(0)
        task = json.loads(receive(end, int.from_bytes(size, "big")))
        ready, go = os.pipe()
        heard, tell = os.pipe()
        between = os.fork()
        if between == 0:  # its child becomes that of the process above once it has ended
            child = os.fork()
            if child == 0:
                for one in (go, heard, tell):
                    os.close(one)
                end.close()
                os.read(ready, 1)
                os.close(ready)
                begin(task, files)
            os.write(tell, child.to_bytes(8, "big"))
            os._exit(0)
        os.waitpid(between, 0)
        child = os.read(heard, 8)
        os.write(go, b"!")
        for one in (ready, go, heard, tell, *files):
            os.close(one)
        end.sendall(child)
        if os.getppid() != above:
            os._exit(0)


def own_server():
    "A server that is forked from this process, which has done nothing yet, for the processes that it will start."
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        ours.close()
        serve(theirs)
    theirs.close()
    Popen.server = Server(ours)


def stream(number: int, mode: str, **how):
    "One of the standard streams, as an interpreter that has just been started would have it."
    raw = open(number, mode + "b", closefd=False)  # noqa: SIM115  stays open
    return io.TextIOWrapper(raw, encoding="utf-8", line_buffering=os.isatty(number) or number == 2, **how)


def begin(task: dict, files: list[int]):
    "What a forked process does, to its end."
    if task["session"]:
        os.setsid()
    else:
        os.setpgid(0, os.getpgid(os.getppid()))
    for number in range(1, signal.NSIG):
        if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    for number, file in enumerate(files):
        os.dup2(file, number)
    for file in files:
        if file > 2:
            os.close(file)
    own_server()
    os.chdir(task["cwd"])
    os.environ.clear()
    os.environ.update(task["environment"])
    sys.stdin, sys.stdout = stream(0, "r"), stream(1, "w")
    sys.stderr = stream(2, "w", errors="backslashreplace")
    sys.argv = task["arguments"]
    sys.path[:] = [*os.environ.get("PYTHONPATH", "").split(os.pathsep), *sys.path]
    sys.path[:] = ["", *(o for o in sys.path if o)] if task["arguments"][0] == "-c" else [o for o in sys.path if o]
    Hidden("torch")
    importlib.import_module("lorasent.processes")._launch = Popen
    run(task["code"])


def run(code: str):
    "Run a program, and end as the interpreter does."
    main = type(sys)("__main__")
    main.__builtins__ = __builtins__
    sys.modules["__main__"], end = main, 0
    try:
        exec(compile(code, "<string>", "exec"), vars(main))
    except SystemExit as stop:
        end = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
        if end == 1 and not isinstance(stop.code, int):
            print(stop.code, file=sys.stderr)
    except KeyboardInterrupt:
        end = -signal.SIGINT
    except BaseException:
        traceback.print_exc()
        end = 1
    threading._shutdown()
    importlib.import_module("atexit")._run_exitfuncs()
    for one in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            one.flush()
    if end == -signal.SIGINT:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    os._exit(end & 255)


@functools.cache
def warm() -> type[subprocess.Popen]:
    "What starts processes for this process: a server is started for it."
    if not POSSIBLE:
        return subprocess.Popen
    ours, theirs = socket.socketpair()
    environment = os.environ | dict(PYTHONHASHSEED="0", PYDEVD_DISABLE_FILE_VALIDATION="1")
    command = [sys.executable, __file__, str(theirs.fileno())]
    subprocess.Popen(command, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    theirs.close()
    Popen.server, Popen.libraries = Server(ours), read_at_import(environment)
    return Popen


CLIENT = """import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as end:
    end.connect({address!r})
    task = dict(arguments=sys.argv[1:], cwd=os.getcwd(), environment=dict(os.environ))
    socket.send_fds(end, [b"!"], [0, 1, 2])
    end.sendall(json.dumps(task).encode())
    end.shutdown(socket.SHUT_WR)
    sys.exit(int(end.recv(8)))
"""


def _answer(end: socket.socket):
    "Start what a client asks for, and tell it how that ended."
    with end:
        _, files, _, _ = socket.recv_fds(end, 1, 3)
        text = b""
        while part := end.recv(1 << 16):
            text += part
        task = json.loads(text)
        standard = dict(zip(("stdin", "stdout", "stderr"), files))
        process = warm()([COMMAND, *task["arguments"]], cwd=task["cwd"], env=task["environment"], **standard)
        for file in files:
            os.close(file)
        end.sendall(str(process.wait()).encode())


def write_command(path: Path):
    "An executable file that is `lorasent`, for shells: one that has the libraries loaded, where that can be had."
    if POSSIBLE:
        address = os.path.join(tempfile.mkdtemp(prefix="warm", dir="/tmp"), "socket")  # sockets have short names
        door = socket.create_server(address, family=socket.AF_UNIX)

        def listen():
            while True:
                threading.Thread(target=_answer, args=[door.accept()[0]], daemon=True).start()

        threading.Thread(target=listen, daemon=True).start()
        client = Path(address).with_name("client.py")
        client.write_text(CLIENT.format(address=address))
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -IS "{client}" "$@"\n')
    else:
        path.write_text(f'#!/bin/sh\nexec "{COMMAND}" "$@"\n')
    path.chmod(0o755)


if __name__ == "__main__":
    for name in LOADED.split():
        importlib.import_module(name)
    threads = [Path(f"/proc/self/task/{o}/comm").read_text().strip() for o in os.listdir("/proc/self/task")]
    others = [
        thread for thread in threads if not thread.startswith("jemalloc")
    ]  # which knows what to do where a process forks
    assert len(others) == 1, f"a library starts threads when it is imported, forking is not safe: {threads}"
    Popen.libraries = read_at_import(os.environ)
    gc.freeze()  # what already exists is not looked at again by what is forked
    serve(socket.socket(fileno=int(sys.argv[1])))

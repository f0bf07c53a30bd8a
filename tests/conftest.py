"A dozen rows, a tiny encoder, and the installed command line: what the tests share."

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock
from warm import COMMAND, warm

import lorasent.processes

# No test may depend on a hub that happens to be reachable; and two processes that both use all cores slow each other
# tenfold. Both are read when the libraries are imported.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).parents[1]
DEMANDS = ("torch", "process", "train")  # what `make check` does without


def without_demands(config) -> bool:
    "Whether only those tests are wanted that need none of these."
    return all(f"not {demand}" in config.option.markexpr for demand in DEMANDS)


def pytest_ignore_collect(collection_path, config):
    "A file whose tests all need PyTorch is not even imported where they are not wanted: that takes seconds."
    if collection_path.suffix == ".py" and without_demands(config):
        marked = [
            line for line in collection_path.read_text(encoding="utf-8").splitlines() if line.startswith("pytestmark")
        ]
        if any(f"mark.{demand}" in line for line in marked for demand in DEMANDS):
            return True
    return None


def pytest_collectstart(collector):
    "Nor does a file import it that is left in."
    if without_demands(collector.config) and "torch" in sys.modules:
        raise pytest.UsageError(f"torch is imported before {collector.nodeid}: mark the file that does it")


def group_of(item) -> str:
    "What a test shares a process with."
    mark = item.get_closest_marker("xdist_group")
    return mark.args[0] if mark else ""


def pytest_collection_modifyitems(items):
    "What takes long begins first, so that no worker is left waiting for it; a group stays together."
    long, order = {group_of(o) for o in items if o.get_closest_marker("train")} - {""}, {}
    for item in items:
        order.setdefault(group_of(item) or item.nodeid, len(order))

    def place(item):
        early = item.get_closest_marker("train") or group_of(item) in long
        return not early, order[group_of(item) or item.nodeid]

    items.sort(key=place)


@pytest.fixture(scope="session", autouse=True)
def temporary_folders(tmp_path_factory):
    "What notebooks leave in temporary folders goes when pytest removes its own."
    before, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("temporary"))
    yield
    tempfile.tempdir = before


@pytest.fixture(autouse=True)
def environment_of_its_own():
    "What a test sets in the environment, and where it goes, must not reach the next one."
    before, place = dict(os.environ), Path.cwd()
    yield
    os.chdir(place)
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(autouse=True)
def demands(request):
    "A test that needs PyTorch is marked, or `make check` would wait for it."
    before = "torch" in sys.modules
    yield
    if not before and "torch" in sys.modules:
        assert any(map(request.node.get_closest_marker, DEMANDS)), "this test imports torch: mark it"


@pytest.fixture(scope="session", autouse=True)
def warm_processes(request):
    "Processes begin with the libraries loaded; the server that they are forked from is started for the first of them."

    def start_none(*_, **__):
        raise AssertionError("this test starts a process: mark it")

    unwanted = without_demands(request.config)
    lorasent.processes._launch = start_none if unwanted else lambda *words, **how: warm()(*words, **how)
    yield
    lorasent.processes._launch = subprocess.Popen


@pytest.fixture(autouse=True)
def cold_processes(request, monkeypatch):
    "Where a test is marked `cold`, processes are started as a user starts them."
    if request.node.get_closest_marker("cold"):
        monkeypatch.setattr(lorasent.processes, "_launch", subprocess.Popen)


def made_once(tmp_path_factory, name: str, make: Callable[[Path], object]) -> Path:
    "A folder that the first process of the suite that asks for it makes, and that the others find."
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    folder = shared / "shared" / name
    folder.parent.mkdir(exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if not folder.with_suffix(".made").exists():
            folder.mkdir()
            make(folder)
            folder.with_suffix(".made").touch()
    return folder


def wait_for(condition: Callable[[], object], process: subprocess.Popen | None = None, seconds: float = 240):
    "What a condition gives once that is true. Fails when its process has ended, or too late."
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert process is None or process.poll() is None, f"it has ended, with code {process.returncode}"
        assert time.monotonic() < deadline, f"not after {seconds:.0f} seconds"
        time.sleep(0.05)
    return found


def sentences(count: int, seed: int = 0) -> list[str]:
    "Made-up sentences, none of which is like another."
    generator = random.Random(seed)

    def word():
        return "".join(
            generator.choice("bdfgklmnprstvz") + generator.choice("aeiou") for _ in range(generator.randint(2, 4))
        )

    return [" ".join(word() for _ in range(14)) for _ in range(count)]


@pytest.fixture(scope="session")
def dozen(tmp_path_factory) -> Path:
    "A CSV file of a few dozen rows in two classes."
    rows = [
        f"{'a lovely' if i % 2 else 'an awful'} lunch of {o},{'good' if i % 2 else 'bad'},{'inn' if i % 3 else 'bar'}"
        for i, o in enumerate(sentences(40))
    ]
    text = "\n".join(["text,label,place", *rows]) + "\n"
    return made_once(tmp_path_factory, "dozen", lambda o: (o / "dozen.csv").write_text(text, "utf-8")) / "dozen.csv"


def save_encoder(network, folder: Path, tokenizer=None) -> Path:
    "Save a network with the embedded encoder's tokenizer, or another one, as a folder."
    from lorasent.model.encoder import load_encoder

    network.save_pretrained(folder)
    (tokenizer or load_encoder("minilm").tokenizer).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def distilbert(tmp_path_factory) -> Path:
    "DistilBERT's architecture with random weights, two layers and hidden size 32, saved as a folder."

    def make(folder):
        import torch
        from transformers import DistilBertConfig, DistilBertModel

        torch.manual_seed(0)
        sizes = dict(vocab_size=30522, dim=32, hidden_dim=64, n_layers=2, n_heads=2)
        save_encoder(DistilBertModel(DistilBertConfig(**sizes)), folder / "tiny-distilbert")

    return made_once(tmp_path_factory, "distilbert", make) / "tiny-distilbert"


def launch(words: list, cwd, environment: dict, **how) -> subprocess.Popen:
    "A process in its own folder and environment, which hears Ctrl-C also where the tests themselves must not."
    hears = dict(preexec_fn=_hear_interrupts) if os.name != "nt" else {}
    environment = os.environ | {name: str(value) for name, value in environment.items()}
    return lorasent.processes._launch(list(map(str, words)), cwd=cwd, text=True, env=environment, **hears | how)


def start(*arguments, cwd, **environment) -> subprocess.Popen:
    "The installed command line, as a process."
    pipes = dict(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return launch([COMMAND, *arguments], cwd, environment, **pipes)


def _hear_interrupts():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def answer_of(process: subprocess.Popen, cwd, given: str | None = None) -> SimpleNamespace:
    "What a process answers: code, out, err, and the run folders it left."
    try:
        out, err = process.communicate(given, timeout=600)
    finally:
        process.kill()
    return SimpleNamespace(code=process.returncode, out=out, err=err, folders=run_folders(cwd))


def call(*arguments, cwd, given: str | None = None, **environment) -> SimpleNamespace:
    "What the installed command line answers; `given` is its standard input."
    pipes = dict(stdin=subprocess.DEVNULL if given is None else subprocess.PIPE)
    pipes |= dict(stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return answer_of(launch([COMMAND, *arguments], cwd, environment, **pipes), cwd, given)


def python(code: str, *arguments, cwd=".", given: str | None = None, **environment) -> SimpleNamespace:
    "What a program of Python answers in a process of its own."
    pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return answer_of(launch([sys.executable, "-c", code, *arguments], cwd, environment, **pipes), cwd, given or "")


@pytest.fixture
def within(request, monkeypatch, capsys):
    "What the command line answers within this process, where starting one would only take time: code, out, err."
    if request.node.get_closest_marker("torch"):
        import torch  # noqa: F401  with which the check of a run needs no process

    def ask(*arguments, cwd):
        from lorasent.cli import main

        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["lorasent", *map(str, arguments)])
        capsys.readouterr()  # what the test itself printed
        with pytest.raises(SystemExit) as end:  # noqa: PT012  it may end without one
            main()
            raise SystemExit(0)
        output = capsys.readouterr()
        return SimpleNamespace(code=end.value.code or 0, out=output.out, err=output.err)

    return ask


@pytest.fixture
def refused(tmp_path, within):
    "Check that the command line refuses: one line, exit code 2, no run folder."

    def ask(*arguments, mentions):
        answer = within(*arguments, cwd=tmp_path)
        assert answer.code == 2 and len(answer.err.strip().splitlines()) == 1, answer.err
        assert not (tmp_path / "reports").exists()
        for words in mentions:
            assert words in answer.err, answer.err

    return ask


def run_folders(cwd) -> list[Path]:
    "The run folders below a working directory."
    return sorted(path.parent for path in Path(cwd).glob("reports/*/run.json"))


def record(folder) -> dict:
    "The record of a run: its run.json."
    return json.loads((folder / "run.json").read_text())


def flip(path: Path) -> None:
    "Change one bit in the middle of a file."
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def settings(**values) -> list[str]:
    "Fields as --set arguments."
    return [part for name, value in values.items() for part in ("--set", f"{name}={value}")]


@pytest.fixture(scope="session")
def small(dozen, distilbert) -> list[str]:
    "The arguments of a run that takes seconds."
    return [
        "train",
        "--name",
        "small",
        *settings(
            dataset=dozen,
            encoder=distilbert,
            max_length=16,
            epochs=2,
            batch_size=8,
            precision="fp32",
            attention="sdpa",
            slice_column="place",
            round_trip="none",
        ),
    ]


@pytest.fixture(scope="session")
def completed(small, tmp_path_factory) -> SimpleNamespace:
    "One whole run, shared by the tests that only look at it; those that do more take a copy of its folder."

    def make(cwd):
        answer = call(*small, *settings(round_trip="auto"), cwd=cwd)
        (cwd / "answer.json").write_text(json.dumps([answer.code, answer.out, answer.err]))

    cwd = made_once(tmp_path_factory, "a run", make)
    code, out, err = json.loads((cwd / "answer.json").read_text())
    return SimpleNamespace(code=code, out=out, err=err, folders=run_folders(cwd), cwd=cwd)

"A dozen rows, a tiny encoder, and the installed command line: what the tests share."

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

os.environ["HF_HUB_OFFLINE"] = (
    "1"  # no test may depend on a hub that happens to be reachable; read when the libraries are imported
)
if "PYTEST_XDIST_WORKER" in os.environ:  # two processes that both use all cores slow each other tenfold
    os.environ.setdefault("OMP_NUM_THREADS", "1")

COMMAND = Path(sys.executable).with_name("lorasent")
ROOT = Path(__file__).parents[1]


def pytest_collection_modifyitems(items):
    "What takes long begins first, so that no worker is left waiting for it."
    items.sort(key=lambda o: o.get_closest_marker("slow") is None)


@pytest.fixture(scope="session", autouse=True)
def temporary_folders(tmp_path_factory):
    "What notebooks leave in temporary folders goes when pytest removes its own."
    before, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("temporary"))
    yield
    tempfile.tempdir = before


@pytest.fixture(autouse=True)
def environment_of_its_own():
    "What a test sets in the environment must not reach the next one."
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


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
    path = tmp_path_factory.mktemp("data") / "dozen.csv"
    rows = [
        f"{'a lovely' if i % 2 else 'an awful'} lunch of {o},{'good' if i % 2 else 'bad'},{'inn' if i % 3 else 'bar'}"
        for i, o in enumerate(sentences(40))
    ]
    path.write_text("\n".join(["text,label,place", *rows]) + "\n", encoding="utf-8")
    return path


def save_encoder(network, folder: Path, tokenizer=None) -> Path:
    "Save a network with the embedded encoder's tokenizer, or another one, as a folder."
    from lorasent.model.encoder import load_encoder

    network.save_pretrained(folder)
    (tokenizer or load_encoder("minilm").tokenizer).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def distilbert(tmp_path_factory) -> Path:
    "DistilBERT's architecture with random weights, two layers and hidden size 32, saved as a folder."
    import torch
    from transformers import DistilBertConfig, DistilBertModel

    torch.manual_seed(0)
    network = DistilBertModel(DistilBertConfig(vocab_size=30522, dim=32, hidden_dim=64, n_layers=2, n_heads=2))
    return save_encoder(network, tmp_path_factory.mktemp("encoder") / "tiny-distilbert")


def start(*arguments, cwd, **environment) -> subprocess.Popen:
    "The installed command line, as a process."
    return subprocess.Popen(
        [COMMAND, *map(str, arguments)],
        cwd=cwd,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | environment,
        preexec_fn=None if os.name == "nt" else _hear_interrupts,
    )


def _hear_interrupts():
    "Ctrl-C reaches a command of a test, also where the tests themselves run in the background and must not hear it."
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def call(*arguments, cwd, **environment) -> SimpleNamespace:
    "What the installed command line answers: code, out, err, and the run folders it left."
    process = start(*arguments, cwd=cwd, **environment)
    out, err = process.communicate(timeout=600)
    return SimpleNamespace(code=process.returncode, out=out, err=err, folders=run_folders(cwd))


@pytest.fixture
def refused(tmp_path, monkeypatch, capsys):
    "Call the command line within this process, and check that it refuses: one line, exit code 2, no run folder."

    def ask(*arguments, says):
        from lorasent.cli import main

        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["lorasent", *map(str, arguments)])
        capsys.readouterr()  # what the test itself printed
        with pytest.raises(SystemExit) as end:
            main()
        told = capsys.readouterr().err
        assert end.value.code == 2 and len(told.strip().splitlines()) == 1 and not (tmp_path / "reports").exists(), told
        for words in says:
            assert words in told, told

    return ask


def run_folders(cwd) -> list[Path]:
    "The run folders below a working directory."
    return sorted(o.parent for o in Path(cwd).glob("reports/*/run.json"))


def record(folder) -> dict:
    "What run.json says of a run."
    return json.loads((folder / "run.json").read_text())


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
            proof="none",
        ),
    ]


@pytest.fixture(scope="session")
def completed(small, tmp_path_factory) -> SimpleNamespace:
    "One whole run, shared by the tests that only look at it."
    return call(*small, *settings(proof="auto"), cwd=tmp_path_factory.mktemp("a run"))

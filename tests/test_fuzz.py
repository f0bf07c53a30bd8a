"What nobody would type, and files that nobody would make: an error of one line, and never another."

import bz2
import gzip
import io
import json
import os
import random
import shutil
import tempfile
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lorasent.config import LorasentError, RunConfig, load_config, read_config_file
from lorasent.data.loading import load_data

EFFORT = float(os.environ.get("LORASENT_FUZZ", "1"))  # how much longer than in the suite it looks
KEYS = st.one_of(st.sampled_from([*RunConfig.model_fields]), st.text(max_size=20))
ODD = """null true ~ [] {} [1,a] {a:1} -1 0 1e400 .nan .inf 2001-13-45 !!map[a] !!bool:x !!binary:= !!set:{a} &a[*a]
<<:3 ? - | ' " a:b:c ../x all-linear minilm lora {a:{a:{a:1}}} !!python/object:os.system[x] *a %YAML @ ` # , :"""
ODD = [o.replace(":", ": ").replace("[", " [") for o in ODD.split()]
ODD += ["1" * 400, "\x00", "\x1b[31m", "\ud800", "[" * 60, "- - -"]
SCRAPS = st.sampled_from(ODD)
PAIRS = st.tuples(SCRAPS, SCRAPS).map("".join)
VALUES = st.one_of(SCRAPS, PAIRS, st.text(max_size=40), st.integers().map(str), st.floats().map(str))
OFTEN = dict(deadline=10_000, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def answers(ask, *arguments, **options):
    "Let it answer; an error has to be one of the user's."
    with suppress(LorasentError):
        ask(*arguments, **options)


@settings(max_examples=int(3500 * EFFORT), **OFTEN)
@given(
    st.lists(st.tuples(KEYS, VALUES).map("=".join), max_size=4), st.sampled_from([None, "demo", "best", "nothing", ""])
)
def test_any_settings(words, preset):
    answers(load_config, preset, None, words)


@settings(max_examples=int(1500 * EFFORT), **OFTEN)
@given(
    content=st.one_of(st.lists(st.tuples(KEYS, VALUES).map(": ".join)).map("\n".join), VALUES, st.binary(max_size=60))
)
def test_any_yaml_file(content, tmp_path):
    path = tmp_path / "any.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    answers(lambda: load_config(file=path))
    answers(read_config_file, path)


def whole() -> dict[str, bytes]:
    "A small file of each kind, as it should be."
    rows = [
        dict(text=f"a {'lovely' if i % 2 else 'awful'} lunch, number {i}", label="good" if i % 2 else "bad")
        for i in range(40)
    ]
    table = "text,label\n" + "".join(f'"{row["text"]}",{row["label"]}\n' for row in rows)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("rows.csv", table)
    files = {
        "rows.csv": table,
        "rows.tsv": table.replace(",", "\t"),
        "rows.jsonl": lines,
        "rows.json": json.dumps(rows),
    }
    found = {name: text.encode() for name, text in files.items()}
    found |= {"rows.csv.gz": gzip.compress(table.encode()), "rows.jsonl.bz2": bz2.compress(lines.encode())}
    found |= {"rows.zip": packed.getvalue(), "rows.txt": table.replace(",", " ").encode("utf-16")}
    for name, write in (("rows.parquet", pd.DataFrame.to_parquet), ("rows.xlsx", pd.DataFrame.to_excel)):
        write(pd.DataFrame(rows), content := io.BytesIO(), index=False)
        found[name] = content.getvalue()
    return found


def damaged(content: bytes, chance: random.Random) -> bytes:
    "The same, with some accidents."
    for _ in range(chance.randint(1, 4)):
        place, length = chance.randrange(len(content) + 1), chance.randint(0, 40)
        part = content[place : place + length]
        odd = chance.choice([b"\x00", b'"', b"\n", b"\r", b"\xff", b"{", b"[", b"\\"])
        content = chance.choice(
            [
                content[:place],
                content[:place] + content[place + length :],
                content[:place] + chance.randbytes(length) + content[place:],
                content[:place] + part * chance.randint(2, 9) + content[place + length :],
                content[:place] + odd + content[place:],
            ]
        )
    return content


@pytest.mark.parametrize("name", whole())
def test_damaged_files(name, tmp_path, monkeypatch):
    content = whole()[name]
    for seed in range(int(250 * EFFORT)):
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            monkeypatch.setenv("LORASENT_CACHE", f"{folder}/cache")
            (place := Path(folder) / "data").mkdir()
            (place / name).write_bytes(damaged(content, random.Random(f"{name} {seed}")))
            try:
                answers(load_data, str(place / name))
            except Exception as error:
                raise AssertionError(f"{name}, seed {seed}: {type(error).__name__}: {error}") from error
            assert [path.name for path in place.iterdir()] == [name]


@pytest.mark.process
@pytest.mark.torch
@pytest.mark.train
@pytest.mark.xdist_group("guard")
def test_damaged_runs(completed, tmp_path, capsys):
    "Each file of a run in turn, with some accidents: listed, rendered, loaded, asked, or refused."
    from lorasent.inference.classifier import SentimentClassifier
    from lorasent.runs.folder import find_run, read_runs
    from lorasent.runs.reports import build_index, render_report

    [run] = completed.folders
    names = sorted(
        path.relative_to(run) for path in run.rglob("*") if path.suffix in (".json", ".ipynb", ".safetensors")
    )
    calls = [read_runs, build_index, lambda reports: find_run("latest", reports)]
    calls += [lambda reports: render_report(reports / run.name)]
    calls += [lambda reports: SentimentClassifier.load(reports / run.name, backend="torch")("a lovely day")]
    for seed in range(int(60 * EFFORT)):
        chance, reports = random.Random(seed), tmp_path / str(seed)
        copy = shutil.copytree(run, reports / run.name)
        path = copy / names[seed % len(names)]
        path.write_bytes(damaged(path.read_bytes(), chance))
        for call in calls:
            try:
                answers(call, reports)
            except Exception as error:
                raise AssertionError(f"{path.name}, seed {seed}: {type(error).__name__}: {error}") from error
        shutil.rmtree(reports)
    assert "Traceback" not in capsys.readouterr().err


COMMANDS = """train;resume;config;methods;doctor;notebook;render;check;predict;export;compare;sweep;data inspect;
data suspects;cache;runs;runs tag;runs note;runs rm;sweeep;"""
OPTIONS = """--set --preset --config --name --reports --input --output --text-column --to --backend --label-names --json
--yes --shared --overwrite --encoder --dry-run --help --version --sett -x -- --set=rank --calibrated --tag""".split()
PLACES = """nothing.csv rows.csv rows.yaml reports latest . .. / ~nosuchuser/x a/b/c.csv rows.csv/x s3:// file:///nothing
https://me:secret@127.0.0.1:9/x.csv hf://x -1 a=b epochs=0 dataset=rows.csv merged onnx café""".split()


@pytest.mark.torch
def test_odd_command_lines(within, tmp_path, monkeypatch):
    "Words in any order: help, an error of a few lines, or what was asked for; never a fault, a secret or a long wait."
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("LORASENT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    (inner := tmp_path / "a" / "b").mkdir(parents=True)
    odd = [o for o in [*OPTIONS, *PLACES, *ODD] if o.isprintable()]
    for seed in range(int(200 * EFFORT)):
        chance = random.Random(seed)
        (inner / "rows.csv").write_bytes(whole()["rows.csv"])
        (inner / "rows.yaml").write_text("epochs: [1, 2\n")
        words = chance.choice(COMMANDS.split(";")).split() + chance.choices(odd, k=chance.randint(0, 4))
        began = time.monotonic()
        answer = within(*words, cwd=inner)
        assert answer.code in (0, 1, 2), (seed, words, answer)
        assert len(answer.err) < 2500 and "Traceback" not in answer.out + answer.err, (seed, words, answer)
        if not answer.err.startswith("Usage:"):  # which repeats the words
            assert "me:secret" not in answer.out + answer.err, (seed, words, answer)
        assert time.monotonic() - began < 30, (seed, words)
        assert {path.name for path in tmp_path.iterdir()} <= {"a", "cache"}, (seed, words)


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl", "rows.csv.gz"])
def test_damaged_caches(name, tmp_path, monkeypatch, capsys):
    "Each file that was kept of some rows in turn, with some accidents: the rows are what they were."
    (tmp_path / name).write_bytes(whole()[name])
    monkeypatch.setenv("LORASENT_CACHE", str(tmp_path / "kept"))
    rows = load_data(str(tmp_path / name)).train.to_dict()
    kept = [path for path in (tmp_path / "kept").rglob("*") if path.is_file() and not path.is_symlink()]
    files = sorted(path.relative_to(tmp_path / "kept") for path in kept)
    for seed in range(int(20 * EFFORT)):
        cache = shutil.copytree(tmp_path / "kept", tmp_path / str(seed), symlinks=True)
        monkeypatch.setenv("LORASENT_CACHE", str(cache))
        path = cache / files[seed % len(files)]
        path.write_bytes(damaged(path.read_bytes(), random.Random(f"{name} {seed}")))
        assert load_data(str(tmp_path / name)).train.to_dict() == rows, (files[seed % len(files)], seed)
        shutil.rmtree(cache)
    assert "Traceback" not in capsys.readouterr().err

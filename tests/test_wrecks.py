"Files, names and folders that somebody has broken, or made to break something: one line each, and nothing is lost."

import ctypes
import gzip
import io
import json
import shutil
import subprocess
import sys
import zipfile

import pytest
from conftest import COMMAND, call, sentences, settings

TABLE = "\n".join(["text,label", *(f"{text},{'ab'[i % 2]}" for i, text in enumerate(sentences(60)))]).encode()
BASELINE = settings(method="majority", baselines="none")


def one_line(answer, code=2) -> bool:
    return answer.code == code and len(answer.err.strip().splitlines()) == 1 and len(answer.err) < 2000


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return packed.getvalue()


def encrypted() -> bytes:
    "An archive that says of its file that it is encrypted."
    content = bytearray(zipped(rows_csv=TABLE))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def nested(depth: int) -> bytes:
    return b'{"text": ' + b"[" * depth + b"]" * depth + b', "label": "a"}\n'


PACKED = gzip.compress(TABLE)
BROKEN = {  # name of a file -> what is in it, and what is said of it
    "empty.csv": (b"", "empty.csv is empty"),
    "header_only.csv": (b"text,label\n", "fewer than two classes"),
    "deep.jsonl": (nested(900), "deep.jsonl, line 1: brackets are nested more than 100 levels deep"),
    "deeper.jsonl": (nested(20_000), "deeper.jsonl, line 1: brackets are nested more than 100 levels deep"),
    "deep.json": (b'{"a": ' * 20_000 + b"1" + b"}" * 20_000, "deep.json cannot be read as JSON: it is nested too deep"),
    "half.csv.gz": (PACKED[: len(PACKED) // 2], "half.csv.gz cannot be read: Compressed file ended before"),
    "half.zip": (zipped(rows_csv=TABLE)[:200], "half.zip cannot be read: File is not a zip file"),
    "locked.zip": (encrypted(), "locked.zip cannot be read: File 'rows.csv' is encrypted"),
    "two.zip": (zipped(rows_csv=TABLE, more_csv=TABLE), "two.zip holds 2 files (rows.csv, more.csv)"),
}


@pytest.mark.torch
@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_read(name, refused, tmp_path):
    content, said = BROKEN[name]
    (tmp_path / name).write_bytes(content)
    refused("train", name, *BASELINE, mentions=[said])


@pytest.mark.torch
def test_a_small_file_that_unpacks_to_a_huge_one(refused, tmp_path):
    (tmp_path / "zeros.csv.gz").write_bytes(gzip.compress(TABLE + bytes(1 << 22)))
    words = ["train", "zeros.csv.gz", *BASELINE, "--set", "max_unpacked=0.001"]
    refused(*words, mentions=["zeros.csv.gz has more than max_unpacked=0.001 GiB once it is unpacked"])


@pytest.mark.torch
def test_an_encoding_that_is_none(refused, tmp_path):
    (tmp_path / "rows.csv").write_bytes(TABLE)
    words = ["train", "rows.csv", *BASELINE, "--set", "encoding=base64"]
    refused(*words, mentions=["encoding='base64' is no encoding of text; examples are latin-1"])


@pytest.mark.process
def test_a_file_in_an_archive_that_is_named_outside_of_it(tmp_path):
    (tmp_path / "rows.zip").write_bytes(zipped(**{"../../evil_csv": TABLE}))
    (tmp_path / "a" / "b").mkdir(parents=True)
    answer = call("data", "inspect", tmp_path / "rows.zip", cwd=tmp_path / "a" / "b")
    assert answer.code == 0 and "60" in answer.out, answer.err
    assert not [*tmp_path.rglob("evil*")]


@pytest.mark.torch
@pytest.mark.parametrize("name", ["../x", "%2e%2e", "/x", "-x", "{}", "a b", "X", "x\x00", "x" * 300, ""])
def test_a_run_is_called_by_a_word(name, refused, tmp_path):
    (tmp_path / "rows.csv").write_bytes(TABLE)
    mentions = ["name: it must be a word of at most 38 of a-z"]
    refused("train", "rows.csv", "--name", name, *BASELINE, mentions=mentions)


@pytest.mark.torch
@pytest.mark.parametrize("words", [["lr=1e-3"], ["api_key=hunter2"], ["epochs=three"], ["learning_rate=.inf"]], ids=str)
def test_settings_that_are_none(words, refused, tmp_path):
    "Keys that there are not, a secret among them, values of another type, and what is no number."
    (tmp_path / "rows.csv").write_bytes(TABLE)
    refused("train", "rows.csv", "--set", *words, mentions=[words[0].partition("=")[0]])


@pytest.fixture(scope="module")
def baseline(tmp_path_factory):
    "A folder with one run of a baseline."
    cwd = tmp_path_factory.mktemp("baseline")
    (cwd / "rows.csv").write_bytes(TABLE)
    answer = call("train", "rows.csv", "--name", "small", *BASELINE, cwd=cwd)
    assert answer.code == 0, answer.err
    return cwd


@pytest.fixture
def mine(baseline, tmp_path):
    "A copy of it."
    return shutil.copytree(baseline, tmp_path / "mine")


def as_anybody():
    "Have no more rights than anybody else, as root too: modes of files count."
    for capability in (1, 2, 3):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER
        ctypes.CDLL(None).prctl(24, capability)  # PR_CAPBSET_DROP


@pytest.mark.cold
@pytest.mark.process
@pytest.mark.skipif(sys.platform != "linux", reason="drops the rights of root as Linux does")
@pytest.mark.parametrize("words", [["tag", "latest", "good"], ["note", "latest", "a word"], ["rm", "latest", "--yes"]])
def test_a_folder_that_may_only_be_read(words, mine):
    [run] = mine.glob("reports/small-*")
    places = [run, run.parent]
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    for place in places:
        place.chmod(0o500)
    command = [COMMAND, "runs", *words]
    done = subprocess.run(command, cwd=mine, capture_output=True, text=True, preexec_fn=as_anybody)
    written = subprocess.run(["touch", run / "probe"], preexec_fn=as_anybody, capture_output=True).returncode == 0
    for place in places:
        place.chmod(0o700)
    if written:
        pytest.skip("this machine lets nobody drop the rights of root")
    assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "ermission denied" in done.stderr or "cannot" in done.stderr, done.stderr
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


@pytest.mark.process
@pytest.mark.parametrize("name", ["x" * 300, "~nosuchuser/x", "../../etc/passwd", "%2e%2e"])
def test_a_run_that_cannot_be(name, mine):
    for words in (
        ["runs", "tag", name, "a"],
        ["runs", "note", name, "a"],
        ["runs", "rm", name, "--yes"],
        ["open", name],
    ):
        answer = call(*words, cwd=mine)
        assert one_line(answer), (words, answer.err)
    assert len([*mine.glob("reports/small-*/run.json")]) == 1


@pytest.mark.process
def test_an_export_does_not_replace_the_model_of_a_run(mine):
    [model] = mine.glob("reports/small-*/model")
    before = sorted((path.name, path.read_bytes()) for path in model.iterdir())
    answer = call("export", "latest", "--to", "merged", "--output", model, "--overwrite", cwd=mine)
    assert one_line(answer), answer.err
    assert sorted((path.name, path.read_bytes()) for path in model.iterdir()) == before


@pytest.mark.process
def test_a_link_that_leads_out_of_a_run(mine, tmp_path):
    "What is removed is the link, and never what it leads to; a run that is a link itself is none of the folder's."
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.txt").write_text("mine")
    [run] = mine.glob("reports/small-*")
    (run / "elsewhere").symlink_to(tmp_path / "precious")
    answer = call("runs", "rm", "latest", "--yes", cwd=mine)
    assert answer.code == 0, answer.err
    shutil.rmtree(mine / "reports" / ".trash", ignore_errors=True)
    assert (tmp_path / "precious" / "thesis.txt").read_text() == "mine"


@pytest.mark.train
@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"a": 3}', b"\xff\xfe"])
def test_what_was_measured_of_a_machine_is_measured_again(content, small, tmp_path):
    "The file in the cache says which precision is fast here; broken, it says nothing."
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "arithmetic.json").write_bytes(content)
    words = [*small, *settings(precision="auto", attention="auto", epochs=1, baselines="none")]
    answer = call(*words, cwd=tmp_path, LORASENT_CACHE=tmp_path / "cache")
    assert answer.code == 0, answer.err
    assert isinstance(json.loads((tmp_path / "cache" / "arithmetic.json").read_text()), dict)


@pytest.mark.process
def test_labels_of_several_types(tmp_path):
    rows = [dict(text=text, label=[1, "a", 2.0, "b"][i % 4]) for i, text in enumerate(sentences(80))]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    answer = call("data", "inspect", "rows.jsonl", cwd=tmp_path)
    assert answer.code == 0 and all(name in answer.out for name in ("1", "2", "a", "b")), answer.err
    assert "2.0" not in answer.out

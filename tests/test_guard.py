"What comes from elsewhere (models, notebooks, sweeps, names): nothing of it is run, and nothing is written outside."

import json
import shutil

import pandas as pd
import pytest
from conftest import call, flip, settings

pytestmark = [pytest.mark.process, pytest.mark.torch, pytest.mark.xdist_group("guard")]
EVIL = "import pathlib\npathlib.Path({mark!r}).write_text('run')\n"
CLASSES = """
from transformers import BertConfig, BertModel, BertTokenizer
class OwnConfig(BertConfig): model_type = "own"
class OwnModel(BertModel): config_class = OwnConfig
class OwnTokenizer(BertTokenizer): pass
"""


def edit(path, **facts):
    path.write_text(json.dumps(json.loads(path.read_text()) | facts))


@pytest.fixture
def evil(distilbert, tmp_path):
    "Folders with Python beside the weights that their files ask for, and where it would leave its mark."
    mark = tmp_path / "mark"
    folders = {kind: shutil.copytree(distilbert, tmp_path / kind) for kind in ("model", "tokenizer", "adapter")}
    for folder in folders.values():
        (folder / "own.py").write_text(EVIL.format(mark=str(mark)) + CLASSES)
    maps = {f"Auto{kind}": f"own.Own{kind}" for kind in ("Config", "Model")}
    own = dict(AutoModelForSequenceClassification="own.OwnModel", **maps)
    edit(
        folders["model"] / "config.json",
        model_type="own",
        auto_map=own,
        architectures=["BertForSequenceClassification"],
    )
    asked = dict(auto_map=dict(AutoTokenizer=["own.OwnTokenizer", None]), tokenizer_class="OwnTokenizer")
    edit(folders["tokenizer"] / "tokenizer_config.json", **asked)
    lora = dict(peft_type="LORA", task_type="SEQ_CLS", base_model_name_or_path=str(distilbert), r=2)
    megatron = dict(megatron_config=dict(own=1), megatron_core="own", target_modules=["q_lin"])
    (folders["adapter"] / "adapter_config.json").write_text(json.dumps(lora | megatron))
    (folders["adapter"] / "config.json").unlink()
    shutil.copy(folders["adapter"] / "own.py", tmp_path / "own.py")
    return folders, mark


@pytest.mark.parametrize("kind", ["model", "tokenizer", "adapter"])
def test_code_that_comes_with_a_model_is_never_run(kind, evil, small, dozen, tmp_path):
    "Whoever is asked says yes: nobody is asked."
    folders, mark = evil
    folder, names = folders[kind], ["--label-names", "bad,good"]
    commands = [["predict", folder, "a text", *names], ["export", folder, "--to", "merged", "--output", "out", *names]]
    if kind != "adapter":
        commands += [["data", "inspect", dozen, *settings(encoder=folder)], [*small, *settings(encoder=folder)]]
    for words in commands:
        answer = call(*words, cwd=tmp_path, given="y\n" * 9)
        assert not mark.exists() and len(answer.err.splitlines()) <= 1, (words, answer.err)
        if kind != "tokenizer":  # which can be read without its code, from tokenizer.json
            inspected = words[0] == "data"  # a data card needs no encoder, and says in a note why it has none
            assert (answer.code == 0) == inspected and not answer.folders, (words, answer.err)
            assert "never run" in (answer.out if inspected else answer.err), (words, answer.err)


def test_weights_that_can_hold_code_are_not_read(small, distilbert, tmp_path):
    import torch
    from transformers import DistilBertModel

    folder = shutil.copytree(distilbert, tmp_path / "pickled")
    torch.save(DistilBertModel.from_pretrained(distilbert).state_dict(), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    answer = call(*small, *settings(encoder=folder), cwd=tmp_path)
    assert answer.code and "safetensors" in answer.err and len(answer.err.splitlines()) == 1, answer.err


def notebook(**data) -> str:
    "An executed notebook with one output."
    output = dict(output_type="display_data", data=data, metadata={})
    cell = dict(cell_type="code", source="1", metadata={}, outputs=[output], execution_count=1)
    return json.dumps(dict(cells=[cell], metadata={}, nbformat=4, nbformat_minor=5))


def test_a_notebook_from_elsewhere_is_rendered_beside_itself(completed, tmp_path):
    "One that names another run, and the report of a run that was copied."
    from lorasent.runs.folder import RUN_TYPE

    cwd = shutil.copytree(completed.cwd, tmp_path / "mine")
    [run] = cwd.glob("reports/small-*")
    before = (run / "report.html").read_bytes(), (run / "report.ipynb").read_bytes()
    leave = "<b>kept</b><META http-equiv=refresh content='0;url=https://example.org'><base href='https://example.org'>"
    (tmp_path / "evil.ipynb").write_text(notebook(**{RUN_TYPE: dict(folder=str(run))}))
    (tmp_path / "leave.ipynb").write_text(notebook(**{"text/html": leave}))
    copied = shutil.copytree(run, tmp_path / "copied")
    for path, page in (("evil.ipynb", "evil.html"), ("leave.ipynb", "leave.html")):
        answer = call("render", path, cwd=tmp_path)
        assert answer.code == 0 and answer.out.strip() == page, answer.err
    answer = call("render", copied / "report.ipynb", cwd=tmp_path)
    assert answer.code == 0 and answer.out.strip() == str(copied / "report.html"), answer.err
    assert before == ((run / "report.html").read_bytes(), (run / "report.ipynb").read_bytes())
    text = (tmp_path / "leave.html").read_text()
    assert "<b>kept</b>" in text and "<META" not in text and "<base" not in text and "&lt;META" in text


@pytest.mark.parametrize("name", ["../outside", "/abs", "a/b", "..", "", "A b", "x" * 39, "a\n"])
def test_a_sweep_is_called_by_a_word(name, dozen, tmp_path):
    (tmp_path / "work").mkdir()
    facts = dict(name=name, list=[dict(name="ok", dataset=str(dozen), method="majority")])
    (tmp_path / "work" / "sweep.yaml").write_text(json.dumps(facts))
    before = sorted(tmp_path.rglob("*"))
    for words in (["sweep", "sweep.yaml"], ["compare", "sweep.yaml"]):
        answer = call(*words, cwd=tmp_path / "work")
        assert answer.code == 2 and "name is" in answer.err and len(answer.err.splitlines()) == 1, answer.err
    assert sorted(tmp_path.rglob("*")) == before


def test_the_exact_name_comes_before_the_beginning_of_another(dozen, tmp_path):
    for name in ("lora", "lora-plus", "lora-plus"):
        words = ["train", "--name", name, *settings(dataset=dozen, method="majority", baselines="none")]
        assert call(*words, cwd=tmp_path).code == 0
    runs = sorted(path.name for path in tmp_path.glob("reports/lora-*"))
    assert len(runs) == 3
    for name in ("lor", "lora-plus", "x" * 300):
        answer = call("runs", "rm", name, "--yes", cwd=tmp_path)
        assert answer.code == 2 and len(answer.err.splitlines()) == 1, answer.err
        assert ("may be any of" in answer.err) == (name[0] == "l")
    assert "may be any of" in call("predict", "lor", "a text", cwd=tmp_path).err
    assert call("predict", "lora-plus", "a text", cwd=tmp_path).code == 0
    assert call("runs", "rm", "lora", "--yes", cwd=tmp_path).code == 0
    left = sorted(path.name for path in tmp_path.glob("reports/lora-*"))
    assert len(left) == 2 and all(name.startswith("lora-plus") for name in left)


NINE = [
    "a: &a [x, x, x, x, x, x, x, x, x]",
    *(f"{n}: &{n} [{', '.join([f'*{m}'] * 9)}]" for m, n in zip("abcdef", "bcdefg")),
]


@pytest.mark.parametrize(
    "value",
    [
        "2001-13-45",
        "!!map [a]",
        "!!bool x",
        "!!python/object:os.system [x]",
        "1" * 5000,
        "[" * 2000,
        "&a [*a]",
        "\x1b[31mx",
        "{",
    ],
    ids=lambda o: ascii(o[:20]),
)
def test_an_odd_value_is_refused_in_a_line(value, within, tmp_path):
    answer = within("train", *settings(dataset="snippets", method="majority"), "--set", f"rank={value}", cwd=tmp_path)
    assert answer.code == 2 and len(answer.err.splitlines()) == 1 and len(answer.err) < 2000, answer.err[:3000]
    assert "rank" in answer.err and "\x1b" not in answer.err


def test_a_small_file_that_stands_for_a_large_one(within, tmp_path):
    (tmp_path / "nine.yaml").write_text("\n".join([*NINE, "label_map: *g"]))
    (tmp_path / "deep.yaml").write_text("a: " + "{a: " * 3000)
    for name in ("nine.yaml", "deep.yaml"):
        for words in (["train", "--config", name], ["sweep", name]):
            answer = within(*words, cwd=tmp_path)
            assert answer.code == 2 and len(answer.err) < 2000 and len(answer.err.splitlines()) == 1, answer.err[:3000]


def test_a_broken_neighbour_is_named_and_left_out(completed, dozen, tmp_path):
    cwd = shutil.copytree(completed.cwd, tmp_path / "mine")
    [run] = cwd.glob("reports/small-*")
    record = json.loads((run / "run.json").read_text())
    broken = {
        "config": dict(config={}),
        "status": record | dict(status="well"),
        "started": record | dict(started=3),
        "metrics": record | dict(metrics=dict(accuracy="high")),
        "list": [],
    }
    for name, facts in broken.items():
        (cwd / "reports" / name).mkdir()
        (cwd / "reports" / name / "run.json").write_text(json.dumps(facts))
    killed = shutil.copytree(run, cwd / "reports" / "killed")
    record |= dict(id="killed", status="running", process=dict(pid=1, started=0.0))
    (killed / "run.json").write_text(json.dumps(record))
    for name in ("report.ipynb", "about.json", "metrics.json", "manifest.json", "adapter/lorasent.json"):
        (killed / name).write_text('{"cells": [{"cell_ty')
    (run / "about.json").write_text("[1]")
    listed = call("runs", "--json", cwd=cwd)
    assert listed.code == 0 and {row["run"] for row in json.loads(listed.out)} == {run.name, "killed"}, listed.err
    assert all(f"reports/{name}" in listed.err for name in broken) and "Traceback" not in listed.err
    assert call("predict", run.name, "a lovely day", cwd=cwd).code == 0
    again = call("train", *settings(dataset=dozen, method="majority", baselines="none"), cwd=cwd)
    assert again.code == 0 and "Traceback" not in again.err, again.err
    assert json.loads((killed / "run.json").read_text())["status"] == "interrupted"


@pytest.mark.parametrize("damage", ["half", "gone", "empty", "other"])
@pytest.mark.parametrize("name", ["adapter_model.safetensors", "adapter_config.json", "lorasent.json"])
def test_a_damaged_model_is_refused_by_name(name, damage, completed, within, tmp_path):
    [run] = completed.folders
    adapter = shutil.copytree(run / "adapter", tmp_path / "adapter")
    content = (adapter / name).read_bytes()
    if damage == "gone":
        (adapter / name).unlink()
    else:
        (adapter / name).write_bytes(dict(half=content[: len(content) // 2], empty=b"", other=b'{"a": [1]}')[damage])
    answer = within("predict", "adapter", "a lovely day", "--backend", "torch", cwd=tmp_path)
    assert answer.code == 2 and len(answer.err.splitlines()) == 1 and "adapter" in answer.err, answer.err


@pytest.mark.parametrize("name", ["adapter_model.safetensors", "tokenizer.json", "config.json"])
def test_one_bit_in_a_model_is_noticed(name, completed, within, tmp_path):
    [run] = completed.folders
    run = shutil.copytree(run, tmp_path / "run")
    flip(run / "adapter" / name)
    for words in (["predict", "run", "a lovely day"], ["export", "run/adapter", "--to", "merged", "--output", "out"]):
        answer = within(*words, cwd=tmp_path)
        assert answer.code == 2 and f"{name} is damaged" in answer.err and len(answer.err.splitlines()) == 1, answer.err


@pytest.mark.parametrize("name", ["metrics.json", "predictions.parquet", "adapter/adapter_model.safetensors"])
def test_a_run_is_checked(name, completed, within, tmp_path):
    "Whole, with a flipped bit, without a file, and before it has ended."
    [run] = completed.folders
    run = shutil.copytree(run, tmp_path / "run")
    answer = within("check", "run", cwd=tmp_path)
    assert answer.code == 0 and "files are what the run has written" in answer.out
    for damage, said in ((flip, "differs from its manifest"), (lambda path: path.unlink(), "is missing")):
        damage(run / name)
        answer = within("check", "run", cwd=tmp_path)
        assert answer.code == 2 and f"{name} {said}" in answer.err and len(answer.err.splitlines()) == 1, answer.err
    edit(run / "run.json", status="failed")
    answer = within("check", "run", cwd=tmp_path)
    assert answer.code == 2 and "is failed, and not completed" in answer.err


DAMAGES = dict(bit=flip, cut=lambda path: path.write_bytes(path.read_bytes()[:100]))


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_in_the_cache_is_made_again(damage, ending, tmp_path):
    "Tables, their copies in UTF-8, and the numbers of their texts: the same card, and a line that says so."
    rows = pd.DataFrame(dict(text=[f"{o // 2} café" for o in range(6000)], label=["good", "bad"] * 3000))
    if ending == "jsonl":
        rows.to_json(tmp_path / "rows.jsonl", orient="records", lines=True)
    else:
        rows.to_csv(tmp_path / f"rows.{ending}", index=False, encoding="latin-1")
    encoding = "utf-8" if ending == "jsonl" else "latin-1"
    words = ("data", "inspect", f"rows.{ending}", *settings(method="majority", encoding=encoding))
    cards = []
    for damaged in (False, True):
        answer = call(*words, cwd=tmp_path, LORASENT_CACHE=str(tmp_path / "cache"))
        assert answer.code == 0 and ("is damaged, and is made again" in answer.err) == damaged, answer.err
        cards.append(answer.out)
        kept = [o for o in (tmp_path / "cache").glob("*/**/*") if o.suffix in (".arrow", ".npy")]
        for path in kept:
            DAMAGES[damage](path)
    assert cards[0] == cards[1] and {path.suffix for path in kept} == {".arrow", ".npy"}


def test_damaged_tokens_are_made_again(tmp_path, monkeypatch, capsys):
    "Those of so many rows that they are kept on disk."
    from datasets import Dataset

    from lorasent.model.encoder import load_encoder
    from lorasent.training.fitting import tokenize

    monkeypatch.setenv("LORASENT_CACHE", str(tmp_path / "cache"))
    rows = Dataset.from_dict(dict(text=[f"lunch of {o}" for o in range(50_001)], label=[0] * 50_001))
    first = tokenize(rows, encoder := load_encoder("minilm", max_length=8))["input_ids"][:]
    assert "is damaged" not in capsys.readouterr().err
    for path in (tmp_path / "cache" / "tokens").glob("*.arrow"):
        flip(path)
    assert tokenize(rows, encoder)["input_ids"][:] == first
    assert "is damaged, and is made again" in capsys.readouterr().err


def test_an_error_that_nobody_foresaw_is_a_line_and_a_log(within, tmp_path, monkeypatch):
    import lorasent.runs.folder

    def fail(*_, **__):
        raise ZeroDivisionError("by nothing")

    monkeypatch.setenv("LORASENT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(lorasent.runs.folder, "read_runs", fail)
    answer = within("runs", cwd=tmp_path)
    [log] = (tmp_path / "cache" / "faults").iterdir()
    assert answer.code == 70 and len(answer.err.splitlines()) == 1
    assert "ZeroDivisionError: by nothing" in answer.err and str(log) in answer.err and "Traceback" in log.read_text()


def test_a_text_cannot_command_the_terminal(dozen, within, tmp_path):
    rows = dozen.read_text().splitlines()
    rows[1:] = [f"\x1b]0;mine\x07 \x9b31m {row}" for row in rows[1:]]
    (tmp_path / "rows.csv").write_text("\n".join(rows))
    answer = within("data", "inspect", "rows.csv", *settings(method="majority"), cwd=tmp_path)
    assert answer.code == 0 and not set("\x1b\x07\x9b") & set(answer.out + answer.err)
    trained = call("train", "rows.csv", *settings(method="majority", baselines="none"), cwd=tmp_path)
    assert trained.code == 0, trained.err
    answer = call("predict", "latest", "\x1b]0;mine\x07 \x9b31m", cwd=tmp_path)
    assert answer.code == 0 and "\\x1b]0;mine\\x07" in answer.out and not set("\x1b\x07\x9b") & set(answer.out)


def together(*commands, cwd) -> list:
    "What several command lines answer that are started at once."
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(lambda words: call(*words, cwd=cwd), commands))


def interrupted(completed, tmp_path):
    "A run that a killed process has left."
    cwd = shutil.copytree(completed.cwd, tmp_path / "mine")
    [run] = cwd.glob("reports/small-*")
    record = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(record | dict(status="running", process=dict(pid=1, started=0.0))))
    (run / "manifest.json").unlink()
    return cwd, run


@pytest.mark.train
def test_two_resume_and_one_removes(completed, tmp_path):
    "One holder: it ends well, the others are told so in a line, and nothing of the run is lost."
    cwd, run = interrupted(completed, tmp_path)
    words = ["resume", run.name]
    answers = together(words, words, words, cwd=cwd)
    assert sorted(answer.code for answer in answers) == [0, 2, 2], [answer.err for answer in answers]
    for answer in answers:
        if answer.code:
            assert "is being written by another process" in answer.err or "has completed" in answer.err, answer.err
            assert len(answer.err.splitlines()) == 1
    assert json.loads((run / "run.json").read_text())["status"] == "completed"
    assert call("predict", run.name, "a lovely day", cwd=cwd).code == 0


def test_who_holds_a_run_is_alive_whatever_the_clock_says(completed, tmp_path):
    from lorasent.runs.folder import RunError, discard_run, held, read_run
    from lorasent.runs.reports import build_index

    cwd, run = interrupted(completed, tmp_path)
    with held(run):
        build_index(cwd / "reports")
        assert read_run(run).status == json.loads((run / "run.json").read_text())["status"] == "running"
        for words in (["runs", "rm", run.name, "--yes"], ["resume", run.name]):
            answer = call(*words, cwd=cwd)
            assert answer.code == 2 and len(answer.err.splitlines()) == 1, answer.err
        with pytest.raises(RunError, match="is running"):
            discard_run(read_run(run))
    build_index(cwd / "reports")
    assert read_run(run).status == json.loads((run / "run.json").read_text())["status"] == "interrupted"


def test_a_run_goes_on_as_it_began(completed, tmp_path):
    cwd, run = interrupted(completed, tmp_path)
    record = json.loads((run / "run.json").read_text())
    record["config"]["learning_rate"] = 0.5
    (run / "run.json").write_text(json.dumps(record))
    answer = call("resume", run.name, cwd=cwd)
    assert answer.code == 2 and "is not the one that it began with" in answer.err and len(answer.err.splitlines()) == 1
    assert "--set learning_rate=0.5, at first 0.0" in answer.err, answer.err


def test_ten_tags_at_once_are_ten_tags(completed, tmp_path):
    cwd = shutil.copytree(completed.cwd, tmp_path / "mine")
    names = [f"tag{i}" for i in range(10)]
    answers = together(*(["runs", "tag", "latest", name] for name in names), cwd=cwd)
    assert {answer.code for answer in answers} == {0}, [answer.err for answer in answers]
    [about] = cwd.glob("reports/small-*/about.json")
    assert sorted(json.loads(about.read_text())["tags"]) == names


def test_a_secret_is_in_no_file_and_no_line(dozen, tmp_path):
    "A word in each place that a secret can come from; and neither machine nor place in a report."
    import platform

    word, files = "canary4711", tmp_path / "work"
    files.mkdir()
    known = dict(HF_TOKEN=word, AWS_SECRET_ACCESS_KEY=word, MY_PASSWORD=word, LORASENT_CACHE=str(tmp_path / "cache"))
    runs = [dict(method=name, dataset=str(dozen), baselines="none") for name in ("majority", "tfidf")]
    plan = dict(name="study", list=runs)
    (files / "sweep.yaml").write_text(f"# the password is {word}\n{json.dumps(plan)}")
    search = dict(search=dict(seed=[0, 1]), set=runs[0], storage=f"postgresql://me:{word}@127.0.0.1:1/study")
    (files / "search.yaml").write_text(json.dumps(search))
    said = ""
    for words, code in (
        (["train", f"https://me:{word}@127.0.0.1:1/a.csv"], 2),
        (["train", dozen, *settings(encoder=f"https://me:{word}@127.0.0.1:1/a")], 2),
        (["runs", "--reports", f"ftp://me:{word}@127.0.0.1:1/reports"], 2),
        (["sweep", "search.yaml"], None),
        (["sweep", "sweep.yaml"], 0),
        (["doctor"], None),
    ):
        answer = call(*words, cwd=files, **known)
        assert code in (None, answer.code), (words, answer.err)
        assert len(answer.err.splitlines()) == 1 or code is None or not code, answer.err
        said += answer.out + answer.err
    assert word not in said
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.parent != files:
            assert word.encode() not in path.read_bytes(), path
    reports = list(files.glob("reports/*/report.html"))
    assert len(reports) == 3
    for path in reports:
        page = path.read_text()
        assert (
            f"&#34;{platform.node()}&#34;" not in page and str(tmp_path) not in page and str(dozen.parent) not in page
        ), path
    assert {path.stat().st_mode & 0o77 for path in files.glob("reports/*-*")} == {0}


def test_a_password_in_a_notebook_from_elsewhere(tmp_path):
    "In what it says, shows and fails with."
    import nbformat

    url = "https://me:canary4711@host/x"
    cell = nbformat.v4.new_code_cell(f"read('{url}')")
    cell.outputs = [
        nbformat.v4.new_output("stream", text=f"reading {url}\n"),
        nbformat.v4.new_output("display_data", {"text/html": f"<a href='{url}'>here</a>"}),
        nbformat.v4.new_output("error", ename="OSError", evalue=url, traceback=[f"OSError: {url}"]),
    ]
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# {url}"), cell]), tmp_path / "a.ipynb"
    )
    answer = call("render", "a.ipynb", cwd=tmp_path)
    page = (tmp_path / "a.html").read_text()
    assert answer.code == 0 and "https://host/x" in page and "canary4711" not in page, answer.err


def test_a_password_of_reports_elsewhere_is_kept_by_its_process_alone(tmp_path, monkeypatch):
    from lorasent.runs.mirror import RemoteError, check_writable, in_one_line, mirror_at, open_reports

    url = "memory://me:canary4711@host/reports"
    monkeypatch.setenv("LORASENT_CACHE", str(tmp_path))
    folder = open_reports(url)
    check_writable(folder)
    assert mirror_at(folder).url == url
    assert not any(b"canary4711" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    with pytest.raises(RemoteError) as refused, in_one_line(url, "read"):
        raise OSError("no such file: /me:canary4711@host/reports")
    assert str(refused.value) == "memory://host/reports cannot be read (no such file: /host/reports)"

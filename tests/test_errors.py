"Bad input: one clear line on standard error, a non-zero exit, and no run folder."

import pytest
from conftest import call, settings

from lorasent.config import RENAMED


@pytest.mark.parametrize(
    ("setting", "mentions"),
    [
        ("lerning_rate=1", ["'lerning_rate'", "did you mean 'learning_rate'"]),
        ("rank=high", ["rank", "integer", "'high'"]),
        ("rank=0", ["rank", "greater than or equal to 1"]),
        ("epochs=2.5", ["epochs", "integer", "2.5"]),
        ("learning_rate=.nan", ["learning_rate", "finite"]),
        ("name=../up", ["name", "'../up'"]),
        ("rank", ["key=value"]),
    ],
)
def test_configuration(refused, setting, mentions):
    refused("train", "--set", setting, mentions=mentions)


@pytest.mark.torch
def test_several_values_after_one_set(refused, dozen):
    words = ["train", dozen, "--set", "encoder=minilm", "rank=2", "slice_column=plaice", "--name", "x"]
    refused(*words, mentions=["'plaice'", "did you mean 'place'"])


def test_a_key_that_there_is_not(refused):
    refused("config", "lerning_rate", mentions=["'lerning_rate'", "did you mean 'learning_rate'"])


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_a_renamed_key_names_the_new_one(refused, tmp_path, old, new):
    (tmp_path / "mine.yaml").write_text(f"{old}: none\n")
    (tmp_path / "sweep.yaml").write_text(f"set: {{{old}: none}}\nseeds: 2\n")
    named = [f"unknown key {old!r}: it is now called {new!r}"]
    for words in (["train", "--set", f"{old}=none"], ["train", "--config", "mine.yaml"], ["config", old]):
        refused(*words, mentions=named)
    refused("sweep", "sweep.yaml", mentions=named)


def test_what_is_no_notebook(refused, tmp_path):
    (tmp_path / "a.ipynb").write_text("{}")
    for name in ("a.ipynb", "nowhere.ipynb"):
        refused("render", name, mentions=[name, "not a readable notebook"])


def test_all_faults_are_reported_at_once(refused):
    refused("train", *settings(rank="high", epochs=0), mentions=["rank", "epochs"])


def test_unknown_key_in_a_file(refused, tmp_path):
    (tmp_path / "mine.yaml").write_text("bach_size: 8\n")
    refused("train", "--config", "mine.yaml", mentions=["'bach_size'", "did you mean 'batch_size'"])


def test_missing_config_file(refused):
    refused("train", "--config", "nowhere.yaml", mentions=["nowhere.yaml", "No such file"])


def test_unknown_preset(refused):
    refused("train", "--preset", "dmeo", mentions=["'dmeo'", "did you mean 'demo'"])


@pytest.mark.torch
def test_missing_file(refused):
    refused(
        "train", *settings(dataset="nowhere.csv", encoder="minilm"), mentions=["no such file or folder: nowhere.csv"]
    )


@pytest.mark.torch
@pytest.mark.parametrize(
    ("words", "mentions"),
    [
        (["~nosuchuser/rows.csv"], ["no such file or folder: ~nosuchuser/rows.csv"]),
        (["snippets", "--set", "encoder=~nosuchuser/one"], ["no such encoder folder: ~nosuchuser/one"]),
        (["snippets", "--set", "metrics=[~nosuchuser/one.py]"], ["metrics: no such file: ~nosuchuser/one.py"]),
    ],
)
def test_a_home_that_nobody_has(refused, words, mentions):
    refused("train", *words, mentions=mentions)


@pytest.mark.torch
def test_missing_column(refused, dozen):
    refused(
        "train",
        *settings(dataset=dozen, text_column="review", encoder="minilm"),
        mentions=["'review'", "there are: text, label, place"],
    )


@pytest.mark.torch
def test_label_that_is_not_in_the_map(refused, dozen):
    refused(
        "train",
        *settings(dataset=dozen, label_map="{good: yes!, Bad: no!}", encoder="minilm"),
        mentions=["row 1 ", "'bad'", "did you mean 'Bad'"],
    )


@pytest.mark.torch
def test_fewer_than_two_classes(refused, tmp_path):
    (tmp_path / "one.csv").write_text("text,label\n" + "fine,good\n" * 12)
    refused("train", *settings(dataset="one.csv", encoder="minilm"), mentions=["fewer than two classes", "good"])


@pytest.mark.torch
def test_encoder_that_is_nowhere(refused, dozen):
    refused(
        "train",
        *settings(dataset=dozen, encoder="nobody/nothing"),
        mentions=["'nobody/nothing'", "embedded (minilm, mpnet)", "alternatives", "HF_HOME", "--preset demo"],
    )


@pytest.mark.torch
def test_targets_that_match_nothing(refused, dozen, distilbert):
    refused(
        "train",
        *settings(dataset=dozen, encoder=distilbert, target_modules="[q_lin, query]"),
        mentions=["'query'", "there are: k_lin, lin1, lin2, out_lin, q_lin, v_lin"],
    )


@pytest.mark.torch
def test_rank_above_the_layers(refused, dozen, distilbert):
    refused("train", *settings(dataset=dozen, encoder=distilbert, rank=64), mentions=["rank=64", "at most 32"])


@pytest.mark.torch
def test_missing_slice_column(refused, dozen):
    refused(
        "train",
        *settings(dataset=dozen, encoder="minilm", slice_column="plaice"),
        mentions=["'plaice'", "did you mean 'place'"],
    )


@pytest.mark.process
@pytest.mark.parametrize(
    ("words", "mentions"),
    [
        (["train", "nowhere.csv"], "no such file or folder: nowhere.csv"),
        (["resume", "nothing"], "no run"),
        (["predict", "nothing", "a text"], "no run in"),
        (["export", "nothing", "--to", "onnx", "--output", "out"], "no run in"),
        (["compare", "one", "two"], "no run in"),
        (["sweep", "nowhere.yaml"], "nowhere.yaml"),
        (["data", "inspect", "nowhere.csv"], "no such file or folder: nowhere.csv"),
        (["runs", "note", "nothing", "a word"], "no run in"),
        (["open", "nothing"], "no run in"),
        (["render", "nowhere.ipynb"], "nowhere.ipynb"),
        (["config", "lerning_rate"], "did you mean 'learning_rate'"),
        (["methods", "lroa"], "did you mean 'lora'"),
    ],
    ids=lambda o: o[0] if isinstance(o, list) else "",
)
def test_every_command_refuses_in_one_line(words, mentions, tmp_path):
    "Through the installed command line; the other errors are met within the process of their test."
    answer = call(*words, cwd=tmp_path)
    assert answer.code == 2 and mentions in answer.err and len(answer.err.strip().splitlines()) == 1, answer.err
    assert not answer.out and not list(tmp_path.iterdir())


@pytest.mark.process
def test_reports_folder_that_cannot_be_written(tmp_path, small):
    (tmp_path / "taken").write_text("a file, not a folder")
    answer = call(*small, "--reports", "taken", cwd=tmp_path)
    assert (
        answer.code == 2
        and "cannot write to the reports folder" in answer.err
        and len(answer.err.strip().splitlines()) == 1
    )

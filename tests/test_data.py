"Faults in the data are found, reported and handled: through `lorasent data inspect` and whole runs."

import gzip
import json

import pandas as pd
import pytest
from conftest import call, record, sentences, settings


def write(path, rows, mark=""):
    pd.DataFrame(rows, columns=["text", "label"]).to_csv(path, index=False, encoding="utf-8-sig" if mark else "utf-8")


def inspect(source, *arguments, cwd) -> dict:
    answer = call("data", "inspect", source, "--json", *settings(encoder="minilm"), *arguments, cwd=cwd)
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def findings(card) -> dict:
    return {finding["kind"]: finding for finding in card["findings"]}


@pytest.fixture
def planted(tmp_path):
    "1,000 rows: 37 leaks of four kinds, 11 texts with two labels, 5 blank rows, and a byte order mark in each file."
    made, labels = sentences(947), ["good", "bad"]
    train = [[text, labels[i % 2]] for i, text in enumerate(made[:786])]
    train += [[text, labels[(i + 1) % 2]] for i, text in enumerate(made[:11])]
    train += [["", "good"], ["   ", "bad"], ["\u200b", "good"]]
    kinds = [
        lambda o: o,
        lambda o: o.title().replace(" ", "  "),
        lambda o: o.replace(" ", ", ", 3) + "!",
        lambda o: o[:-2],
    ]
    test = [[text, labels[i % 2]] for i, text in enumerate(made[786:])]
    test += [[kinds[i % 4](text), labels[i % 2]] for i, text in enumerate(made[100:137])]
    test += [["", "bad"], ["\t", "good"]]
    folder = tmp_path / "my data"
    folder.mkdir()
    write(folder / "train.csv", train, mark="BOM")
    write(folder / "test.csv", test, mark="BOM")
    return folder, len(train) + len(test)


@pytest.mark.process
def test_what_was_planted_is_found_and_nothing_else(planted, tmp_path):
    folder, rows = planted
    assert rows == 1000
    found = findings(inspect(folder, cwd=tmp_path))
    assert found["leaks"]["count"] == 37 and found["leaks"]["parts"] == {
        "exact": 10,
        "case": 9,
        "punctuation": 9,
        "near": 9,
    }
    assert found["conflicts"]["parts"] == {"texts": 11} and found["conflicts"]["count"] == 22
    assert found["duplicates"]["count"] == 11 and found["duplicates"]["parts"] == {
        "exact": 11
    }  # the second row of each of the eleven
    assert found["blank"]["count"] == 5 and found["blank"]["parts"] == {"empty": 2, "whitespace": 2, "invisible": 1}
    assert set(found) == {"leaks", "conflicts", "duplicates", "blank"}


@pytest.mark.process
def test_leaks_that_are_kept_have_a_score_without_them(planted, small, tmp_path):
    folder, _ = planted
    run = [*small, *settings(dataset=folder, slice_column="null", epochs=1)]
    kept = call(*run, *settings(leaks="keep"), cwd=tmp_path)
    [report] = kept.folders
    metrics, page = json.loads((report / "metrics.json").read_text()), (report / "report.html").read_text()
    assert (
        metrics["test_clean"]["accuracy"]["value"] is not None
        and "Without the 37 test rows whose text the model has seen" in page
    )
    facts = record(report)
    assert facts["data"]["findings"]["leaks"] == 37 and facts["data"]["rows"] == {
        "train": 717,
        "validation": 80,
        "test": 198,
    }
    assert [read["purpose"] for read in facts["test_set"]["reads"]] == [
        "looking for texts with different labels",
        "the scores of this report, of the model and of its baselines",
    ]
    refused = call(*run, *settings(leaks="error"), cwd=tmp_path)
    assert (
        refused.code == 2
        and "37 leaks" in refused.err
        and len(refused.err.strip().splitlines()) == 1
        and len(refused.folders) == 1
    )


def test_leaks_are_dropped_from_train_by_default(planted):
    from lorasent.data.hygiene import audit
    from lorasent.data.loading import load_data

    data = load_data(str(planted[0]))
    card = audit(data)
    assert len(card.data.train) + len(card.data.validation) == len(data.train) + len(data.validation) - 37
    assert not card.tainted.any() and "37 rows dropped" in card._repr_html_()
    assert {finding.kind for finding in audit(card.data, duplicates="drop").findings} == {
        "conflicts",
        "duplicates",
        "blank",
    }


def test_sources_of_every_kind_read_the_same(tmp_path):
    rows = [[text, "good" if i % 2 else "bad"] for i, text in enumerate(sentences(60))]
    frame = pd.DataFrame(rows, columns=["text", "label"])
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_csv(tmp_path / "b.tsv", sep="\t", index=False)
    frame.to_csv(tmp_path / "c.csv.gz", index=False)
    frame.to_json(tmp_path / "d.jsonl", orient="records", lines=True)
    with gzip.open(tmp_path / "e.jsonl.gz", "wt") as file:
        file.write(frame.to_json(orient="records", lines=True))
    frame.to_parquet(tmp_path / "f.parquet")
    frame.to_csv(tmp_path / "g.csv", index=False, encoding="utf-16")
    frame[["label", "text"]].to_csv(tmp_path / "h.tsv", sep="\t", index=False, header=False)
    for i in range(3):
        frame[i * 20 : i * 20 + 20].to_csv(tmp_path / f"part-{i}.csv", index=False)
    for label in ("good", "bad"):
        (tmp_path / "folders" / label).mkdir(parents=True)
    for i, (text, label) in enumerate(rows):
        (tmp_path / "folders" / label / f"{i:03}.txt").write_text(text)
    from lorasent.data.loading import load_data

    more = {"g.csv": dict(encoding="utf-16"), "h.tsv": dict(columns=["label", "text"])}
    loaded = {
        name: load_data(str(tmp_path / name), **more.get(name, {}))
        for name in (
            "a.csv",
            "b.tsv",
            "c.csv.gz",
            "d.jsonl",
            "e.jsonl.gz",
            "f.parquet",
            "g.csv",
            "h.tsv",
            "part-*.csv",
            "folders",
        )
    }
    loaded["frame"] = load_data(frame)
    texts = {name: [sorted(part["text"]) for part in data.splits.values()] for name, data in loaded.items()}
    assert all(o == texts["frame"] for o in texts.values()), {name for name, o in texts.items() if o != texts["frame"]}


@pytest.mark.process
def test_a_null_text_and_quoted_line_breaks_are_reported(tmp_path):
    for split in ("train", "test"):
        made = sentences(40, seed=len(split))
        texts = [f"{text}\nand {text[::-1]}" if i % 10 == 0 else text for i, text in enumerate(made)]
        pd.DataFrame(
            {
                "id": range(40),
                "text": [None if split == "test" and i == 7 else o for i, o in enumerate(texts)],
                "label": ["good", "bad"] * 20,
            }
        ).to_parquet(tmp_path / f"{split}.parquet")
    card = inspect(tmp_path, cwd=tmp_path)
    assert findings(card)["blank"]["parts"] == {"null": 1} and findings(card)["blank"]["examples"][0]["id"] == "row 8"
    assert {o["split"]: o["with line breaks"] for o in card["splits"]}["test"] == 4


@pytest.mark.torch
@pytest.mark.parametrize(
    ("content", "setting", "mentions"),
    [
        (
            "text,label\nfine,good\ncaf\u00e9,good\n".encode("latin-1"),
            {},
            ["line 3, byte 25", "0xe9", "--set encoding=cp1252"],
        ),
        (b"text,label\nfine, but loud,good\n", {}, ["line 2", "3 fields, but 2"]),
        (b'text,label\n"so-called" lunch,bad\n', {}, ["after line 1", "quotation mark"]),
        (
            b"a fine day out,good\nan awful day in,bad\n",
            {},
            ["the first line looks like data", "columns=[text, label]"],
        ),
        (
            "".join(f"{i % 2},text number {i}\n" for i in range(200)).encode(),
            {"columns": "[text, label]"},
            ["look swapped", "text_column=label"],
        ),
        (
            b"text,label\n" + "".join(f"text {i},{i / 7}\n" for i in range(200)).encode(),
            {},
            ["label_thresholds"],
        ),
        (b"text,label\n" + b"same,good\nsame,bad\n" * 20, {"duplicates": "error"}, ["one group"]),
        (
            b"text,label\n" + b"".join(b"text %d,good\ntext %d,bad\n" % (i, i) for i in range(40)),
            {"duplicates": "error"},
            ["duplicates", "are the same (exact)"],
        ),
        (
            b"text,label,day\n" + b"".join(b"text %d,%s,soon\n" % (i, b"good" if i % 2 else b"bad") for i in range(40)),
            {"time_column": "day"},
            ["row 1", "neither a number nor a date"],
        ),
        (
            b"text,label\n" + b"".join(b"text %d,%s\n" % (i, b"good" if i % 2 else b"bad") for i in range(40)),
            {"class_weights": "{god: 2}"},
            ["'god'", "did you mean 'good'"],
        ),
        (
            b"text,label\n" + b"".join(b"text %d,%s\n" % (i, b"good" if i % 2 else b"bad") for i in range(40)),
            {"labels": "soft"},
            ["ratings"],
        ),
        (
            b"text,label\n" + b"".join(b"text %d,%s\n" % (i, b"good" if i % 2 else b"bad") for i in range(40)),
            {"test_size": "400"},
            ["test_size=400", "only 40"],
        ),
    ],
)
def test_bad_data_is_one_line(refused, tmp_path, content, setting, mentions):
    (tmp_path / "mine.csv").write_bytes(content)
    refused("train", *settings(dataset="mine.csv", encoder="minilm", **setting), mentions=mentions)


def long_rows(path):
    "Texts whose telling word is where a short encoder does not look."
    made = sentences(120)
    rows = [
        dict(
            text=f"{made[i]} {made[i + 1]} {'lovely' if i % 2 else 'awful'} {made[i][:40]}",
            label="good" if i % 2 else "bad",
            ratings=["good", "good", "bad"] if i % 2 else ["bad"] * 3,
        )
        for i in range(0, 118)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))


@pytest.mark.process
@pytest.mark.parametrize(
    "setting",
    [
        dict(long_text="windows", window_overlap=4, class_weights="balanced", labels="soft"),
        dict(streaming="true", validation_size=0.2, test_size=0.2),
        dict(text_pair_column="ratings", focal_gamma=1.0),
    ],
)
def test_a_run_of_each_kind_reloads_and_predicts_the_same(small, tmp_path, setting):
    long_rows(tmp_path / "long.jsonl")
    if "text_pair_column" in setting:
        (tmp_path / "long.jsonl").write_text(
            "\n".join(
                json.dumps(json.loads(o) | dict(ratings=f"second {i}"))
                for i, o in enumerate((tmp_path / "long.jsonl").read_text().splitlines())
            )
        )
    answer = call(*small, *settings(dataset="long.jsonl", slice_column="null", epochs=1, **setting), cwd=tmp_path)
    assert answer.code == 0, answer.err
    [folder] = answer.folders
    from lorasent.config import RunConfig
    from lorasent.data.columns import texts_of
    from lorasent.data.loading import load_data
    from lorasent.inference.classifier import SentimentClassifier

    config = RunConfig(**record(folder)["config"])
    data = load_data(config, dataset=str(tmp_path / "long.jsonl"))
    rows = pd.read_parquet(folder / "predictions.parquet")
    again = SentimentClassifier.load(folder).probabilities(texts_of(data.test))
    assert again[:, 1] == pytest.approx(rows["probability_good"].to_numpy(), abs=1e-6)
    assert record(folder)["test_set"]["reads"] and "Can the data be trusted?" in (folder / "report.html").read_text()

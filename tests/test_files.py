"Files as people have them: read row for row, or refused in a line that ends with the words that read them."

import gzip
import io
import json
import os
import re
import shlex
import shutil
import zipfile

import pandas as pd
import pytest
from conftest import call, sentences, settings
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as effort
from hypothesis import strategies as st

pytestmark = pytest.mark.torch  # which `lorasent data inspect` loads, to count tokens


def rows(count=60, labels=("good", "bad")):
    "Made-up rows of text and label, the labels in turn."
    return [[f"a lunch of {text}", labels[i % len(labels)]] for i, text in enumerate(sentences(count))]


def table(path, rows, header=("text", "label"), **how):
    "Rows as a file, as pandas writes them."
    pd.DataFrame(rows, columns=header).to_csv(path, index=False, **how)


@pytest.fixture
def inspect(tmp_path, within):
    "Run `lorasent data inspect` on a file within this process: exit code, card or None, error."

    def ask(name, *words):
        answer = within("data", "inspect", name, "--json", *settings(encoder="minilm"), *words, cwd=tmp_path)
        assert answer.code == 0 or (answer.code == 2 and len(answer.err.strip().splitlines()) == 1), answer.err
        return answer.code, json.loads(answer.out) if answer.code == 0 else None, answer.err

    return ask


def classes(card) -> dict[str, int]:
    "Rows of each class, over all splits."
    return {name: sum(split[name] for split in card["splits"]) for name in card["label_names"]}


def words_of(error) -> list[str]:
    "The words to type with which an error ends."
    return shlex.split(re.search(r"(--set .*?)(?: makes| sets| names| renames|,? or | \(|; |$)", error.strip())[1])


EVEN = {"good": 30, "bad": 30}


@pytest.mark.parametrize("separator", [";", "|", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_other_separators_in_a_csv(inspect, tmp_path, separator, encoding):
    table(tmp_path / "a.csv", [[f"{o}, really", label] for o, label in rows()], sep=separator, encoding=encoding)
    _, card, _ = inspect("a.csv")
    assert classes(card) == EVEN and any("a.csv is separated by" in note for note in card["notes"])


def test_two_readings_are_an_error_and_the_key_decides(inspect, tmp_path):
    lines = [f"{o.replace(' ', ',', 1)};{label}" for o, label in rows()]
    (tmp_path / "a.csv").write_text("\n".join(["text;label,b", *lines]))
    code, _, error = inspect("a.csv", *settings(columns="[text, label]", header="false"))
    assert code == 2 and "2 ways" in error and "'separator=;'" in error and "separator=," in error
    code, _, error = inspect("a.csv", *settings(separator=";", columns="[text, label]", header="true"))
    assert code == 0, error


def test_json_of_every_shape(inspect, tmp_path):
    records = [dict(text=text, label=label) for text, label in rows()]
    frame = pd.DataFrame(records)
    (tmp_path / "list.json").write_text(json.dumps(records))
    (tmp_path / "lines.json").write_text("\n".join(map(json.dumps, records)))
    frame.to_json(tmp_path / "columns.json")
    (tmp_path / "lists.json").write_text(json.dumps(frame.to_dict(orient="list")))
    (tmp_path / "splits.json").write_text(json.dumps(dict(train=records[:40], dev=records[40:50], test=records[50:])))
    for name in ("list", "lines", "columns", "lists", "splits"):
        _, card, error = inspect(f"{name}.json")
        assert card and classes(card) == EVEN, (name, error)
    assert [split["rows"] for split in card["splits"]] == [40, 10, 10]


def test_text_files_whose_contents_are_plain(inspect, tmp_path):
    table(tmp_path / "tabbed.txt", rows(labels=("1", "0")), sep="\t")
    (tmp_path / "bare.txt").write_text("".join(f"{text}\t{label}\n" for text, label in rows()))
    (tmp_path / "fasttext.txt").write_text("".join(f"__label__{label} {text}\n" for text, label in rows()))
    (tmp_path / "lines.log").write_text("".join(json.dumps(dict(text=o, label=label)) + "\n" for o, label in rows()))
    assert classes(inspect("tabbed.txt")[1]) == {"0": 30, "1": 30}
    for name in ("bare.txt", "fasttext.txt", "lines.log"):
        assert classes(inspect(name)[1]) == EVEN, name
    assert any("no header line" in note for note in inspect("bare.txt")[1]["notes"])
    (tmp_path / "prose.txt").write_text("Once upon a time.\nThere was a lunch, and it was good.\n")
    _, _, error = inspect("prose.txt")
    assert "unknown file format" in error and "format" in error


def test_spreadsheets_and_packed_files(inspect, tmp_path):
    frame = pd.DataFrame(rows(), columns=["text", "label"])
    frame.to_excel(tmp_path / "sheet.xlsx", index=False)
    frame.to_csv(tmp_path / "a.zip", index=False, compression=dict(method="zip", archive_name="inner.csv"))
    with gzip.open(tmp_path / "b.json.gz", "wt") as file:
        file.write(frame.to_json(orient="records"))
    for name in ("sheet.xlsx", "a.zip", "b.json.gz"):
        assert classes(inspect(name)[1]) == EVEN, name
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        for name in ("a.csv", "b.csv"):
            archive.writestr(name, "text,label\n")
    assert "holds 2 files (a.csv, b.csv)" in inspect("two.zip")[2]
    (tmp_path / "torn.csv.gz").write_bytes(gzip.compress(b"text,label\n" * 99)[:30])
    (tmp_path / "torn.zip").write_bytes(b"PK\x03\x04 and no more")
    for name in ("torn.csv.gz", "torn.zip"):
        assert f"{name} cannot be read" in inspect(name)[2]


def test_without_a_header_the_hint_works_as_it_stands(inspect, tmp_path):
    table(tmp_path / "label first.csv", [[label, text] for text, label in rows()])
    (tmp_path / "three.csv").write_text("".join(f"{i},{label},{text}\n" for i, (text, label) in enumerate(rows())))
    (tmp_path / "label first.csv").write_text((tmp_path / "label first.csv").read_text().partition("\n")[2])
    for name in ("label first.csv", "three.csv"):
        code, _, error = inspect(name)
        assert code == 2 and "no header line" in error
        assert classes(inspect(name, *words_of(error))[1]) == EVEN, error


def test_columns_that_would_make_a_row_of_the_header(inspect, tmp_path):
    table(tmp_path / "a.csv", rows())
    code, _, error = inspect("a.csv", *settings(columns="[text, label]"))
    assert code == 2 and "the first line of a.csv names the columns (text, label)" in error
    assert classes(inspect("a.csv", *settings(columns="[text, label]", header="true"))[1]) == EVEN


def test_both_columns_are_guessed_for_the_error_and_never_trained_on(inspect, tmp_path):
    table(tmp_path / "a.csv", [[i, text, label] for i, (text, label) in enumerate(rows())], ("", "review", "stars"))
    code, _, error = inspect("a.csv")
    assert code == 2 and error.strip().endswith("--set text_column=review --set label_column=stars")
    assert classes(inspect("a.csv", *words_of(error))[1]) == EVEN


@pytest.mark.parametrize("encoding", ["cp1252", "cp1251"])
def test_advice_about_an_encoding_has_no_control_characters(inspect, tmp_path, encoding):
    output = dict(cp1252="It’s “just” so. {}", cp1251="Это был очень хороший день за городом, {}")[encoding]
    table(tmp_path / "a.csv", [[output.format(text[-9:]), label] for text, label in rows()], encoding=encoding)
    code, _, error = inspect("a.csv")
    assert code == 2 and "line 2, byte" in error and words_of(error)[-1] == f"encoding={encoding}"
    _, card, _ = inspect("a.csv", *words_of(error))
    assert classes(card) == EVEN and not any(finding["kind"] == "control characters" for finding in card["findings"])


def test_a_quotation_mark_that_is_never_closed(inspect, tmp_path):
    made = rows()
    made[5][0] = '"' + made[5][0]
    (tmp_path / "a.tsv").write_text("text\tlabel\n" + "".join(f"{text}\t{label}\n" for text, label in made))
    code, _, error = inspect("a.tsv")
    assert code == 2 and "a.tsv, line 7: a quotation mark opens a field there and is never closed" in error
    assert classes(inspect("a.tsv", *words_of(error))[1]) == EVEN


def test_labels_that_are_missing_padded_or_alike(inspect, tmp_path):
    made = rows()
    made[5][1], made[7][1] = "", "  "
    made[0][1], made[4][1], made[1][1] = "good ", "Good", " bad"
    table(tmp_path / "a.csv", made)
    _, card, _ = inspect("a.csv")
    found = {finding["kind"]: finding for finding in card["findings"]}
    assert classes(card) == {"Good": 1, "bad": 28, "good": 29} and found["blank"]["parts"] == {"no label": 2}
    assert any("Blanks around the labels of 2 rows" in note for note in card["notes"])
    assert "labels that look alike" in found
    _, card, _ = inspect("a.csv", *words_of(found["labels that look alike"]["done"].replace(" joins them", "")))
    assert classes(card) == {"good": 30, "bad": 28}
    table(tmp_path / "none.csv", [[text, ""] for text, _ in made])
    assert "no row of split 'train' has a label" in inspect("none.csv")[2]


@pytest.mark.parametrize("both", ["sad,angry", "sad|angry", "['sad', 'angry']"])
def test_several_labels_a_row(inspect, tmp_path, both):
    table(tmp_path / "a.csv", rows(labels=("sad", "angry", both)))
    code, _, error = inspect("a.csv")
    assert code == 2 and "several labels per row" in error and repr(both) in error
    assert classes(inspect("a.csv", *words_of(error))[1])[both] == 20


def test_values_of_several_types(inspect, tmp_path):
    labels = [1 if i % 3 else "1" if label == "good" else "0" for i, (_, label) in enumerate(rows())]
    records = [dict(text=text, label=label) for (text, _), label in zip(rows(), labels)]
    (tmp_path / "labels.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    assert classes(inspect("labels.jsonl")[1]) == {"0": 10, "1": 50}
    records[7]["text"] = 5
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    assert "texts.jsonl, line 8: 5 in the text column 'text'" in inspect("texts.jsonl")[2]


def test_many_rare_classes(inspect, tmp_path):
    made = [[text, f"class{i % 150:03}" if i < 450 else "class000"] for i, (text, _) in enumerate(rows(1200))]
    twins = [[text + ".", f"class{i:03}"] for i, (text, _) in enumerate(made[150:155], 0)]
    table(tmp_path / "a.csv", [*made, *twins, ["one of its kind", "alone"]])
    _, card, error = inspect("a.csv")
    assert card, error
    train = next(split for split in card["splits"] if split["split"] == "train")
    assert len(card["label_names"]) == 151 and all(train[name] for name in card["label_names"])
    assert (
        "alone"
        in next(finding for finding in card["findings"] if finding["kind"] == "classes without test rows")["parts"]
    )
    assert "limit=100" in inspect("a.csv", *settings(limit=100))[2]


@pytest.mark.process
def test_a_column_called_ratings_that_holds_something_else(small, tmp_path):
    made = [[text, label, i % 5 + 1] for i, (text, label) in enumerate(rows(90, ("negative", "neutral", "positive")))]
    table(tmp_path / "a.csv", made, ("text", "label", "ratings"))
    answer = call(*small, *settings(dataset="a.csv", slice_column="null", epochs=1), cwd=tmp_path)
    assert answer.code == 0, answer.err


@pytest.mark.skipif(os.name == "nt", reason="names that Windows does not allow")
@pytest.mark.parametrize("name", ["reviews [1]", "what?", "all*", "a::b", "a#b", "50%20off", "{braces}"])
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_path_that_exists_is_that_file(inspect, tmp_path, name, kind):
    for other in ("reviews 1", "whats", "all of it", "a b", "50 off", name):
        made = rows(60 if other == name else 90)
        if kind == "csv":
            table(tmp_path / f"{other}.csv", made)
        else:
            pd.DataFrame(made, columns=["text", "label"]).to_json(
                tmp_path / f"{other}.jsonl", orient="records", lines=True
            )
    assert classes(inspect(f"{name}.{kind}")[1]) == EVEN


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_what_is_remembered_depends_on_the_contents(inspect, tmp_path, kind):
    write = dict(
        csv=lambda frame, path: frame.to_csv(path, index=False),
        jsonl=lambda frame, path: frame.to_json(path, orient="records", lines=True),
        parquet=lambda frame, path: frame.to_parquet(path),
    )[kind]
    for name, labels in (("before", ("good", "bad")), ("after", ("fine", "foul"))):
        write(pd.DataFrame(rows(labels=labels), columns=["text", "label"]), tmp_path / f"{name}.{kind}")
        os.utime(tmp_path / f"{name}.{kind}", (1.7e9, 1.7e9))
    assert inspect(f"before.{kind}")[1]["label_names"] == ["bad", "good"]
    shutil.copy2(tmp_path / f"after.{kind}", tmp_path / f"before.{kind}")
    assert inspect(f"before.{kind}")[1]["label_names"] == ["fine", "foul"]


def test_a_contest(inspect, tmp_path):
    folder = tmp_path / "contest"
    folder.mkdir()
    table(folder / "train.csv", [[i, *row] for i, row in enumerate(rows())], ("id", "text", "label"))
    table(folder / "test.csv", [[i, text] for i, (text, _) in enumerate(rows(20))], ("id", "text"))
    table(folder / "sample_submission.csv", [[i, "good"] for i in range(20)], ("id", "label"))
    _, card, _ = inspect("contest")
    notes = " ".join(card["notes"])
    assert classes(card) == EVEN and "sample_submission.csv was left out" in notes
    assert "The split 'test' has no labels: it is left for predictions" in notes


def test_the_cache_is_shown_and_cleared(inspect, within, tmp_path, monkeypatch):
    monkeypatch.setenv("LORASENT_CACHE", str(tmp_path / "cache"))
    table(tmp_path / "a.csv", rows())
    assert inspect("a.csv", *settings(encoder="./nowhere"))[0] == 0
    assert list((tmp_path / "cache" / "tables").iterdir())
    shown, cleared = within("cache", cwd=tmp_path), within("cache", "clear", cwd=tmp_path)
    assert shown.code == cleared.code == 0 and "tables" in shown.out and "freed" in cleared.out
    assert not list((tmp_path / "cache" / "tables").iterdir())


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1)


@effort(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_pandas_writes_is_read_back_or_refused(data, tmp_path_factory):
    "Any texts and labels, with any separator, quoting, line end, encoding and header: equal, or an error."
    from pathlib import Path

    from lorasent.config import LorasentError
    from lorasent.data.encodings import Reading
    from lorasent.data.files import read_files

    path = Path(tmp_path_factory.getbasetemp()) / f"any{data.draw(st.sampled_from(['.csv', '.tsv', '.txt']))}"
    made = data.draw(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=30))
    header = data.draw(st.booleans())
    frame = pd.DataFrame(made, columns=["text", "label"], dtype=object)
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    how = dict(
        sep=data.draw(st.sampled_from([",", ";", "|", "\t"])),
        quoting=data.draw(st.sampled_from([0, 1, 2])),  # as needed, all, all that is no number
        lineterminator=data.draw(st.sampled_from(["\n", "\r\n"])),
    )
    # pandas leaves a lone carriage return without quotation marks, which nobody can tell from the end of a line
    assume(how["quoting"] or how["lineterminator"] != "\n" or not any("\r" in o for row in made for o in row))
    text = io.StringIO()
    frame.to_csv(text, index=False, header=header, **how)
    path.write_bytes(text.getvalue().encode(encoding))
    try:
        read = read_files([path], Reading(columns=None if header else ["text", "label"], header=header or None))
    except LorasentError:
        return
    assert [tuple(o.values()) for o in read.to_list()] == made

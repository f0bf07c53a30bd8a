"Runs side by side, through the installed command line; the rows that tell them apart, in a browser."

import json
import random
import re
from pathlib import Path

import pandas as pd
import pytest
from browser import CHROMIUM, rendered
from conftest import call, sentences, settings

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("compare")]


def write_rows(path: Path, count: int, seed: int) -> Path:
    "Texts in which one word of nine gives the label away, most of the time."
    generator = random.Random(seed)
    words = [["awful", "bad", "poor"], ["lovely", "fine", "great"]]
    rows = []
    for i, rest in enumerate(sentences(count, seed)):
        label = i % 2
        word = generator.choice(words[label if generator.random() < 0.85 else 1 - label])
        rows.append(f"a {word} lunch of {rest} number {i}{'?' if i % 7 == 0 else ''},{['bad', 'good'][label]}")
    path.write_text("\n".join(["text,label", *rows]) + "\n")
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    "Three runs on the same test rows, and one on others of which it shares some."
    cwd = tmp_path_factory.mktemp("compare")
    write_rows(cwd / "lunch.csv", 400, seed=0)
    whole = pd.read_csv(cwd / "lunch.csv")
    whole.iloc[:300].to_csv(cwd / "less.csv", index=False)
    for name, data, method in (
        ("words", "lunch.csv", "tfidf"),
        ("most", "lunch.csv", "majority"),
        ("less", "less.csv", "tfidf"),
    ):
        facts = settings(method=method, test_size=150, baselines="none")
        answer = call("train", data, "--name", name, *facts, cwd=cwd)
        assert answer.code == 0, answer.err
    return cwd


@pytest.fixture(scope="module")
def compared(place) -> tuple[Path, str]:
    "The folder of a comparison, and what was printed."
    answer = call("compare", "most", "words", cwd=place)
    assert answer.code == 0, answer.err
    [path] = place.glob("reports/compare-*/comparison.json")
    return path.parent, answer.out


def test_the_result_follows_from_the_predictions(place, compared):
    folder, out = compared
    facts = json.loads((folder / "comparison.json").read_text())
    assert "words against most: macro-F1 +" in out and ", better" in out
    [run] = place.glob("reports/words-*")
    frames = {
        o: pd.read_parquet(place / "reports" / facts["runs"][o] / "predictions.parquet") for o in ("most", "words")
    }
    right = {name: (o["label"] == o["prediction"]).mean() for name, o in frames.items()}
    [found] = facts["results"]["accuracy"]
    assert (found["first"], found["second"], found["outcome"]) == ("most", "words", "better")
    assert found["difference"] == pytest.approx(right["words"] - right["most"], abs=1e-6)
    assert found["low"] < found["difference"] < found["high"] and found["rows"] == 150
    page = (folder / "report.html").read_text()
    assert "words is better than most" in page and facts["command"] in page
    assert run.name in page and "Row by row" in page
    right = {name: (o["label"] == o["prediction"]).to_numpy() for name, o in frames.items()}
    alone = [(right[a] & ~right[b]).sum() for a, b in (("most", "words"), ("words", "most"))]
    assert "McNemar" in page and re.search(r"".join(rf"<td class='number'>{o}</td>" for o in alone), page)
    assert f'href="{folder.name}/report.html"' in (place / "reports" / "index.html").read_text()
    again = call(*facts["command"].split()[1:], cwd=place)
    assert again.code == 0 and again.out.splitlines()[-1] == out.splitlines()[-1]


def test_one_file_makes_the_runs_and_compares_them(place):
    facts = dict(set=dict(dataset="lunch.csv", test_size=150, baselines="none"))
    facts["list"] = [dict(name="most", method="majority"), dict(name="one", method="tfidf", abstain_at=0.6)]
    (place / "two.yaml").write_text(json.dumps(facts))
    before = set(place.glob("reports/most-*")) | set(place.glob("reports/one-*"))
    answer = call("compare", "two.yaml", cwd=place)
    assert answer.code == 0, answer.err
    made = set(place.glob("reports/most-*")) | set(place.glob("reports/one-*"))
    assert {o.name[:3] for o in made - before} == {"one"}  # the other one was there already
    folder = max(place.glob("reports/compare-*"), key=lambda path: path.stat().st_mtime)
    page = (folder / "report.html").read_text()
    assert "lorasent compare two.yaml" in page and "method: tfidf" in page  # the command, and the file
    facts["seeds"] = 2
    (place / "two.yaml").write_text(json.dumps(facts))
    answer = call("compare", "two.yaml", cwd=place)
    assert answer.code == 2 and "seeds is a setting of each run" in answer.err


def test_other_rows_are_refused_and_shared_ones_compared(place):
    answer = call("compare", "words", "less", cwd=place)
    assert answer.code == 2 and len(answer.err.splitlines()) == 1 and "--shared" in answer.err
    answer = call("compare", "words", "less", "--shared", cwd=place)
    assert answer.code == 0, answer.err
    path = max(place.glob("reports/compare-*/comparison.json"), key=lambda o: o.stat().st_mtime)
    facts = json.loads(path.read_text())
    ids = [
        set(pd.read_parquet(place / "reports" / run / "predictions.parquet")["id"]) for run in facts["runs"].values()
    ]
    assert facts["test_rows"] == len(ids[0] & ids[1]) > 0  # one file begins as the other, so ids are the same rows


@pytest.mark.parametrize(
    ("words", "mentions"),
    [
        (["words"], "at least two"),
        (["words", "words"], "each once"),
        (["words", "wodrs"], "did you mean"),
        ([], "Missing argument"),
    ],
)
def test_wrong_uses(place, words, mentions, within):
    before = set(place.glob("reports/*"))
    answer = within("compare", *words, cwd=place)
    assert answer.code == 2 and mentions in answer.err and "Traceback" not in answer.err
    assert set(place.glob("reports/*")) == before


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_the_rows_can_be_narrowed_down(compared, tmp_path):
    folder, _ = compared
    page = (folder / "report.html").read_text()
    bits = re.findall(r"data-right='(\d\d)'", page)  # most, words
    use = """
        const [right, wrong] = document.querySelectorAll(".flips select");
        right.value = "1"; wrong.value = "0"; right.dispatchEvent(new Event("input"));"""
    found = rendered(page, tmp_path, use)
    shown = len(re.findall(r'<tr data-right="01">', found))
    assert shown == bits.count("01") and not re.findall(r'<tr data-right="10">', found)
    assert f"{shown} rows" in found
    search = 'document.querySelector(".flips input").value = "Number 7?"; right.dispatchEvent(new Event("input"));'
    found = rendered(page, tmp_path, use + search)
    texts = [o for o in re.findall(r"<tr data-right='01'><td>(.*?)</td>", page) if "7?" in o]
    assert len(re.findall(r'<tr data-right="01">', found)) == len(texts) < shown


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_ticked_runs_give_the_command(place, compared, tmp_path):
    page = (place / "reports" / "index.html").read_text()
    use = """
        const ticks = document.querySelectorAll("input[name=run]");
        for (const tick of [ticks[0], ticks[1]]) { tick.checked = true; tick.dispatchEvent(new Event("input")); }"""
    [facts] = re.findall(r'<script type="application/json" id="runs">(.*?)</script>', page)
    first, second = (row[0] for row in json.loads(facts)["rows"][:2])
    assert f"<code>lorasent compare {first} {second}</code>" in rendered(page, tmp_path, use)

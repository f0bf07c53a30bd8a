"The page of all runs, with thousands of them, in a real browser; tags, notes and the bin."

import json
import random
import re

import pytest
from browser import CHROMIUM, rendered
from conftest import call, run_folders

from lorasent.config import make_config
from lorasent.runs.reports import build_index

pytestmark = pytest.mark.xdist_group("index")


def made_up(reports, count: int):
    "Run folders as runs leave them: three seeds of each recipe, a tenth of them failed."
    generator = random.Random(0)
    for i in range(count):
        config = make_config(name=["lora", "rates"][i // 3 % 2], rank=[4, 8, 16][i // 6 % 3], seed=i % 3)
        folder = reports / f"{config.name}-20261126-{i:06}-00000000"
        folder.mkdir(parents=True)
        value = 0.5 + 0.3 * generator.random()
        score = dict(value=value, low=value - 0.02, high=value + 0.02)
        failed = generator.random() < 0.1
        record = dict(
            id=folder.name, config=config.model_dump(), started=f"2026-11-26T{i % 24:02}:{i % 60:02}:00+00:00"
        )
        record |= dict(status="failed" if failed else "completed", error="out of memory" if failed else None)
        record |= dict(metrics={} if failed else dict(accuracy=score, macro_f1=score, log_loss=score))
        record |= dict(seconds=60, training_seconds=100 * generator.random(), data=dict(rows={}, warnings=[]))
        record |= dict(test_set=dict(fingerprint="x"), encoder=dict(sha256="y"), parameters=dict(adapter=1000, head=20))
        (folder / "run.json").write_text(json.dumps(record))


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> str:
    reports = tmp_path_factory.mktemp("many") / "reports"
    made_up(reports, 1200)
    return build_index(reports).read_text()


def shown(found: str) -> list[str]:
    "The macro-F1 of each row that is there, in order."
    [body] = re.findall(r"<tbody>(.*?)</tbody>", found, re.DOTALL)
    return [re.findall(r"<td[^>]*>(.*?)</td>", row)[7][:5] for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)]


def test_the_page_is_small(page):
    assert len(page.encode()) < 1200 * 1000  # five thousand take less than five megabytes
    assert not re.search(r"""(src|href)=["']?http""", page)  # and nothing is asked of anybody


@pytest.mark.process
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_it_sorts_filters_groups_and_keeps_it_in_the_address(page, tmp_path):
    use = "const heading = (name) => [...document.querySelectorAll('th button')].find((o) => o.textContent === name);"
    tell = "document.querySelector('h1').textContent = location.hash;"
    found = rendered(page, tmp_path, f"{use} heading('macro-F1').click(); {tell}")
    scores = [float(o) for o in shown(found)]
    assert len(scores) == 200 and scores == sorted(scores, reverse=True) and "<h1>#sort=macro_f1</h1>" in found
    found = rendered(page, tmp_path, f"{use} heading('macro-F1').click(); heading('macro-F1').click(); {tell}")
    scores = [float(o) for o in shown(found)]
    assert scores == sorted(scores) and "up=" in found
    pick = "const set = (label, value) => { const field = [...document.querySelectorAll('#controls label')].find("
    pick += "(o) => o.textContent.startsWith(label)).lastChild; field.type === 'checkbox' ? (field.checked = value) : "
    pick += "(field.value = value); field.dispatchEvent(new Event('input')); };"
    found = rendered(page, tmp_path, f"{pick} set('status', 'failed'); set('with the words', 'LoRA rates'); {tell}")
    count = int(re.findall(r'role="status">([0-9,]+) of 1,200 runs', found)[0].replace(",", ""))
    failed = [row for row in json.loads(re.findall(r'id="runs">(.*?)</script>', page)[0])["rows"] if row[1] == "failed"]
    assert count == sum(row[0].startswith("rates-") for row in failed) > 0
    assert "status=failed" in found and "q=LoRA+rates" in found
    found = rendered(page, tmp_path, f"{pick} set('seeds together', true);")
    everything = json.loads(re.findall(r'id="runs">(.*?)</script>', page)[0])["rows"]
    apart = sum(row[1] == "failed" for row in everything)  # three recipes, and what has failed
    assert f"{3 + apart} of 1,200 runs, seeds together" in found and "± 0." in found


@pytest.mark.process
def test_tags_notes_and_the_bin(tmp_path):
    made_up(tmp_path / "reports", 6)
    assert "no tags" not in call("runs", "tag", "latest", "good", "v1.2", cwd=tmp_path).out
    assert call("runs", "note", "latest", "the one for the paper", cwd=tmp_path).code == 0
    rows = json.loads(call("runs", "--json", cwd=tmp_path).out)
    assert (rows[0]["tags"], rows[0]["note"]) == ("good v1.2", "the one for the paper")
    assert "the one for the paper" in (tmp_path / "reports" / "index.html").read_text()
    assert call("runs", "tag", "latest", "--", "-good", cwd=tmp_path).out.endswith(": v1.2\n")
    asked = call("runs", "rm", rows[0]["run"], cwd=tmp_path)  # nobody answers
    assert asked.code == 1 and len(run_folders(tmp_path)) == 6
    done = call("runs", "rm", rows[0]["run"], "--yes", cwd=tmp_path)
    assert done.code == 0 and len(run_folders(tmp_path)) == 5
    assert (tmp_path / "reports" / ".trash" / rows[0]["run"] / "run.json").exists()
    assert rows[0]["run"] not in (tmp_path / "reports" / "index.html").read_text()


@pytest.mark.parametrize(
    ("words", "mentions"),
    [
        (["tag", "latest", "two words"], "one word"),
        (["rm", "nowhere", "--yes"], "no run 'nowhere'"),
        (["note", "nowhere", "x"], "no run 'nowhere'"),
    ],
)
def test_wrong_uses(tmp_path, words, mentions, within):
    made_up(tmp_path / "reports", 2)
    answer = within("runs", *words, cwd=tmp_path)
    assert answer.code == 2 and len(answer.err.splitlines()) == 1 and mentions in answer.err

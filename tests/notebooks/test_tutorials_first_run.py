"Written from nbs/tutorials/first_run.ipynb by `make export`: edit there."

import tempfile
from pathlib import Path

import pytest

from lorasent import load_config, train
from lorasent.runs.folder import read_json

pytestmark = pytest.mark.xdist_group("tutorials/first_run")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global beside, config, folder, found, here, metrics, name, o, run, who
    config = load_config(preset="demo", name="first", limit=300, epochs=2, proof="none")
    config.dataset, config.encoder, config.method, config.rank
    here = tempfile.mkdtemp()
    run = train(config, reports=here)
    run["status"], {name: round(o["value"], 2) for name, o in run["metrics"].items()}
    folder = Path(here) / run["id"]
    sorted(o.name for o in folder.iterdir() if o.suffix in (".html", ".ipynb", ".json", ".parquet") or o.is_dir())
    metrics = read_json(folder / "metrics.json")
    beside = {who: o["test"]["macro_f1"] for who, o in metrics["baselines"].items()}
    for who, found in {"this model": metrics["test"]["macro_f1"], **beside}.items():
        print("{:16} {value:.2f} ({low:.2f}–{high:.2f})".format(who, **found))


@pytest.mark.slow
def test_the_first_run_leaves_what_it_promises():
    assert run["status"] == "completed" and (folder / "report.html").exists()
    assert metrics["test"]["macro_f1"]["low"] <= metrics["test"]["macro_f1"]["value"]

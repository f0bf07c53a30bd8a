"A data set and an encoder by their hub ids: downloaded once, then from the cache."

import shutil

import pytest
from conftest import call, record, settings
from hub import COMMIT, hub


@pytest.fixture
def served(dozen, distilbert, tmp_path):
    "A hub with one data set, one encoder and one encoder whose weights are a pickle."
    root = tmp_path / "hub"
    lunches, pickled = root / "datasets" / "someone" / "lunches", root / "models" / "someone" / "pickled"
    for folder in (lunches, pickled):
        folder.mkdir(parents=True)
    shutil.copy(dozen, lunches / "train.csv")
    shutil.copytree(distilbert, root / "models" / "someone" / "tiny")
    shutil.copy(distilbert / "config.json", pickled)
    (pickled / "pytorch_model.bin").write_bytes(b"not to be opened")
    with hub(root) as server:
        yield server


@pytest.fixture
def online(served, tmp_path) -> dict[str, str]:
    "The environment in which the stand-in is the hub, with an empty cache."
    return dict(HF_ENDPOINT=served.endpoint, HF_HOME=str(tmp_path / "home"), HF_HUB_OFFLINE="0", NO_PROXY="*")


def train(tmp_path, environment, encoder):
    "A short run on the data set of the hub."
    return call(
        "train",
        *settings(
            dataset="someone/lunches", encoder=encoder, max_length=16, epochs=1, precision="fp32", round_trip="none"
        ),
        cwd=tmp_path,
        **environment,
    )


@pytest.mark.process
def test_from_the_hub_then_from_the_cache(served, online, tmp_path):
    first = train(tmp_path, online, "someone/tiny")
    assert first.code == 0, first.err
    asked = list(served.requests)
    assert f"GET /datasets/someone/lunches/resolve/{COMMIT}/train.csv" in asked
    assert not any(o.endswith(".bin") for o in asked)
    second = train(tmp_path, online | {"HF_HUB_OFFLINE": "1"}, "someone/tiny")
    assert second.code == 0, second.err
    assert served.requests == asked  # the cache was enough
    one, two = (record(folder) for folder in second.folders)
    assert one["encoder"]["revision"] == two["encoder"]["revision"] == COMMIT
    assert one["data"]["fingerprint"] == two["data"]["fingerprint"]


@pytest.mark.process
def test_weights_that_are_a_pickle(served, online, tmp_path):
    answer = train(tmp_path, online, "someone/pickled")
    assert answer.code == 2 and not answer.folders
    assert "'someone/pickled'" in answer.err and "safetensors" in answer.err
    assert not any(request.endswith(".bin") for request in served.requests)

"The round-trip check of a run, its exports in the hands of other programs, and what is refused."

import ast
import json
import re
import shutil
import subprocess
import sys
import venv

import numpy as np
import pytest
from conftest import call, flip, python, settings

pytestmark = [pytest.mark.train, pytest.mark.xdist_group("export")]
TEXTS = ["a lovely lunch of bread", "an awful lunch of soup and rain", "lunch", "a lovely, lovely day"]


def labels(answer) -> list[str]:
    "The labels that `lorasent predict` printed."
    assert answer.code == 0, answer.err
    return [line.split("\t")[0] for line in answer.out.splitlines()]


@pytest.fixture(scope="session")
def exported(completed, tmp_path_factory):
    "The run in its three other forms, next to its reports folder."
    cwd = shutil.copytree(completed.cwd, tmp_path_factory.mktemp("export") / "a run")
    for to in ("merged", "onnx", "onnx-int8"):
        answer = call("export", "latest", "--to", to, "--output", f"out/{to}", cwd=cwd)
        assert answer.code == 0 and "its README shows how to load it" in answer.out, answer.err
    return cwd


def test_a_run_proves_its_forms(completed):
    [folder] = completed.folders
    round_trip = json.loads((folder / "round_trip.json").read_text())
    assert [form["form"] for form in round_trip["forms"]] == ["loaded again", "alone", "merged", "onnx", "onnx-int8"]
    assert all(
        form["fault"] is None and form["difference"] < 1e-4 and form["same"] == 1 for form in round_trip["forms"][:3]
    )
    assert "Each form in a fresh process" in (folder / "report.html").read_text()
    assert "round_trip.json" in json.loads((folder / "manifest.json").read_text())


def test_a_base_with_other_weights_fails_the_round_trip_check(dozen, distilbert, tmp_path):
    "The encoder changes between training and loading; the adapter fits under it all the same."
    import torch
    from safetensors.torch import load_file, save_file

    from lorasent.config import load_config
    from lorasent.data.loading import load_data
    from lorasent.training.making import build_model, encoder_for
    from lorasent.training.round_trip import RoundTripError, check_round_trip, expected_logits

    base = shutil.copytree(distilbert, tmp_path / "base")
    sizes = dict(max_length=16, epochs=1, batch_size=8, precision="fp32", attention="sdpa", round_trip=[])
    config, data = load_config(dataset=str(dozen), encoder=str(base), **sizes), load_data(str(dozen))
    encoder = encoder_for(config)
    network = build_model(encoder, data, config)
    network.fit(data, config)
    expected = expected_logits(network, data, config)
    saved = network.save(tmp_path / "adapter")
    tensors = load_file(base / "model.safetensors")
    save_file({o: t + 0.1 * torch.ones_like(t) for o, t in tensors.items()}, base / "model.safetensors")
    with pytest.raises(RoundTripError, match="was trained on other weights"):
        check_round_trip(expected, saved, encoder, data, config).check()


@pytest.mark.cold
def test_a_merged_model_is_a_classifier_of_transformers(exported):
    code = """if True:
        import json, sys
        from transformers import pipeline
        found = pipeline("text-classification", model="out/merged", device="cpu")(json.loads(sys.stdin.read()))
        assert not [o for o in sys.modules if o.startswith(("lorasent", "peft"))]
        print(json.dumps([o["label"] for o in found]))"""
    done = python(code, given=json.dumps(TEXTS), cwd=exported)
    assert done.code == 0, done.err
    expected = labels(call("predict", "latest", *TEXTS, "--backend", "torch", cwd=exported))
    assert json.loads(done.out) == expected == labels(call("predict", "out/merged", *TEXTS, cwd=exported))


@pytest.mark.cold
def test_plain_peft_loads_an_adapter_by_its_card(small, distilbert, tmp_path):
    "DistilBERT from the hub's cache (a tiny stand-in); the lines of the README, word for word, where the adapter is."
    place = tmp_path / "home" / "hub" / "models--distilbert-base-uncased"
    shutil.copytree(distilbert, place / "snapshots" / ("0" * 40))
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text("0" * 40)
    online = dict(HF_HOME=str(tmp_path / "home"))
    answer = call(*small, *settings(encoder="distilbert-base-uncased", round_trip="none"), cwd=tmp_path, **online)
    assert answer.code == 0, answer.err
    adapter = answer.folders[0] / "adapter"
    readme = (adapter / "README.md").read_text()
    assert f'"distilbert-base-uncased", revision="{"0" * 40}"' in readme and str(tmp_path) not in readme
    score = json.loads((answer.folders[0] / "metrics.json").read_text())["test"]["accuracy"]
    assert f"| accuracy | {score['value']:.3f} ({score['low']:.3f}–{score['high']:.3f}) |" in readme
    [_, code] = re.findall("```python\n(.*?)```", readme, re.DOTALL)
    code = code.replace('["What a lovely day!"]', repr(TEXTS))
    code += """if True:
        import sys
        from peft import AutoPeftModelForSequenceClassification
        auto = AutoPeftModelForSequenceClassification.from_pretrained(".", num_labels=2).eval()
        assert torch.equal(auto(**batch).logits.softmax(dim=1), probabilities) and "lorasent" not in sys.modules"""
    done = python(code, cwd=adapter, **online)
    assert done.code == 0, done.err
    asked = call("predict", "latest", *TEXTS, "--json", "--backend", "torch", cwd=tmp_path, **online)
    expected = [json.loads(line)["probabilities"] for line in asked.out.splitlines()]
    for found, share in zip(map(ast.literal_eval, done.out.splitlines()), expected, strict=True):
        assert found == pytest.approx(share, abs=2e-4)
    assert len({path.stat().st_mode for path in adapter.iterdir()}) == 1, "one rule for the modes of files"


def test_an_encoder_is_found_beside_its_run(small, distilbert, tmp_path):
    "It was named by a relative path, and is asked from another folder; then the two are parted."
    home, elsewhere = tmp_path / "my work", tmp_path / "elsewhere"
    shutil.copytree(distilbert, home / "encoders" / "tiny")
    elsewhere.mkdir()
    answer = call(*small, *settings(encoder="encoders/tiny", round_trip="none"), cwd=home)
    assert answer.code == 0, answer.err
    [run] = answer.folders
    assert "encoders" not in (run / "adapter" / "adapter_config.json").read_text()
    expected = labels(call("predict", run, *TEXTS, "--backend", "torch", cwd=elsewhere))
    moved = shutil.move(run, elsewhere / "run")
    alone = call("predict", moved, *TEXTS, cwd=elsewhere)
    assert alone.code and "--encoder" in alone.err and len(alone.err.splitlines()) == 1, alone.err
    assert labels(call("predict", moved, *TEXTS, "--encoder", distilbert, cwd=elsewhere)) == expected


def test_an_onnx_folder_needs_three_packages(exported, tmp_path):
    "The example of its README, word for word, in an environment that has nothing else."
    venv.create(tmp_path / "bare", with_pip=True)
    python = next(path for path in (tmp_path / "bare").glob("*/python*") if path.name in ("python", "python.exe"))
    wanted = [python, "-m", "pip", "install", "--quiet", "onnxruntime", "tokenizers", "numpy"]
    if (done := subprocess.run(wanted, capture_output=True, text=True)).returncode:
        pytest.skip(f"pip has no network here: {done.stderr.strip().splitlines()[-1]}")
    for to in ("onnx", "onnx-int8"):
        readme = (exported / "out" / to / "README.md").read_text()
        [_, example] = re.findall("```python\n(.*?)```", readme, re.DOTALL)
        code = example.replace('["What a lovely day!"]', repr(TEXTS)).replace("classifier([", "found = classifier([")
        code += "import json, sys\nassert 'torch' not in sys.modules\nprint(json.dumps([o['label'] for o in found]))"
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, cwd=exported / "out" / to)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == labels(call("predict", f"out/{to}", *TEXTS, cwd=exported))
        if to == "onnx":
            torch = call("predict", "latest", *TEXTS, "--backend", "torch", cwd=exported)
            assert json.loads(done.stdout) == labels(torch)


def test_an_export_that_is_damaged_in_the_cache_is_made_again(exported, tmp_path):
    "The same answers, and a line that says so."
    words = ("predict", "latest", *TEXTS, "--json", "--backend", "onnx")
    answers = [call(*words, cwd=exported, LORASENT_CACHE=str(tmp_path))]
    [model] = (tmp_path / "exports").glob("*/model.onnx")
    flip(model)
    answers.append(call(*words, cwd=exported, LORASENT_CACHE=str(tmp_path)))
    assert [answer.code for answer in answers] == [0, 0] and answers[0].out == answers[1].out
    assert ["is damaged, and is made again" in answer.err for answer in answers] == [False, True]


def test_prediction_by_each_backend(exported):
    def shares(backend):
        answer = call("predict", "latest", *TEXTS, "--json", "--backend", backend, cwd=exported)
        assert answer.code == 0, answer.err
        return np.array([list(json.loads(line)["probabilities"].values()) for line in answer.out.splitlines()])

    exact = shares("torch")
    assert np.abs(shares("onnx") - exact).max() < 1e-4
    assert np.abs(shares("onnx-int8") - exact).max() < 0.1
    (exported / "rows.csv").write_text("text\n" + "\n".join(f'"{text}"' for text in TEXTS) + "\n")
    [round_trip] = exported.glob("reports/*/round_trip.json")
    chosen = json.loads(round_trip.read_text())["backend"]
    answer = call("predict", "latest", "--input", "rows.csv", "--output", "labels.csv", cwd=exported)
    assert answer.out.strip() == f"4 rows: labels.csv ({chosen})"


@pytest.mark.parametrize(
    ("words", "mentions"),
    [
        (["export", "latest", "--to", "onxx", "--output", "new"], ["no format 'onxx'", "did you mean 'onnx'"]),
        (["export", "latest", "--to", "merged", "--output", "out/onnx"], ["out/onnx already exists: --overwrite"]),
        (["export", "latest", "--to", "merged", "--output", "mine", "--overwrite"], ["mine is not an exported model"]),
        (["export", "smalll", "--to", "merged", "--output", "new"], ["no run 'smalll'", "did you mean 'small'"]),
        (["export", "latest", "--to", "onnx", "--output", "new"], ["pip install 'lorasent[export]'"]),
        (["predict", "latest", "a text", "--backend", "onnx"], ["pip install 'lorasent[export]'"]),
        (["predict", "latest", "a text", "--backend", "tensorflow"], ["no backend 'tensorflow'", "auto, torch, onnx"]),
        (["train", "--preset", "demo", *settings(round_trip="[onnx]")], ["pip install 'lorasent[export]'"]),
        (["train", "--preset", "demo", *settings(round_trip="[onxx]")], ["round_trip", "merged, onnx, onnx-int8"]),
    ],
    ids=lambda o: " ".join(o)[:40],
)
def test_refused_in_one_line(words, mentions, exported, within, monkeypatch):
    (exported / "mine").mkdir(exist_ok=True)
    (exported / "mine" / "letter.txt").write_text("kept")
    before = len(list(exported.glob("reports/*")))
    if "pip install" in mentions[0]:
        monkeypatch.setitem(sys.modules, "onnxruntime", None)  # as if it were not installed
    answer = within(*words, cwd=exported)
    assert answer.code == 2 and len(answer.err.strip().splitlines()) == 1, answer.err
    assert all(say in answer.err for say in mentions), answer.err
    assert not (exported / "new").exists() and (exported / "mine" / "letter.txt").read_text() == "kept"
    assert len(list(exported.glob("reports/*"))) == before


def test_an_onnx_folder_without_onnx_runtime_is_one_line(exported):
    lacking = exported / "lacking"
    lacking.mkdir()
    (lacking / "sitecustomize.py").write_text("import sys\nsys.modules['onnxruntime'] = None\n")
    answer = call("predict", "out/onnx", "a text", cwd=exported, PYTHONPATH=lacking)
    assert answer.code == 2 and len(answer.err.strip().splitlines()) == 1, answer.err
    assert "pip install 'lorasent[export]'" in answer.err


def test_a_method_without_a_network_is_not_exported(dozen, tmp_path):
    assert call("train", dozen, *settings(method="tfidf"), cwd=tmp_path).code == 0
    answer = call("export", "latest", "--to", "onnx", "--output", "new", cwd=tmp_path)
    assert answer.code == 2 and "holds no network (its method is tfidf)" in answer.err, answer.err
    assert not list(tmp_path.glob("reports/*/round_trip.json"))

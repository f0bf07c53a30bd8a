"Every method on tiny encoders: trained, saved, loaded in a fresh process; and what is refused."

import json

import pytest
from conftest import call, python, record, save_encoder, settings

from lorasent.config import load_config
from lorasent.registry import METHODS

ONE = pytest.mark.xdist_group("every method")  # they share what was trained, so one worker does them all
ENCODERS = ("bert", "distilbert")
NETWORKS = [method.name for method in METHODS.values() if method.kind != "baseline"]
CASES = [(encoder, name) for encoder in ENCODERS for name in NETWORKS if (encoder, name) != ("distilbert", "prefix")]


@pytest.fixture(scope="session")
def bert(tmp_path_factory):
    "BERT's architecture with random weights, two layers and hidden size 32, saved as a folder."
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    sizes = dict(vocab_size=30522, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2)
    return save_encoder(BertModel(BertConfig(**sizes)), tmp_path_factory.mktemp("encoder") / "tiny-bert")


@pytest.fixture(scope="session")
def trained(dozen, bert, distilbert, tmp_path_factory) -> dict:
    "Of each encoder and method: the fit, what was built, where it is saved, and how it answers."
    from lorasent.data.loading import load_data
    from lorasent.inference.classifier import SentimentClassifier
    from lorasent.training.making import build_model, check_model, encoder_for

    done, data = {}, load_data(str(dozen))
    for encoder, method in CASES:
        rank = dict(rank=4) if "rank" in METHODS[method].defaults else {}
        sizes = dict(max_length=16, epochs=2, batch_size=8, precision="fp32", attention="sdpa")
        folder = dict(bert=bert, distilbert=distilbert)[encoder]
        config = load_config(dataset=str(dozen), encoder=str(folder), method=method, **sizes, **rank)
        found = encoder_for(config)
        check_model(found, data, config)
        model = build_model(found, data, config)
        fit = model.fit(data, config)
        answers = SentimentClassifier(fit.model, found, data.label_names).probabilities(data.test["text"][:])
        saved = model.save(tmp_path_factory.mktemp("saved") / METHODS[method].folder)
        done[encoder, method] = dict(fit=fit, model=model, saved=saved, answers=answers, texts=data.test["text"][:])
    return done


@pytest.fixture(scope="session")
def reloaded(trained) -> dict:
    "How each answers in a process that has only the folders."
    code = """if True:
        import json, sys
        from lorasent.inference.classifier import SentimentClassifier
        folders, texts = json.loads(sys.stdin.read())
        print(json.dumps([SentimentClassifier.load(o).probabilities(texts).tolist() for o in folders]))"""
    asked = json.dumps([[str(o["saved"]) for o in trained.values()], next(iter(trained.values()))["texts"]])
    done = python(code, given=asked)
    assert done.code == 0, done.err
    return dict(zip(trained, json.loads(done.out)))


@ONE
@pytest.mark.train
@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_it_answers_the_same_in_a_fresh_process(case, trained, reloaded):
    import numpy as np

    assert np.abs(np.array(reloaded[case]) - trained[case]["answers"]).max() < 1e-6


@ONE
@pytest.mark.train
@pytest.mark.parametrize("case", [o for o in CASES if o[0] == "bert"], ids=" ".join)
def test_merged_it_answers_the_same(case, trained, tmp_path):
    import numpy as np

    from lorasent.inference.classifier import SentimentClassifier
    from lorasent.inference.export import ExportError, export_model

    if case[1] in ("prompt", "prefix"):
        with pytest.raises(ExportError, match=f"method={case[1]} cannot be merged"):
            export_model(trained[case]["saved"], "merged", tmp_path / "merged")
        return
    merged = SentimentClassifier.load(export_model(trained[case]["saved"], "merged", tmp_path / "merged"))
    assert np.abs(merged.probabilities(trained[case]["texts"]) - trained[case]["answers"]).max() < 1e-5


@ONE
@pytest.mark.train
@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_what_is_frozen_stays_and_what_is_trained_moves(case, trained):
    weights, counts = trained[case]["fit"].weights, trained[case]["model"].counts()
    before, after = weights["before"], weights["after"]
    assert before.get("frozen") == after.get("frozen") and trained[case]["fit"].warnings == []
    assert {part for part in before if before[part] != after[part]} == {
        count for count in counts if counts[count] and count != "frozen"
    }


@ONE
@pytest.mark.train
@pytest.mark.parametrize("case", [o for o in CASES if METHODS[o[1]].kind == "adapter"], ids=" ".join)
def test_the_ledger_agrees_with_peft(case, trained):
    counts = trained[case]["model"].counts()
    assert counts["adapter"] + counts["head"] == trained[case]["fit"].model.get_nb_trainable_parameters()[0]
    assert counts["adapter"] > 0 and counts["encoder"] == 0


@ONE
@pytest.mark.train
def test_what_is_particular(trained):
    "AdaLoRA takes ranks away; EVA looks at the rows; LoRA+ has two speeds."
    ranks = trained["bert", "adalora"]["fit"].model.peft_config["default"].rank_pattern
    assert 0 < sum(sum(rank) for rank in ranks.values()) < sum(len(rank) for rank in ranks.values())
    first = {
        name: next(o for key, o in trained["bert", name]["fit"].model.named_parameters() if "lora_A" in key)
        for name in ("lora", "eva")
    }
    assert (first["lora"] - first["eva"]).abs().max() > 0.05
    import torch

    plus = trained["bert", "lora+"]["fit"].model
    optimizer = METHODS["lora+"].optimizer(plus, plus.method_config, torch.optim.AdamW, dict(lr=1e-3))
    assert {round(group["lr"], 6) for group in optimizer.param_groups if group["params"]} == {1e-3, 16e-3}


@pytest.mark.train
def test_eva_that_cannot_begin_says_so(dozen, distilbert, tmp_path):
    "More ranks than rows to look at; PEFT alone would never come to an end."
    keys = dict(encoder=distilbert, max_length=16, method="eva", rank=32, batch_size=8, epochs=1)
    first = dict(LORASENT_CACHE=str(tmp_path / "cache"))  # the first run on a machine prints no more than any other
    answer = call("train", dozen, *settings(**keys, test_size=0.4), cwd=tmp_path, **first)
    assert answer.code == 1 and "method=eva cannot start on these rows" in answer.err, answer.err
    assert len(answer.err.strip().splitlines()) == 1


@pytest.mark.train
def test_frozen_embeddings_are_saved_and_loaded(dozen, distilbert, tmp_path):
    import numpy as np

    from lorasent.data.loading import load_data
    from lorasent.inference.classifier import SentimentClassifier
    from lorasent.training.making import build_model, encoder_for

    config = load_config(dataset=str(dozen), encoder=str(distilbert), method="embedding", max_length=16)
    data, encoder = load_data(str(dozen)), encoder_for(config)
    model = build_model(encoder, data, config)
    model.fit(data, config)
    texts = data.test["text"][:]
    again = SentimentClassifier.load(model.save(tmp_path / "model"))
    assert np.abs(again.probabilities(texts) - model.probabilities(texts)).max() < 1e-6
    assert again.encoder.max_length == 16


@pytest.mark.train
@pytest.mark.cold
def test_a_baseline_takes_the_same_way_without_torch(dozen, tmp_path):
    "The same run folder; what is saved answers as it did in the report; PyTorch is not loaded for it."
    import pandas as pd

    answer = call("train", dozen, "--preset", "quick", cwd=tmp_path)
    assert answer.code == 0, answer.err
    [folder] = answer.folders
    facts, metrics = record(folder), json.loads((folder / "metrics.json").read_text())
    assert (folder / "model" / "lorasent.json").exists() and not (folder / "adapter").exists()
    assert facts["encoder"] == {} and "threads" not in facts["hardware"] and facts["training_seconds"] is not None
    assert set(metrics["baselines"]) == {"majority class"} and metrics["parameters"]["head"] > 0
    page = (folder / "report.html").read_text()
    few = "test rows cannot tell an accuracy of"  # said first: to the terminal, and on top of the report
    assert few in answer.out and few in page.partition("How good it is")[0]
    assert "TF-IDF" in page and "majority class" in page and "Encoder" not in page.partition("How good it is")[0]
    code = """if True:
        import json, sys
        from lorasent import SentimentClassifier, load_data
        test = load_data(sys.argv[2]).test
        found = SentimentClassifier.load(sys.argv[1]).probabilities(test["text"][:])
        print(json.dumps(["torch" in sys.modules, found[:, 1].tolist()]))"""
    loaded, found = json.loads(python(code, folder, dozen).out)
    rows = pd.read_parquet(folder / "predictions.parquet")
    assert not loaded and found == pytest.approx(list(rows["probability_good"]), abs=1e-6)


@pytest.mark.torch
@pytest.mark.parametrize(
    ("keys", "mentions"),
    [
        (dict(method="lroa"), ["method: unknown method", "did you mean 'lora'?"]),
        (dict(method="ia3", rank=8), ["method 'ia3' does not use `rank`", "it uses layers, target_modules"]),
        (dict(method="tfidf", epochs=5), ["method 'tfidf' does not use `epochs`"]),
        (dict(layers="[2]"), ["layers=[2]: the encoder has 2 layers, numbers 0 to 1"]),
        (dict(layers="top-3"), ["layers=top-3: the encoder has 2 layers"]),
        (dict(layers="some"), ["layers: must be all, top-3"]),
        (dict(method="prefix"), ["method=prefix cannot be used with this encoder", "these can: lora, rslora"]),
        (dict(method="vader"), ["vader knows the classes negative, neutral, positive"]),
        (dict(baselines="[lora]"), ["baselines: must be auto, none, or a list of majority"]),
        (dict(baselines="[vader]"), ["baselines: vader knows the classes"]),
        (dict(method="adalora", epochs=1, batch_size=64), ["method=adalora needs 2 optimiser steps", "min_steps=2"]),
        (dict(method="tfidf", baselines="[embedding]"), ["embedding needs an encoder, and tfidf has none"]),
    ],
    ids=str,
)
def test_refused_in_one_line(keys, mentions, dozen, distilbert, refused):
    network = dict(encoder=distilbert, max_length=16) if keys.get("method") not in ("tfidf", "vader") else {}
    refused("train", dozen, *settings(**network, **keys), mentions=mentions)


@pytest.mark.process
def test_a_class_that_is_called_like_an_abstention_is_refused(refused, tmp_path):
    rows = ["text,label", *(f"a lunch {i},{'unsure' if i % 2 else 'good'}" for i in range(60))]
    (tmp_path / "rows.csv").write_text("\n".join(rows))
    refused("train", *settings(dataset="rows.csv", method="tfidf", abstain_at=0.9), mentions=["'unsure'", "label_map"])

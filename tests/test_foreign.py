"Models that PEFT or Transformers alone have saved, through the installed command line."

import json
import shutil

import pandas as pd
import pytest
from conftest import call
from hub import hub

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("foreign")]
NAMES = "bad,so so,good"


@pytest.fixture(scope="module")
def adapter(distilbert, tmp_path_factory):
    "An adapter of PEFT's on a DistilBERT that has no head, with its probabilities of two texts."
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    torch.manual_seed(0)
    model = AutoModelForSequenceClassification.from_pretrained(distilbert, num_labels=3)
    facts = LoraConfig(
        task_type="SEQ_CLS",
        r=2,
        target_modules=["q_lin", "v_lin"],
        modules_to_save=["pre_classifier", "classifier"],
        init_lora_weights=False,
    )
    model, folder = get_peft_model(model, facts).eval(), tmp_path_factory.mktemp("elsewhere") / "adapter"
    model.save_pretrained(folder)
    inputs = AutoTokenizer.from_pretrained(distilbert)(["a lovely day", "rain"], padding=True, return_tensors="pt")
    with torch.inference_mode():
        return folder, model(**inputs).logits.softmax(1).tolist()


@pytest.fixture
def broken(adapter, tmp_path):
    "A copy that may be damaged."
    return shutil.copytree(adapter[0], tmp_path / "broken")


def probabilities(answer) -> list[list[float]]:
    "Of each line that was printed."
    assert answer.code == 0, answer.err
    return [list(json.loads(line)["probabilities"].values()) for line in answer.out.splitlines()]


def same(found, expected):
    return all(one == pytest.approx(other, abs=1e-5) for one, other in zip(found, expected, strict=True))


def test_an_adapter_of_peft_answers_as_peft_does(adapter, tmp_path):
    folder, expected = adapter
    answer = call("predict", folder, "a lovely day", "rain", "--label-names", NAMES, "--json", cwd=tmp_path)
    assert same(probabilities(answer), expected)
    assert list(json.loads(answer.out.splitlines()[0])["probabilities"]) == NAMES.split(",")
    pd.DataFrame(dict(text=["a lovely day", "rain"])).to_csv(tmp_path / "rows.csv", index=False)
    words = ("--input", "rows.csv", "--output", "out.csv", "--label-names", NAMES)
    assert call("predict", folder, *words, cwd=tmp_path).code == 0
    assert same(pd.read_csv(tmp_path / "out.csv").filter(like="probability_").values.tolist(), expected)


@pytest.mark.cold
def test_it_is_exported_and_is_then_a_classifier_of_transformers(adapter, tmp_path):
    folder, expected = adapter
    done = call("export", folder, "--to", "merged", "--output", "merged", "--label-names", NAMES, cwd=tmp_path)
    assert done.code == 0, done.err
    (tmp_path / "merged" / "lorasent.json").unlink()  # then nothing tells that it was made here
    answer = call("predict", "merged", "a lovely day", "rain", "--json", cwd=tmp_path)
    assert same(probabilities(answer), expected) and "so so" in answer.out
    other = call("predict", "merged", "rain", "--label-names", "a,b,c", "--json", cwd=tmp_path)
    assert '"b"' in other.out and "so so" not in other.out


def test_by_its_hub_id(adapter, distilbert, tmp_path):
    folder, expected = adapter
    place = tmp_path / "hub" / "models" / "someone"
    shutil.copytree(distilbert, place / "tiny")
    shutil.copytree(folder, place / "adapter")
    facts = json.loads((place / "adapter" / "adapter_config.json").read_text())
    facts["base_model_name_or_path"] = "someone/tiny"
    (place / "adapter" / "adapter_config.json").write_text(json.dumps(facts))
    (place / "adapter" / "training_args.bin").write_bytes(b"not to be opened")
    with hub(tmp_path / "hub") as served:
        online = dict(HF_ENDPOINT=served.endpoint, HF_HOME=str(tmp_path / "home"), HF_HUB_OFFLINE="0", NO_PROXY="*")
        words = ("predict", "someone/adapter", "a lovely day", "rain", "--label-names", NAMES, "--json")
        assert same(probabilities(call(*words, cwd=tmp_path, **online)), expected)
        assert not any(request.endswith(".bin") for request in served.requests)
    again = call(*words, cwd=tmp_path, HF_HOME=str(tmp_path / "home"))
    assert same(probabilities(again), expected)  # the cache is enough
    lost = call("predict", "someone/nothing", "rain", cwd=tmp_path)
    assert lost.code == 2 and "someone/nothing" in lost.err and len(lost.err.splitlines()) == 1


def edit(folder, **facts):
    "Change the description in an adapter file."
    path = folder / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | facts))


def without_head(folder, distilbert):
    from safetensors.torch import load_file, save_file

    path = folder / "adapter_model.safetensors"
    save_file({name: part for name, part in load_file(path).items() if "pre_classifier" not in name}, path)
    return "was saved without its head: pre_classifier"


def another_encoder(folder, distilbert):
    edit(folder, base_model_name_or_path="minilm")
    return "does not fit the encoder 'minilm'"


def cut_short(folder, distilbert):
    path = folder / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    return "adapter_model.safetensors is damaged"


def a_pickle(folder, distilbert):
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")
    return "a pickle (adapter_model.bin)"


def another_task(folder, distilbert):
    edit(folder, task_type="CAUSAL_LM")
    return "an adapter for CAUSAL_LM"


def no_encoder(folder, distilbert):
    edit(folder, base_model_name_or_path="")
    return "--encoder"


def no_json(folder, distilbert):
    (folder / "adapter_config.json").write_text("{")
    return "adapter_config.json"


@pytest.mark.parametrize(
    "damage", [without_head, another_encoder, cut_short, a_pickle, another_task, no_encoder, no_json]
)
def test_what_is_wrong_with_it_is_said_in_one_line(broken, distilbert, damage, within, tmp_path):
    mentions = damage(broken, distilbert)
    answer = within("predict", broken, "rain", "--label-names", NAMES, cwd=tmp_path)
    assert answer.code == 2 and len(answer.err.splitlines()) == 1 and not answer.out, answer.err
    assert mentions in answer.err


@pytest.mark.parametrize(
    ("words", "mentions"),
    [
        ((), "--label-names"),
        (("--label-names", "bad,good"), "is for 3 labels, and 2 are named"),
        (("--label-names", "bad,bad,good"), "a name twice"),
        (("--label-names", NAMES, "--backend", "onnx"), "lorasent export"),
    ],
)
def test_wrong_uses(adapter, words, mentions, within, tmp_path):
    answer = within("predict", adapter[0], "rain", *words, cwd=tmp_path)
    assert answer.code == 2 and len(answer.err.splitlines()) == 1 and mentions in answer.err, answer.err


def test_an_encoder_alone_is_no_classifier(distilbert, within, tmp_path):
    answer = within("predict", distilbert, "rain", cwd=tmp_path)
    assert answer.code == 2 and "without a classification head" in answer.err

"What a training needs: batches in parts, layers computed again, and what does not fit."

import numpy as np
import pytest
from conftest import call, record, settings

from lorasent.registry import METHODS

pytestmark = [pytest.mark.train, pytest.mark.xdist_group("memory")]

SIZES = dict(max_length=16, epochs=2, batch_size=8, precision="fp32", attention="sdpa", early_stopping=None)


@pytest.fixture(scope="module")
def trained(dozen, distilbert):
    "What is trained, after a training with some keys."
    from lorasent.config import load_config
    from lorasent.data.loading import load_data
    from lorasent.training.making import build_model, check_model, encoder_for

    def weights(checked=True, **keys):
        config = load_config(dataset=str(dozen), encoder=str(distilbert), **(SIZES | keys))
        data, encoder = load_data(config), encoder_for(config)
        if checked:
            check_model(encoder, data, config)
        model = build_model(encoder, data, config)
        fit = model.fit(data, config)
        found = {name: part.detach().numpy() for name, part in fit.model.named_parameters() if part.requires_grad}
        return found, fit

    return weights


@pytest.mark.parametrize(
    "keys",
    [
        dict(method="lora"),
        dict(method="adalora", epochs=8),
        dict(method="full", class_weights="balanced"),
        dict(method="head", focal_gamma=2, label_smoothing=0.1),
        dict(method="lora", long_text="windows", window_overlap=2, max_length=8),
    ],
    ids=lambda keys: " ".join(map(str, keys.values())),
)
def test_a_batch_in_parts_makes_the_same_step(trained, keys):
    keys = dict(keys, encoder_dropout=0.0, dropout=0.0) if "lora" in keys["method"] else dict(keys, encoder_dropout=0.0)
    whole, fit = trained(**keys)
    for parts in (2, 8):
        found, other = trained(gradient_accumulation=parts, **keys)
        assert [o["step"] for o in other.epochs] == [o["step"] for o in fit.epochs]
        assert max(np.abs(found[name] - whole[name]).max() for name in whole) < 2e-4
        assert [o["loss"] for o in other.losses] == pytest.approx([o["loss"] for o in fit.losses], abs=1e-3)


@pytest.mark.parametrize("method", ["lora", "dora", "ia3", "prompt", "full"])
def test_layers_that_are_computed_again_learn_the_same(trained, method):
    kept, again = (trained(method=method, gradient_checkpointing=o)[0] for o in (False, True))
    assert all((kept[name] == again[name]).all() for name in kept)


def test_a_training_that_does_not_fit_is_refused(refused, dozen, distilbert):
    small = settings(encoder=distilbert, max_length=16, max_memory=0.1)
    refused("train", dozen, *small, mentions=["would hold about", "libraries", "max_memory allows 0.1 GiB: a smaller"])


def test_the_keys_that_are_proposed_make_it_fit(small, dozen, tmp_path, monkeypatch):
    longer = tmp_path / "longer.csv"
    longer.write_text("text,label\n" + "".join(f"{'fine ' * 100}{i},{'ab'[i % 2]}\n" for i in range(300)))
    asked = [*small, *settings(dataset=longer, max_length=128, batch_size=128, epochs=1, slice_column="null")]
    asked += settings(max_memory=0.75)
    first = call(*asked, cwd=tmp_path)
    assert first.code == 2 and "takes the same steps" in first.err, first.err
    proposed = first.err.split(": --set ")[1].split(" takes")[0].replace("--set ", "").split()
    answer = call(*asked, *(word for one in proposed for word in ("--set", one)), cwd=tmp_path)
    assert answer.code == 0, answer.err
    [folder] = answer.folders
    assert record(folder)["peak_memory"] < 0.85 * 2**30 and "activations" in (folder / "report.html").read_text()


def test_a_training_that_takes_more_than_it_may_ends(trained):
    from lorasent.training.watch import TrainingError

    with pytest.raises(TrainingError, match=r"at step 1 the training held .* GiB, more than max_memory=0.2 allows"):
        trained(checked=False, max_memory=0.2)


@pytest.mark.parametrize("method", [o.name for o in METHODS.values() if o.kind != "baseline"])
def test_it_is_foreseen_for_every_method(dozen, method):
    from lorasent.config import load_config
    from lorasent.data.loading import load_data
    from lorasent.training.making import encoder_for
    from lorasent.training.memory import estimate_memory

    config = load_config(dataset=str(dozen), encoder="minilm", method=method, max_length=8)
    found = estimate_memory(encoder_for(config), load_data(config), config)
    assert found and 0 < found.gradients < 1e8 and found.activations > 0


def test_wrong_uses(refused, dozen, distilbert):
    parts = ["batch_size=32 cannot be computed in gradient_accumulation=5 parts of the same size"]
    refused("train", dozen, *settings(gradient_accumulation=5), mentions=parts)
    refused("train", dozen, *settings(gradient_accumulation=16, processes=4), mentions=["cannot be shared out evenly"])

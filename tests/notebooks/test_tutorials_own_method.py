"Written from nbs/tutorials/own_method.ipynb by `make export`: edit there."

import pytest

from lorasent import load_config, load_data
from lorasent.model.making import build_model, encoder_for, parameter_table

pytestmark = pytest.mark.xdist_group("tutorials/own_method")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global common, config, data, encoder, fit, model, part
    common = dict(dataset="snippets", encoder="minilm", limit=200, max_length=32, epochs=1, method="bias-and-norm")
    try:
        load_config(**common, rank=8)
    except ValueError as error:
        print(error)
    config = load_config(**common, layers="top-3")
    data, encoder = load_data(config), encoder_for(config)
    model = build_model(encoder, data, config)
    parameter_table(model.counts())
    fit = model.fit(data, config)
    {part: fit.weights["before"][part] == fit.weights["after"][part] for part in fit.weights["before"]}


@pytest.mark.slow
def test_only_what_it_names_moves():
    before, after = fit.weights["before"], fit.weights["after"]
    assert before["frozen"] == after["frozen"] and before["encoder"] != after["encoder"]

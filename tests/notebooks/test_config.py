"Written from nbs/config.ipynb by `make export`: edit there."

import re
import shlex

import pytest
from stories import story

from lorasent.config import (
    ConfigError,
    MethodConfig,
    as_settings,
    config_hash,
    field_table,
    first_line,
    given,
    load_config,
    looks_like_path,
    make_config,
    nearest,
    read_setting,
    unknown_key,
)

pytestmark = [pytest.mark.xdist_group("config")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global a_step, config
    [a_step, config] = story("config").take("a_step", "config")


def test_nearest():
    assert nearest("Positive ", ["positive", "negative"]) == "; did you mean 'positive'?"
    assert nearest("xyz", ["rank"]) == ""
    assert unknown_key("controls", ["baselines"]) == "unknown key 'controls': it is now called 'baselines'"


def test_first_line():
    assert first_line(ValueError("\nwhat is wrong\nand much more")) == "what is wrong"
    assert first_line(KeyboardInterrupt()) == "KeyboardInterrupt"
    assert [looks_like_path(o) for o in ("./a", "~/a", "a/b/c", r"C:\a", "owner/name", "name")] == [True] * 4 + [
        False
    ] * 2


def test_make_config():
    with pytest.raises(ConfigError, match=re.escape("did you mean 'learning_rate'")):
        make_config(lerning_rate=1)
    with pytest.raises(ConfigError, match=re.escape("rank: input should be a valid integer")):
        make_config(rank="high")
    with pytest.raises(ConfigError, match=re.escape("dropout")):
        make_config(dropout=float("nan"))
    with pytest.raises(ConfigError, match=re.escape("rank")):
        make_config(rank=True)
    with pytest.raises(ConfigError, match=re.escape("epochs")):
        make_config(epochs=0)
    with pytest.raises(ConfigError, match=re.escape("name")):
        make_config(name="../up")
    assert (make_config().rank, make_config(method="ia3").rank, make_config(method="full").learning_rate) == (
        16,
        None,
        1e-4,
    )
    with pytest.raises(ConfigError, match=re.escape("unknown method; did you mean 'lora'?")):
        make_config(method="lroa")
    with pytest.raises(
        ConfigError, match=re.escape("method 'ia3' does not use `rank` (it uses layers, target_modules, learning")
    ):
        make_config(method="ia3", rank=16)
    with pytest.raises(
        ConfigError, match=re.escape("method 'tfidf' does not use `epochs` (it has no keys of its own)")
    ):
        make_config(method="tfidf", epochs=5)
    with pytest.raises(ConfigError, match=re.escape("layers: must be all, top-3 (the last three, say)")):
        make_config(layers="top-0")
    with pytest.raises(ConfigError, match=re.escape("target_modules is empty")):
        make_config(train_split="a", test_split="a", target_modules=[])
    with pytest.raises(ConfigError, match=re.escape("must rise")):
        make_config(label_thresholds={"good": 3, "bad": 2, "fine": None})
    with pytest.raises(
        Exception,
        match=re.escape("test_size=0.7 is neither a share below 0.5 nor a whole number of rows; fold=3 is beyond"),
    ):
        make_config(test_size=0.7, folds=3, fold=3)
    assert make_config(label_thresholds={"bad": 2, "good": None}, test_size=500).test_size == 500
    assert make_config(label_map={0: "bad", 1: "good"}).label_map == {"0": "bad", "1": "good"}


def test_read_setting():
    assert read_setting("learning_rate=2e-5")[1] == 2e-5
    assert read_setting("dataset=2024") == ("dataset", "2024")
    assert read_setting("dataset=@mine: yes") == ("dataset", "@mine: yes")
    assert read_setting("long_text=windows") == ("long_text", "windows")
    assert read_setting("target_modules=[q_lin, v_lin]")[1] == ["q_lin", "v_lin"]
    assert read_setting("train_split=null")[1] is None
    with pytest.raises(ConfigError, match=re.escape("key=value")):
        read_setting("rank")
    with pytest.raises(ConfigError, match=re.escape("not valid YAML")):
        read_setting("rank=[1")


def test_as_settings():
    values = dict(
        separator="\t", header=False, columns=["a b", "it's"], label_map={"1": "yes", "Good": "good"}, dataset="my file"
    )
    words = shlex.split(as_settings(**values))
    read = dict(read_setting(word) for word in words[1::2])
    assert set(words[::2]) == {"--set"} and make_config(**read) == make_config(**values)


def test_load_config():
    assert load_config(preset="distilbert", name="run") == make_config(min_steps=120)  # the defaults are for DistilBERT
    assert load_config(preset="seed").target_modules == ["q_lin"]
    other = load_config(preset="distilbert", method="ia3")  # the values that a preset has for its method go with it
    assert (other.rank, other.learning_rate, other.batch_size) == (None, 0.01, 32)
    assert load_config(preset="demo", method="tfidf").epochs == make_config().epochs
    assert (load_config(preset="quick").method, load_config(preset="tiny", epochs=1).rank) == ("tfidf", 1)
    with pytest.raises(ConfigError, match=re.escape("did you mean 'demo'")):
        load_config(preset="dmeo")
    with pytest.raises(ConfigError, match=re.escape("No such file")):
        load_config(file="nowhere.yaml")


def test_given():
    assert (a_step(), a_step(rank=4), a_step(config), a_step(config, rank=4)) == (16, 4, 8, 4)
    with pytest.raises(ConfigError, match=re.escape("did you mean 'rank'")):
        a_step(rnak=4)
    assert given(MethodConfig, config, dict(method="ia3")).rank is None
    assert given(MethodConfig, make_config(method="ia3"), dict(layers=[1])).method == "ia3"
    with pytest.raises(ConfigError, match=re.escape("'lora' is not a MethodConfig")):
        a_step("lora")
    with pytest.raises(ConfigError, match=re.escape("target_modules is empty")):
        a_step(target_modules=[])


def test_config_hash():
    assert config_hash(config) == config_hash(make_config(name="other", dataset="reviews.csv", rank=8))
    assert config_hash(config) != config_hash(make_config(dataset="reviews.csv", rank=9))


def test_field_table():
    for row in field_table():
        assert row["description"] and row["group"], row
    assert {o["name"]: o["range"] for o in field_table()}["dropout"] == "≥ 0, < 1"

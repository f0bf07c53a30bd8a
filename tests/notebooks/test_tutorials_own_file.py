"Written from nbs/tutorials/own_file.ipynb by `make export`: edit there."

import os
import tempfile
from pathlib import Path

import pytest

from lorasent import SentimentClassifier, audit, load_config, load_data
from lorasent.model.making import build_model, encoder_for

pytestmark = pytest.mark.xdist_group("tutorials/own_file")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global \
        before, \
        card, \
        classifier, \
        config, \
        data, \
        encoder, \
        kinds, \
        model, \
        o, \
        rows, \
        said, \
        saved, \
        stars, \
        thing, \
        things, \
        whose, \
        written
    before = os.getcwd()
    os.chdir(tempfile.mkdtemp())
    kinds = {"1": "cold and late", "5": "quick and kind"}
    whose = ("The", "This", "Our", "Their", "Her", "His", "My", "Every", "Another", "That")
    things = [f"{o} {thing}" for o in whose for thing in ("soup", "room", "bus", "call")]
    rows = [f'"{thing} was {said}";{stars}' for stars, said in kinds.items() for thing in things]
    rows += [rows[0], rows[1], '"";5']
    written = Path("reviews.csv").write_text("\n".join(["Bewertung;Sterne", *rows]), encoding="utf-8")
    config = load_config(
        dataset="reviews.csv",
        text_column="Bewertung",
        label_column="Sterne",
        label_map={"1": "bad", "5": "good"},
        method="tfidf",
    )
    data = load_data(config)
    data
    card = audit(data, config=config)
    [(o.kind, o.count, o.done) for o in card.findings]
    encoder = encoder_for(config)  # None: this method has none
    model = build_model(encoder, card.data, config)
    model.fit(card.data, config)
    saved = model.save(Path("model"))
    classifier = SentimentClassifier.load(saved)
    classifier(["The bus was late", "A kind call"])


def test_the_file_is_read_and_learned_from():
    assert data.label_names == ["bad", "good"]
    assert {o.kind for o in card.findings} >= {"duplicates"}
    answers = classifier(["The bus was late", "A kind call"])
    assert [o["label"] for o in answers] == ["bad", "good"]

"Languages with a script of their own: an encoder that was made for them, and what is said of one that was not."

import csv
import random
import re

import pytest
from conftest import call, record, save_encoder, settings

LANGUAGES = {  # good words, bad words, other words, what stands between words, the classes
    "arabic": ("رائع جميل سعيد", "سيئ ممل حزين", "الفيلم الكتاب المطعم اليوم", " ", ("إيجابي", "سلبي")),
    "hindi": ("अच्छा सुंदर खुश", "बुरा उबाऊ दुखी", "फिल्म किताब सेवा आज", " ", ("सकारात्मक", "नकारात्मक")),
    "thai": ("ดีมาก สนุก อร่อย", "แย่ น่าเบื่อ เศร้า", "หนัง หนังสือ ร้าน วันนี้", "", ("บวก", "ลบ")),
    "chinese": ("很好 精彩 开心", "很差 无聊 难过", "电影 书 餐厅 今天", "", ("积极", "消极")),
}


def texts_in(language: str) -> list[tuple[str, str]]:  # text, label
    "Sentences of one language, good and bad ones in turn."
    *words, between, classes = LANGUAGES[language]
    words, draw = [o.split() for o in words], random.Random(3)
    return [
        (between.join([*draw.sample(words[2], 3), draw.choice(words[row % 2]), str(row)]), classes[row % 2])
        for row in range(60)
    ]


@pytest.fixture
def file_in(tmp_path):
    "A CSV file in a language."

    def write(language):
        with (tmp_path / f"{language}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("text", "label"), *texts_in(language)])
        return tmp_path / f"{language}.csv"

    return write


def encoder_for(language: str, folder):
    "A tiny encoder whose tokenizer has learned this language."
    import transformers as t
    from tokenizers import Tokenizer, models, normalizers, trainers

    special = dict(unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]")
    tokens = Tokenizer(models.Unigram())
    tokens.normalizer = normalizers.NFC()
    learner = trainers.UnigramTrainer(vocab_size=120, special_tokens=list(special.values()), unk_token="[UNK]")
    tokens.train_from_iterator([text for text, _ in texts_in(language)], learner)
    tokenizer = t.PreTrainedTokenizerFast(tokenizer_object=tokens, model_max_length=64, **special)
    sizes = dict(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64)
    return save_encoder(t.BertModel(t.BertConfig(vocab_size=len(tokenizer), **sizes)), folder, tokenizer)


@pytest.mark.train
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_encoder_of_this_language_trains_and_answers(language, file_in, tmp_path):
    "Through report and prediction: its own labels, in its own direction, and no word of fonts."
    encoder, file = encoder_for(language, tmp_path / "encoder"), file_in(language)
    sizes = dict(max_length=32, epochs=2, batch_size=8, precision="fp32", attention="sdpa", learning_rate=0.01)
    answer = call("train", file, *settings(encoder=encoder, **sizes), cwd=tmp_path)
    assert answer.code == 0, answer.err
    [folder] = answer.folders
    page, good = (folder / "report.html").read_text("utf-8"), LANGUAGES[language][-1][0]
    assert not re.search(r"<pre[^>]*></pre>", page)
    assert "lost signs" not in page and "unknown tokens" not in page and "in lower case" not in page
    assert re.search(rf"<text[^>]*>{good}</text>", page) and "Glyph" not in (folder / "report.ipynb").read_text("utf-8")
    assert (f"<bdi>{good}</bdi>" in page) == (language == "arabic") and record(folder)["status"] == "completed"
    answer = call("predict", folder, "--input", file, "--output", "found.csv", cwd=tmp_path)
    assert answer.code == 0, answer.err
    with (tmp_path / "found.csv").open(encoding="utf-8", newline="") as rows:
        found = list(csv.DictReader(rows))
    assert [row["text"] for row in found] == [text for text, _ in texts_in(language)]
    assert {row["prediction"] for row in found} <= set(LANGUAGES[language][-1])


@pytest.mark.torch
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_encoder_of_another_language_is_named(language, file_in, within, tmp_path):
    "What an English tokenizer does to other scripts: it drops the signs above, below and beside their letters."
    answer = within("data", "inspect", file_in(language), *settings(encoder="minilm"), cwd=tmp_path)
    assert answer.code == 0 and "reads texts in lower case and without accents" in answer.out
    assert ("lost signs: 60 texts" in answer.out) == (language in ("hindi", "thai"))


@pytest.mark.torch
def test_what_an_encoder_does_not_know_is_counted_in_each_fold(file_in, within, tmp_path):
    "With cross-validation every row is a test row, and no finding takes one split for another."
    answer = within("data", "inspect", file_in("thai"), *settings(encoder="minilm", cv=5), cwd=tmp_path)
    assert answer.code == 0 and "unknown tokens" in answer.out and "lost signs" in answer.out, answer.err

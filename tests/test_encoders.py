"Encoders as people have them, tiny and of random weights: each trains and comes back the same, or is refused."

import re

import numpy as np
import pytest
import torch
import transformers as t
from conftest import call, record, save_encoder, settings
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from tokenizers.processors import TemplateProcessing

from lorasent.config import load_config
from lorasent.inference.classifier import SentimentClassifier
from lorasent.inference.export import export_model
from lorasent.model.encoder import load_encoder
from lorasent.model.head import build_classifier
from lorasent.model.methods import apply_method, count_parameters, save_network
from lorasent.runs.executor import check
from lorasent.training.fitting import fit
from lorasent.training.making import parameter_table

pytestmark = pytest.mark.torch
SMALL = dict(vocab_size=30522, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
GPT2 = dict(vocab_size=30522, n_embd=32, n_layer=2, n_head=2, n_positions=64)


@pytest.fixture
def saved(tmp_path):
    "Save a model with the embedded encoder's tokenizer, or another one, as a folder."
    return lambda model, tokenizer=None: save_encoder(model, tmp_path / "encoder", tokenizer)


def words(**special) -> t.PreTrainedTokenizerFast:
    "The embedded encoder's vocabulary, with these special tokens and no others."
    backend = Tokenizer.from_str(load_encoder("minilm").tokenizer.backend_tokenizer.to_str())
    backend.no_padding()
    return t.PreTrainedTokenizerFast(tokenizer_object=backend, model_max_length=64, **special)


def trains(dozen, folder, tmp_path, **options):
    "The check lets it pass, a fit learns, and the saved adapter predicts what the trained model does."
    config = load_config(dataset=str(dozen), encoder=str(folder), precision="fp32", max_length=16, rank=4, **options)
    check(config)
    from lorasent.data.loading import load_data

    data, encoder = load_data(str(dozen)), load_encoder(str(folder), max_length=config.max_length, precision="fp32")
    torch.manual_seed(0)
    classifier = build_classifier(encoder, data.label_names, keep_head=config.keep_head)
    first = classifier.state_dict()
    model = apply_method(classifier, rank=4)
    before = {name: part.clone() for name, part in model.named_parameters() if part.requires_grad}
    fit(model, encoder, data, epochs=1, batch_size=8)
    assert any(
        not torch.equal(before[name], part)
        for name, part in model.named_parameters()
        if name in before and "lora_" in name
    )
    texts = data.test["text"][:]
    again = SentimentClassifier.load(save_network(model, encoder, tmp_path / "adapter"), str(folder))
    expected = SentimentClassifier(model, encoder, data.label_names).probabilities(texts)
    assert np.abs(again.probabilities(texts) - expected).max() < 1e-6
    return parameter_table(count_parameters(model), caption=classifier.head_note)._repr_html_(), first


@pytest.mark.parametrize("labels", [2, 3])
def test_one_that_was_tuned_before_gets_a_new_head(dozen, saved, tmp_path, labels):
    torch.manual_seed(1)
    tuned = t.BertForSequenceClassification(t.BertConfig(**SMALL, num_labels=labels))
    table, first = trains(dozen, saved(tuned), tmp_path)
    assert first["classifier.weight"].shape == (2, 32) and not torch.equal(
        first["classifier.weight"], tuned.classifier.weight[:2]
    )
    assert torch.equal(
        first["bert.encoder.layer.0.output.dense.weight"], tuned.bert.encoder.layer[0].output.dense.weight
    )
    assert f"The head is new; the one that the encoder was saved with, for {labels} labels" in table


def test_a_head_is_kept_when_asked_for(dozen, saved, tmp_path):
    torch.manual_seed(1)
    tuned = t.BertForSequenceClassification(t.BertConfig(**SMALL, num_labels=2))
    table, first = trains(dozen, saved(tuned), tmp_path, keep_head=True)
    assert torch.equal(first["classifier.weight"], tuned.classifier.weight) and "trained further" in table


@pytest.mark.parametrize(
    ("config", "mentions"),
    [
        (dict(num_labels=3), "for the labels LABEL_0, LABEL_1, LABEL_2, in this order, but the data have bad, good"),
        (dict(id2label={0: "good", 1: "bad"}), "for the labels good, bad, in this order, but the data have bad, good"),
    ],
)
def test_a_head_that_is_for_other_labels_is_not_kept(dozen, saved, refused, config, mentions):
    folder = saved(t.BertForSequenceClassification(t.BertConfig(**SMALL, **config)))
    refused("train", *settings(dataset=dozen, encoder=folder, keep_head="true"), mentions=[mentions, "label_map"])


def test_a_head_that_is_not_there_is_not_kept(dozen, distilbert, refused):
    refused(
        "train",
        *settings(dataset=dozen, encoder=distilbert, keep_head="true"),
        mentions=["keep_head", "without a classification head"],
    )


LLAMA = SMALL | dict(num_key_value_heads=2)
NEIGHBOURS = {
    "llama, padding of its own": lambda: t.LlamaModel(t.LlamaConfig(**LLAMA, pad_token_id=5)),
    "llama, none": lambda: t.LlamaModel(t.LlamaConfig(**LLAMA)),
    "gemma": lambda: t.GemmaModel(t.GemmaConfig(**LLAMA, head_dim=16, pad_token_id=3)),
    "gpt2": lambda: t.GPT2Model(t.GPT2Config(**GPT2)),
    "bert": lambda: t.BertModel(t.BertConfig(**SMALL, pad_token_id=7)),
    "roberta": lambda: t.RobertaModel(t.RobertaConfig(**SMALL | dict(vocab_size=30528), max_position_embeddings=40)),
    "xlnet": lambda: t.XLNetModel(t.XLNetConfig(vocab_size=30522, d_model=32, n_layer=2, n_head=2, d_inner=64)),
    "deberta": lambda: t.DebertaV2Model(t.DebertaV2Config(**SMALL, relative_attention=True, pos_att_type=["p2c"])),
    "modernbert": lambda: t.ModernBertModel(t.ModernBertConfig(**SMALL | dict(pad_token_id=0))),
}


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("which", NEIGHBOURS)
def test_a_text_has_the_same_answer_alone_and_beside_longer_ones(saved, tmp_path, which, side):
    torch.manual_seed(0)
    tokenizer = words(unk_token="[UNK]", pad_token="[PAD]", sep_token="[SEP]", cls_token="[CLS]", padding_side=side)
    encoder = load_encoder(str(saved(NEIGHBOURS[which](), tokenizer)), max_length=16, precision="fp32")
    for name, part in (model := build_classifier(encoder, ["bad", "good"]).eval()).named_parameters():
        torch.nn.init.normal_(part, std=0.5 if "score" in name or "classifier" in name else 0.2)
    texts = ["lovely", "a lovely lunch", "an awful lunch of soup and bread and then some more of the soup"]
    for place in (None, tmp_path / "saved"):
        classifier = SentimentClassifier(model, encoder, ["bad", "good"])
        if place:
            saved_at = save_network(apply_method(model, rank=2), encoder, place)
            classifier = SentimentClassifier.load(saved_at, str(encoder.folder))
        together = classifier.probabilities(texts)
        alone = np.concatenate([classifier.probabilities([text]) for text in texts])
        assert np.abs(together - alone).max() < 1e-5 and np.ptp(together[:, 0]) > 1e-4


def byte_level(*special, around=False, **named) -> t.PreTrainedTokenizerFast:
    "A tokenizer of bytes, with a few merges; only some add tokens around a text."
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=list(special), initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    backend.train_from_iterator(["a lovely lunch of soup", "an awful lunch"] * 9, trainer)
    if around:
        ends = [(token, special.index(token)) for token in ("<s>", "</s>")]
        backend.post_processor = TemplateProcessing("<s> $A </s>", "<s> $A </s> $B </s>", special_tokens=ends)
    return t.PreTrainedTokenizerFast(tokenizer_object=backend, model_max_length=64, **named)


def unigram() -> t.PreTrainedTokenizerFast:
    "A tokenizer of SentencePiece's kind, which ends a text as T5 does."
    backend, special = Tokenizer(models.Unigram()), ["<pad>", "</s>", "<unk>"]
    backend.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=60, special_tokens=special, unk_token="<unk>")
    backend.train_from_iterator(["a lovely lunch of soup", "an awful lunch", "<s>/ab"] * 9, trainer)
    backend.post_processor = TemplateProcessing("$A </s>", "$A </s> $B </s>", special_tokens=[("</s>", 1)])
    named = dict(pad_token="<pad>", eos_token="</s>", unk_token="<unk>")
    return t.PreTrainedTokenizerFast(tokenizer_object=backend, model_max_length=64, **named)


BART = dict(d_model=32, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2, decoder_attention_heads=2)
BART |= dict(vocab_size=300, encoder_ffn_dim=32, decoder_ffn_dim=32, max_position_embeddings=64)
ENDS = dict(bos_token="<s>", eos_token="</s>", pad_token="<pad>")
FAMILIES = {
    "gpt2": lambda: (
        t.GPT2Model(t.GPT2Config(**GPT2 | dict(vocab_size=300))),
        byte_level("<|endoftext|>", eos_token="<|endoftext|>"),
    ),
    "llama": lambda: (
        t.LlamaModel(t.LlamaConfig(**LLAMA | dict(vocab_size=300))),
        byte_level("</s>", eos_token="</s>"),
    ),
    "bart": lambda: (t.BartModel(t.BartConfig(**BART)), byte_level("<s>", "<pad>", "</s>", around=True, **ENDS)),
    "t5": lambda: (
        t.T5Model(
            t.T5Config(
                vocab_size=100, d_model=32, d_kv=16, d_ff=32, num_layers=1, num_heads=2, decoder_start_token_id=0
            )
        ),
        unigram(),
    ),
    "bert": lambda: (t.BertModel(t.BertConfig(**SMALL)), None),
}
ODD_TEXTS = ["", "   ", "\n", "</s>", "a </s> b </s>", "<|endoftext|>", "[SEP] a [MASK]", "\x00", "half \ud800 of it"]


@pytest.mark.parametrize("which", FAMILIES)
def test_no_text_stops_a_model(saved, tmp_path, which):
    torch.manual_seed(0)
    model, tokenizer = FAMILIES[which]()
    encoder = load_encoder(str(saved(model, tokenizer)), max_length=16, precision="fp32")
    classifier = SentimentClassifier(build_classifier(encoder, ["bad", "good"]).eval(), encoder, ["bad", "good"])
    texts = [*ODD_TEXTS, "x" * 1_000_000, "a lovely lunch"]
    together = classifier.probabilities(texts)
    alone = np.concatenate([classifier.probabilities([text]) for text in texts])
    assert np.isfinite(together).all() and np.abs(together - alone).max() < 1e-5
    special = set(encoder.tokenizer.all_special_ids) - {encoder.tokenizer.unk_token_id}
    counts = [sum(o in special for o in encoder.tokenize([text])["input_ids"][0][0]) for text in ("a", *ODD_TEXTS[3:7])]
    assert len(set(counts)) == 1  # what is written out is text


def test_an_encoder_that_reads_padding_is_refused(dozen, saved, refused):
    folder = saved(
        t.FNetModel(t.FNetConfig(vocab_size=30522, hidden_size=32, num_hidden_layers=2, intermediate_size=64))
    )
    refused("train", *settings(dataset=dozen, encoder=folder, max_length=16), mentions=["padding", "fnet"])


def test_texts_with_the_end_of_a_text_in_them_are_trained_on(saved, tmp_path):
    rows = ["text,label", *(f"{'a lovely' if i % 2 else 'an awful'} </s> lunch {i},{i % 2}" for i in range(40))]
    (tmp_path / "rows.csv").write_text("\n".join(rows))
    trains(tmp_path / "rows.csv", saved(*FAMILIES["bart"]()), tmp_path, pooling="pooler")


def test_blank_texts_have_an_answer_in_an_export(saved, tmp_path):
    torch.manual_seed(0)
    pytest.importorskip("onnxruntime")
    encoder = load_encoder(str(saved(*FAMILIES["llama"]())), max_length=16, precision="fp32")
    model = apply_method(build_classifier(encoder, ["bad", "good"]), rank=2)
    adapter = save_network(model, encoder, tmp_path / "adapter")
    exported = export_model(adapter, "onnx", tmp_path / "onnx", str(encoder.folder))
    expected = SentimentClassifier.load(adapter, str(encoder.folder)).probabilities(ODD_TEXTS)
    assert np.abs(SentimentClassifier.load(exported).probabilities(ODD_TEXTS) - expected).max() < 1e-4
    alone = np.concatenate([SentimentClassifier.load(exported).probabilities([text]) for text in ODD_TEXTS[:3]])
    assert np.abs(alone - expected[:3]).max() < 1e-4


def test_gpt2(dozen, saved, tmp_path):
    "Its linear layers are of a class of their own."
    trains(dozen, saved(t.GPT2Model(t.GPT2Config(**GPT2))), tmp_path)


@pytest.mark.parametrize("special", [dict(eos_token="[SEP]"), dict(unk_token="[UNK]")], ids=lambda o: next(iter(o)))
def test_a_decoder_without_a_padding_token(dozen, saved, tmp_path, special):
    trains(dozen, saved(t.GPT2Model(t.GPT2Config(**GPT2)), words(**special)), tmp_path)


@pytest.mark.parametrize("special", [dict(), dict(eos_token="<|nowhere|>")], ids=["none", "outside"])
def test_a_tokenizer_without_any_token_to_pad_with(dozen, saved, refused, special):
    "There is no special token, or the only one has no vector."
    folder = saved(t.GPT2Model(t.GPT2Config(**GPT2)), words(**special))
    refused(
        "train",
        *settings(dataset=dozen, encoder=folder, max_length=16),
        mentions=["vectors for 30522 tokens" if special else "no padding token"],
    )


def test_a_tokenizer_with_more_entries_than_vectors(dozen, saved, refused):
    folder = saved(t.BertModel(t.BertConfig(**SMALL | dict(vocab_size=500))))
    refused(
        "train",
        *settings(dataset=dozen, encoder=folder),
        mentions=["does not fit its tokenizer", "30521", "vectors for 500 tokens", "resize_token_embeddings"],
    )


@pytest.mark.parametrize(
    ("model", "config"),
    [(t.RobertaModel, t.RobertaConfig), (t.MPNetModel, t.MPNetConfig), (t.LongformerModel, t.LongformerConfig)],
    ids=lambda o: o.__name__,
)
def test_positions_up_to_that_of_the_padding_are_lost(dozen, saved, refused, tmp_path, model, config):
    extra = dict(attention_window=[8, 8]) if config is t.LongformerConfig else {}
    folder = saved(model(config(**SMALL | dict(vocab_size=30528), max_position_embeddings=40, pad_token_id=1, **extra)))
    refused(
        "train",
        *settings(dataset=dozen, encoder=folder, max_length=39),
        mentions=["max_length=39 is above the limit of"],
    )
    encoder = load_encoder(str(folder), max_length=38, precision="fp32")
    model = build_classifier(encoder, ["bad", "good"]).eval()
    long = SentimentClassifier(model, encoder, ["bad", "good"]).probabilities(["word " * 60, "short"])
    assert long.shape == (2, 2) and np.isfinite(long).all()


def test_xlnet_has_no_limit(dozen, saved, tmp_path):
    folder = saved(t.XLNetModel(t.XLNetConfig(vocab_size=30522, d_model=32, n_layer=2, n_head=2, d_inner=64)))
    trains(dozen, folder, tmp_path)
    assert load_encoder(str(folder), max_length=512, precision="fp32").max_length == 512


def test_weights_of_another_size_than_the_configuration_says(saved):
    folder = saved(t.BertModel(t.BertConfig(**SMALL)))
    path = folder / "config.json"
    path.write_text(re.sub(r'"intermediate_size": 64', '"intermediate_size": 128', path.read_text()))
    with pytest.raises(ValueError, match=r"the size of .* differs from its config.json"):
        build_classifier(load_encoder(str(folder), precision="fp32"), ["bad", "good"])


def doubtful(which: str):  # the encoder, its tokenizer, keys, and what is said of it
    "An encoder with something wrong that its files show, or that its answers would."
    special = dict(unk_token="[UNK]", pad_token="[PAD]", sep_token="[SEP]", cls_token="[CLS]")
    bert = t.BertModel(t.BertConfig(**SMALL | dict(pad_token_id=7 if which == "padding" else 0)))
    if which == "padding":
        return bert, words(**special), {}, "pads with token 7, its tokenizer with 0: the tokenizer's is taken"
    if which == "left":
        return bert, words(**special, padding_side="left"), {}, "pads in front of a text"
    if which == "scaled":
        bert.embeddings.word_embeddings.weight.data *= 1000
        return bert, None, {}, "were they scaled?"
    if which == "head":
        classifier = t.BertForSequenceClassification(t.BertConfig(**SMALL, id2label={0: "bad", 1: "good"}))
        torch.nn.init.zeros_(classifier.classifier.weight)
        return classifier, None, dict(keep_head="true"), "is all zeros: it was never trained"
    return (
        bert,
        byte_level("[PAD]", pad_token="[PAD]"),
        {},
        "has vectors for 30,522 tokens, and its tokenizer knows 279",
    )


@pytest.mark.train
@pytest.mark.parametrize("which", ["padding", "left", "scaled", "head", "another tokenizer"])
def test_what_is_wrong_with_an_encoder_is_said(dozen, saved, tmp_path, which):
    torch.manual_seed(0)
    model, tokenizer, keys, said = doubtful(which)
    sizes = dict(max_length=16, epochs=1, batch_size=8, precision="fp32", attention="sdpa", round_trip="none")
    answer = call("train", dozen, *settings(encoder=saved(model, tokenizer), **sizes, **keys), cwd=tmp_path)
    assert answer.code == 0 and said in answer.out + answer.err, answer.out + answer.err
    [folder] = answer.folders
    assert (
        said in str(record(folder)["data"]["warnings"]) and said.split(",")[0] in (folder / "report.html").read_text()
    )

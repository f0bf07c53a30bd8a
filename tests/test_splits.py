"Properties of splits that hold for all rows."

import hashlib
from itertools import chain

import numpy as np
import pytest
from datasets import Dataset
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lorasent.data.loading import Cut, cut, load_data

ROWS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 12), st.integers(0, 400)), min_size=12, max_size=120
)  # label, author, text


def table(rows) -> Dataset:
    return Dataset.from_dict(
        {
            "id": [str(i) for i in range(len(rows))],
            "text": [f"text {text}" for _, _, text in rows],
            "label": [label for label, _, _ in rows],
            "author": [f"author {author}" for _, author, _ in rows],
            "day": [text for _, _, text in rows],
        }
    )


def linked(rows) -> int:
    "How many sets of rows there are that must stay together, authors and equal texts in chains."
    group = list(range(len(rows)))
    for _ in rows:
        for i, (_, author, text) in enumerate(rows):
            group[i] = min(group[j] for j, other in enumerate(rows) if other[1] == author or other[2] == text)
    return len(set(group))


@settings(deadline=None, max_examples=60)
@given(ROWS, st.floats(0.05, 0.45), st.integers(0, 2**32 - 1))
def test_no_group_and_no_text_is_in_two_splits(rows, share, seed):
    assume(linked(rows) > 1)
    stays, off = cut(table(rows), max(1, round(share * len(rows))), Cut(seed, group_column="author"))
    assert len(stays) + len(off) == len(rows) and len(off)
    assert not set(stays["author"]) & set(off["author"]) and not set(stays["text"]) & set(off["text"])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 3), min_size=20, max_size=300), st.floats(0.05, 0.45), st.integers(0, 2**32 - 1))
def test_each_class_has_its_share(labels, share, seed):
    "Of single rows, every class gets its share to the row; a class of two or more is never left out."
    rows = Dataset.from_dict({"text": [f"text {i}" for i in range(len(labels))], "label": labels})
    count = max(1, round(share * len(labels)))
    _, off = cut(rows, count, Cut(seed))
    for label, whole in zip(*np.unique(labels, return_counts=True)):
        taken = list(off["label"]).count(label)
        assert abs(taken - count * whole / len(labels)) < 1 or (taken == 1 and whole > 1)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 12)), min_size=12, max_size=120),
    st.randoms(use_true_random=False),
    st.integers(0, 1000),
)
def test_the_order_of_the_rows_does_not_matter(rows, random, seed):
    whole = table([(label, author, text) for text, (label, author) in enumerate(rows)])
    order = list(range(len(whole)))
    random.shuffle(order)
    for how in (Cut(seed), Cut(seed, group_column="author"), Cut(seed, time_column="day")):
        if how.group_column and len({author for _, author in rows}) < 2:
            continue
        chosen = [set(cut(o, 4, how)[1]["id"]) for o in (whole, whole.select(order))]
        assert chosen[0] == chosen[1], how


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 6), st.integers(0, 1000), st.integers(30, 120))
def test_the_folds_are_all_rows_once(folds, seed, count):
    rows = table([(i % 3, i % 11, i) for i in range(count)])
    tests = [cut(rows, 0, Cut(seed), fold=(folds, k))[1]["id"][:] for k in range(folds)]
    assert sorted(chain(*tests)) == sorted(rows["id"])
    assert max(map(len, tests)) - min(map(len, tests)) <= 3


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 10**6), min_size=10, max_size=80, unique=True), st.integers(1, 5))
def test_the_test_is_newer_than_all_else(days, count):
    stays, off = cut(table([(i % 2, i, day) for i, day in enumerate(days)]), count, Cut(time_column="day"))
    assert len(off) == count and max(stays["day"]) < min(off["day"])


def test_the_same_seed_gives_the_same_rows_on_any_platform():
    "The ids are written down: another processor, system or version of Python must choose them too."
    rows = Dataset.from_dict(
        {
            "id": [str(i) for i in range(300)],
            "text": [f"Text no. {i}" for i in range(300)],
            "label": [i % 3 for i in range(300)],
        }
    )
    data = load_data(rows, split_seed=7)
    chosen = {
        split: hashlib.sha256(" ".join(part["id"]).encode()).hexdigest()[:16] for split, part in data.splits.items()
    }
    assert data.test["id"][:6] == ["19", "22", "27", "29", "39", "56"]
    assert chosen == {"train": "530be81eb3012581", "validation": "a4882f3f5516276d", "test": "2bc4d2ef872edcd4"}


@pytest.mark.parametrize("share", [0.1, 0.25])
def test_real_documents_keep_the_class_shares(share):
    "On the embedded data, whose documents stay together, no class share moves by more than a point."
    from lorasent.data.sources import read_snippets

    rows = read_snippets()
    _, off = cut(rows, round(share * len(rows)))
    shares = [np.bincount(o["label"], minlength=3) / len(o) for o in (rows, off)]
    assert np.abs(shares[0] - shares[1]).max() < 0.01 and abs(len(off) / len(rows) - share) < 0.003

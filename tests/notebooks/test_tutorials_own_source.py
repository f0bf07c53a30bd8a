"Written from nbs/tutorials/own_source.ipynb by `make export`: edit there."

import pandas as pd
import pytest
from datasets import Dataset

from lorasent import load_data

pytestmark = pytest.mark.xdist_group("tutorials/own_source")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global frame, i, loaded, mails, rows, split

    def mails():
        "Rows as they come out of some archive."
        for i in range(60):
            yield dict(
                subject=f"{'Thanks' if i % 2 else 'Complaint'} number {i}", folder="praise" if i % 2 else "trouble"
            )

    load_data(Dataset.from_list(list(mails())), text_column="subject", label_column="folder")
    frame = pd.DataFrame(list(mails())).assign(sender=[f"person {i % 9}" for i in range(60)])
    loaded = load_data(frame, text_column="subject", label_column="folder", group_column="sender")
    {split: sorted(set(rows["sender"])) for split, rows in (("train", loaded.train), ("test", loaded.test))}


def test_groups_stay_on_one_side():
    assert not set(loaded.train["sender"]) & set(loaded.test["sender"])

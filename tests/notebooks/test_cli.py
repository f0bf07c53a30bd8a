"Written from nbs/cli.ipynb by `make export`: edit there."

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lorasent.config import field_table

pytestmark = pytest.mark.xdist_group("cli")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global command, o, shown
    command = [Path(sys.executable).with_name("lorasent"), "config"]
    shown = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"COLUMNS": "110", "FORCE_COLOR": "", "TERM": "dumb"}
    ).stdout  # a kernel asks for colours
    print("\n".join(o.rstrip() for o in shown.splitlines()))


def test_main():
    for row in field_table():
        assert f" {row['name']} = " in shown, row["name"]

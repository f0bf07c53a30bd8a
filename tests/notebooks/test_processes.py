"Written from nbs/processes.ipynb by `make export`: edit there."

import subprocess
import sys

import pytest

from lorasent.processes import tell

pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.process]


def test_a_process_hears_and_ends_with_the_one_above():
    code = "import os; from lorasent.processes import hear; print(hear(lambda: os._exit(7)).get(), flush=True); input"
    wait = "import threading; threading.Event().wait()"
    process = subprocess.Popen([sys.executable, "-c", f"{code}; {wait}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    tell(process, task=1)
    assert process.stdout.readline() == b"{'task': 1}\n"
    process.stdin.close()
    assert process.wait(30) == 7
    process = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE)
    process.wait(30)
    tell(process, task=2)  # it does not read it

"Written from nbs/runs/execution.ipynb by `make export`: edit there."

import signal

import pytest

from lorasent.runs.execution import _raise_interrupted, catch_signals

pytestmark = [pytest.mark.xdist_group("runs/execution")]


def test_what_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    with catch_signals():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) is _raise_interrupted
    signal.signal(signal.SIGINT, before)

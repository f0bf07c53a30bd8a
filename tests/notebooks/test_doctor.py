"Written from nbs/doctor.ipynb by `make export`: edit there."

import socket
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement

from lorasent.doctor import _fault, _hub, _tested, _untested, examine

pytestmark = [pytest.mark.xdist_group("doctor"), pytest.mark.torch]


def test_it_names_what_is_wrong(monkeypatch, tmp_path):
    assert _fault(Requirement("numpy>=99")).endswith("is not >=99")
    assert _fault(Requirement("no-such-package>=1")) == "no-such-package is missing"
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    [line] = _hub()
    assert line.state == "note" and "127.0.0.1 cannot be reached" in line.found and "minilm" in line.fix
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")
        assert [o.state for o in _hub()] == ["ok"]


def test_another_version_than_the_tested_one_is_named(monkeypatch):
    monkeypatch.setattr(f"{_tested.__module__}._tested", lambda: dict(numpy="1.0", pandas=version("pandas")))
    assert _untested([Requirement("numpy"), Requirement("pandas")]) == dict(numpy="1.0")


def test_all_is_well_here():
    assert not [o for o in examine() if o.state == "fail"]

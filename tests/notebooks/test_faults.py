"Written from nbs/faults.ipynb by `make export`: edit there."

import pytest

from lorasent.config import LorasentError
from lorasent.faults import explained

pytestmark = [pytest.mark.xdist_group("faults")]


def test_every_error_has_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("LORASENT_CACHE", str(tmp_path))
    own = LorasentError("no such key")
    assert explained(own) is own
    for error, code in ((RecursionError("deep\nand deeper" * 999), 70), (OSError(28, "No space left on device"), 2)):
        found = explained(error)
        assert found.exit_code == code and len(str(found)) < 600 and "\n" not in str(found)
    [log] = tmp_path.glob("faults/*.log")
    assert "RecursionError: deep" in log.read_text() and log.stat().st_mode & 0o77 == 0

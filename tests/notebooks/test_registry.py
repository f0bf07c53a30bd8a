"Written from nbs/registry.ipynb by `make export`: edit there."

import pytest

from lorasent.registry import METHODS, Method, register

pytestmark = [pytest.mark.xdist_group("registry")]


def test_register():
    with pytest.raises(ValueError, match="kind is 'adaptor'"):
        register(Method("toy", "adaptor", "", "", lambda name: True))
    assert all(method.paper.startswith("https://") and method.summary for method in METHODS.values())
    assert METHODS["lora"].folder == "adapter" and METHODS["tfidf"].folder == "model"

"Written from nbs/runs/cluster.ipynb by `make export`: edit there."

import pytest

from lorasent.runs.cluster import Cluster
from lorasent.runs.folder import SweepError

pytestmark = [pytest.mark.xdist_group("runs/cluster")]


@pytest.mark.process
def test_where_nobody_answers():
    with pytest.raises(SweepError, match="no scheduler answers"):
        Cluster("tcp://127.0.0.1:9")

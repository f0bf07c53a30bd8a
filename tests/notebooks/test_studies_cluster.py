"Written from nbs/studies/cluster.ipynb by `make export`: edit there."

import pytest

from lorasent.runs.folder import SweepError
from lorasent.studies.cluster import Cluster

pytestmark = [pytest.mark.xdist_group("studies/cluster")]


@pytest.mark.process
def test_where_nobody_answers():
    with pytest.raises(SweepError, match="no scheduler answers"):
        Cluster("tcp://127.0.0.1:9")

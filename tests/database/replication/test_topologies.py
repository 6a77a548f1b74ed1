"""The outcomes in docs/topologies.md are those that the faults have: each is kept or told, and none is silent."""

from __future__ import annotations

import pytest

from tests.support.masters import PglogicalMasters
from tests.support.moves.outcomes import TOPOLOGIES, compare
from tests.support.patroni import missing_packages
from tests.support.required import missing
from tests.support.servers import find_binaries

pytestmark = [pytest.mark.matrix, pytest.mark.release, pytest.mark.any_server, pytest.mark.timeout(1200)]


@pytest.mark.parametrize("name", TOPOLOGIES)
def test_each_outcome_is_that_of_the_page(name: str) -> None:
    needed = {"patroni": missing_packages(), "multimaster": PglogicalMasters.missing()}
    if packages := needed.get(name):
        missing(name, f"apt-get install {packages}")
    if find_binaries(15) is None:
        missing("PostgreSQL 15", "apt-get install postgresql-15")
    compare(name)

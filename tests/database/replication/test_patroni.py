"""Patroni lets another server take over while everything works: nothing is lost, recorded twice or left unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.failovers import Fault, Outcome, Site, site, try_fault
from tests.support.patroni import missing_packages, patroni_cluster
from tests.support.required import missing

pytestmark = [pytest.mark.matrix, pytest.mark.release, pytest.mark.any_server, pytest.mark.timeout(300)]

# A server that was killed answers nobody.
_MAY_COMPLAIN = "exit 12: dbtrack: "


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    """Three servers with dbtrack, its API and its webhooks, on which a commit waits for a standby."""
    if packages := missing_packages():
        missing("Patroni with etcd and HAProxy", f"apt-get install {packages}")
    with patroni_cluster(synchronous=True) as cluster, site(cluster, tmp_path) as here:
        yield here


def test_nothing_is_lost_in_a_switchover_nor_when_the_leader_is_killed(here: Site) -> None:
    fault = Fault(is_synchronous=True, is_kill=True, switches_before=True)
    outcome = try_fault(here, fault, load_seconds=2)
    assert_whole(outcome)
    assert outcome.status.startswith("OK: timeline "), outcome
    # `track` found no leader for longer than it waits, and recorded these afterwards.
    assert outcome.spooled > 0


def assert_whole(outcome: Outcome) -> None:
    """Assert that nothing of what was acknowledged is lost, nor recorded twice, and that nobody complained."""
    assert outcome.ddl > 0, outcome
    assert outcome.api > 0, outcome
    assert outcome.tracked > 0, outcome
    assert (outcome.ddl_lost, outcome.api_lost, outcome.tracked_lost) == (0, 0, 0), outcome
    assert (outcome.torn, outcome.wrong, outcome.unattributed) == (0, [], 0), outcome
    assert outcome.long_operation == "COMPLETED", outcome
    assert (outcome.sent_lost, outcome.rewound, outcome.chain_faults) == (0, 0, 0), outcome
    assert outcome.verified == "whole", outcome
    assert all(complaint.startswith(_MAY_COMPLAIN) for complaint in outcome.complaints), outcome

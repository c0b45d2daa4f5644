"""The plan of a run is drawn from its seed alone, and leaves nothing out."""

from __future__ import annotations

from collections import Counter

from tests.chaos.plan import Disorder, Kind, arrivals, faults, requests

VICTIMS = ["ingest", "sentiment-1", "sentiment-2", "collector", "alerts"]


def test_the_same_seed_is_the_same_run() -> None:
    assert faults(7, 30, 600, VICTIMS) == faults(7, 30, 600, VICTIMS)
    assert faults(7, 30, 600, VICTIMS) != faults(8, 30, 600, VICTIMS)
    assert list(arrivals(7, 500, Disorder())) == list(arrivals(7, 500, Disorder()))
    assert list(arrivals(7, 500, Disorder())) != list(arrivals(8, 500, Disorder()))


def test_every_process_is_killed_and_every_kind_of_fault_happens_in_time() -> None:
    planned = faults(1, 30, 600, VICTIMS)

    killed = Counter(fault.victim for fault in planned if fault.kind is Kind.KILL)
    assert killed == dict.fromkeys(VICTIMS, 4)
    assert {fault.kind for fault in planned} == set(Kind)
    assert [fault.at_s for fault in planned] == sorted(fault.at_s for fault in planned)
    assert 0 < planned[0].at_s < planned[-1].at_s < 600


def test_a_feed_arrives_whole_out_of_order_and_partly_twice() -> None:
    disorder = Disorder(twice=0.02, within=200)

    order = list(arrivals(1, 10_000, disorder))

    times = Counter(order)
    assert set(times) == set(range(10_000))
    assert 150 < sum(count > 1 for count in times.values()) < 250
    assert list(dict.fromkeys(order)) != sorted(times)
    again = Counter(arrivals(1, 300, Disorder(twice=1, within=200)))
    assert min(again.values()) > 1  # the last ones come again too


def test_some_requests_are_sent_again() -> None:
    sent = list(requests(1, 10_000, 50, Disorder()))

    assert [number for batch, _ in sent for number in batch] == list(
        arrivals(1, 10_000, Disorder())
    )
    assert 2 < sum(again for _, again in sent) < 25

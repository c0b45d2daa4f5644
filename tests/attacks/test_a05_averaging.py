"""A5: ask a thousand times.

Who: anyone with a script.
What they try: where a value is protected by noise that is drawn anew for each question, the mean
of a thousand answers has hardly any noise left.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.attacks.figures import note
from tests.services.alerts.conftest import Serve

READS = 1_000
PEOPLE, NOISE = 25, 6.0
"""Noise on a sum over 25 people, as the design study has it."""


def test_noise_that_is_drawn_for_every_answer_is_averaged_away() -> None:
    chance = np.random.default_rng(5)
    answers = chance.normal(0, NOISE, (400, READS)) / PEOPLE
    once, often = np.abs(answers[:, 0]), np.abs(answers.mean(axis=1))
    spread = [float(np.sqrt((error**2).mean())) for error in (once, often)]
    note("A5", "error after 1 and 1,000 questions", without=f"{spread[0]:.2f} / {spread[1]:.4f}")

    assert spread[0] > 0.2
    assert spread[1] < 0.01


def test_a_thousand_answers_of_barograph_are_one_answer(published: Path, serve: Serve) -> None:
    with serve(published) as client:
        answers = {client.get("/v1/indicators").content for _ in range(READS)}
        pages = {client.get("/metrics/indicators").content for _ in range(READS // 10)}
    note("A5", "error after 1 and 1,000 questions", ours="1,000 identical answers")

    assert len(answers) == len(pages) == 1
    assert b"plant" in answers.pop()

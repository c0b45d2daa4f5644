"""Exact figures of replies would undo noise that is added beside them: there are none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from models.climate.windows import week_of
from services.alerts.closing import Closer
from services.alerts.tables.pseudonymous import REPLY_DAY
from services.alerts.tables.released import RELEASED_REPLIES
from tests.database.test_replies import DUE, ELIGIBLE, LISTED, PARENTS, WEEK, replies, told
from tests.fakes.scores import MONDAY, policy
from tests.fakes.stage import Stage


@pytest.mark.parametrize("mode", ["on", "strict"])
def test_where_noise_is_asked_for_no_reply_is_kept_and_none_is_told(
    engine: Engine, mode: str
) -> None:
    noisy = policy(indicators=LISTED, differential_privacy=mode)
    stage = Stage(engine, noisy, PARENTS, ELIGIBLE)
    stage.send(replies())
    stage.reach(WEEK.ends - timedelta(days=1))
    assert stage.count(REPLY_DAY) == 0

    stage.reach(DUE)

    assert stage.count(RELEASED_REPLIES) == 0
    assert told(stage) == {}


def test_a_laxer_policy_tells_no_replies_in_a_block_that_began_with_noise(engine: Engine) -> None:
    after = WEEK.ends + timedelta(days=7, hours=48)
    scores = replies()
    noisy = policy(indicators=LISTED, differential_privacy="on")
    stage = Stage(engine, noisy, PARENTS, ELIGIBLE)
    stage.send(scores)
    assert stage.reach(DUE) == [WEEK]
    laxer = Closer(engine, policy(indicators=LISTED))
    later = MONDAY + timedelta(days=7)
    stage.send(
        [s.model_copy(update={"local_day": later, "digest": s.digest[::-1]}) for s in scores]
    )
    stage.now = max(stage.now, after)

    assert week_of(later) in stage.reach(after, laxer)
    assert stage.count(RELEASED_REPLIES) == 0
    assert told(stage, later) == {}

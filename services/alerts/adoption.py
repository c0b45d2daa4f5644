"""How people of the whole organisation take part: figures that are made of their days."""

from __future__ import annotations

from sqlalchemy import Connection

from models.climate import catalogue
from models.climate.disclosure.message_shares import Ratio
from models.climate.disclosure.release import Release
from models.climate.networks.activity import activity
from models.climate.networks.inequality import inequality
from models.climate.networks.return_rate import FIRST, LAST, return_rate
from models.climate.windows import Cadence, Window
from services.alerts import channels, ratios
from services.alerts.ledger import statistics
from services.alerts.organisation import People
from services.contracts.governance import Policy


def keep(
    connection: Connection, window: Window, everybody: People, released: Release, policy: Policy
) -> None:
    """Keep what may be known of how *everybody* took part in *window* and the policy lists.

    Where nothing of the whole organisation is released of the weeks that it is about, nothing is.
    """
    if window.cadence is Cadence.FOUR_WEEKS and catalogue.RETURN_RATE.id in policy.indicators:
        _keep_returns(connection, window, everybody, policy.k)
    if window.cadence is Cadence.FOUR_WEEKS and catalogue.GHOST_TOWNS.id in policy.indicators:
        _keep_ghost_towns(connection, window, everybody.tree.root)
    if window.cadence is Cadence.WEEK:
        _keep_week(connection, window, everybody, released, policy)


def _keep_week(
    connection: Connection, window: Window, everybody: People, released: Release, policy: Policy
) -> None:
    root = everybody.tree.root
    whole = next((found for found in released.statistics if found.unit == root), None)
    if whole is None:
        return
    found: list[Ratio | None] = []
    if catalogue.INEQUALITY.id in policy.indicators:
        found.append(inequality(everybody.weights(window), policy.k))
    if catalogue.ACTIVITY.id in policy.indicators:
        found.append(activity(whole))
    told = [ratio for ratio in found if ratio is not None]
    ratios.keep(connection, window, root, whole.contributors, told)


def _keep_returns(connection: Connection, window: Window, everybody: People, k: int) -> None:
    root, weeks = everybody.tree.root, window.split(Cadence.WEEK)
    first = statistics.of_window(connection, weeks[FIRST]).get(root)
    last = statistics.of_window(connection, weeks[LAST]).get(root)
    if first is None or last is None:
        return
    if (found := return_rate(everybody.weeks(window), k)) is not None:
        ratios.keep(connection, window, root, first.contributors, [found])


def _keep_ghost_towns(connection: Connection, window: Window, root: str) -> None:
    weeks = [
        statistics.of_window(connection, week).get(root) for week in window.split(Cadence.WEEK)
    ]
    contributors = [whole.contributors for whole in weeks if whole is not None]
    if len(contributors) < len(weeks):
        return
    if (found := channels.ratio(connection, window)) is not None:
        ratios.keep(connection, window, root, min(contributors), [found])

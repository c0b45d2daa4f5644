"""What was planted and what came of it, as a document that an evaluation reads beside the feed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from models.simulation.organisation import Organisation
from models.simulation.planting.found import Found
from models.simulation.planting.play import PlantedWorld
from models.simulation.planting.staging import LEAVING_WEEKS
from models.simulation.planting.truth import Entry, Wave

FORMAT: Final = 1
"""Goes up when a reader of older documents could misread a newer one."""


def record(world: PlantedWorld, found: Found) -> dict[str, Any]:
    """The ground truth of *world*, once it has been played; of people it has numbers only."""
    organisation, picked = world.organisation, world.cast().picked
    return {
        "format": FORMAT,
        "organisation": {
            "people": len(organisation.people),
            "first_day": world.first_day.isoformat(),
            "weeks": world.weeks,
            "messages": world.messages,
            "seed": world.seed,
            "units": [
                {"id": unit.id, "parent": unit.parent, "people": organisation.sizes[unit.id]}
                for unit in organisation.units
            ],
        },
        "planted": [
            {
                "entry": name,
                "kind": name.rpartition(" ")[0],
                **_dated(entry, world),
                **_size(entry, organisation),
                **({"picked": len(picked[name])} if name in picked else {}),
                "found": {what: n for what, n in sorted(found.entries[name].items()) if n},
            }
            for name, entry in world.truth.entries()
        ],
        "irony": dict(world.truth.irony),
        "replies": asdict(world.truth.replies),
        "handling": {
            "planted": asdict(world.truth.handling),
            "found": dict(sorted(found.handling.items())),
        },
        "written": [
            {"team": team, "week": week + 1, **asdict(written)}
            for (team, week), written in sorted(found.teams.items())
        ],
    }


def _dated(entry: Entry, world: PlantedWorld) -> dict[str, Any]:
    """The fields of *entry*, and the days of its weeks: from one, up to another that is not."""
    told = asdict(entry)
    span = told.pop("span", None)
    if isinstance(entry, Wave):
        span = {"first_week": entry.first_week, "until": entry.first_week + LEAVING_WEEKS}
    first = span["first_week"] if span else told.get("first_week", told.get("week"))
    for name in ("first_week", "week"):
        told.pop(name, None)
    if first is None:
        return told
    until = min(span["until"], world.weeks) if span else None
    told["from"] = (world.first_day + timedelta(weeks=first)).isoformat()
    if until is not None:
        told["until"] = (world.first_day + timedelta(weeks=until)).isoformat()
    return told


def _size(entry: Entry, organisation: Organisation) -> dict[str, int]:
    unit = getattr(entry, "unit", None) or getattr(entry, "team", None)
    return {} if unit is None else {"people": organisation.sizes[unit]}

"""What is claimed of the detector, how each claim is marked, and what it must reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Kind(Enum):
    """What the observations of a claim are."""

    RATE = "a year"
    SHARE = "share"
    MEDIAN = "median"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Observation:
    """One marking of one claim.

    Attributes:
        value: Events of a rate, hits of a share, or a single value; infinite is never.
        exposure: Years of a rate, trials of a share; 1 of a value.
    """

    value: float
    exposure: float = 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """Bounds that a figure must keep, both included."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether *value* keeps them."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of the table.

    Attributes:
        text: What it says.
        kind: How it is added up.
        target: What it must reach; None where it is only reported.
        study: What the design study measured, as text; empty where it did not.
    """

    text: str
    kind: Kind
    target: Target | None = None
    study: str = ""


def at_most(high: float) -> Target:
    """No lower bound."""
    return Target(float("-inf"), high)


def at_least(low: float) -> Target:
    """No upper bound."""
    return Target(low, float("inf"))


SETTINGS: Final = ("4.0", "3.6", "calibrated")
CHANGES: Final[Mapping[str, tuple[str, float]]] = {
    "team 22-40, -0.05": ("team", -0.05),
    "team 22-40, -0.10": ("team", -0.10),
    "department 60-110, -0.03": ("department", -0.03),
    "department 60-110, -0.05": ("department", -0.05),
    "department 60-110, -0.10": ("department", -0.10),
    "division, -0.03": ("division", -0.03),
    "division, -0.05": ("division", -0.05),
    "team 22-40, +0.10": ("team", 0.10),
    "department 60-110, +0.05": ("department", 0.05),
}
"""Text, and size and change of the unit that is hit."""
STUDY: Final[Mapping[tuple[str, str, str], str]] = {
    ("cal", "4.0", "false"): "0.33",
    ("cal", "3.6", "false"): "0.88",
    ("stress", "4.0", "false"): "0.63",
    ("stress", "3.6", "false"): "1.58",
    ("cal", "4.0", "team 22-40, -0.05"): ".59 / 7",
    ("cal", "3.6", "team 22-40, -0.05"): ".67 / 6",
    ("stress", "4.0", "team 22-40, -0.05"): ".18",
    ("stress", "3.6", "team 22-40, -0.05"): ".27",
    ("cal", "4.0", "team 22-40, -0.10"): ".95 / 3",
    ("cal", "3.6", "team 22-40, -0.10"): ".95 / 3",
    ("stress", "4.0", "team 22-40, -0.10"): ".68 / 5",
    ("stress", "3.6", "team 22-40, -0.10"): ".77 / 4",
    ("cal", "4.0", "department 60-110, -0.03"): ".66 / 6",
    ("cal", "3.6", "department 60-110, -0.03"): ".77 / 4",
    ("stress", "4.0", "department 60-110, -0.03"): ".16",
    ("stress", "3.6", "department 60-110, -0.03"): ".30 / 30",
    ("cal", "4.0", "department 60-110, -0.05"): "1.0 / 3",
    ("cal", "3.6", "department 60-110, -0.05"): "1.0 / 3",
    ("stress", "4.0", "department 60-110, -0.05"): ".78 / 6",
    ("stress", "3.6", "department 60-110, -0.05"): ".93 / 4",
    ("cal", "4.0", "department 60-110, -0.10"): "1.0 / 3",
    ("cal", "3.6", "department 60-110, -0.10"): "1.0 / 3",
    ("stress", "4.0", "department 60-110, -0.10"): "1.0 / 3",
    ("stress", "3.6", "department 60-110, -0.10"): "1.0 / 3",
    ("cal", "4.0", "division, -0.03"): ".93 / 4",
    ("cal", "3.6", "division, -0.03"): ".97 / 3",
    ("stress", "4.0", "division, -0.03"): ".61 / 8",
    ("stress", "3.6", "division, -0.03"): ".73 / 5",
    ("cal", "4.0", "division, -0.05"): "1.0 / 3",
    ("cal", "3.6", "division, -0.05"): "1.0 / 2",
    ("stress", "4.0", "division, -0.05"): "1.0 / 4",
    ("stress", "3.6", "division, -0.05"): "1.0 / 3",
}
TARGETS: Final[Mapping[tuple[str, str], Target]] = {
    ("cal", "false"): at_most(1.0),
    ("stress", "false"): at_most(1.0),
    ("cal", "department 60-110, -0.05"): at_least(0.95),
    ("stress", "department 60-110, -0.05"): at_least(0.75),
    ("cal", "team 22-40, -0.10"): at_least(0.90),
}
"""At the calibrated threshold, which is the one that people are told of."""


def _changes() -> dict[str, Claim]:
    claims: dict[str, Claim] = {}
    for preset in ("cal", "stress"):
        for setting in SETTINGS:
            key = f"{preset}/{setting}"
            where = f"{preset}, Z {setting}"
            target = TARGETS if setting == "calibrated" else {}
            claims[f"{key}/false"] = Claim(
                f"{where}: false episodes, drops and rises, whole organisation",
                Kind.RATE,
                target.get((preset, "false")),
            )
            claims[f"{key}/false drops"] = Claim(
                f"{where}: of these drops",
                Kind.RATE,
                study=STUDY.get((preset, setting, "false"), ""),
            )
            for change in CHANGES:
                claims[f"{key}/{change}"] = Claim(
                    f"{where}: {change} found within 8 weeks",
                    Kind.SHARE,
                    target.get((preset, change)),
                    STUDY.get((preset, setting, change), ""),
                )
                claims[f"{key}/{change}/delay"] = Claim(
                    f"{where}: {change}, delay in weeks", Kind.MEDIAN
                )
            claims[f"{key}/weekly team"] = Claim(
                f"{where}: team 25-40 (published weekly), -0.10 found within 8 weeks", Kind.SHARE
            )
            claims[f"{key}/four-weekly team"] = Claim(
                f"{where}: team 22-24 (published four-weekly), -0.10 found within 8 weeks",
                Kind.SHARE,
            )
            claims[f"{key}/named"] = Claim(
                f"{where}: of what is found, exactly the unit that changed is named",
                Kind.SHARE,
                study=".94-1.0" if (preset, setting) == ("cal", "4.0") else "",
            )
        claims[f"{preset}/threshold"] = Claim(
            f"{preset}: threshold for nine tenths of a false episode a year, weekly units",
            Kind.MEAN,
        )
        claims[f"{preset}/threshold four"] = Claim(
            f"{preset}: threshold for one tenth, four-weekly units", Kind.MEAN
        )
        claims[f"{preset}/door"] = Claim(f"{preset}: units published by the week", Kind.MEAN)
        claims[f"{preset}/every/false drops"] = Claim(
            f"{preset}, Z 4.0, every unit weekly as in the design study: false drops",
            Kind.RATE,
            study=STUDY[preset, "4.0", "false"],
        )
        claims[f"{preset}/every/team"] = Claim(
            f"{preset}, Z 4.0, every unit weekly: team 22-40, -0.10 found within 8 weeks",
            Kind.SHARE,
            study=STUDY[preset, "4.0", "team 22-40, -0.10"],
        )
        claims[f"{preset}/naive"] = Claim(
            f"{preset}: unit-weeks in alarm by messages at 3 sigma",
            Kind.RATE,
            study="1,075" if preset == "cal" else "1,668",
        )
        claims[f"{preset}/naive share"] = Claim(
            f"{preset}: the same, share of all unit-weeks", Kind.SHARE, study=".17-.26"
        )
    claims["heavy/false drops"] = Claim(
        "cal with t3 shocks, Z 4.0: false drops", Kind.RATE, study="1.68 at Z for 0.58"
    )
    claims["heavy/false"] = Claim(
        "cal with t3 shocks, calibrated: false episodes, drops and rises", Kind.RATE
    )
    return claims


CLAIMS: Final[Mapping[str, Claim]] = {
    **_changes(),
    "wave/threshold": Claim("wave: threshold for one false episode a year", Kind.MEAN, study="4.2"),
    "wave/false": Claim("wave: false episodes, clearly raised", Kind.RATE, at_most(1.0)),
    "wave/false raised": Claim("wave: false episodes, raised or more", Kind.RATE),
    "wave/15 of 60-110": Claim(
        "wave: 15 more of a department of 60-110 found within 8 weeks", Kind.SHARE,
        at_least(0.75), ".82",
    ),
    "wave/15 of 60-110, raised": Claim("wave: the same, raised or more", Kind.SHARE),
    "wave/15 of 60-110, told": Claim(
        "wave: the same, clearly raised in four weeks that end within 8", Kind.SHARE
    ),
    "wave/8 of 22-40": Claim(
        "wave: 8 more of a team of 22-40: its department or division found", Kind.SHARE, study=".72"
    ),
    "wave/20 of 300-600": Claim(
        "wave: 20 more of a division of 300-600 found", Kind.SHARE, study=".48"
    ),
    "wave/40 of 300-600": Claim(
        "wave: 40 more of a division of 300-600 found", Kind.SHARE, study=".97"
    ),
    "wave/named": Claim("wave: of what is found, exactly the unit is named", Kind.SHARE),
    "comparison/flagged": Claim(
        "comparison, no differences: share of teams told apart", Kind.SHARE,
        at_most(0.01), ".0014",
    ),
    "comparison/months": Claim(
        "comparison, no differences: share of months with any", Kind.SHARE, study=".12"
    ),
    "comparison/fdr": Claim(
        "comparison, differences of 0.03: told apart though within 0.01 or on the other side",
        Kind.SHARE, study=".06",
    ),
    "comparison/power": Claim(
        "comparison, differences of 0.03: of those beyond 0.05 told apart", Kind.SHARE, study=".69"
    ),
    "comparison/cover": Claim(
        "comparison: 90 % intervals hold the truth", Kind.SHARE, Target(0.87, 0.93)
    ),
    "stress comparison/cover": Claim(
        "comparison, stress: 90 % intervals hold the truth", Kind.SHARE, Target(0.87, 0.93)
    ),
    "comparison/rmse estimate": Claim("comparison: error of the estimate", Kind.MEAN, study=".018"),
    "comparison/rmse person": Claim(
        "comparison: error of the mean of people", Kind.MEAN, study=".022"
    ),
    "comparison/rmse message": Claim(
        "comparison: error of the mean of messages", Kind.MEAN, study=".031"
    ),
    "outcomes/36": Claim(
        "unrelated indicators over 36 months, AR 0.5: called associated", Kind.SHARE,
        at_most(0.08), ".05",
    ),
    "outcomes/60": Claim(
        "unrelated indicators over 60 months, AR 0.8: called associated", Kind.SHARE,
        at_most(0.08), ".04-.07",
    ),
}  # fmt: skip
"""Every row of the table, in its order."""

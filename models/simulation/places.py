"""The names of the organisation that does not exist, in the three languages of its people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from models.language.labels import Language
from models.simulation.calendar import Country


@dataclass(frozen=True, slots=True)
class Names:
    """What a unit is called."""

    en: str
    nl: str
    fr: str

    def at(self, place: Names) -> Names:
        """The name with the place behind it."""
        return Names(f"{self.en}, {place.en}", f"{self.nl}, {place.nl}", f"{self.fr}, {place.fr}")

    def team(self, number: int) -> Names:
        """One numbered team of it."""
        return Names(
            f"{self.en} team {number}", f"{self.nl} team {number}", f"{self.fr} équipe {number}"
        )


@dataclass(frozen=True, slots=True)
class Division:
    """A part of the organisation in one region.

    Attributes:
        id: Last part of the unit's id.
        names: What it is called.
        country: Whose holidays its people have.
        languages: Share of its people who mostly write in each.
        functions: Ids of its departments.
    """

    id: str
    names: Names
    country: Country
    languages: Mapping[Language, float]
    functions: tuple[str, ...]


def _mix(en: float, nl: float, fr: float) -> Mapping[Language, float]:
    return {Language.EN: en, Language.NL: nl, Language.FR: fr}


@dataclass(frozen=True, slots=True)
class Root:
    """The whole organisation."""

    id: str
    names: Names


ROOT: Final = Root("halyard", Names("Halyard", "Halyard", "Halyard"))

FUNCTIONS: Final = {
    "production": Names("Production", "Productie", "Production"),
    "logistics": Names("Logistics", "Logistiek", "Logistique"),
    "maintenance": Names("Maintenance", "Onderhoud", "Maintenance"),
    "quality": Names("Quality", "Kwaliteit", "Qualité"),
    "service": Names("Customer service", "Klantenservice", "Service clientèle"),
    "sales": Names("Sales", "Verkoop", "Ventes"),
    "engineering": Names("Engineering", "Techniek", "Ingénierie"),
    "projects": Names("Projects", "Projecten", "Projets"),
    "support": Names("Support", "Ondersteuning", "Assistance"),
    "finance": Names("Finance", "Financiën", "Finances"),
    "personnel": Names("Personnel", "Personeelszaken", "Ressources humaines"),
    "technology": Names("Technology", "Informatica", "Informatique"),
    "communication": Names("Communication", "Communicatie", "Communication"),
}

DIVISIONS: Final = (
    Division(
        "flanders",
        Names("Flanders", "Vlaanderen", "Flandre"),
        Country.BE,
        _mix(0.12, 0.82, 0.06),
        ("service", "production", "logistics", "maintenance"),
    ),
    Division(
        "wallonia",
        Names("Wallonia", "Wallonië", "Wallonie"),
        Country.BE,
        _mix(0.10, 0.06, 0.84),
        ("logistics", "production", "quality", "service"),
    ),
    Division(
        "netherlands",
        Names("Netherlands", "Nederland", "Pays-Bas"),
        Country.NL,
        _mix(0.25, 0.74, 0.01),
        ("engineering", "sales", "logistics", "service"),
    ),
    Division(
        "international",
        Names("International", "Internationaal", "International"),
        Country.FR,
        _mix(0.64, 0.06, 0.30),
        ("projects", "sales", "engineering", "support"),
    ),
    Division(
        "headquarters",
        Names("Headquarters", "Hoofdkantoor", "Siège"),
        Country.BE,
        _mix(0.30, 0.36, 0.34),
        ("technology", "finance", "personnel", "communication"),
    ),
)

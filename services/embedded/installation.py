"""Everything of one machine's installation: its folder, its addresses, its processes."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from services.embedded.broker import PARTITIONS
from services.embedded.supervisor import Program

HOST: Final = "127.0.0.1"
LOOPBACK: Final = "127.0.0.0/8"
"""Where receivers of webhooks may be besides public addresses: on this machine."""
SCORERS: Final = max(1, min(PARTITIONS, os.cpu_count() or 1))
"""One a core, and no more than there are partitions to share."""
PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
"""What our processes keep of the environment; everything else could carry a surprise."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where each process listens, on loopback alone; one scorer a port."""

    ingest: int = 8410
    alerts: int = 8420
    collector_probe: int = 8430
    receiver: int = 8450
    broker: int = 9410
    scorers: tuple[int, ...] = tuple(range(8440, 8440 + SCORERS))

    @classmethod
    def free(cls) -> Ports:
        """Ports that nobody uses at the moment."""
        sockets = [socket.create_server((HOST, 0)) for _ in range(5 + SCORERS)]
        try:
            numbers = [int(one.getsockname()[1]) for one in sockets]
            ingest, alerts, collector_probe, receiver, broker, *scorers = numbers
            return cls(ingest, alerts, collector_probe, receiver, broker, tuple(scorers))
        finally:
            for one in sockets:
                one.close()

    def taken(self) -> list[int]:
        """Those that somebody listens on already."""
        return [port for port in self.all() if _listens(port)]

    def all(self) -> tuple[int, ...]:
        """Every port."""
        single = (self.ingest, self.alerts, self.collector_probe, self.receiver, self.broker)
        return (*single, *self.scorers)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


@dataclass(frozen=True, slots=True)
class Installation:
    """One folder with all state, and the processes that use it.

    Attributes:
        folder: Holds every file: gateway, spool, keys of texts, climate, policy, logs.
        ports: Where the processes listen.
        kafka: An outside broker as ``host:port``; None starts the embedded one.
        database: URL of PostgreSQL; None keeps the climate in a file of *folder*.
        extra: More environment for every process, such as a limit that a test sets.
    """

    folder: Path
    ports: Ports = Ports()
    kafka: str | None = None
    database: str | None = None
    extra: Mapping[str, str] | None = None

    @property
    def ingest_url(self) -> str:
        """Where events go."""
        return f"http://{HOST}:{self.ports.ingest}"

    @property
    def alerts_url(self) -> str:
        """Where people read."""
        return f"http://{HOST}:{self.ports.alerts}"

    @property
    def receiver_url(self) -> str:
        """Where the demo's webhooks go."""
        return f"http://{HOST}:{self.ports.receiver}/"

    @property
    def broker(self) -> str:
        """The broker in use."""
        return self.kafka or f"{HOST}:{self.ports.broker}"

    @property
    def gateway_db(self) -> Path:
        """Zone A: who people are."""
        return self.folder / "gateway.db"

    @property
    def spool_db(self) -> Path:
        """Zone A: what is owed."""
        return self.folder / "spool.db"

    @property
    def text_keys(self) -> Path:
        """Keys of sealed texts: the gateway writes them, the scorer reads them."""
        return self.folder / "text_keys.db"

    @property
    def climate(self) -> str:
        """Zones C and D: a URL, or the path of a file."""
        return self.database or str(self.folder / "climate.db")

    @property
    def policy(self) -> Path:
        """The signed policy."""
        return self.folder / "governance.yaml"

    @property
    def policy_key(self) -> Path:
        """Public key of whoever signs the policy."""
        return self.folder / "governance.pub"

    @property
    def endpoint_key(self) -> Path:
        """Key under which the secrets of webhook endpoints are kept."""
        return self.folder / "endpoints.key"

    def on(self, ports: Ports) -> Installation:
        """Return the same on other ports."""
        return replace(self, ports=ports)

    def log(self, name: str) -> Path:
        """Return the log file of a process."""
        return self.folder / f"{name}.log"

    def environment(self) -> dict[str, str]:
        """Every setting of every process; each reads those with its own prefix."""
        ports, embedded = self.ports, str(self.kafka is None).lower()
        ours = {
            "BAROGRAPH_INGEST_HOST": HOST,
            "BAROGRAPH_INGEST_PORT": str(ports.ingest),
            "BAROGRAPH_INGEST_BROKER": self.broker,
            "BAROGRAPH_INGEST_EMBEDDED": embedded,
            "BAROGRAPH_INGEST_DATABASE": str(self.gateway_db),
            "BAROGRAPH_INGEST_SPOOL": str(self.spool_db),
            "BAROGRAPH_INGEST_TEXT_KEYS": str(self.text_keys),
            "BAROGRAPH_INGEST_GOVERNANCE": str(self.policy),
            "BAROGRAPH_INGEST_POLICY_PUBLIC_KEY": str(self.policy_key),
            "BAROGRAPH_SENTIMENT_BROKER": self.broker,
            "BAROGRAPH_SENTIMENT_EMBEDDED": embedded,
            "BAROGRAPH_SENTIMENT_TEXT_KEYS": str(self.text_keys),
            "BAROGRAPH_SENTIMENT_THREADS": "1",
            "BAROGRAPH_ALERTS_BROKER": self.broker,
            "BAROGRAPH_ALERTS_EMBEDDED": embedded,
            "BAROGRAPH_ALERTS_DATABASE": self.climate,
            "BAROGRAPH_ALERTS_HOST": HOST,
            "BAROGRAPH_ALERTS_PORT": str(ports.alerts),
            "BAROGRAPH_ALERTS_GOVERNANCE": str(self.policy),
            "BAROGRAPH_ALERTS_POLICY_PUBLIC_KEY": str(self.policy_key),
            "BAROGRAPH_ALERTS_OWN_NETWORKS": LOOPBACK,
            "BAROGRAPH_ALERTS_ENDPOINT_KEY": str(self.endpoint_key),
            "BAROGRAPH_ALERTS_PROBE_PORT": str(ports.collector_probe),
            "BAROGRAPH_ALERTS_INSTANCE": self._instance("collector"),
        }
        kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        return {**kept, **ours, **(self.extra or {}), "PYTHONUNBUFFERED": "1"}

    def programs(self) -> list[Program]:
        """The processes beside the broker, in the order of starting."""
        modules = {
            "alerts": "services.alerts.main",
            "ingest": "services.ingest.main",
            "collector": "services.alerts.worker",
        }
        return [
            *(self._program(name, module, {}) for name, module in modules.items()),
            *(
                self._program(
                    f"sentiment-{number}",
                    "services.sentiment.main",
                    {
                        "BAROGRAPH_SENTIMENT_PROBE_PORT": str(port),
                        "BAROGRAPH_SENTIMENT_INSTANCE": self._instance(f"sentiment-{number}"),
                    },
                )
                for number, port in enumerate(self.ports.scorers, start=1)
            ),
        ]

    def _instance(self, name: str) -> str:
        """Who a worker is to its group, over a restart too: a crash costs no session then."""
        return f"{socket.gethostname()}-{name}"

    def _program(self, name: str, module: str, own: Mapping[str, str]) -> Program:
        arguments = [sys.executable, "-m", module]
        return Program(name, arguments, {**self.environment(), **own}, self.log(name))

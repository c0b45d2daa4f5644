"""``barograph``: the one command, each subcommand from its own file."""

from __future__ import annotations

import importlib
from typing import Final

import click
from typing_extensions import override

COMMANDS: Final = {
    "up": ("services.cli.up", "up", "Start everything on this machine."),
    "simulate": ("services.cli.simulate", "simulate", "Let a synthetic organisation write."),
    "import": ("services.cli.importing", "import_file", "Send a file of events to the gateway."),
    "score": ("services.cli.score", "score", "Score a text, or a file of texts."),
    "drift": ("services.cli.drift", "drift", "Is a feed like what the model was measured on?"),
    "keys": ("services.cli.keys", "keys", "API keys of the gateway."),
    "policy": ("services.cli.policy", "policy", "The signed policy: make, sign and check."),
    "topics": ("services.cli.topics", "topics", "The topics of a Kafka cluster."),
    "database": (
        "services.cli.climate_database",
        "climate_database",
        "The alerts database: its schema, and who may do what.",
    ),
    "outcomes": (
        "services.cli.outcomes",
        "outcomes",
        "Monthly business figures beside the climate.",
    ),
    "plan-cadence": (
        "services.cli.plan_cadence",
        "plan_cadence",
        "How often each level is shown, and what is not.",
    ),
    "calibrate": ("services.cli.calibrate", "calibrate", "The threshold of this organisation."),
    "endpoints": ("services.cli.endpoints", "endpoints", "Where webhooks go."),
    "receive": ("services.cli.receive", "receive", "A receiver that verifies webhooks."),
    "receipt": ("services.cli.receipt", "receipt", "What was decided for a window, in words."),
    "replay": ("services.cli.replay", "replay", "Make what was published again, and compare."),
    "verify-ledger": ("services.cli.verify_ledger", "verify_ledger", "Check the ledger's chain."),
}


class Lazy(click.Group):
    """Imports a subcommand when it is asked for: one of them needs torch, the others do not."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.command(cls=Lazy)
@click.version_option(package_name="barograph")
def main() -> None:
    """Barograph watches the social climate of an organisation: of groups, never of a person."""


if __name__ == "__main__":
    main()

"""The command ``barograph``: every subcommand a file."""

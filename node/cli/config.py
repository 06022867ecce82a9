"""`schoolgate config describe`: every setting, its default, its variable, its meaning."""

import json

import click

from node import config as settings


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command()
def describe() -> None:
    """Print every setting with its default and its meaning."""
    for one in settings.describe():
        click.echo(f"{one.name} = {json.dumps(one.default)}    ({one.variable})")
        click.echo(f"    {one.description}")

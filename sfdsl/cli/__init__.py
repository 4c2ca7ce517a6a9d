"""The command line: arguments, files, streams and exit codes; nothing else of sfdsl reads or writes for the user."""

from sfdsl.cli import asking, compiling, costing, iam, simulating
from sfdsl.cli.app import main

__all__ = ["asking", "compiling", "costing", "iam", "main", "simulating"]

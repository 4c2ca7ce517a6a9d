"""`python -m sfdsl.cli`."""

from sfdsl.cli import main

main()

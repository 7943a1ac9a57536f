"""python -m metrics: the command line without its script."""

from metrics.cli import main

main()

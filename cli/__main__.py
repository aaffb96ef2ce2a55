"""Run the operator's command as `python -m cli`."""

from cli.main import main

main()

"""Every case by its name, in the order in which they are run and shown."""

from bench import cases_account, cases_network

CASES = {case.name: case for case in (*cases_network.CASES, *cases_account.CASES)}

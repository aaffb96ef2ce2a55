"""One cold start: an interpreter that has nothing but a candidate's package and boto3, and its first event.

    python -I -S cold_start.py CANDIDATE PACKAGE RUNTIME EVENT SOURCES

It says as JSON what that took. `-I -S` keep out what is installed beside.
"""

import time

BEGAN = time.perf_counter()

import importlib  # noqa: E402 - what is imported from here on is measured
import json  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
from contextlib import redirect_stdout  # noqa: E402
from pathlib import Path  # noqa: E402

MEGABYTE = 2**20


def main() -> None:
    said = sys.stdout
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):  # Lambda takes what is logged
        logging.basicConfig(stream=nowhere)
        figures = start(*sys.argv[1:])
    print(json.dumps(figures), file=said)


def start(candidate: str, package: str, runtime: str, event_file: str, sources: str) -> dict[str, float | str]:
    """Import boto3, load the package, answer the event; return what each took, in milliseconds, and memory in MB."""
    sys.path[:0] = [runtime]
    import boto3  # noqa: F401, PLC0415 - Lambda's runtime brings it for everyone

    boto = time.perf_counter() - BEGAN
    sys.path.append(sources)
    module = importlib.import_module(f"bench.{candidate}")
    context = importlib.import_module("bench.lambda_context").Context()
    sys.path.remove(sources)
    event = json.loads(Path(event_file).read_text())
    error, wall, cpu = "", time.perf_counter(), time.process_time()
    handler = module.load(package)
    loaded = time.perf_counter() - wall
    try:
        handler(event, context)
    except Exception as raised:  # noqa: BLE001 - whatever a candidate raises is its result
        error = f"{type(raised).__name__}: {raised}"
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "boto3": boto * 1000,
        "load": loaded * 1000,
        "total": (boto + wall) * 1000,
        "cpu": cpu * 1000,
        "memory": memory(),
        "error": error,
    }


def memory() -> float:
    """Return how much memory this process holds, in MB."""
    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text().split()[1]) * resource.getpagesize() / MEGABYTE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE  # bytes, where there is no /proc: macOS


if __name__ == "__main__":
    main()

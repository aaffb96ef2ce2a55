"""Make `.venv` with everything pinned in requirements-dev.txt, on a machine that has Python 3.11+ and nothing else."""

from __future__ import annotations

import compileall
import hashlib
import json
import os
import ssl
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements-dev.txt"
HOME = ROOT / ".venv"
PYTHON = HOME / "bin" / "python"


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"Python 3.11 or newer is needed, and this is {sys.version.split()[0]}. Try: make PYTHON=python3.12")
    make_environment()
    install()
    pip("install", "--no-build-isolation", "--no-deps", "-e", str(ROOT))
    for package in ("chalicelib", "remediations", "rules", "cli", "lab", "infrastructure"):
        compileall.compile_dir(ROOT / package, quiet=1)  # the first command is as quick as the later ones


def make_environment() -> None:
    """Make the environment with pip inside, also where Debian ships Python without ensurepip."""
    try:
        import ensurepip  # noqa: F401, PLC0415 - asks whether it is there
    except ImportError:
        venv.create(HOME, with_pip=False, clear=True)
        with tempfile.TemporaryDirectory() as folder:
            wheel = fetch_pip(Path(folder))
            subprocess.run([PYTHON, f"{wheel}/pip", "install", "-q", str(wheel)], check=True)
        return
    venv.create(HOME, with_pip=True, clear=True)


def fetch_pip(folder: Path) -> Path:
    """Download the newest wheel of pip from the package index (the index's JSON form, PEP 691), checked by its hash."""
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
    accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
    page = json.loads(download(urllib.request.Request(index, headers=accept)))
    wheels = [f for f in page["files"] if f["filename"].endswith("-py3-none-any.whl") and not f.get("yanked")]
    newest = max(wheels, key=lambda f: [int(part) for part in f["filename"].split("-")[1].split(".") if part.isdigit()])
    data = download(urllib.request.Request(urllib.parse.urljoin(index, newest["url"])))
    if hashlib.sha256(data).hexdigest() != newest["hashes"]["sha256"]:
        sys.exit(f"{newest['url']} is not what the index says it is: its SHA-256 differs")
    wheel = folder / newest["filename"]
    wheel.write_bytes(data)
    return wheel


def download(request: urllib.request.Request) -> bytes:
    context = ssl.create_default_context(cafile=os.environ.get("PIP_CERT"))
    with urllib.request.urlopen(request, timeout=60, context=context) as answer:
        return answer.read()


def install() -> None:
    """Install what is pinned: by uv, in a tenth of the time, or by pip where only pip knows the way to an index."""
    pip("install", next(line for line in LOCK.read_text().splitlines() if line.startswith("uv==")))
    index, certificates = os.environ.get("PIP_INDEX_URL"), os.environ.get("PIP_CERT")
    known = {"UV_DEFAULT_INDEX": index, "SSL_CERT_FILE": certificates}
    environment = {**{name: value for name, value in known.items() if value}, **os.environ}
    command = [HOME / "bin" / "uv", "pip", "install", "-q", "--python", PYTHON, "-r", LOCK]
    if subprocess.run(command, env=environment, stderr=subprocess.DEVNULL, check=False).returncode:
        pip("install", "-r", str(LOCK))


def pip(*arguments: str) -> None:
    command = [PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments, "-q"]
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"Could not install: pip {' '.join(arguments)}. Is the package index reachable?")


if __name__ == "__main__":
    main()

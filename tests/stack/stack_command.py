import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parent.parent.parent


class StackCommand:
    """`python -m stack` on a local directory of its own, and what it left running."""

    def __init__(self, local_dir: Path, env: Mapping[str, str] = os.environ) -> None:
        self.local_dir = local_dir
        self.env = {**env, "TWEETS_LOCAL_DIR": str(local_dir)}

    @property
    def folder(self) -> Path:
        return self.local_dir / "stack"

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "stack", *arguments],
            cwd=ROOT,
            env=self.env | settings,
            capture_output=True,
            text=True,
            check=False,
        )

    def up(self, *arguments: str) -> str:
        result = self.run("up", "--free-ports", *arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = json.loads(self.run("status", "--json").stdout)
        return status

    def fail(self, *arguments: str, **settings: str) -> str:
        """Run a command that must fail with one sentence, and return that."""
        result = self.run(*arguments, **settings)
        assert result.returncode == 1, result.stdout + result.stderr
        assert "Traceback" not in result.stderr
        return result.stderr

    def find_processes(self) -> list[psutil.Process]:
        """Find every process that has our folder on its command line."""
        return [
            process
            for process in psutil.process_iter(["cmdline"])
            if any(str(self.folder) in argument for argument in process.info["cmdline"] or ())
        ]

"""Serves the dashboard: `python -m dashboard`."""

import argparse
import logging
import signal
import sys
from datetime import timedelta
from types import FrameType
from typing import NoReturn

from waitress import create_server

from access.hdfs.access import HdfsAccess, HdfsAccessError
from access.stored_files import StorageUnavailable, open_stored_files
from dashboard import create_app
from dashboard.live_model import LiveModel
from dashboard.reader import Reading, SnapshotReader
from settings import SettingsError, load_settings

POLL_SECONDS = 1.5
_DESCRIPTION = (
    "Serve the page and the JSON API of what is stored below TWEETS_DATA_ROOT, at "
    "TWEETS_DASHBOARD_HOST and TWEETS_DASHBOARD_PORT, until Ctrl-C."
)
THREADS = 8


def main() -> int:
    """Serve until SIGTERM or SIGINT; return the exit code."""
    argparse.ArgumentParser(prog="python -m dashboard", description=_DESCRIPTION).parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        settings = load_settings()
        stored_files = open_stored_files(settings.data_root, HdfsAccess.read(settings))
    except (SettingsError, HdfsAccessError, StorageUnavailable) as error:
        print(error, file=sys.stderr)
        return 2
    host, port = settings.dashboard_host, settings.dashboard_port
    max_ahead = timedelta(minutes=settings.max_ahead_minutes)
    reader = SnapshotReader(stored_files, Reading(max_ahead=max_ahead))
    app = create_app(reader, LiveModel(settings.model_root))
    try:
        server = create_server(app, host=host, port=port, threads=THREADS)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        print(
            f"The dashboard cannot listen on {host}:{port} ({why}): "
            "stop what listens there or set TWEETS_DASHBOARD_PORT.",
            file=sys.stderr,
        )
        return 1
    reader.start(POLL_SECONDS)
    print(f"Dashboard: http://{host}:{port}/ shows {settings.data_root}", flush=True)
    server.run()
    reader.stop()
    return 0


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())

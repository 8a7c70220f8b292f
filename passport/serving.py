"""The HTTP server around the application: uvicorn, with workers, proxies and a graceful stop."""

import os
import sys
from typing import Any

import uvicorn

from passport.settings import Settings
from passport.wiring import exported, opened


def server_options(settings: Settings) -> dict[str, Any]:
    """How uvicorn is run. No access log of its own: the application writes a structured one."""
    return {
        "host": settings.host,
        "port": settings.port,
        "access_log": False,
        "server_header": False,
        "log_level": "warning",
        "proxy_headers": bool(settings.trusted_proxies),
        "forwarded_allow_ips": settings.trusted_proxies or None,
        "timeout_graceful_shutdown": settings.stop_seconds,
        "timeout_keep_alive": 15,
        "h11_max_incomplete_event_size": 64 * 1024,
        "backlog": 2048,
        "lifespan": "off",
    }


def serve_store(settings: Settings) -> None:
    """Serve an existing store until the process is told to stop."""
    with opened(settings) as running:
        print(f"Serving {running.system.base} on {settings.host}:{settings.port}.", file=sys.stderr)
        if not running.system.signer.unlocked:
            print("The signing secret is missing or wrong: passports are read, but none are issued.", file=sys.stderr)
    os.environ.update(exported(settings))
    uvicorn.run("passport.wiring:application", factory=True, workers=settings.workers, **server_options(settings))

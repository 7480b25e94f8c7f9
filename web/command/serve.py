"""Serve: pages, API and the regular work in one process; or the regular work alone."""

from __future__ import annotations

import errno
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Any

import click
from sqlalchemy import make_url

from migrations import runner
from timebank import community, scheduler
from timebank.clock import system_clock
from timebank.errors import RuleBroken, Unavailable
from timebank.settings import DEFAULTS, Settings
from timebank.unit import NOBODY, Database
from web.command.errors import Failed, in_words
from web.command.instance import count, open_instance, read_settings, upgrade

log = logging.getLogger("timebank")


@click.command()
@click.option(
    "--host", help="The address to listen on (TIMEBANK_HOST; only this machine unless told)."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The port to listen on (TIMEBANK_PORT)."
)
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    help="How many pages are made at the same time.",
)
def serve(host: str | None, port: int | None, threads: int) -> None:
    """Serve the time bank until Ctrl+C.

    Brings the database up to date first, and does the regular work too: statements that are due,
    and mail. The first start prints the code that the set-up page asks for.
    """
    run_server(read_settings(), host=host, port=port, threads=threads)


def run_server(
    settings: Settings, *, host: str | None = None, port: int | None = None, threads: int = 4
) -> None:
    """Serve an instance in this process until it is told to stop."""
    settings = _listening(settings, host, port)
    _log_to_terminal()
    _bring_up_to_date(settings)
    from web.app import create_app

    server = make_server(create_app(settings), settings, threads)
    listening = f"http://{_shown(settings.host)}:{_port(server)}"
    _say_setup_code(settings)
    with _stopping_on_signals(), _ticking(settings):
        click.echo(f"Serving on {listening} (Ctrl+C stops).")
        if settings.address != listening:
            click.echo(f"Links in mails begin with {settings.address}")
        server.run()
    server.close()
    click.echo("Stopped.")


@click.command()
def worker() -> None:
    """Do the regular work without serving pages, until Ctrl+C.

    For bigger hosts, beside any number of processes that serve the pages.
    """
    _log_to_terminal()
    with open_instance() as instance:
        settings = instance.settings
    with _stopping_on_signals(), _ticking(settings):
        click.echo(f"Working every {count(settings.tick_seconds, 'second', 'seconds')}.")
        # Waiting in turns, since Windows does not interrupt a wait without an end.
        while not threading.Event().wait(60):
            pass
    click.echo("Stopped.")


@click.command()
def tick() -> None:
    """Do what is due now, once: for cron or a systemd timer.

    Issues the statements that are due and sends the mail that waits.
    """
    _log_to_terminal()
    with open_instance() as instance:
        done = scheduler.tick(instance.database)
    click.echo(
        f"{count(done.statements, 'statement', 'statements')} issued,"
        f" {count(done.sent, 'message', 'messages')} sent,"
        f" {done.failed:,} not sent."
    )


def _listening(settings: Settings, host: str | None, port: int | None) -> Settings:
    """The settings with the options in them; links follow the port unless an address is set."""
    settings = replace(
        settings,
        host=host if host is not None else settings.host,
        port=port if port is not None else settings.port,
    )
    if settings.address == DEFAULTS["TIMEBANK_ADDRESS"] and settings.port:
        return replace(settings, address=f"http://127.0.0.1:{settings.port}")
    return settings


def _bring_up_to_date(settings: Settings) -> None:
    """Migrate when there is something to migrate, and refuse to serve without every guard."""
    if _revision(settings) != runner.newest():
        upgraded = upgrade(settings)
        if upgraded.copy is not None:
            click.echo(f"The database was brought up to date. A copy from before: {upgraded.copy}")
    database = Database(settings)
    try:
        with database.engine.connect() as connection:
            missing = runner.guard_problems(connection)
    finally:
        database.dispose()
    if missing:
        raise RuleBroken("guards_missing", count=len(missing), first=missing[0])


def _revision(settings: Settings) -> str | None:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not settings.data.exists():
        return None
    return runner.current(settings.database_url)


def make_server(app: Any, settings: Settings, threads: int) -> Any:
    """The server that an application is served by; ``Failed`` when it cannot listen."""
    import waitress

    try:
        return waitress.create_server(
            app,
            host=settings.host,
            port=settings.port,
            threads=threads,
            ident="timebank",
            clear_untrusted_proxy_headers=True,
        )
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Failed(
                f"Port {settings.port} is already in use, perhaps by a time bank that is running."
                " Stop it, or choose another one: timebank serve --port 8001"
            ) from error
        raise Failed(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}."
        ) from error


def _port(server: Any) -> int:
    # A name such as localhost may stand for several addresses, each with a socket of its own.
    several = getattr(server, "effective_listen", None)
    return int(several[0][1] if several else server.effective_port)


def _say_setup_code(settings: Settings) -> None:
    """Until the set-up is done, each start prints a fresh code for its page."""
    database = Database(settings)
    try:
        with database.reading(NOBODY) as unit:
            if community.is_set_up(unit):
                return
    finally:
        database.dispose()
    code = community.new_setup_code(settings)
    click.echo("This time bank is not set up yet. Open the address below in a browser;")
    click.echo(f"it will ask for this code: {code}")


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    """SIGTERM ends the block as Ctrl+C does."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _ticking(settings: Settings) -> Iterator[None]:
    """The regular work in a thread of its own; on leaving, the round that is under way ends."""
    from apscheduler.schedulers.background import BackgroundScheduler

    database = Database(settings)
    background = BackgroundScheduler(timezone="UTC")
    background.add_job(
        _tick_once,
        "interval",
        args=[database],
        seconds=settings.tick_seconds,
        # What became due while nothing ran is not kept waiting for a whole interval.
        next_run_time=system_clock(),
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    background.start()
    try:
        yield
    finally:
        background.shutdown(wait=True)
        database.dispose()


def _tick_once(database: Database) -> None:
    try:
        scheduler.tick(database)
    except Unavailable as error:
        log.warning(
            "The regular work is tried again at the next round: %s (%s)",
            in_words(error),
            error.__cause__,
        )
    except Exception:
        # The next round tries again: what is due is worked out from the database.
        log.exception("The regular work failed; it is tried again at the next round.")


def _log_to_terminal() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # A browser that asks for a page's pictures all at once is nothing to warn of.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)

"""The instance's settings: environment first, then ``timebank.toml`` in the data folder.

Each setting is named ``TIMEBANK_...`` in the environment and by the lower-case rest in the file.
Wrong values are refused at start with the setting's name. ``docs/settings.md`` lists them all.
"""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from timebank import texts
from timebank.errors import RuleBroken

DEFAULTS: dict[str, str] = {
    "TIMEBANK_DATA": "./data",
    "TIMEBANK_DATABASE_URL": "",
    "TIMEBANK_OWNER_DATABASE_URL": "",
    "TIMEBANK_ADDRESS": "http://127.0.0.1:8000",
    "TIMEBANK_HOST": "127.0.0.1",
    "TIMEBANK_PORT": "8000",
    "TIMEBANK_TIME_ZONE": "Europe/London",
    "TIMEBANK_SMTP_HOST": "",
    "TIMEBANK_SMTP_PORT": "587",
    "TIMEBANK_SMTP_USERNAME": "",
    "TIMEBANK_SMTP_PASSWORD": "",
    "TIMEBANK_SMTP_SECURITY": "starttls",
    "TIMEBANK_MAIL_FROM": "",
    "TIMEBANK_CHECKPOINT_TO": "",
    "TIMEBANK_TEXT_URL": "",
    "TIMEBANK_TEXT_COUNTRY": "44",
    "TIMEBANK_TEXT_QUIET": "20:00-09:00",
    "TIMEBANK_METRICS_TOKEN": "",
    "TIMEBANK_TICK_SECONDS": "60",
    "TIMEBANK_KEEP_MESSAGES_DAYS": "365",
    "TIMEBANK_KEEP_LINKS_DAYS": "365",
    "TIMEBANK_KEEP_SIGN_INS_DAYS": "30",
    "TIMEBANK_KEEP_DRAFTS_DAYS": "60",
    "TIMEBANK_KEEP_FILES_DAYS": "1",
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Checked settings. ``database_url`` is the instance's; ``owner_url`` is for migrations."""

    data: Path
    database_url: str
    owner_url: str
    address: str
    host: str
    port: int
    zone: ZoneInfo
    smtp_host: str
    smtp_port: int
    smtp_username: str
    smtp_password: str
    smtp_security: str
    mail_from: str
    checkpoint_to: str
    text_url: str
    text_country: str
    text_quiet: tuple[time, time] | None
    metrics_token: str
    tick_seconds: int
    keep_messages: timedelta
    keep_links: timedelta
    keep_sign_ins: timedelta
    keep_drafts: timedelta
    keep_files: timedelta

    @property
    def secret(self) -> bytes:
        """The instance's secret, made on first use in ``keys/secret`` and never logged."""
        path = self.data / "keys" / "secret"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Written whole under a name of its own first: a second process that starts at the
            # same moment must never read an empty file.
            mine = path.with_name(f"secret-{secrets.token_hex(8)}")
            with open(mine, "xb", opener=private) as file:
                file.write(secrets.token_bytes(32))
            try:
                path.hardlink_to(mine)
            except FileExistsError:
                pass  # the other one was first
            except OSError:
                mine.replace(path)  # a disk without hard links
            finally:
                mine.unlink(missing_ok=True)
        return path.read_bytes()


def private(path: str, flags: int) -> int:
    """An opener for ``open``: the new file is its owner's alone to read and write."""
    import os

    return os.open(path, flags, 0o600)


def load(environ: Mapping[str, str]) -> Settings:
    """Read and check all settings; ``RuleBroken('setting_wrong')`` names the one that is wrong."""
    data = Path(environ.get("TIMEBANK_DATA") or DEFAULTS["TIMEBANK_DATA"]).absolute()
    values = {**DEFAULTS, **_from_file(data / "timebank.toml")}
    values.update({name: environ[name] for name in DEFAULTS if environ.get(name)})
    database_url = values["TIMEBANK_DATABASE_URL"] or f"sqlite:///{data / 'timebank.sqlite3'}"
    address = values["TIMEBANK_ADDRESS"].rstrip("/")
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc:
        raise RuleBroken("setting_wrong", name="TIMEBANK_ADDRESS")
    if values["TIMEBANK_SMTP_SECURITY"] not in ("none", "starttls", "tls"):
        raise RuleBroken("setting_wrong", name="TIMEBANK_SMTP_SECURITY")
    return Settings(
        data=data,
        database_url=database_url,
        owner_url=values["TIMEBANK_OWNER_DATABASE_URL"] or database_url,
        address=address,
        host=values["TIMEBANK_HOST"],
        port=_whole(values, "TIMEBANK_PORT", 0, 65535),
        zone=_zone(values["TIMEBANK_TIME_ZONE"]),
        smtp_host=values["TIMEBANK_SMTP_HOST"],
        smtp_port=_whole(values, "TIMEBANK_SMTP_PORT", 1, 65535),
        smtp_username=values["TIMEBANK_SMTP_USERNAME"],
        smtp_password=values["TIMEBANK_SMTP_PASSWORD"],
        smtp_security=values["TIMEBANK_SMTP_SECURITY"],
        mail_from=values["TIMEBANK_MAIL_FROM"],
        checkpoint_to=_address(values, "TIMEBANK_CHECKPOINT_TO"),
        text_url=_text_url(values),
        text_country=str(_whole(values, "TIMEBANK_TEXT_COUNTRY", 1, 999)),
        text_quiet=_quiet(values),
        metrics_token=values["TIMEBANK_METRICS_TOKEN"],
        tick_seconds=_whole(values, "TIMEBANK_TICK_SECONDS", 1, 86400),
        keep_messages=_days(values, "TIMEBANK_KEEP_MESSAGES_DAYS", 100),
        keep_links=_days(values, "TIMEBANK_KEEP_LINKS_DAYS", 1),
        keep_sign_ins=_days(values, "TIMEBANK_KEEP_SIGN_INS_DAYS", 1),
        keep_drafts=_days(values, "TIMEBANK_KEEP_DRAFTS_DAYS", 1),
        keep_files=_days(values, "TIMEBANK_KEEP_FILES_DAYS", 1),
    )


def _from_file(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleBroken("settings_file_unreadable", path=path.name) from error
    values = {f"TIMEBANK_{name.upper()}": str(value) for name, value in found.items()}
    for name in values:
        if name not in DEFAULTS:
            raise RuleBroken("setting_unknown", name=name)
    return values


def _whole(values: Mapping[str, str], name: str, least: int, most: int) -> int:
    text = values[name]
    if not text.isdecimal() or not least <= int(text) <= most:
        raise RuleBroken("setting_wrong", name=name)
    return int(text)


def _days(values: Mapping[str, str], name: str, least: int) -> timedelta:
    return timedelta(days=_whole(values, name, least, 36500))


def _address(values: Mapping[str, str], name: str) -> str:
    try:
        return texts.email(values[name]) or ""
    except RuleBroken as error:
        raise RuleBroken("setting_wrong", name=name) from error


def _text_url(values: Mapping[str, str]) -> str:
    found = values["TIMEBANK_TEXT_URL"]
    if found and ("{to}" not in found or "://" not in found):
        raise RuleBroken("setting_wrong", name="TIMEBANK_TEXT_URL")
    return found


def _quiet(values: Mapping[str, str]) -> tuple[time, time] | None:
    """Two local times, ``20:00-09:00``; None where texts may go out at any time."""
    text = values["TIMEBANK_TEXT_QUIET"]
    if text == "none":
        return None
    try:
        begins, ends = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError as error:
        raise RuleBroken("setting_wrong", name="TIMEBANK_TEXT_QUIET") from error
    return begins, ends


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise RuleBroken("setting_wrong", name="TIMEBANK_TIME_ZONE") from error

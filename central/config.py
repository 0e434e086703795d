"""Central's own settings: one TOML file, one frozen type, every error at once.

What admins tune while central runs (percentages, limits) is not here but in the policy. The
environment may name the file (`TWINREEL_CENTRAL_CONFIG`) and override single keys
(`TWINREEL_DATA_DIR`, `TWINREEL_LISTEN` as host:port, `TWINREEL_PUBLIC_URL`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

DEFAULT_FILE = "/etc/twinreel/central.toml"


class ConfigError(ValueError):
    """The settings cannot be used; the message has one line for each thing that is wrong."""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How this central runs."""

    data_dir: Annotated[str, msgspec.Meta(min_length=1)] = "/var/lib/twinreel"
    host: Annotated[str, msgspec.Meta(min_length=1)] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 8480  # 0: any free one
    public_url: Annotated[str, msgspec.Meta(pattern=r"^(https?://[^/\s]+)?$")] = ""
    database: Annotated[str, msgspec.Meta(pattern=r"^(sqlite|postgres(ql)?://\S+)$")] = "sqlite"
    worker_inline: bool = True  # `serve` also works the jobs
    first_admin: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._@-]{1,64}$")] = "admin"
    film_grace_seconds: Annotated[float, msgspec.Meta(ge=0, le=604_800)] = 900.0
    """How long a film waits for the part that is missing, voice or screen."""
    voice_limit_bytes: Annotated[int, msgspec.Meta(ge=1)] = 1024**3

    @property
    def url(self) -> str:
        """Where desks and people find central; no slash at the end."""
        if self.public_url:
            return self.public_url
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def folder(self) -> Path:
        """The data folder, absolute."""
        return Path(self.data_dir).expanduser().resolve()


def parse(text: str, overrides: Mapping[str, object] | None = None) -> Config:
    """The settings in a TOML text; ConfigError names every key that is wrong."""
    try:
        given: dict[str, Any] = {**tomllib.loads(text), **(overrides or {})}
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"not TOML: {error}") from error
    wrong = []
    for name, value in given.items():
        try:
            msgspec.convert({name: value}, Config)
        except msgspec.ValidationError as error:
            wrong.append(str(error) if f"`{name}`" in str(error) else f"{name}: {error}")
    if wrong:
        raise ConfigError("\n".join(wrong))
    return msgspec.convert(given, Config)


def from_environment(environ: Mapping[str, str]) -> Config:
    """Read the file that the environment names, or the usual one if it is there."""
    named = environ.get("TWINREEL_CENTRAL_CONFIG")
    path = Path(named or DEFAULT_FILE)
    text = ""
    try:
        if named or path.is_file():
            text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    try:
        return parse(text, _overrides(environ))
    except ConfigError as error:
        raise ConfigError(f"{path}:\n{error}") from error


def _overrides(environ: Mapping[str, str]) -> dict[str, object]:
    overrides: dict[str, object] = {}
    if folder := environ.get("TWINREEL_DATA_DIR"):
        overrides["data_dir"] = folder
    if url := environ.get("TWINREEL_PUBLIC_URL"):
        overrides["public_url"] = url.rstrip("/")
    if listen := environ.get("TWINREEL_LISTEN"):
        host, _, port = listen.rpartition(":")
        overrides["host"] = host.strip("[]") or "127.0.0.1"
        overrides["port"] = int(port) if port.isdecimal() else port
    return overrides

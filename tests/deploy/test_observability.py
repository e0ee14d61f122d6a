"""What is given to Prometheus names only what there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from shared.metrics import Metrics

ROOT = Path(__file__).resolve().parents[2]
OBSERVABILITY = ROOT / "deploy" / "observability"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def samples() -> set[str]:
    """Every name of a series, and the `up` that Prometheus makes."""
    metrics = Metrics()
    metrics.answered("GET", "/", 200, 0.1)
    return {sample.name for family in metrics.registry.collect() for sample in family.samples} | {"up"}


class TestAlerts:
    def test_ask_for_series_that_there_are(self) -> None:
        [group] = yaml.safe_load((OBSERVABILITY / "alerts.yml").read_text())["groups"]
        for rule in group["rules"]:
            asked = set(re.findall(r"([a-z_]+)\{", rule["expr"]))
            assert asked, rule["alert"]
            assert asked <= samples() | {"part_up"}, rule["alert"]

    def test_read_every_process_that_serves(self) -> None:
        [job] = yaml.safe_load((OBSERVABILITY / "prometheus.yml").read_text())["scrape_configs"]
        found = {group["labels"]["service"]: group["targets"] for group in job["static_configs"]}
        for service in ("users", "tasks", "notifications"):
            address = COMPOSE["services"][service]["environment"][f"{service.upper()}_URL"]
            assert found[service] == [one.removeprefix("http://") for one in address.split(",")]
        assert found.keys() == {"users", "tasks", "notifications"}

"""What the stack costs in a month in which nothing happens, from the
resources of `template.yaml` and `bench/prices.toml`.

Run with `python -m bench.idle`. Only what is billed for being there: keys,
secrets, metrics under alarm, and the poller of the one queue that a function
reads. Everything else of the stack is billed by use.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from local.cloud.templates import read_template

ROOT = Path(__file__).parent.parent
POLLS_A_MONTH = 650_000
"""Empty receives: five pollers of an idle queue that wait 20 seconds each."""


def metrics_of(alarm: dict[str, Any]) -> int:
    """Metrics that an alarm looks at: its own, or those of its metric math."""
    return sum("MetricStat" in query for query in alarm.get("Metrics", [])) or 1


def main() -> None:
    resources = read_template(ROOT / "template.yaml")["Resources"].values()
    prices = tomllib.loads((Path(__file__).parent / "prices.toml").read_text())["idle"]

    def of(kind: str) -> list[dict[str, Any]]:
        return [resource.get("Properties", {}) for resource in resources if resource["Type"] == kind]

    polled = len(
        {
            json.dumps(trigger["EventSourceArn"])
            for trigger in of("AWS::Lambda::EventSourceMapping")
            if "Queue" in json.dumps(trigger)
        }
    )
    lines = {
        "KMS keys": (len(of("AWS::KMS::Key")), prices["key"]),
        "secrets": (len(of("AWS::SecretsManager::Secret")), prices["secret"]),
        "metrics under alarm": (sum(map(metrics_of, of("AWS::CloudWatch::Alarm"))), prices["alarm_metric"]),
        "receives of an empty queue": (polled * POLLS_A_MONTH, prices["receive"]),
    }
    print("a month in which nothing happens, USD:")
    for name, (count, price) in lines.items():
        print(f"  {name:<28}{count:>10,} x {price:<10g}{count * price:>8.2f}")
    print(f"  {'together':<28}{sum(count * price for count, price in lines.values()):>31.2f}")


if __name__ == "__main__":
    main()

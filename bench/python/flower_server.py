"""Flower's `start_server` with FedAvg, telling one JSON line a round: the peer's server in `bench:round`.

    python flower_server.py PORT K ROUNDS INITIAL_PARAMETERS EXPECTED_PARAMETERS
"""

import json
import sys
import time
from typing import Any

import flwr as fl
import numpy as np
from flwr.common import ndarrays_to_parameters, parameters_to_ndarrays
from flwr.server.strategy import FedAvg

from ready_arrays import arrays_in


def tell(event: str, **facts: Any) -> None:
    """Time of the wall and CPU seconds of all threads of this process, at this moment."""
    print(json.dumps({"event": event, "at": time.monotonic(), "cpu": time.process_time(), **facts}), flush=True)


class TellingFedAvg(FedAvg):
    last: Any = None

    def aggregate_fit(self, server_round: int, results: Any, failures: Any) -> Any:
        tell("aggregating", round=server_round, results=len(results), failures=len(failures))
        self.last, metrics = super().aggregate_fit(server_round, results, failures)
        return self.last, metrics


def peak_kilobytes() -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def main() -> None:
    port, count, rounds = map(int, sys.argv[1:4])
    initial, expected = sys.argv[4:]
    strategy = TellingFedAvg(
        fraction_fit=1.0,
        fraction_evaluate=0.0,
        min_fit_clients=count,
        min_available_clients=count,
        accept_failures=False,
        initial_parameters=ndarrays_to_parameters(arrays_in(initial)),
    )
    fl.server.start_server(
        server_address=f"127.0.0.1:{port}",
        config=fl.server.ServerConfig(num_rounds=rounds),
        strategy=strategy,
    )
    tell("ended", peakKilobytes=peak_kilobytes())
    got = parameters_to_ndarrays(strategy.last)
    is_right = all(np.allclose(a, b) for a, b in zip(got, arrays_in(expected)))
    sys.exit(0 if is_right else 3)


if __name__ == "__main__":
    main()

"""A Flower server for the tests; says on stdout, as JSON lines, how its run went.

usage: flower_server.py PORT --strategy FedAvg|FedAdam [--rounds N] [--clients N] [--timeout SECONDS]
       [--initial server|client] [--shapes JSON] [--cert CERT.pem --key KEY.pem]
"""

import argparse
import json
import os
from pathlib import Path

os.environ["FLWR_TELEMETRY_ENABLED"] = "0"

import numpy_names  # noqa: F401
import flwr as fl
import numpy as np
from flwr.common import ndarrays_to_parameters

parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("--strategy", default="FedAvg")
parser.add_argument("--rounds", type=int, default=2)
parser.add_argument("--clients", type=int, default=1)
parser.add_argument("--timeout", type=float)
parser.add_argument("--initial", default="server")
parser.add_argument("--shapes", type=json.loads, default=[[2, 3], [3]])
parser.add_argument("--cert")
parser.add_argument("--key")
options = parser.parse_args()


def tell(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)


def evaluate(server_round, arrays, _config):
    tell("model", round=server_round, dtypes=[a.dtype.name for a in arrays],
         first=[float(np.asarray(a).flat[0]) for a in arrays], shapes=[list(a.shape) for a in arrays])
    return None


def mean(results):
    total = sum(n for n, _ in results)
    names = sorted({name for _, metrics in results for name in metrics})
    return {name: sum(n * metrics[name] for n, metrics in results) / total for name in names}


initial = ndarrays_to_parameters([np.zeros(shape, np.float32) for shape in options.shapes])
settings = {
    "min_fit_clients": options.clients,
    "min_evaluate_clients": options.clients,
    "min_available_clients": options.clients,
    "evaluate_fn": evaluate,
    "on_fit_config_fn": lambda server_round: {"round": server_round, "local_epochs": 2, "lr": 0.5},
    "fit_metrics_aggregation_fn": mean,
    "evaluate_metrics_aggregation_fn": mean,
}
if options.initial == "server":
    settings["initial_parameters"] = initial

certificates = {}
if options.cert:
    cert, key = Path(options.cert).read_bytes(), Path(options.key).read_bytes()
    certificates = {"certificates": (cert, cert, key)}

history = fl.server.start_server(
    server_address=f"127.0.0.1:{options.port}",
    config=fl.server.ServerConfig(num_rounds=options.rounds, round_timeout=options.timeout),
    strategy=getattr(fl.server.strategy, options.strategy)(**settings),
    **certificates,
)
tell(
    "history",
    losses=history.losses_distributed,
    fit=history.metrics_distributed_fit,
    evaluate=history.metrics_distributed,
)

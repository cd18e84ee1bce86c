"""A Flower client for the tests; says on stdout, as JSON lines, what it was told.

usage: flower_client.py ADDRESS --start start_client|start_numpy_client [--step N] [--examples N] [--root CA.pem]
       [--behave good|slow|vanish|wrong-shape|float64|no-examples|nan]
"""

import argparse
import json
import os
import time

os.environ["FLWR_TELEMETRY_ENABLED"] = "0"

import numpy_names  # noqa: F401
import flwr as fl
import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("address")
parser.add_argument("--start", default="start_client")
parser.add_argument("--step", type=float, default=1.0)
parser.add_argument("--examples", type=int, default=1)
parser.add_argument("--root")
parser.add_argument("--behave", default="good")
options = parser.parse_args()


def tell(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)


class Client(fl.client.NumPyClient):
    """Adds a step to every element."""

    def fit(self, parameters, config):
        types = {name: type(value).__name__ for name, value in config.items()}
        tell("fit", config=dict(config), types=types, shapes=[list(p.shape) for p in parameters],
             dtypes=[p.dtype.name for p in parameters])
        if options.behave == "slow":
            time.sleep(6)
        if options.behave == "vanish":
            os._exit(9)
        arrays = [p + np.asarray(options.step, p.dtype) for p in parameters]
        if options.behave == "wrong-shape":
            arrays[-1] = np.zeros(99, np.float32)
        if options.behave == "float64":
            arrays = [a.astype(np.float64) for a in arrays]
        if options.behave == "nan":
            arrays[0] = np.full_like(arrays[0], np.nan)
        arrays[0] = np.asfortranarray(arrays[0])
        examples = 0 if options.behave == "no-examples" else options.examples
        return arrays, examples, {"loss": 0.5, "steps": 3, "device": "pi", "key": b"\x01", "ok": True}

    def evaluate(self, parameters, config):
        tell("evaluate", config=dict(config))
        return float(parameters[0].flat[0]), options.examples, {"accuracy": 0.75}


if options.root:
    with open(options.root, "rb") as file:
        root = {"root_certificates": file.read()}
else:
    root = {}

client = Client()
try:
    if options.start == "start_client":
        fl.client.start_client(server_address=options.address, client=client.to_client(), **root)
    else:
        fl.client.start_numpy_client(server_address=options.address, client=client, **root)
    tell("ended")
except Exception as error:
    tell("error", message=str(error))
    raise SystemExit(1)

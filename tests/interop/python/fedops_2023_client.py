"""A client app of FedOps as it was in 2023, re-created: it goes with Flower to the `server_ip` that its manager posts.

usage: fedops_2023_client.py MANAGER_URL VALUE
"""

import os
import sys
import threading

import flwr as fl
import numpy as np

sys.path.insert(0, os.environ["FEDOPS_RECREATIONS"])
from fedops_names import OLD_STATUS as NAMES  # noqa: E402
from http_json import ask, serve, tell  # noqa: E402

manager_url, value = sys.argv[1], float(sys.argv[2])
status = {
    NAMES["task"]: "mean",
    NAMES["num"]: 0,
    NAMES["mac"]: "02:00:00:00:20:23",
    NAMES["online"]: True,
    NAMES["start"]: False,
    NAMES["fail"]: False,
    NAMES["server"]: None,
    NAMES["version"]: 0,
}


class Client(fl.client.NumPyClient):
    def fit(self, parameters, config):
        return [mean + np.float32(0.5) * (np.float32(value) - mean) for mean in parameters], 1, {}

    def evaluate(self, parameters, config):
        return float(abs(parameters[0][0] - value)), 1, {}


def train(address):
    try:
        fl.client.start_numpy_client(server_address=address, client=Client())
        ask("GET", f"{manager_url}/trainFin")
    except Exception as error:
        tell("failed", problem=repr(error))
        status[NAMES["fail"]] = True
        ask("GET", f"{manager_url}/trainFail")
    status[NAMES["start"]] = False


def start(body):
    if not {"server_ip", "client_mac"} <= set(body or {}):
        raise ValueError("ManagerData is required")
    if ":" not in body["server_ip"]:
        raise ValueError(f"no port in {body['server_ip']}")
    status[NAMES["version"]] = ask("GET", f"{manager_url}/info/")["GL_Model_V"] + 1
    status[NAMES["start"]] = True
    status[NAMES["server"]] = body["server_ip"]
    threading.Thread(target=train, args=(body["server_ip"],), daemon=True).start()
    tell("started", body=body)
    return status


tell("listening", url=serve(0, {"GET /online": lambda _body: status, "POST /start": start}))
threading.Event().wait()

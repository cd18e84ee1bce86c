"""A client app as Python FedOps has it; the training is a wait.

usage: client_app.py VOCABULARY OUTCOME MANAGER_URL SERVER_MANAGER_URL, with an OUTCOME of finish, fail or hang
"""

import sys
import threading
import time

from fedops_names import status_names
from http_json import ask, serve, tell

vocabulary, outcome, manager_url, server_manager_url = sys.argv[1:5]
names = status_names(vocabulary)

status = {
    names["task"]: "mnist",
    names["num"]: 0,
    names["mac"]: "02:00:00:00:00:98",
    names["online"]: True,
    names["start"]: False,
    names["fail"]: False,
    names["server"]: None,
    names["version"]: 0,
}


def train():
    time.sleep(0.5)
    if outcome == "hang":
        return
    if outcome == "fail":
        status[names["fail"]] = True
    ask("GET", f"{manager_url}/{'trainFail' if outcome == 'fail' else 'trainFin'}")
    status[names["start"]] = False


def start(body):
    if vocabulary == "old" and not {"server_ip", "client_mac"} <= set(body or {}):
        raise ValueError("ManagerData is required")
    told = ask("GET", f"{manager_url}/info/")["GL_Model_V"]
    status[names["version"]] = told + 1 if vocabulary == "old" else told
    status[names["start"]] = True
    port = ask("GET", f"{server_manager_url}/FLSe/getPort/mnist")["port"]
    status[names["server"]] = f"127.0.0.1:{port}"
    threading.Thread(target=train, daemon=True).start()
    tell("started", version=status[names["version"]], server=status[names["server"]], body=body)
    return status


tell("listening", url=serve(0, {"GET /online": lambda _body: status, "POST /start": start}))
# Ends when whoever started this process lets go of it; a client of Python's then says that it is out.
sys.stdin.read()
ask("GET", f"{manager_url}/flclient_out")

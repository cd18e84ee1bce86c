"""A device's client manager as Python FedOps has it: fixed intervals, flags, and the task closed at the end.

usage: client_manager.py VOCABULARY PORT CLIENT_URL SERVER_MANAGER_URL
"""

import sys
import time
from urllib.parse import quote

from fedops_names import manager_names, status_names
from http_json import ask, serve, tell

vocabulary, port, client_url, server_manager_url = sys.argv[1:5]
client = status_names(vocabulary)
mine = manager_names(vocabulary)
MAC = "02:00:00:00:00:99"

status = {
    "GL_Model_V": 0,
    "FL_ready": False,
    mine["online"]: False,
    mine["training"]: False,
    mine["task"]: "",
    mine["record"]: None,
    mine["mac"]: MAC,
    mine["name"]: "python",
}


def training_ended(event):
    def answer(_body):
        status[mine["training"]] = False
        status["FL_ready"] = False
        task = quote(status[mine["task"]], safe="")
        ask("PUT", f"{server_manager_url}/FLSe/FLSeClosed/{task}?FLSeReady=false")
        tell(event)
        return status

    return answer


def client_out(_body):
    status[mine["online"]] = status[mine["training"]] = False
    tell("clientOut")
    return status


serve(
    int(port),
    {
        "GET /info": lambda _body: status,
        "GET /trainFin": training_ended("trainFin"),
        "GET /trainFail": training_ended("trainFail"),
        "GET /flclient_out": client_out,
    },
)


def look_at_client():
    shown = ask("GET", f"{client_url}/online")
    status[mine["online"]] = shown[client["online"]]
    status[mine["training"]] = shown[client["start"]]
    status[mine["task"]] = shown[client["task"]]
    record = {
        "FL_task_ID": shown[client["task"]],
        "Device_mac": MAC,
        "Device_hostname": "python",
        "Device_online": True,
        "Device_training": shown[client["start"]],
    }
    ask("PUT", f"{server_manager_url}/FLSe/RegisterFLTask", record)


def look_at_server():
    task = quote(status[mine["task"]], safe="")
    answer = ask("GET", f"{server_manager_url}/FLSe/info/{task}/{quote(MAC)}")["Server_Status"]
    if answer["FLSeReady"]:
        status["FL_ready"] = True
        status["GL_Model_V"] = answer["GL_Model_V"]
        status[mine["record"]] = answer["Task_status"]


def start_client():
    body = {"server_ip": "127.0.0.1", "client_mac": MAC}
    answer = ask("POST", f"{client_url}/start", body, with_type=True)
    status[mine["training"]] = True
    # Managers of either age read the old name here.
    tell("started", accepted=answer["FL_client_start"], version=status["GL_Model_V"])


tell("listening")
while True:
    try:
        if not status[mine["training"]]:
            look_at_client()
        if not status[mine["training"]]:
            look_at_server()
            if status["FL_ready"] and status[mine["record"]]:
                start_client()
    except OSError as error:
        tell("unreachable", problem=repr(error))
    except KeyError as error:
        tell("error", problem=repr(error))
    time.sleep(0.1)

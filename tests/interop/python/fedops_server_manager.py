"""A server manager and performance service as Python FedOps has them, re-created from what is known of them: state in
memory, a record for each MAC, defaults for what a report leaves out, errors with status 200.

usage: fedops_server_manager.py VOCABULARY FL_PORT, with a VOCABULARY of old (spring 2023) or current
"""

import sys
import time
from urllib.parse import unquote

from http_json import serve, tell

vocabulary, fl_port = sys.argv[1], int(sys.argv[2])
OLD = vocabulary == "old"

devices = {}
DEFAULTS = {
    "S3_bucket": "fl-gl-model",
    "Latest_GL_Model" if OLD else "Last_GL_Model": "",
    "Server_manager_start" if OLD else "FLServer_start": "",
    "FLSeReady": False,
    "GL_Model_V": 0,
}
status = dict(DEFAULTS)
#: What the performance service reads of a report, by the names of its time; the rest is dropped.
RESULTS = {
    "train_result": {"train_loss": 0.0, "train_acc" if OLD else "train_accuracy": 0.0},
    "test_result": {"test_loss": 0.0, "test_acc" if OLD else "test_accuracy": 0.0},
    "client_time_result": {"operation_time": 0.0},
    "gl_model_evaluation": {"gl_loss": 0.0, "gl_acc" if OLD else "gl_accuracy": 0.0},
    "server_time_result": {"server_operation_time": 0.0},
}
VERSION = "next_gl_model_v" if OLD else "gl_model_v"


def answer(mac=None):
    return {"Server_Status": {**status, "Task_status": devices.get(mac)}}


def register(body):
    last_seen = time.strftime("%Y-%m-%d %H:%M:%S")
    devices[body["Device_mac"]] = {**body, "last_request_time": last_seen}
    tell("registered", training=body["Device_training"])
    return list(devices.values())


def update(body):
    status.update({name: body.get(name, default) for name, default in DEFAULTS.items()})
    tell("update", ready=status["FLSeReady"], version=status["GL_Model_V"])
    return answer()


def finished(_body):
    status.update(FLSeReady=False, GL_Model_V=status["GL_Model_V"] + 1)
    tell("finished", version=status["GL_Model_V"])
    return answer()


def closed(_body):
    devices.clear()
    status.update(FLSeReady=False)
    tell("closed")
    return answer()


def port(_body):
    if not status["FLSeReady"]:
        return {"error": "no port for this task"}
    return {"task_id": "mean", "port": fl_port}


def result(name):
    known = {"fl_task_id": "", "client_mac": "", "round": 0, VERSION: 0, **RESULTS[name]}

    def keep(body):
        tell(name, body=body)
        return {name: {field: body.get(field, default) for field, default in known.items()}}

    return keep


class Routes(dict):
    def get(self, route):
        if route.startswith("GET /FLSe/info/mean/"):
            mac = unquote(route.rsplit("/", 1)[1])
            return lambda _body: answer(mac)
        return super().get(route)


routes = Routes({
    "PUT /FLSe/RegisterFLTask": register,
    "PUT /FLSe/FLSeUpdate/mean": update,
    "PUT /FLSe/FLRoundFin/mean": finished,
    "PUT /FLSe/FLSeClosed/mean": closed,
    "GET /FLSe/getPort/mean": port,
})
for name in RESULTS:
    side = "server_perf" if name in ("gl_model_evaluation", "server_time_result") else "client_perf"
    routes[f"PUT /{side}/{name}/mean"] = result(name)

tell("listening", url=serve(0, routes))
while True:
    time.sleep(60)

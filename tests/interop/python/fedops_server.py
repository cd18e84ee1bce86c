"""The FL server of Python's FedOps, for two numbers that begin at zero; it reports to MANAGER, `host:port`.

usage: fedops_server.py MANAGER [--fail]; the task in TASK_ID, the bucket in BUCKET_NAME
"""

import sys

import torch
from fedops.server import server_api
from fedops.server.app import FLServer
from omegaconf import OmegaConf

manager = sys.argv[1].split(":")
fails = "--fail" in sys.argv


class Reports(server_api.ServerAPI):
    """With an address of its own: that of the release is a constant of its authors' cluster."""

    def __init__(self, task_id):
        super().__init__(task_id)
        self.server_manager_address, self.server_manager_port = manager
        self.performance_address, self.performance_port = manager


server_api.ServerAPI = Reports


class Mean(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.mean = torch.nn.Parameter(torch.zeros(2))


def test(model, data, cfg):
    if fails:
        raise RuntimeError("no data for the evaluation")
    return float(((model.mean - 4) ** 2).mean()), 0.5, None


cfg = OmegaConf.create({
    "batch_size": 8,
    "num_epochs": 1,
    "num_rounds": 2,
    "server": {
        "strategy": {
            "_target_": "flwr.server.strategy.FedAvg",
            "min_fit_clients": 1,
            "min_evaluate_clients": 1,
            "min_available_clients": 1,
        },
    },
})
FLServer(cfg, Mean(), "Mean", "Pytorch", gl_val_loader=[], test_torch=test).start()

"""A device of Python's FedOps: its client app, for the mean of two numbers that the device draws from its own.

usage: fedops_client.py NUMBERS [--fail], NUMBERS as JSON, such as [[2, 3], [4, 3]]
"""

import json
import sys

import torch
from fedops.client import client_utils
from fedops.client.app import FLClientTask
from omegaconf import OmegaConf

numbers = torch.tensor(json.loads(sys.argv[1]))
fails = "--fail" in sys.argv


class Mean(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.mean = torch.nn.Parameter(torch.zeros(2))


def train(model, data, epochs, cfg):
    if fails:
        raise RuntimeError("no memory left on this device")
    with torch.no_grad():
        for _ in range(epochs):
            model.mean += 0.5 * (data.mean(0) - model.mean)
    return model


def test(model, data, cfg):
    return float(((data - model.mean) ** 2).mean()), 0.75, None


cfg = OmegaConf.create({
    "task_id": "mean",
    "model_type": "Pytorch",
    "model": {"output_size": 2},
    "dataset": {"name": "two numbers", "validation_split": 0.2},
    "wandb": {"use": False},
    "num_rounds": 2,
})
client_utils.local_model_directory(cfg.task_id)
FLClientTask(cfg, {
    "model": Mean(),
    "model_name": "Mean",
    "train_loader": numbers,
    "val_loader": numbers,
    "test_loader": numbers,
    "train_torch": train,
    "test_torch": test,
}).start()

"""A Flower client that trains the 2NN of McMahan et al. on some digits of MNIST, with nothing but NumPy.

usage: mnist_client.py ADDRESS FOLDER DIGITS PART PARTS
DIGITS such as 01234; of their images this client holds those at PART, PART + PARTS, …
"""

import os
import sys
from pathlib import Path

os.environ["FLWR_TELEMETRY_ENABLED"] = "0"

import flwr as fl
import numpy as np

address, folder, digits, part, parts = sys.argv[1:6]


def idx(name, header):
    return np.frombuffer(Path(folder, name).read_bytes()[header:], np.uint8)


labels = idx("train-labels-idx1-ubyte", 8)
images = idx("train-images-idx3-ubyte", 16).reshape(-1, 784)
mine = np.flatnonzero(np.isin(labels, [int(digit) for digit in digits]))[int(part)::int(parts)]
x, y = images[mine].astype(np.float32) / 255, labels[mine]


def forward(weights, inputs):
    layers = [inputs]
    for i in range(0, 4, 2):
        layers.append(np.maximum(layers[-1] @ weights[i] + weights[i + 1], 0))
    logits = layers[-1] @ weights[4] + weights[5]
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return layers, shares / shares.sum(axis=1, keepdims=True)


def step(weights, inputs, targets, rate):
    layers, error = forward(weights, inputs)
    error[np.arange(len(targets)), targets] -= 1
    error /= len(targets)
    for i in (4, 2, 0):
        layer = layers[i // 2]
        slope = (layer.T @ error, error.sum(axis=0))
        error = (error @ weights[i].T) * (layer > 0)
        weights[i] -= rate * slope[0]
        weights[i + 1] -= rate * slope[1]


class Client(fl.client.NumPyClient):
    def fit(self, parameters, config):
        weights = [np.array(tensor) for tensor in parameters]
        random = np.random.default_rng([int(config["round"]), int(part)])
        order = random.permutation(len(x))[: int(config["maxExamples"])]
        batch = int(config["batchSize"])
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            step(weights, x[chosen], y[chosen], np.float32(config["learningRate"]))
        return weights, len(order), {}

    def evaluate(self, parameters, config):
        shares = forward(parameters, x)[1]
        loss = -np.log(shares[np.arange(len(y)), y] + 1e-12).mean()
        return float(loss), len(x), {"accuracy": float((shares.argmax(axis=1) == y).mean())}


fl.client.start_client(server_address=address, client=Client().to_client())

"""Makes server-averaging.json: FedAvg and FedAvgM by numpy in float64, rounded to float32 once a round.

Formulas as Flower 1.28 has them (flwr/server/strategy/aggregate.py and fedavgm.py), written out here
independently of this package: mean = sum(n_k w_k) / sum(n_k); g = x - mean; v = beta v + g; x = x - lr v.
Moments are kept in float32 between rounds, as in this package.

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6 && venv/bin/python make_vectors.py
"""

import json
from pathlib import Path

import numpy as np

CASES = [
    {"clients": 2, "rounds": 3, "serverLearningRate": 0.5, "momentum": 0.9, "scale": 1.0},
    {"clients": 7, "rounds": 4, "serverLearningRate": 1.0, "momentum": 0.5, "scale": 1e-3},
    {"clients": 5, "rounds": 3, "serverLearningRate": 0.25, "momentum": 0.0, "scale": 1e4},
]
ELEMENTS = 11


def floats(array):
    return [float(value) for value in array]


def make_case(case, random):
    x = (random.standard_normal(ELEMENTS) * case["scale"]).astype(np.float32)
    weights = [int(n) for n in random.integers(1, 5000, case["clients"])]
    out = {**case, "initial": floats(x), "numExamples": weights, "steps": []}
    averaged = x
    momentum_model, velocity = x, np.zeros(ELEMENTS, np.float32)
    for _ in range(case["rounds"]):
        updates = [
            (random.standard_normal(ELEMENTS) * case["scale"]).astype(np.float32) for _ in weights
        ]
        total = np.float64(sum(weights))
        mean = sum(np.float64(n) * u.astype(np.float64) for n, u in zip(weights, updates)) / total
        averaged = mean.astype(np.float32)
        gradient = momentum_model.astype(np.float64) - averaged.astype(np.float64)
        step = case["momentum"] * velocity.astype(np.float64) + gradient
        velocity = step.astype(np.float32)
        momentum_model = (
            momentum_model.astype(np.float64) - case["serverLearningRate"] * step
        ).astype(np.float32)
        out["steps"].append(
            {
                "updates": [floats(u) for u in updates],
                "fedAvg": floats(averaged),
                "fedAvgM": floats(momentum_model),
                "velocity": floats(velocity),
            }
        )
    return out


random = np.random.default_rng(20190909)
vectors = {"numpy": np.__version__, "cases": [make_case(case, random) for case in CASES]}
path = Path(__file__).with_name("server-averaging.json")
path.write_text(json.dumps(vectors) + "\n")

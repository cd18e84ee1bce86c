"""Writes to stdout, as JSON, what Flower and NumPy put on the wire; run with the flwr of `madeWith` installed.

python make_vectors.py > vectors.json
"""

import json
import sys

import flwr
import numpy as np
from flwr.common import serde
from flwr.common import typing as fl
from flwr.common.parameter import ndarray_to_bytes, ndarrays_to_parameters
from flwr.common.typing import Code, Status
from flwr.proto.transport_pb2 import ClientMessage, Reason, ServerMessage

DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
]
SHAPES = [(), (0,), (3,), (2, 3), (2, 0, 3), (2, 3, 4)]


def filled(dtype, shape):
    count = int(np.prod(shape))
    numbers = np.arange(count) % 2 if dtype == "bool" else np.arange(count) + 1
    return numbers.astype(dtype).reshape(shape)


def npy(array):
    """The file, and what it holds: elements in little-endian C order."""
    canonical = np.ascontiguousarray(array).reshape(array.shape)
    canonical = canonical.astype(canonical.dtype.newbyteorder("<"))
    return {
        "dtype": array.dtype.name,
        "shape": list(array.shape),
        "order": "fortran" if array.flags.f_contiguous and not array.flags.c_contiguous else "c",
        "byteOrder": "big" if array.dtype.byteorder == ">" else "little",
        "elements": canonical.tobytes().hex(),
        "file": ndarray_to_bytes(array).hex(),
    }


def npy_vectors():
    vectors = [npy(filled(dtype, shape)) for dtype in DTYPES for shape in SHAPES]
    vectors += [npy(np.asfortranarray(filled(dtype, (2, 3, 4)))) for dtype in DTYPES]
    vectors += [npy(filled(dtype, (2, 3)).astype(np.dtype(dtype).newbyteorder(">"))) for dtype in DTYPES]
    vectors.append(npy(np.asfortranarray(filled("float32", (3, 2)).astype(">f4"))))
    vectors.append(npy(filled("float32", (100, 12))))
    return vectors


def described(value):
    """A scalar as the tests spell it."""
    if isinstance(value, bool):
        return {"kind": "bool", "value": value}
    if isinstance(value, int):
        return {"kind": "int", "value": str(value)}
    if isinstance(value, float):
        return {"kind": "double", "value": value}
    if isinstance(value, str):
        return {"kind": "string", "value": value}
    return {"kind": "bytes", "value": value.hex()}


SCALARS = [
    True, False, 0, 1, -1, 2**63 - 1, -(2**63), 2**63, 2**64 - 1,
    0.0, 1.0, 1.5, -0.1, 1e308, "", "a", "é", "\U0001f33c", b"", b"\x00", b"\x01\xff",
]


def scalar_vectors():
    return [{**described(v), "wire": serde.scalar_to_proto(v).SerializeToString().hex()} for v in SCALARS]


def scalars(values):
    return [[name, described(value)] for name, value in sorted(values.items())]


def wire(message):
    return message.SerializeToString(deterministic=True).hex()


def tensors(parameters):
    return [tensor.hex() for tensor in parameters.tensors]


CONFIG = {"blob": b"\x01\x02", "flag": True, "lr": 0.5, "name": "x", "neg": -1, "round": 1}
METRICS = {"acc": 0.5, "raw": b"\xff", "big": 2**63 + 1, "n": 3, "ok": False, "s": "é"}
OK = Status(Code.OK, "Success")
MODELS = [
    ndarrays_to_parameters([np.array([[1, 2], [3, 4]], np.float32)]),
    ndarrays_to_parameters([filled("float64", (3,)), filled("int64", ()), filled("float32", (0, 2))]),
    ndarrays_to_parameters([]),
]


def server_vectors():
    vectors = []

    def add(described_message, **parts):
        vectors.append({"message": described_message, "wire": wire(ServerMessage(**parts))})

    for seconds in [None, 5]:
        ins = serde.reconnect_ins_to_proto(fl.ReconnectIns(seconds))
        add({"kind": "reconnect", "seconds": str(seconds or 0)}, reconnect_ins=ins)
    for config in [{}, CONFIG]:
        add(
            {"kind": "get-properties", "config": scalars(config)},
            get_properties_ins=serde.get_properties_ins_to_proto(fl.GetPropertiesIns(config)),
        )
        add(
            {"kind": "get-parameters", "config": scalars(config)},
            get_parameters_ins=serde.get_parameters_ins_to_proto(fl.GetParametersIns(config)),
        )
        for model in MODELS:
            work = {"tensors": tensors(model), "config": scalars(config)}
            add({"kind": "fit", **work}, fit_ins=serde.fit_ins_to_proto(fl.FitIns(model, config)))
            add(
                {"kind": "evaluate", **work},
                evaluate_ins=serde.evaluate_ins_to_proto(fl.EvaluateIns(model, config)),
            )
    return vectors


def client_vectors():
    vectors = []

    def add(described_message, **parts):
        vectors.append({"message": described_message, "wire": wire(ClientMessage(**parts))})

    names = ["unknown", "reconnect", "power-disconnected", "wifi-unavailable", "acknowledged"]
    numbers = [Reason.UNKNOWN, Reason.RECONNECT, Reason.POWER_DISCONNECTED, Reason.WIFI_UNAVAILABLE, Reason.ACK]
    for name, number in zip(names, numbers):
        add({"kind": "disconnect", "reason": name}, disconnect_res=ClientMessage.DisconnectRes(reason=number))

    statuses = [
        ("ok", OK),
        ("get-properties-not-implemented", Status(Code.GET_PROPERTIES_NOT_IMPLEMENTED, "no")),
        ("get-parameters-not-implemented", Status(Code.GET_PARAMETERS_NOT_IMPLEMENTED, "no")),
        ("fit-not-implemented", Status(Code.FIT_NOT_IMPLEMENTED, "Client does not implement `fit`")),
        ("evaluate-not-implemented", Status(Code.EVALUATE_NOT_IMPLEMENTED, "no")),
    ]
    for code, status in statuses:
        said = {"code": code, "message": status.message}
        # Flower leaves the rest out where the very call is not implemented.
        properties = {} if code.startswith("get-properties") else {"dev": "pi"}
        add(
            {"kind": "properties", "status": said, "properties": scalars(properties)},
            get_properties_res=serde.get_properties_res_to_proto(fl.GetPropertiesRes(status, properties)),
        )
        model = MODELS[2 if code.startswith("get-parameters") else 0]
        add(
            {"kind": "parameters", "status": said, "tensors": tensors(model)},
            get_parameters_res=serde.get_parameters_res_to_proto(fl.GetParametersRes(status, model)),
        )
        if code.startswith("fit"):
            add(
                {"kind": "fit", "status": said, "tensors": [], "numExamples": "0", "metrics": []},
                fit_res=serde.fit_res_to_proto(fl.FitRes(status, MODELS[2], 0, {})),
            )
        else:
            add(
                {"kind": "fit", "status": said, "tensors": tensors(MODELS[1]), "numExamples": "10",
                 "metrics": scalars(METRICS)},
                fit_res=serde.fit_res_to_proto(fl.FitRes(status, MODELS[1], 10, METRICS)),
            )
        loss, examples, metrics = (0.0, 0, {}) if code.startswith("evaluate") else (0.1, 2**40, {"accuracy": 0.25})
        add(
            {"kind": "evaluation", "status": said, "loss": float(np.float32(loss)), "numExamples": str(examples),
             "metrics": scalars(metrics)},
            evaluate_res=serde.evaluate_res_to_proto(fl.EvaluateRes(status, loss, examples, metrics)),
        )
    return vectors


json.dump(
    {
        "madeWith": {
            "flwr": flwr.__version__,
            "numpy": np.__version__,
        },
        "npy": npy_vectors(),
        "scalars": scalar_vectors(),
        "serverMessages": server_vectors(),
        "clientMessages": client_vectors(),
    },
    sys.stdout,
    indent=1,
    ensure_ascii=True,
)
print()

"""Writes model files as Python does, or says what it reads in ours.

model_files.py write FOLDER    files of all kinds, and expected.json that says what is in them
model_files.py read FOLDER     what is in each file of the folder, as JSON on stdout
"""

import json
import sys
from pathlib import Path

import numpy as np
import safetensors
from safetensors.numpy import load_file, save_file

DTYPES = ["float32", "float64", "int32", "int64", "uint8", "bool"]
SHAPES = [(), (1,), (5,), (2, 3), (2, 3, 4), (0,), (3, 0, 2)]


def described(array):
    """Element type, shape, and the elements as little-endian bytes in C order."""
    little = array.astype(array.dtype.newbyteorder("<"))
    elements = np.ascontiguousarray(little).tobytes().hex()
    return {"dtype": array.dtype.name, "shape": list(array.shape), "bytes": elements}


def tensors():
    random = np.random.default_rng(7)
    for dtype in DTYPES:
        for shape in SHAPES:
            name = f"{dtype}/{'x'.join(map(str, shape)) or 'scalar'}"
            if dtype.startswith("float"):
                array = random.standard_normal(shape).astype(dtype)
                if array.size > 3:
                    array.flat[:4] = [np.nan, np.inf, -0.0, 1e-40]
            else:
                least, most = (0, 1) if dtype == "bool" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
                array = random.integers(least, most, shape, np.int64, endpoint=True).astype(dtype)
            yield name, np.asarray(array)


def write(folder):
    model = dict(tensors())
    model["größe.weight"] = np.array([[1, 2], [3, 4]], np.float32)
    model["10"] = np.array(10, np.int32)
    swapped = {name: array.astype(array.dtype.newbyteorder(">")) for name, array in model.items()}
    fortran = {name: np.array(array, order="F") for name, array in model.items()}

    np.savez(folder / "stored.npz", **model)
    np.savez_compressed(folder / "deflated.npz", **model)
    np.savez(folder / "fortran.npz", **fortran)
    np.savez_compressed(folder / "big-endian.npz", **swapped)
    save_file(model, folder / "plain.safetensors")
    save_file(model, folder / "metadata.safetensors", metadata={"format": "pt", "config": '{"a": 1}'})
    arrays = folder / "arrays"
    arrays.mkdir()
    for i, (name, array) in enumerate(model.items()):
        np.save(arrays / f"{i}-c.npy", array)
        np.save(arrays / f"{i}-fortran.npy", fortran[name])
        np.save(arrays / f"{i}-big.npy", swapped[name])
        np.save(arrays / f"{i}-big-fortran.npy", np.array(swapped[name], order="F"))

    refused = folder / "refused"
    refused.mkdir()
    np.savez(refused / "float16.npz", fine=np.zeros(2), half=np.float16([1, 2]))
    np.savez(refused / "uint16.npz", counts=np.uint16([1, 2]))
    np.savez(refused / "objects.npz", things=np.array([{}, None], dtype=object))
    save_file({"half": np.float16([1, 2])}, refused / "float16.safetensors")
    # NumPy has no bfloat16; these are its bytes.
    brain = np.array([0x3F80, 0xC000], np.uint16)
    place = {"data_ptr": brain.ctypes.data, "data_len": brain.nbytes}
    spec = safetensors.TensorSpec(dtype="bfloat16", shape=brain.shape, **place)
    safetensors.serialize_file({"brain": spec}, refused / "bfloat16.safetensors")

    expected = [[name, described(array)] for name, array in model.items()]
    (folder / "expected.json").write_text(json.dumps(expected))


def read(folder):
    found = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".npy":
            found[path.name] = [["arr_0", described(np.load(path, allow_pickle=False))]]
        elif path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as archive:
                found[path.name] = [[name, described(archive[name])] for name in archive.files]
        else:
            found[path.name] = [[name, described(array)] for name, array in load_file(path).items()]
    print(json.dumps(found))


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]](Path(sys.argv[2]))

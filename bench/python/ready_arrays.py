"""The arrays of an update file, as Flower takes them."""

from typing import List

import numpy as np

from http_client import tensors_of


def arrays_in(path: str) -> List[np.ndarray]:
    with open(path, "rb") as file:
        encoded = file.read()
    return [np.array(tensor.values, dtype=tensor.dtype).reshape(tensor.shape) for tensor in tensors_of(encoded)]

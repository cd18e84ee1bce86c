"""As much of PyTorch as FedOps and the scripts of these tests use, over NumPy."""

import pickle
import sys
from contextlib import contextmanager
from types import ModuleType

import numpy as np


class Tensor(np.ndarray):
    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return np.array(self)

    def numel(self):
        return self.size


def as_tensor(value):
    return np.asarray(value).view(Tensor)


def tensor(value):
    return np.array(value, np.float32).view(Tensor)


def zeros(*shape):
    return np.zeros(shape, np.float32).view(Tensor)


@contextmanager
def no_grad():
    yield


def manual_seed(_seed):
    pass


def save(value, path):
    with open(path, "wb") as file:
        pickle.dump(value, file)


def load(path, **_options):
    with open(path, "rb") as file:
        return pickle.load(file)


class Module:
    """Its state is the tensors among its attributes."""

    def state_dict(self):
        return {name: value for name, value in vars(self).items() if isinstance(value, Tensor)}

    def load_state_dict(self, state, strict=True):
        for name, value in state.items():
            setattr(self, name, as_tensor(np.array(value)))


def module(name, **names):
    made = sys.modules[name] = ModuleType(name)
    vars(made).update(names)
    return made


nn = module("torch.nn", Module=Module, Parameter=as_tensor)
nn.functional = module("torch.nn.functional")
utils = module("torch.utils")
utils.data = module("torch.utils.data", DataLoader=type("DataLoader", (), {}))

"""Stands in for what Python's FedOps imports and these tests cannot have in reasonable time. Python reads this file at
its start, since the folder is on PYTHONPATH.

- `torch`, `hydra` and `boto3` are small modules beside this one.
- `torchvision`, `matplotlib`, `peft`, `transformers`, `wandb`, `sklearn` are imported by FedOps and not used
  by a PyTorch task without wandb and without clusters: any name of them is an empty class.
- FedOps listens on all addresses of a machine, its FL server at port 8080: here on loopback, and the FL server at
  STUB_FLOWER_PORT where that is set.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from types import ModuleType

UNUSED = {"torchvision", "matplotlib", "peft", "transformers", "wandb", "sklearn"}


class Unused(ModuleType):
    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


class UnusedFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self) if name.split(".")[0] in UNUSED else None

    def create_module(self, spec):
        return Unused(spec.name)

    def exec_module(self, module):
        pass


class Confined(importlib.abc.MetaPathFinder):
    """Changes a module once it has been imported."""

    def __init__(self, name, change):
        self.name, self.change = name, change

    def find_spec(self, name, path=None, target=None):
        if name != self.name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        load = spec.loader.exec_module

        def exec_module(module):
            load(module)
            self.change(module)

        spec.loader.exec_module = exec_module
        return spec


def confine_uvicorn(uvicorn):
    run = uvicorn.run
    uvicorn.run = lambda app, **options: run(app, **{**options, "host": "127.0.0.1"})


def confine_flower(server):
    start = server.start_server
    port = os.environ.get("STUB_FLOWER_PORT", "8080")
    server.start_server = lambda **options: start(**{**options, "server_address": f"127.0.0.1:{port}"})


sys.meta_path[:0] = [
    UnusedFinder(),
    Confined("uvicorn", confine_uvicorn),
    Confined("flwr.server", confine_flower),
]

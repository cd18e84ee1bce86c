"""`hydra.utils.instantiate`: calls what `_target_` names with the rest of the configuration."""

import importlib
import sys
from types import ModuleType


def instantiate(config, **further):
    options = dict(config)
    module, name = options.pop("_target_").rsplit(".", 1)
    return getattr(importlib.import_module(module), name)(**options, **further)


utils = sys.modules["hydra.utils"] = ModuleType("hydra.utils")
utils.instantiate = instantiate

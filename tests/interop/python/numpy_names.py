"""Gives NumPy 2 back the one name that it dropped and flwr 1.8.0 asks for; imported before flwr."""

import numpy as np

if not hasattr(np, "float_"):
    np.float_ = np.float64

"""The task that @fedops/command-trainer sets this program, and its result.

Copy this file beside your script. It needs NumPy, and the package safetensors where that is the format.
"""

import json
import os

import numpy


class Task:
    """What to do: `kind` is "fit" or "evaluate"; `config` holds the strategy's settings for this round.

    `task_id`, `run_id` and `client_id` say whose work it is; None where the caller does not say.
    """

    def __init__(self):
        with open(os.environ["FEDOPS_TASK"], encoding="utf-8") as file:
            self.document = json.load(file)
        if self.document["fedopsTask"] != 1:
            raise ValueError(f"a task of version {self.document['fedopsTask']}, expected 1")
        self.kind = self.document["kind"]
        self.task_id = self.document.get("taskId")
        self.run_id = self.document.get("runId")
        self.client_id = self.document.get("clientId")
        self.round = self.document["round"]
        self.seed = self.document["seed"]
        self.config = self.document["config"]

    def parameters(self):
        """The tensors to start from, as NumPy arrays by name."""
        path = self.document["parameters"]
        if self.document["format"] == "npz":
            with numpy.load(path, allow_pickle=False) as archive:
                return dict(archive)
        from safetensors.numpy import load_file

        return load_file(path)

    def progress(self, fraction):
        """Tells how far the work is, 0 to 1."""
        print(f"progress {fraction}", flush=True)

    def fitted(self, tensors, num_examples, **metrics):
        """Ends a fit: all tensors by name, NumPy's or PyTorch's, with the shapes and types that they came with."""
        arrays = {name: _array_of(tensor) for name, tensor in tensors.items()}
        path = self.document["resultParameters"]
        if self.document["format"] == "npz":
            numpy.savez(path, **arrays)
        else:
            from safetensors.numpy import save_file

            save_file(arrays, path)
        self._write_result(numExamples=num_examples, metrics=_floats(metrics))

    def evaluated(self, loss, num_examples, **metrics):
        """Ends an evaluation."""
        self._write_result(loss=float(loss), numExamples=num_examples, metrics=_floats(metrics))

    def _write_result(self, **result):
        with open(self.document["result"], "w", encoding="utf-8") as file:
            json.dump(result, file, allow_nan=False)


def _array_of(tensor):
    on_this_machine = tensor.detach().cpu().numpy() if hasattr(tensor, "detach") else tensor
    return numpy.require(on_this_machine, requirements="C")


def _floats(metrics):
    return {name: float(value) for name, value in metrics.items()}

"""K processes that take part in a Flower run with updates serialised before: the peer's clients in `bench:round`.

    python flower_clients.py PORT K UPDATE_OF_ODD_ROUNDS UPDATE_OF_EVEN_ROUNDS
"""

import os
import sys
from typing import List

import flwr as fl
from flwr.common import Code, FitIns, FitRes, Parameters, Status, ndarrays_to_parameters

from ready_arrays import arrays_in


class ReadyClient(fl.client.Client):
    """Flower's generated code empties the list that it sends: each answer needs a list of its own."""

    def __init__(self, ready: List[Parameters]) -> None:
        self._ready = ready
        self._fits = 0

    def fit(self, ins: FitIns) -> FitRes:
        parameters = self._ready[self._fits % len(self._ready)]
        self._fits += 1
        return FitRes(
            status=Status(code=Code.OK, message=""),
            parameters=Parameters(tensors=list(parameters.tensors), tensor_type=parameters.tensor_type),
            num_examples=1,
            metrics={},
        )


def main() -> None:
    port, count, *paths = sys.argv[1:]
    ready = [ndarrays_to_parameters(arrays_in(path)) for path in paths]
    children = [_fork(port, number, ready) for number in range(int(count))]
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    sys.exit(max(codes))


def _fork(port: str, number: int, ready: List[Parameters]) -> int:
    child = os.fork()
    if child != 0:
        return child
    try:
        fl.client.start_client(server_address=f"127.0.0.1:{port}", client=ReadyClient(ready), insecure=True)
        os._exit(0)
    except BaseException as error:
        print(f"client {number}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(2)


if __name__ == "__main__":
    main()

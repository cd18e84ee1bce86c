"""K processes that take part in a run over the HTTP door with updates made before: the server's peer in `bench:round`.

    python3 ready_clients.py URL TASK K UPDATE_OF_ODD_ROUNDS UPDATE_OF_EVEN_ROUNDS
"""

import hashlib
import mmap
import os
import sys
from typing import List

from http_client import Bytes, Client, Heartbeat, Json, Update, take_part


class ReadyUpdate:
    """An update in a file that all processes share, so that sending it costs the client next to nothing."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            self._bytes = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        self._sha256 = hashlib.sha256(self._bytes).digest()

    def as_update(self) -> Update:
        return Update(self._bytes, num_examples=1, sha256=self._sha256)


def main() -> None:
    url, task_id, count, *paths = sys.argv[1:]
    ready = [ReadyUpdate(path) for path in paths]
    children = [_fork(url, task_id, number, ready) for number in range(int(count))]
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    sys.exit(max(codes))


def _fork(url: str, task_id: str, number: int, ready: List[ReadyUpdate]) -> int:
    child = os.fork()
    if child != 0:
        return child
    client = Client(url, task_id, f"client-{number:04d}", key=os.urandom(16).hex())

    def fit(instruction: Json, _parameters: Bytes, _heartbeat: Heartbeat) -> Update:
        return ready[(instruction["round"] + 1) % len(ready)].as_update()

    try:
        end = take_part(client, fit, verify=False)
        os._exit(0 if end["kind"] == "finish" else 1)
    except BaseException as error:
        print(f"client {number}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(2)


if __name__ == "__main__":
    main()

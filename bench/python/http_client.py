"""A client of the FedOps HTTP door (docs/protocol.md) in Python's standard library alone.

    python3 http_client.py http://127.0.0.1:8080 mnist device-7

takes part in a run as a client without data: it sends back what it receives. Import it and pass your own `fit`.
"""

import base64
import hashlib
import http.client
import json
import os
import random
import struct
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Union
from urllib.parse import quote, urlsplit

PROTOCOL_VERSION = 1
LONGEST_WAIT_MS = 25_000
#: Longer than the server holds a poll.
ANSWER_WITHIN_S = 60.0
PAUSES_S = (0.25, 0.5, 1.0, 2.0, 5.0)
#: Statuses after which the same request may succeed: docs/protocol.md 1.5.
COME_BACK = (429, 503, 507)

MAGIC = b"FOPARAMS"
FORMAT_VERSION = 1
PREFIX = struct.Struct("<8sII")
ALIGNMENT = 64
CODES = {"float32": "f", "float64": "d", "int32": "i", "int64": "q", "uint8": "B", "bool": "?"}

Bytes = Union[bytes, bytearray, memoryview]
Json = Dict[str, Any]


class Refused(Exception):
    """What the server answers when it does not do as asked."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message


@dataclass
class Update:
    """What a client has learnt in one round."""

    body: Bytes
    """Encoded parameters with the signature of the registration."""
    num_examples: int
    metrics: Dict[str, float] = field(default_factory=dict)
    sha256: Optional[bytes] = None
    """The digest of `body` where it is known already."""


class Tensor(NamedTuple):
    name: str
    shape: List[int]
    dtype: str
    values: memoryview
    """Flat, in C order; writable where the encoded bytes are."""


def tensors_of(encoded: Bytes) -> List[Tensor]:
    """The tensors within encoded parameters, without a copy. Needs a little-endian machine."""
    view = memoryview(encoded)
    magic, version, length = PREFIX.unpack_from(view)
    if magic != MAGIC or version != FORMAT_VERSION:
        raise ValueError(f"expected parameters of format {FORMAT_VERSION}, got {magic!r} {version}")
    signature = json.loads(bytes(view[PREFIX.size : PREFIX.size + length]))
    at = _aligned(PREFIX.size + length)
    tensors = []
    for tensor in signature:
        count = 1
        for extent in tensor["shape"]:
            count *= extent
        code = CODES[tensor["dtype"]]
        end = at + count * struct.calcsize("=" + code)
        tensors.append(Tensor(tensor["name"], tensor["shape"], tensor["dtype"], view[at:end].cast(code)))
        at = _aligned(end)
    return tensors


def _aligned(offset: int) -> int:
    return -(-offset // ALIGNMENT) * ALIGNMENT


class Wire:
    """One connection to the server, kept open, made anew when it breaks."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=ANSWER_WITHIN_S)
        self._prefix = parts.path.rstrip("/")
        self._retry_after_s = 0.0

    def request(
        self,
        method: str,
        path: str,
        body: Optional[Bytes] = None,
        headers: Optional[Dict[str, str]] = None,
        into: Optional[bytearray] = None,
    ) -> Bytes:
        """The answer's body, in `into` where given; repeats what is worth repeating."""
        for pause in (*PAUSES_S, None):
            try:
                return self.once(method, path, body, headers or {}, into)
            except Refused as refused:
                if refused.status not in COME_BACK or pause is None:
                    raise
                pause = max(pause, self._retry_after_s)
            except (OSError, http.client.HTTPException):
                self.close()
                if pause is None:
                    raise
            time.sleep(pause * random.uniform(1.0, 1.2))
        raise AssertionError("unreachable")

    def close(self) -> None:
        self._connection.close()

    def once(
        self,
        method: str,
        path: str,
        body: Optional[Bytes],
        headers: Dict[str, str],
        into: Optional[bytearray] = None,
    ) -> Bytes:
        connection = self._connection
        try:
            connection.request(method, self._prefix + path, body, headers)
        except (BrokenPipeError, ConnectionResetError):
            # A server that refuses a body may have said why before it hung up.
            pass
        response = connection.getresponse()
        self._retry_after_s = float(response.headers.get("Retry-After") or 0)
        if into is not None and response.status == 200:
            return _read_into(response, into)
        answer = response.read()
        if response.status < 300:
            return answer
        raise _refusal(response.status, answer)


def _read_into(response: http.client.HTTPResponse, into: bytearray) -> Bytes:
    if len(into) != response.length:
        raise ValueError(f"expected {len(into)} bytes, the server announces {response.length}")
    view = memoryview(into)
    while view:
        got = response.readinto(view)
        if got == 0:
            raise http.client.IncompleteRead(b"", len(view))
        view = view[got:]
    response.read()
    return into


def _refusal(status: int, answer: Bytes) -> Refused:
    try:
        error = json.loads(bytes(answer))
        return Refused(status, error["code"], error["message"])
    except (ValueError, KeyError, TypeError):
        return Refused(status, "bad-response", "the answer is no error of this protocol")


class Client:
    """One client of one task. `key` is its secret: 16 to 200 characters, made once and kept with the id."""

    def __init__(
        self, url: str, task_id: str, client_id: str, key: str, enrolment_token: Optional[str] = None
    ) -> None:
        self._url = url
        self._task_id = task_id
        self._client_id = client_id
        self._key = key
        self._enrolment_token = enrolment_token
        self._wire = Wire(url)
        self._buffer = bytearray()
        self.registration: Json = {}

    def register(self) -> Json:
        headers = {"Content-Type": "application/json"}
        if self._enrolment_token is not None:
            headers["Authorization"] = f"Bearer {self._enrolment_token}"
        registration = {
            "protocolVersion": PROTOCOL_VERSION,
            "taskId": self._task_id,
            "clientId": self._client_id,
            "key": self._key,
            "status": self._status(),
        }
        answer = self._wire.request("POST", "/v1/clients", json.dumps(registration).encode(), headers)
        self.registration = json.loads(bytes(answer))
        return self.registration

    def next_instruction(self) -> Json:
        """Waits for something to do; a poll that ends empty-handed is followed by the next."""
        while True:
            answer = self._ask("GET", f"{self._path()}/instruction?waitMs={LONGEST_WAIT_MS}")
            if answer:
                return json.loads(bytes(answer))

    def parameters(self, digest: str, byte_length: Optional[int] = None, verify: bool = True) -> Bytes:
        """The encoded parameters; where `byte_length` is given the next such call writes over the same memory.

        `verify` compares them with their digest.
        """
        if byte_length is not None and len(self._buffer) != byte_length:
            self._buffer = bytearray(byte_length)
        into = None if byte_length is None else self._buffer
        encoded = self._ask("GET", f"/v1/parameters/{digest}", into=into)
        if verify and hashlib.sha256(encoded).hexdigest() != digest:
            raise ValueError("the parameters do not match their digest")
        return encoded

    def upload(self, round_number: int, update: Update) -> Json:
        sha256 = update.sha256 or hashlib.sha256(update.body).digest()
        header = {"numExamples": update.num_examples, "metrics": update.metrics}
        headers = {
            "Content-Length": str(memoryview(update.body).nbytes),
            "Content-Digest": f"sha-256=:{base64.b64encode(sha256).decode()}:",
            "FedOps-Update": json.dumps(header),
        }
        return json.loads(bytes(self._ask("PUT", self._result("updates", round_number), update.body, headers)))

    def evaluation(self, round_number: int, loss: float, num_examples: int, metrics: Dict[str, float]) -> Json:
        body = {"loss": loss, "numExamples": num_examples, "metrics": metrics}
        return self._send("PUT", self._result("evaluations", round_number), body)

    def failure(self, round_number: int, work: str, message: str) -> Json:
        body = {"work": work, "code": "internal", "message": message}
        return self._send("PUT", self._result("failures", round_number), body)

    def leave(self) -> None:
        self._ask("DELETE", self._path())
        self._wire.close()

    def heartbeat(self, wire: Wire, activity: Json) -> Json:
        """Keeps the lease alive; on a wire of its own, as this one may be busy."""
        body = json.dumps({"status": self._status(), "activity": activity}).encode()
        headers = {**self._credentials(), "Content-Type": "application/json"}
        return json.loads(bytes(wire.once("POST", f"{self._path()}/heartbeat", body, headers)))

    def wire(self) -> Wire:
        return Wire(self._url)

    def _send(self, method: str, path: str, body: Json) -> Json:
        headers = {"Content-Type": "application/json"}
        return json.loads(bytes(self._ask(method, path, json.dumps(body).encode(), headers)))

    def _ask(
        self,
        method: str,
        path: str,
        body: Optional[Bytes] = None,
        headers: Optional[Dict[str, str]] = None,
        into: Optional[bytearray] = None,
    ) -> Bytes:
        """A request in the client's name; a server that has forgotten it is told again who it is."""
        try:
            return self._wire.request(method, path, body, {**(headers or {}), **self._credentials()}, into)
        except Refused as refused:
            if refused.status != 401:
                raise
        self.register()
        return self._wire.request(method, path, body, {**(headers or {}), **self._credentials()}, into)

    def _credentials(self) -> Dict[str, str]:
        return {"Authorization": f"Bearer {self.registration['token']}"}

    def _path(self) -> str:
        return f"/v1/clients/{quote(self._client_id, safe='')}"

    def _result(self, kind: str, round_number: int) -> str:
        run = quote(self.registration["runId"], safe="")
        return f"/v1/runs/{run}/rounds/{round_number}/{kind}/{quote(self._client_id, safe='')}"

    def _status(self) -> Json:
        return {
            "FL_task_id": self._task_id,
            "FL_client_num": 0,
            "FL_client_mac": None,
            "FL_client_online": True,
            "FL_client_start": True,
            "FL_client_fail": False,
            "FL_server_IP": urlsplit(self._url).netloc,
            "FL_next_gl_model": self.registration.get("nextVersion", 1),
        }


class Heartbeat:
    """Says that the client is at work for as long as the block runs."""

    def __init__(self, client: Client, kind: str, round_number: int) -> None:
        run_id = client.registration["runId"]
        self._client = client
        self._activity = {"kind": kind, "runId": run_id, "round": round_number}
        self._over = threading.Event()
        #: Set when the server no longer wants the work.
        self.abandoned = threading.Event()

    def __enter__(self) -> "Heartbeat":
        threading.Thread(target=self._beat, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def _beat(self) -> None:
        lease_s = self._client.registration["leaseMs"] / 1000
        if self._over.wait(lease_s / 3):
            return
        wire = self._client.wire()
        try:
            while not self._over.is_set():
                if self._client.heartbeat(wire, self._activity)["work"] == "abandon":
                    self.abandoned.set()
                    return
                self._over.wait(lease_s / 3)
        except (OSError, http.client.HTTPException, Refused):
            # The main connection meets the same trouble, and knows what to do about it.
            return
        finally:
            wire.close()


Fit = Callable[[Json, Bytes, Heartbeat], Update]
Evaluate = Callable[[Json, Bytes], Json]


def take_part(
    client: Client, fit: Fit, evaluate: Optional[Evaluate] = None, verify: bool = True
) -> Json:
    """Takes part in a run to its end; returns the last instruction, `finish` or `fail`.

    `fit` may look at `abandoned` of its heartbeat now and then. `evaluate` returns loss, num_examples and metrics.
    """
    client.register()
    while True:
        instruction = client.next_instruction()
        kind = instruction["kind"]
        if kind in ("finish", "fail"):
            return instruction
        try:
            _work(client, instruction, fit, evaluate, verify)
        except Refused as refused:
            # A round that closed without us: there is a next one.
            if refused.code not in ("stale-round", "conflict"):
                raise


def _work(
    client: Client, instruction: Json, fit: Fit, evaluate: Optional[Evaluate], verify: bool
) -> None:
    kind, round_number = instruction["kind"], instruction["round"]
    ref = instruction["parameters"]
    with Heartbeat(client, "fitting" if kind == "fit" else "evaluating", round_number) as heartbeat:
        parameters = client.parameters(ref["digest"], ref["byteLength"], verify)
        try:
            if kind == "fit":
                result = fit(instruction, parameters, heartbeat)
            elif evaluate is not None:
                result = evaluate(instruction, parameters)
            else:
                raise NotImplementedError("this client does not evaluate")
        except Exception as error:
            client.failure(round_number, kind, f"{type(error).__name__}: {error}")
            return
        if heartbeat.abandoned.is_set():
            return
        if kind == "fit":
            client.upload(round_number, result)
        else:
            client.evaluation(round_number, **result)


def _echo(_instruction: Json, parameters: Bytes, _heartbeat: Heartbeat) -> Update:
    return Update(parameters, num_examples=1)


def main() -> None:
    if len(sys.argv) != 4:
        sys.exit("usage: http_client.py URL TASK CLIENT")
    url, task_id, client_id = sys.argv[1:]
    client = Client(url, task_id, client_id, key=os.environ.get("FEDOPS_KEY", os.urandom(16).hex()))
    end = take_part(client, _echo)
    if end["kind"] == "fail":
        sys.exit(f"the run failed: {end['code']}: {end['message']}")
    for tensor in tensors_of(client.parameters(end["digest"])):
        print(tensor.name, tensor.shape, tensor.dtype)
    print(f"version {end['version']}: {end['digest']}")


if __name__ == "__main__":
    main()

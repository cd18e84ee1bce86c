"""JSON over HTTP with the standard library alone, in the manner of FedOps' Python services."""

import json
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def ask(method, url, body=None, with_type=False):
    """Sends a request. Python FedOps leaves the Content-Type out of most of its own; urllib would add one of a form."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method)
    if data is not None:
        request.add_header("Content-Type", "application/json" if with_type else "")
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.loads(response.read())


def serve(port, routes):
    """Serves `{"GET /online": function}` on loopback in the background; a function takes the body."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            path = self.path.split("?")[0]
            route = routes.get(f"{self.command} {path.rstrip('/')}")
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            if route is None:
                return self.send(404, {"detail": "Not Found"})
            try:
                self.send(200, route(body))
            except Exception as error:  # a service that fails answers 500, as FastAPI does
                tell("error", problem=repr(error))
                self.send(500, {"detail": "Internal Server Error"})

        do_GET = do_POST = do_PUT = answer

        def send(self, status, body):
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


def tell(event, **facts):
    """One line of JSON for whoever started this process."""
    sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
    sys.stdout.flush()

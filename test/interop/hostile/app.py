# The app behind the Python servers: answers with what it was asked, and prints one line of JSON for each request.
import json
import sys


def record(method, target, headers, body):
    line = {"method": method, "target": target, "headers": headers, "body": len(body)}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    return f"{method} {target}\n".encode("latin-1")


def wsgi(environ, start_response):
    body = environ["wsgi.input"].read()
    # the servers' own names for the target as it came
    target = environ.get("RAW_URI") or environ["REQUEST_URI"]
    names = {key: key[5:].replace("_", "-").lower() for key in environ if key.startswith("HTTP_")}
    headers = [[name, environ[key]] for key, name in names.items()]
    answer = record(environ["REQUEST_METHOD"], target, headers, body)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))])
    return [answer]


async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        return await lifespan(receive, send)
    body = b""
    more = scope["type"] == "http"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
    query = scope["query_string"]
    target = (scope["raw_path"] + (b"?" + query if query else b"")).decode("latin-1")
    headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]]
    answer = record(scope.get("method", "GET"), target, headers, body)
    if scope["type"] == "websocket":
        return await send({"type": "websocket.close"})
    length = (b"content-length", str(len(answer)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": answer})


async def lifespan(receive, send):
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return

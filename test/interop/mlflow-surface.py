"""Prints every endpoint of the installed MLflow as JSON: its Flask map, its FastAPI routers, its own login app and its GraphQL schema."""

import importlib.util
import json
import logging
import os
import re
import warnings

logging.disable(logging.CRITICAL)
warnings.filterwarnings("ignore")

import mlflow
from mlflow.server import app as flask_app
from mlflow.server import handlers


def rest():
    """The table that Flask's map is made from; walked as well, since a handler may be left out of the map."""
    for path, _, methods in handlers.get_endpoints():
        yield "get_endpoints", methods, path


def flask():
    for rule in flask_app.url_map.iter_rules():
        yield "Flask", rule.methods, rule.rule


def fastapi():
    try:
        from mlflow.server.fastapi_app import app
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("mlflow"):
            raise
        return  # MLflow before 3.3
    yield from routes_of(app.routes, "")


def routes_of(routes, prefix):
    for route in routes:
        if nested := getattr(route, "original_router", None):
            # FastAPI since 0.13x keeps an included router as one route
            yield from routes_of(nested.routes, prefix + getattr(route.include_context, "prefix", ""))
        elif getattr(route, "path", None) is not None and getattr(route, "methods", None):
            yield "FastAPI", route.methods, prefix + route.path


def auth_app():
    """`mlflow server --app-name basic-auth`, from its list of paths: the app itself needs packages that are not installed."""
    file = os.path.join(os.path.dirname(mlflow.__file__), "server", "auth", "routes.py")
    spec = importlib.util.spec_from_file_location("auth_routes", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    methods = {"GET": "GET", "LIST": "GET", "UPDATE": "PATCH", "DELETE": "DELETE"}
    for name, path in vars(module).items():
        if isinstance(path, str) and re.search("/(users|roles|permissions|signup)(/|$)", path):
            verb = name.removeprefix("AJAX_").split("_")[0]
            yield "auth app", ["GET" if path == "/signup" else methods.get(verb, "POST")], path


def graphql():
    from mlflow.server.graphql.graphql_schema_extensions import schema

    fields = lambda kind: sorted(kind._meta.fields) if kind else []
    return {"queries": fields(schema.query), "mutations": fields(schema.mutation)}


endpoints = {}
for walk in (rest, flask, fastapi, auth_app):
    for source, methods, path in walk():
        for method in set(methods) - {"HEAD", "OPTIONS"}:
            endpoints.setdefault((method, path), source)
rows = [{"source": source, "method": method, "path": path} for (method, path), source in sorted(endpoints.items())]
print(json.dumps({"version": mlflow.__version__, "endpoints": rows, "graphql": graphql()}))

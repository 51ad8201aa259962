"""What a user of MLflow's Python client does, step by step (`all`, `token` or `short`); one JSON line a step, so that a test can name the one that failed."""

import base64
import gzip
import hashlib
import json
import logging
import os
import sys
import tempfile
import time
import traceback
import urllib.parse
import warnings

os.environ.setdefault("MLFLOW_ENABLE_ASYNC_TRACE_LOGGING", "false")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
warnings.filterwarnings("ignore")

import mlflow
import requests
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

logging.getLogger("mlflow").setLevel(logging.ERROR)

ARTIFACT_MIB = int(os.environ.get("ARTIFACT_MIB", "200"))
NAME = f"guard {os.getpid()} {time.time_ns()}"
client = MlflowClient()
state = {}


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def experiment():
    state["experiment"] = client.create_experiment(NAME)
    mlflow.set_experiment(experiment_id=state["experiment"])
    assert client.get_experiment_by_name(NAME).experiment_id == state["experiment"]


def run():
    with mlflow.start_run(run_name="first") as active:
        state["run"] = active.info.run_id
        mlflow.log_param("rate", 0.01)
        for step in range(20):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        now = int(time.time() * 1000)
        client.log_batch(
            state["run"],
            metrics=[Metric(f"m{i}", float(i), now, 0) for i in range(500)],
            params=[Param(f"p{i}", str(i)) for i in range(50)],
            tags=[RunTag("note", "ä € 🙂")],
        )
    found = client.get_run(state["run"])
    assert found.data.params["rate"] == "0.01" and found.data.metrics["m499"] == 499.0
    assert found.data.tags["note"] == "ä € 🙂"
    assert len(client.get_metric_history(state["run"], "loss")) == 20


def search():
    runs = client.search_runs([state["experiment"]], "metrics.loss < 1 and params.rate = '0.01'")
    assert [one.info.run_id for one in runs] == [state["run"]]
    long_filter = " and ".join(f"params.p{i} = '{i}'" for i in range(50))
    assert len(client.search_runs([state["experiment"]], long_filter)) == 1


def small_artifacts():
    with tempfile.TemporaryDirectory() as folder:
        for name in ("plain.txt", "with space.txt", "ümläut.txt", "per%20cent.txt"):
            with open(os.path.join(folder, name), "w") as file:
                file.write(name)
        with mlflow.start_run(run_id=state["run"]):
            mlflow.log_artifacts(folder, "texts")
            mlflow.log_text("hello", "notes/hello.txt")
            mlflow.log_dict({"a": 1}, "notes/dict.json")
    listed = {one.path for one in client.list_artifacts(state["run"], "texts")}
    assert "texts/with space.txt" in listed and "texts/ümläut.txt" in listed, listed
    assert mlflow.artifacts.load_text(f"runs:/{state['run']}/notes/hello.txt") == "hello"
    path = mlflow.artifacts.download_artifacts(f"runs:/{state['run']}/texts/with space.txt")
    assert open(path).read() == "with space.txt"


def large_artifact():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "large.bin")
        with open(path, "wb") as file:
            for _ in range(ARTIFACT_MIB):
                file.write(os.urandom(1 << 20))
        with mlflow.start_run(run_id=state["run"]):
            mlflow.log_artifact(path, "big")
        again = mlflow.artifacts.download_artifacts(f"runs:/{state['run']}/big/large.bin", dst_path=os.path.join(folder, "back"))
        assert digest(again) == digest(path)


def model():
    from sklearn.linear_model import LinearRegression

    fitted = LinearRegression().fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
    with mlflow.start_run(run_id=state["run"]):
        info = mlflow.sklearn.log_model(fitted, name="line", input_example=[[1.0]], pip_requirements=["scikit-learn"])
    state["model_uri"] = info.model_uri
    loaded = mlflow.sklearn.load_model(info.model_uri)
    assert round(loaded.predict([[3.0]])[0]) == 7


def registry():
    name = NAME.replace(" ", "-")
    version = mlflow.register_model(state["model_uri"], name)
    client.set_registered_model_alias(name, "champion", version.version)
    client.set_model_version_tag(name, version.version, "ok", "yes")
    loaded = mlflow.pyfunc.load_model(f"models:/{name}@champion")
    assert round(float(loaded.predict([[3.0]])[0])) == 7
    assert [one.name for one in client.search_registered_models(f"name = '{name}'")] == [name]
    client.delete_registered_model(name)


def traces():
    @mlflow.trace
    def inner(x):
        return x + 1

    with mlflow.start_span("outer") as span:
        span.set_inputs({"x": 1})
        span.set_outputs({"y": inner(1)})
        trace_id = span.trace_id
    mlflow.flush_trace_async_logging()
    trace = client.get_trace(trace_id)
    assert {one.name for one in trace.data.spans} == {"outer", "inner"}
    found = mlflow.search_traces(locations=[state["experiment"]], return_type="list")
    assert trace_id in [one.info.trace_id for one in found]


def otlp():
    """A plain OpenTelemetry exporter, as OTEL_EXPORTER_OTLP_HEADERS sets it up: protobuf, compressed."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    user, password = os.environ["MLFLOW_TRACKING_USERNAME"], os.environ["MLFLOW_TRACKING_PASSWORD"]
    login = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    name, _, value = f"Authorization={urllib.parse.quote(login)}".partition("=")
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add()
    span.name, span.trace_id, span.span_id = "from otel", os.urandom(16), os.urandom(8)
    span.start_time_unix_nano, span.end_time_unix_nano = time.time_ns() - 1_000_000, time.time_ns()
    answer = requests.post(
        os.environ["MLFLOW_TRACKING_URI"] + "/v1/traces",
        data=gzip.compress(request.SerializeToString()),
        headers={
            name: urllib.parse.unquote(value),
            "Content-Type": "application/x-protobuf",
            "Content-Encoding": "gzip",
            "x-mlflow-experiment-id": state["experiment"],
        },
    )
    assert answer.status_code == 200, answer.text
    found = mlflow.search_traces(locations=[state["experiment"]], return_type="list")
    assert span.trace_id.hex() in " ".join(one.info.trace_id for one in found)


def delete():
    client.delete_run(state["run"])
    assert client.get_run(state["run"]).info.lifecycle_stage == "deleted"
    client.restore_run(state["run"])
    client.delete_experiment(state["experiment"])


def wrong_password():
    os.environ["MLFLOW_TRACKING_PASSWORD"] = "certainly not"
    try:
        client.search_experiments()
    except mlflow.exceptions.MlflowException as error:
        assert "401" in str(error) and "MLFLOW_TRACKING_PASSWORD" in str(error), str(error)[:300]
    else:
        raise AssertionError("a wrong password was let in")


def wrong_upload():
    with tempfile.TemporaryFile() as file:
        file.truncate(100 << 20)
        answer = requests.put(
            os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow-artifacts/artifacts/large.bin",
            data=file,
            auth=(os.environ["MLFLOW_TRACKING_USERNAME"], "certainly not"),
        )
    assert answer.status_code == 401 and "MLFLOW_TRACKING_PASSWORD" in answer.text, answer.text


ALL = [
    experiment,
    run,
    search,
    small_artifacts,
    large_artifact,
    model,
    registry,
    traces,
    otlp,
    delete,
    wrong_password,
    wrong_upload,
]
# with MLFLOW_TRACKING_TOKEN
TOKEN = [experiment, run, search, small_artifacts, large_artifact, model, registry, traces, delete]
SHORT = [experiment, run, small_artifacts, traces, delete]

failed = False
for step in {"all": ALL, "token": TOKEN, "short": SHORT}[sys.argv[1]]:
    start = time.time()
    try:
        step()
        result = {"step": step.__name__, "ok": True}
    except Exception:
        failed = True
        result = {"step": step.__name__, "ok": False, "error": traceback.format_exc()[-1500:]}
    print(json.dumps({**result, "seconds": round(time.time() - start, 1)}), flush=True)
sys.exit(1 if failed else 0)

"""What MLflow's Python client does as a writer (`seed`), and as a reader (`read`, `write`): one JSON line a step."""

import json
import logging
import os
import sys
import tempfile
import time
import traceback
import warnings

os.environ.setdefault("MLFLOW_ENABLE_ASYNC_TRACE_LOGGING", "false")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
warnings.filterwarnings("ignore")

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

logging.getLogger("mlflow").setLevel(logging.ERROR)
client = MlflowClient()
state = json.loads(os.environ.get("STATE", "{}"))


def seed():
    experiment = client.create_experiment("shared")
    mlflow.set_experiment(experiment_id=experiment)
    with mlflow.start_run(run_name="first run") as run:
        mlflow.log_param("rate", 0.1)
        for step in range(5):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_text("hello from the artifact", "notes/with space.txt")
        mlflow.set_tag("colour", "red")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "per%20cent ü.txt")
            with open(path, "w") as file:
                file.write("ü")
            mlflow.log_artifact(path, "notes")
    client.create_registered_model("line")
    client.create_model_version("line", f"runs:/{run.info.run_id}/notes", run.info.run_id)
    client.set_registered_model_alias("line", "champion", "1")
    mlflow.genai.register_prompt("greeting", "Hello {{name}}")
    with mlflow.start_span("question") as span:
        span.set_inputs({"q": "what is guarded here"})
        with mlflow.start_span("answer") as inner:
            inner.set_outputs({"a": "all of it"})
    mlflow.flush_trace_async_logging()
    return {"experiment": experiment, "run": run.info.run_id, "trace": span.trace_id}


def equal(actual, expected):
    assert actual == expected, f"expected {expected!r}, got {actual!r}"


READS = {
    "search experiments": lambda: equal("shared" in [one.name for one in client.search_experiments()], True),
    "get experiment": lambda: equal(client.get_experiment_by_name("shared").experiment_id, state["experiment"]),
    "search runs": lambda: equal([one.info.run_id for one in client.search_runs([state["experiment"]])], [state["run"]]),
    "get run": lambda: equal(client.get_run(state["run"]).data.params, {"rate": "0.1"}),
    "history": lambda: equal(len(client.get_metric_history(state["run"], "loss")), 5),
    "list artifacts": lambda: equal(
        [one.path for one in client.list_artifacts(state["run"], "notes")],
        # MLflow decodes its own listing
        ["notes/per cent ü.txt", "notes/with space.txt"],
    ),
    "load artifact": lambda: equal(
        mlflow.artifacts.load_text(f"runs:/{state['run']}/notes/with space.txt"), "hello from the artifact"
    ),
    "download artifacts": lambda: equal(
        len(os.listdir(mlflow.artifacts.download_artifacts(f"runs:/{state['run']}/notes"))), 2
    ),
    "search traces": lambda: equal(
        [one.info.trace_id for one in mlflow.search_traces(locations=[state["experiment"]], return_type="list")],
        [state["trace"]],
    ),
    "get trace": lambda: equal({one.name for one in client.get_trace(state["trace"]).data.spans}, {"question", "answer"}),
    "search models": lambda: equal([one.name for one in client.search_registered_models("name = 'line'")], ["line"]),
    "model versions": lambda: equal(len(client.search_model_versions("name = 'line'")), 1),
    "latest versions": lambda: equal(len(client.get_latest_versions("line")), 1),
    "alias": lambda: equal(client.get_model_version_by_alias("line", "champion").version, "1"),
    "download URI": lambda: equal(bool(client.get_model_version_download_uri("line", "1")), True),
    "load prompt": lambda: equal(mlflow.genai.load_prompt("prompts:/greeting/1").template, "Hello {{name}}"),
    "search prompts": lambda: equal([one.name for one in mlflow.genai.search_prompts()], ["greeting"]),
    "logged models": lambda: equal(list(mlflow.search_logged_models([state["experiment"]], output_format="list")), []),
}


def log_artifact():
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        client.log_artifact(state["run"], file.name)


now = int(time.time() * 1000)
WRITES = {
    "create experiment": lambda: client.create_experiment("mine"),
    "rename experiment": lambda: client.rename_experiment(state["experiment"], "mine"),
    "delete experiment": lambda: client.delete_experiment(state["experiment"]),
    "tag experiment": lambda: client.set_experiment_tag(state["experiment"], "a", "b"),
    "create run": lambda: client.create_run(state["experiment"]),
    "log metric": lambda: client.log_metric(state["run"], "loss", 0.0),
    "log parameter": lambda: client.log_param(state["run"], "p", "1"),
    "log batch": lambda: client.log_batch(
        state["run"], [Metric("m", 1.0, now, 0)], [Param("p", "1")], [RunTag("t", "1")]
    ),
    "set tag": lambda: client.set_tag(state["run"], "colour", "blue"),
    "delete tag": lambda: client.delete_tag(state["run"], "colour"),
    "end run": lambda: client.set_terminated(state["run"], "FAILED"),
    "delete run": lambda: client.delete_run(state["run"]),
    "upload artifact": log_artifact,
    "delete artifacts": lambda: mlflow.store.artifact.artifact_repository_registry.get_artifact_repository(
        client.get_run(state["run"]).info.artifact_uri
    ).delete_artifacts("notes"),
    "create model": lambda: client.create_registered_model("mine"),
    "create version": lambda: client.create_model_version("line", f"runs:/{state['run']}/notes", state["run"]),
    "set alias": lambda: client.set_registered_model_alias("line", "challenger", "1"),
    "delete alias": lambda: client.delete_registered_model_alias("line", "champion"),
    "delete model": lambda: client.delete_registered_model("line"),
    "register prompt": lambda: mlflow.genai.register_prompt("greeting", "Bye {{name}}"),
    "delete traces": lambda: client.delete_traces(state["experiment"], trace_ids=[state["trace"]]),
    "tag trace": lambda: client.set_trace_tag(state["trace"], "a", "b"),
    "feedback": lambda: mlflow.log_feedback(trace_id=state["trace"], name="good", value=True),
}


def refused(write):
    try:
        write()
    except Exception as error:
        text = str(error)
        assert "403" in text or "PERMISSION_DENIED" in text, text[:500]
        assert "guest may only read" in text, text[:500]
    else:
        raise AssertionError("it was not refused")


def report(name, step):
    try:
        step()
        print(json.dumps({"step": name, "ok": True}), flush=True)
    except Exception:
        print(json.dumps({"step": name, "ok": False, "error": traceback.format_exc()[-1500:]}), flush=True)


match sys.argv[1]:
    case "seed":
        print("STATE", json.dumps(seed()))
    case "read":
        for name, step in READS.items():
            report(name, step)
    case "write":
        for name, step in WRITES.items():
            report(name, lambda: refused(step))

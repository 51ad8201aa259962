"""A job whose access token expires while it logs: it is told so, asks the provider for a new one, and goes on with the same run."""

import base64
import json
import os
import time
import urllib.parse
import urllib.request

os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "1"

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException


def sign_in():
    """OAuth 2.0 client credentials, as jobs have them."""
    login = f"{os.environ['JOB_ID']}:{urllib.parse.quote(os.environ['JOB_SECRET'])}"
    form = {"grant_type": "client_credentials", "resource": os.environ["AUDIENCE"]}
    request = urllib.request.Request(
        os.environ["TOKEN_URL"],
        urllib.parse.urlencode(form).encode(),
        {"Authorization": "Basic " + base64.b64encode(login.encode()).decode()},
    )
    os.environ["MLFLOW_TRACKING_TOKEN"] = json.load(urllib.request.urlopen(request))["access_token"]


sign_in()
client = MlflowClient()
run = client.create_run("0").info.run_id
logged = 0
for _ in range(3):
    client.log_metric(run, "loss", 1 / (logged + 1), step=logged)
    logged += 1
# this one is valid for some seconds only
sign_in()
refusals = []
end = time.monotonic() + 100
while not refusals and time.monotonic() < end:
    try:
        client.log_metric(run, "loss", 1 / (logged + 1), step=logged)
        logged += 1
        time.sleep(0.1)
    except MlflowException as error:
        refusals.append(str(error))
sign_in()
client.log_metric(run, "loss", 0, step=logged)
client.set_terminated(run)
found = client.get_run(run)
print(json.dumps({
    "logged": logged,
    "refusals": refusals,
    "kept": len(client.get_metric_history(run, "loss")),
    "status": found.info.status,
}))

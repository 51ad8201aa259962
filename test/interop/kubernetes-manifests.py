# Prints the documents of a YAML file as JSON; with a file of CustomResourceDefinitions, only if each fits its schema there,
# and those of Kubernetes itself its schema.
#   python kubernetes-manifests.py MANIFEST [DEFINITIONS]
import json
import sys

import yaml


def closed(schema):
    """Kubernetes drops fields that it does not know without a word; here they are errors."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    is_object = schema.get("type") == "object" and isinstance(schema.get("properties"), dict)
    if is_object and not schema.get("x-kubernetes-preserve-unknown-fields"):
        result.setdefault("additionalProperties", False)
    return result


with open(sys.argv[1]) as file:
    documents = list(yaml.safe_load_all(file))
if len(sys.argv) > 2:
    import jsonschema

    import kubernetes_validate

    definitions = {}
    with open(sys.argv[2]) as file:
        for document in yaml.safe_load_all(file):
            spec = document["spec"]
            for version in spec["versions"]:
                name = f"{spec['group']}/{version['name']}", spec["names"]["kind"]
                definitions[name] = version["schema"]["openAPIV3Schema"]
    groups = {version.split("/")[0] for version, _ in definitions}
    for document in documents:
        name = document["apiVersion"], document["kind"]
        if name in definitions:
            jsonschema.validate(document["spec"], closed(definitions[name]["properties"]["spec"]))
        elif name[0].split("/")[0] in groups:
            sys.exit(f"no schema for {' '.join(name)}")
        else:
            kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
print(json.dumps(documents))

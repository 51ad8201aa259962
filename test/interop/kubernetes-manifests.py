# Prints the documents of a YAML file as JSON; with a CustomResourceDefinition, only if they fit its schema.
#   python kubernetes-manifests.py MANIFEST [DEFINITION]
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

    with open(sys.argv[2]) as file:
        spec = yaml.safe_load(file)["spec"]
    schemas = {version["name"]: version["schema"]["openAPIV3Schema"] for version in spec["versions"]}
    for document in documents:
        group, version = document["apiVersion"].split("/")
        if (group, document["kind"]) != (spec["group"], spec["names"]["kind"]):
            sys.exit(f"no schema for {group} {document['kind']}")
        jsonschema.validate(document["spec"], closed(schemas[version]["properties"]["spec"]))
print(json.dumps(documents))

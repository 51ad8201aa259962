# Validates the files of docs/deploy and prints them as JSON: deploy-files.py kubernetes|compose FILE...
import json
import sys

import yaml

kind, *paths = sys.argv[1:]
documents = [document for path in paths for document in yaml.safe_load_all(open(path))]
if kind == "kubernetes":
    import kubernetes_validate

    for document in documents:
        # strict: a property that the schema does not know is an error
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
else:
    from compose_spec import ComposeSpecification, Service

    known = {name for key, field in Service.model_fields.items() for name in (key, field.alias)}
    for document in documents:
        ComposeSpecification.model_validate(document)
        for name, service in document["services"].items():
            unknown = set(service) - known
            if unknown:
                sys.exit(f"service {name}: unknown keys {sorted(unknown)}")
json.dump(documents, sys.stdout)

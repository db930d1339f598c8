"""Checks OpenAPI documents. Standard input contains a list of them.

The specification's schema checks each document, and the document's own schemas check its examples. The output contains the
number of examples and a list of faults for each document.
"""

import json
import sys

import jsonschema_rs
import schemathesis


def judge(document):
    schemathesis.openapi.from_dict(document).validate()

    def resolved(value):
        while "$ref" in value:
            keys = value["$ref"].removeprefix("#/").split("/")
            value = document
            for key in keys:
                value = value[key]
        return value

    def examples():
        for path, item in document["paths"].items():
            for parameter in item["get"]["parameters"]:
                for example in parameter["schema"].get("examples", []):
                    yield f"{path} {parameter['name']}", parameter["schema"], example
            for status, response in item["get"]["responses"].items():
                response = resolved(response)
                for header in response["headers"].values():
                    resolved(header)
                for content in response.get("content", {}).values():
                    yield f"{path} {status}", content["schema"], content["example"]

    count, wrong = 0, []
    for place, schema, example in examples():
        count += 1
        validator = jsonschema_rs.Draft202012Validator({"components": document["components"], **schema}, validate_formats=True)
        wrong += [f"{place}: {error.message}" for error in validator.iter_errors(example)]
    return {"examples": count, "wrong": wrong}


def judged(document):
    try:
        return judge(document)
    except (jsonschema_rs.ValidationError, KeyError) as error:
        return {"examples": 0, "wrong": [f"{type(error).__name__}: {error}"]}


print(json.dumps([judged(document) for document in json.load(sys.stdin)]))

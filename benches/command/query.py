"""`query.py QUERY FILE FROM TO` prints the report of a file by DuckDB, as JSON."""

import json
import pathlib
import sys

import duckdb

query, file, start, end = sys.argv[1:]
text = pathlib.Path(query).read_text()
for name, value in {"{file}": file, "{from}": start.rstrip("Z"), "{to}": end.rstrip("Z")}.items():
    text = text.replace(name, value)
rows = duckdb.sql(text)
names = rows.columns
print(json.dumps({"data": [dict(zip(names, row)) for row in rows.fetchall()]}))

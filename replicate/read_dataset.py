"""Reads the tables of this frozen dataset, with Python's own library alone.

    from read_dataset import read_table
    payments = read_table("payments")        # a list of rows, each a dict by column

Numbers are numbers (money exactly, as Decimal), dates and times are dates and times, empty cells are None. For many
millions of rows read the Parquet files instead: pyarrow.dataset.dataset("payments", partitioning="hive").
Run by itself it tells what is here: python3 read_dataset.py
"""
import csv
import json
import os
from datetime import date, datetime
from decimal import Decimal

HERE = os.path.dirname(os.path.abspath(__file__))

READ = {
    "integer": int,
    "number": Decimal,
    "date": date.fromisoformat,
    "datetime": lambda text: datetime.fromisoformat(text.replace("Z", "+00:00")),
    "string": str,
}


def _resources(dataset):
    with open(os.path.join(dataset, "datapackage.json"), encoding="utf-8") as file:
        return {resource["name"]: resource for resource in json.load(file)["resources"]}


def read_table(name, dataset=HERE):
    """All rows of a table, of all months."""
    resource = _resources(dataset)[name]
    read = {field["name"]: READ[field["type"]] for field in resource["schema"]["fields"]}
    paths = resource["path"] if isinstance(resource["path"], list) else [resource["path"]]
    rows = []
    for path in paths:
        with open(os.path.join(dataset, path), newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                rows.append({column: read[column](text) if text else None for column, text in row.items()})
    return rows


if __name__ == "__main__":
    for name in _resources(HERE):
        print(name, len(read_table(name)), sep="\t")
    print("revenue", sum(row["price"] for row in read_table("payments")), sep="\t")

"""Reads the exports of a site with other programs' eyes: `check_exports.py SITE/pages`.

Parquet must equal the JSON Lines, every document of the API must meet its schema, feeds, sitemaps and
citations must be read without complaint, and each CSV must have the cells of its page."""

import csv
import glob
import gzip
import html
import json
import os
import re
import sys
import xml.etree.ElementTree as xml

import bibtexparser
import duckdb
import feedparser
import jsonschema

pages = sys.argv[1]
api = os.path.join(pages, "api/v1")
checked = dict.fromkeys(["rows", "documents", "feeds", "entries", "addresses", "json_ld", "citations", "cells"], 0)


def text(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def found(pattern):
    return sorted(glob.glob(os.path.join(pages, pattern), recursive=True))


def tables():
    package = json.loads(text(f"{api}/data/datapackage.json"))
    for resource in package["resources"]:
        if resource["format"] != "jsonl":
            continue
        name, fields = resource["name"], resource["schema"]["fields"]
        lines = []
        for path in resource["path"]:
            with gzip.open(f"{api}/data/{path}", "rt", encoding="utf-8", newline="\n") as file:
                lines += [json.loads(line) for line in file]
        columns = duckdb.sql(f"SELECT * FROM '{api}/data/{name}.parquet'")
        assert columns.columns == [field["name"] for field in fields], name
        rows = columns.fetchall()
        assert len(rows) == len(lines), (name, len(rows), len(lines))
        kinds = {"string": str, "number": (int, float), "integer": int, "boolean": bool}
        for row, line in zip(rows, lines):
            assert list(line) == columns.columns
            assert tuple(line.values()) == row, (name, line, row)
            for field in fields:
                value = line[field["name"]]
                assert value is None or isinstance(value, kinds[field["type"]]), (name, field, value)
            checked["rows"] += 1
        keys = [tuple(line[key] for key in resource["schema"]["primaryKey"]) for line in lines]
        assert not keys[0:1] or keys[0] == () or len(set(keys)) == len(keys), f"{name}: a key is there twice"


def documents():
    schemas = {name: json.loads(text(f"{api}/schema/{name}.json")) for name in ["index", "list", "model", "ranking", "evaluator"]}
    validators = {}
    for name, schema in schemas.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        validators[name] = jsonschema.Draft202012Validator(schema)
    kinds = {"index": "index.json", "list": "*s.json", "model": "models/**/*.json", "ranking": "benchmarks/**/*.json", "evaluator": "evaluators/**/*.json"}
    for name, pattern in kinds.items():
        for path in found(f"api/v1/{pattern}"):
            document = json.loads(text(path))
            validators[name].validate(document)
            for page in [entry["page"] for entry in document.get("entries", [document] if "page" in document else [])]:
                assert os.path.isfile(os.path.join(pages, page)), (path, page)
            for entry in document.get("entries", []):
                assert entry["api"] is None or os.path.isfile(os.path.join(pages, entry["api"])), (path, entry)
            checked["documents"] += 1


def feeds():
    for path in found("**/*.atom"):
        feed = feedparser.parse(path)
        assert not feed.bozo, (path, feed.bozo_exception)
        assert feed.version == "atom10" and feed.feed.id and feed.feed.updated_parsed and feed.feed.author, path
        ids = [entry.id for entry in feed.entries]
        assert len(set(ids)) == len(ids), f"{path}: an id is there twice"
        for entry in feed.entries:
            assert entry.title and entry.updated_parsed and entry.link and entry.content, path
            checked["entries"] += 1
        days = [entry.updated for entry in feed.entries]
        assert days == sorted(days, reverse=True), f"{path}: not newest first"
        checked["feeds"] += 1


def sitemaps():
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    for path in found("sitemap*.xml"):
        root = xml.parse(path).getroot()
        entry = {f"{space}urlset": f"{space}url", f"{space}sitemapindex": f"{space}sitemap"}[root.tag]
        assert 0 < len(root) <= 50_000 and os.path.getsize(path) <= 50 * 2**20, path
        for child in root:
            assert child.tag == entry and [part.tag for part in child] == [f"{space}loc"], path
            assert child[0].text.startswith("https://cards.example/site/"), child[0].text
            place = child[0].text.removeprefix("https://cards.example/site/") or "index.html"
            assert os.path.isfile(os.path.join(pages, place)), place
            checked["addresses"] += 1


def pages_and_tables():
    """The JSON-LD and citation of each page, and its table against its CSV."""
    for path in found("**/*.html"):
        page = text(path)
        for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S):
            assert json.loads(block)["@context"] == "https://schema.org", path
            checked["json_ld"] += 1
        bibtex = re.search(r"<pre>(@misc.*?)</pre>", page, re.S)
        if bibtex:
            library = bibtexparser.parse_string(html.unescape(bibtex[1]))
            assert len(library.entries) == 1 and not library.failed_blocks, (path, bibtex[1])
            checked["citations"] += 1
        table = os.path.join(api, os.path.relpath(path, pages).removesuffix("html") + "csv")
        place = os.path.relpath(path, pages)
        if place.startswith(("models/", "benchmarks/")) and "/_page/" not in place and os.path.isfile(table):
            scores = [html.unescape(it) for it in re.findall(r'<td class="score"><b>(.*?)</b>', page)]
            with open(table, encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file, strict=True))
            assert [row["score"] for row in rows][: len(scores)] == scores, path
            assert len(rows) == len(scores) or place.startswith("benchmarks/") and len(rows) > len(scores), path
            for row in rows:
                for cell in row.values():
                    assert not re.match(r"[=@\t\r\n]|[+-](?![0-9.]+([eE][+-]?[0-9]+)?$)", cell), (path, cell)
                    checked["cells"] += 1


tables()
documents()
feeds()
sitemaps()
pages_and_tables()
assert all(checked.values()), checked
print(json.dumps(checked))

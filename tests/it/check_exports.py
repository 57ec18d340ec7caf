"""Reads the exports of a site with other programs' eyes: `check_exports.py SITE/pages [quotes|sources]`; with `quotes` only the
sentences that one may quote, with `sources` only what the pages of sources count.

Parquet must equal the JSON Lines, every document of the API must meet its schema, feeds, sitemaps and
citations must be read without complaint, and each CSV must have the cells of its page."""

import collections
import csv
import functools
import glob
import gzip
import hashlib
import html
import importlib.util
import itertools
import json
import os
import re
import sys
import xml.etree.ElementTree as xml
from decimal import Decimal
from html.parser import HTMLParser

import bibtexparser
import duckdb
import feedparser
import jsonschema
import yaml
from lxml import etree
from lxml.html import document_fromstring as html_of

pages = sys.argv[1]
api = os.path.join(pages, "api/v1")
checked = dict.fromkeys(["rows", "documents", "feeds", "entries", "addresses", "json_ld", "citations", "cells", "further_rows", "sentences", "sources"], 0)


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
    kinds = {
        "index": ["index"],
        "list": ["models", "benchmarks", "evaluators", "developers", "sources"],
        "model": ["models/**/*"],
        "ranking": ["benchmarks/**/*"],
        "evaluator": ["evaluators/**/*"],
        "developer": ["developers/**/*"],
        "source": ["sources/**/*"],
        "markers": ["markers"],
        "merged": ["merged"],
        "not-shown": ["not-shown"],
        "publishing": ["publishing"],
    }
    schemas = {os.path.basename(path).removesuffix(".json"): json.loads(text(path)) for path in found("api/v1/schema/*.json")}
    assert schemas.keys() == kinds.keys()
    for name, patterns in kinds.items():
        jsonschema.Draft202012Validator.check_schema(schemas[name])
        validator = jsonschema.Draft202012Validator(schemas[name])
        paths = [path for pattern in patterns for path in found(f"api/v1/{pattern}.json")]
        assert paths, name
        for path in paths:
            document = json.loads(text(path))
            validator.validate(document)
            for page in [entry["page"] for entry in document.get("entries", [document] if "page" in document else []) if "page" in entry]:
                assert os.path.isfile(os.path.join(pages, page)), (path, page)
            for entry in document.get("entries", []) if name == "list" else []:
                assert entry["api"] is None or os.path.isfile(os.path.join(pages, entry["api"])), (path, entry)
            for link in document.get("lists", []) + document.get("audits", []):
                assert os.path.isfile(os.path.join(pages, link["url"])) and os.path.isfile(os.path.join(pages, link["schema"])), link
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


ATOM = "{http://www.w3.org/2005/Atom}"


def atom_rules():
    """What RFC 4287 asks for and a lenient reader does not."""
    once = {"feed": {"id", "title", "updated"}, "entry": {"id", "title", "updated"}}
    most = {"feed": {"generator", "icon", "logo", "rights", "subtitle"}, "entry": {"content", "published", "rights", "summary", "source"}}
    many = {"feed": {"author", "category", "contributor", "entry", "link"}, "entry": {"author", "category", "contributor", "link"}}
    for path in found("**/*.atom"):
        feed = xml.parse(path).getroot()
        assert feed.tag == f"{ATOM}feed", path
        for element in [feed, *feed.findall(f"{ATOM}entry")]:
            kind = element.tag.removeprefix(ATOM)
            names = [child.tag.removeprefix(ATOM) for child in element]
            assert set(names) <= once[kind] | most[kind] | many[kind], (path, names)
            assert all(names.count(name) == 1 for name in once[kind]), (path, names)
            assert all(names.count(name) <= 1 for name in most[kind]), (path, names)
            assert element.find(f"{ATOM}author/{ATOM}name") is not None or kind == "entry" and feed.find(f"{ATOM}author") is not None, path
            assert re.fullmatch(r"[a-z][a-z0-9+.-]*:\S+", element.findtext(f"{ATOM}id")), path
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", element.findtext(f"{ATOM}updated")), path
            links = [(link.get("rel", "alternate"), link.get("type"), link.get("hreflang")) for link in element.findall(f"{ATOM}link")]
            assert all(link.get("href") for link in element.findall(f"{ATOM}link")), path
            assert len(set(links)) == len(links), f"{path}: two links of one kind: {links}"
            assert kind == "entry" or ("self" in [rel for rel, *_ in links]), f"{path}: a feed should have a link to itself"
            assert kind == "feed" or "content" in names or "alternate" in [rel for rel, *_ in links], path
            for text_of in [child for child in element if child.tag in (f"{ATOM}title", f"{ATOM}content")]:
                assert text_of.get("type", "text") == "text" and len(text_of) == 0, path


def citation_file():
    """The file of the site against the schema of the Citation File Format."""
    folder = importlib.util.find_spec("cffconvert").submodule_search_locations[0]
    schema = json.loads(text(os.path.join(folder, "schemas/1.2.0/schema.json")))
    # Every value as it is written: a date stays a string.
    citation = yaml.load(text(os.path.join(pages, "CITATION.cff")), Loader=yaml.BaseLoader)
    jsonschema.Draft7Validator(schema).validate(citation)
    checked["citations"] += 1


def sitemap_schema():
    """The schema of sitemaps.org, which an npm package carries."""
    folders = os.environ.get("NODE_PATH", "").split(os.pathsep)
    paths = [os.path.join(folder, "sitemap/schema/sitemap.xsd") for folder in folders]
    path = next(filter(os.path.isfile, paths), None)
    if not path:
        print("SKIPPED: the npm package `sitemap` is not here, so sitemaps were not held against their schema", file=sys.stderr)
    return path and etree.XMLSchema(etree.parse(path))


def sitemaps():
    schema = sitemap_schema()
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    for path in found("sitemap*.xml"):
        root = xml.parse(path).getroot()
        entry = {f"{space}urlset": f"{space}url", f"{space}sitemapindex": f"{space}sitemap"}[root.tag]
        if schema and root.tag == f"{space}urlset":
            schema.assertValid(etree.parse(path))
        assert 0 < len(root) <= 50_000 and os.path.getsize(path) <= 50 * 2**20, path
        for child in root:
            assert child.tag == entry and [part.tag for part in child] == [f"{space}loc"], path
            assert child[0].text.startswith("https://cards.example/site/") and len(child[0].text) < 2_048, child[0].text
            place = child[0].text.removeprefix("https://cards.example/site/") or "index.html"
            assert os.path.isfile(os.path.join(pages, place)), place
            checked["addresses"] += 1


def pages_and_citations():
    """The JSON-LD and citation of each page."""
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


class Tables(HTMLParser):
    """The rows of each table of a page that stands in its main part, each a list of the texts of its cells."""

    def __init__(self, page):
        super().__init__()
        self.tables, self.cell, self.spanned = [], None, (0, "")
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "table":
            self.tables.append((attributes.get("class", ""), []))
        elif tag == "tr" and self.tables:
            self.tables[-1][1].append([])
            # The first cell of several rows stands in the first of them only.
            if self.spanned[0]:
                self.tables[-1][1][-1].append(self.spanned[1])
                self.spanned = (self.spanned[0] - 1, self.spanned[1])
        elif tag in ("td", "th") and self.tables:
            self.cell, self.rows = "", int(attributes.get("rowspan", 1))
        elif self.cell is not None and tag in ("small", "a", "li", "dt", "dd", "span", "summary", "br"):
            self.cell += " "

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self.cell is not None:
            text = " ".join(self.cell.split())
            self.tables[-1][1][-1].append(text)
            if self.rows > 1:
                self.spanned = (self.rows - 1, text)
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data


# For each kind of page: the class of its table, and for each of its columns those of the CSV, and what else a
# cell may say: words that are the same in every row, or that say that there is no value.
LISTS = {
    "models": (["id", "name"], ["results"], ["benchmarks"], ["evaluators"], ["openness"], ["released"]),
    "benchmarks": (["name"], ["category"], ["models"], ["results"], ["evaluators"], ["rankings"]),
    "evaluators": (["name"], ["benchmarks"], ["results"]),
    "developers": (["name"], ["models"], ["results"]),
    "sources": (["name"], ["retrieved"], ["results"], ["models"], ["benchmarks"], ["never"]),
    "not-shown": (["file", "place", "sha256"], ["reason", "detail"], ["model"], ["collection"]),
    "merged": (["name", "kind"], ["taken_for"], ["step"], ["confidence"]),
    "publishing": (["model"], ["benchmark"], ["outcome"], ["value"], ["score"], ["collection"], ["pointer"]),
    "markers": (["marker"], ["means"], ["does_not_mean"], ["results"]),
}
OF_ONE = {
    # The last column is a picture.
    "evaluators/": ("plain", (["benchmark"], ["models"], ["results"], [])),
    "sources/": ("plain", (["benchmark"], ["models"], ["results"])),
    "developers/": ("plain", (["model", "model_id"], ["released"], ["results"], ["benchmarks"], ["coverage"])),
}
BESIDE = re.compile(
    r"(SE [0-9.]+, computed here|(recomputed from its|differs from its|cannot be recomputed from its|samples? ).*Show the file|"
    r"not reported|unknown|not known|not matched to|"
    r"the names differ only in:|tied|an example; no result has this level yet|"
    r"SHA-256|evaluated|retrieved|record|[\s,;()·:–✓])*", re.S)


def says(cell, row, names, kind):
    """True if `cell` of a page says the columns `names` of `row`, in this order, and nothing else."""
    rest = cell
    for name in names:
        value = row[name]
        if name in ("openness", "category"):
            value = value.replace("-", " ")
        if name == "name" and kind == "models" and row["id"].endswith(value):
            continue
        if name == "retrieved" and row.get("evaluated"):
            continue
        if name == "models_with_this_rank":
            if bool(value) != ("tied" in cell):
                return False
            continue
        if kind == "markers" and name == "results" and value == "0":
            continue
        # A spreadsheet would take it for a formula.
        if value[:2] in ("'=", "'+", "'-", "'@"):
            value = value[1:]
        parts = value.split(" · ") if name in ("settings", "others") else [value]
        for part in filter(None, parts):
            part = " ".join(part.split())
            forms = [part, f"{int(part):,}"] if re.fullmatch("[0-9]+", part) else [part]
            found = [form for form in forms if form in rest]
            if not found:
                return False
            before, after = rest.split(found[-1], 1)
            if not BESIDE.fullmatch(before):
                return False
            rest = after
    return BESIDE.fullmatch(rest) is not None


# A further table of a page: `~` and a name, which no escaped byte looks like.
FURTHER = re.compile(r"(.*)~(side-by-side|sources|pairs|runs|documented|differences|attestations|dropped|collisions|outcomes)\.csv")


@functools.cache
def usual_of(source):
    """What the page of a collection says that most of its records say."""
    (heading,) = html_of(text(os.path.join(pages, "sources", source))).xpath("//h2[@id='usual']")
    return " ".join(plain(it) for it in heading.itersiblings())


def card_of(path, place):
    """The results of a card: each row of its table is where the card says it in its table and in its source."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    page = html_of(text(os.path.join(pages, f"{place}.html")))
    shown = page.xpath("//table[contains(concat(' ', @class, ' '), ' res ')]//tr[td[@data-score]]")
    assert sorted(row.get("id") for row in shown) == sorted(
        f"r{row['record']}-{row['pointer'].removeprefix('/evaluation_results/')}" for row in rows), path
    head = plain(page.xpath("//p[@class='key']")[0]) if rows else ""
    seen = set()
    for row in rows:
        index = row["pointer"].removeprefix("/evaluation_results/")
        (shown,) = page.xpath(f"//tr[@id='r{row['record']}-{index}']")
        said, score = shown.xpath("td"), shown.xpath("td[@data-score]")[0]
        # A heading cell stands for all rows that it spans.
        (name,) = shown.xpath("th") or shown.xpath("preceding-sibling::tr[th][1]/th")
        fold = shown.xpath("ancestor::td[details]")
        (source,) = page.xpath(f"//section[@id='r{row['record']}']")
        own = source.xpath(f".//li[@value='{index}']")
        usual = [usual_of(link.rsplit("/", 1)[1].removesuffix("#usual")) for link in source.xpath(".//a/@href") if link.endswith("#usual")]
        source, own = " ".join([plain(source), *usual]), plain(own[0]) if own else ""
        value = lambda name: " ".join(row[name].removeprefix("'").split()) if row[name][:2] in ("'=", "'+", "'-", "'@") else " ".join(row[name].split())
        where = plain(name) + " " + (plain(fold[0].xpath("details/p")[0]) if fold else "")
        whole = score.get("data-score") or (score.text or "").strip()
        assert whole == value("score") and whole.startswith((score.text or "").strip().removesuffix("…")), (path, row, whole)
        unit = value("unit")
        checks = {
            "benchmark": value("benchmark") in where,
            # A part is not called by the name of the benchmark again.
            "slice": value("slice").removeprefix(value("benchmark")).strip(" ():-–") in where,
            "part": value("part") in where,
            "variant": value("variant") in where,
            "metric": value("metric") in where or value("metric") in head,
            "metric_qualifier": value("metric_qualifier") in where or value("metric_qualifier") in head,
            "direction": value("direction") in where or value("direction") in head,
            "is_relative": (row["is_relative"] == "true") == ("relative to the other models" in where),
            "unit": unit in plain(score) or unit in head or unit in source or unit in ("scale 0–1", "proportion"),
            "level": value("level") in plain(score),
            "uncertainty": shortened(value("uncertainty")) in plain(score),
            "not_ranked": value("not_ranked") in plain(score),
            "evaluator": value("evaluator") in (plain(said[3]) or where),
            "relationship": value("relationship") in source and value("relationship_fit") in source,
            "evaluated": value("evaluated") in source and value("evaluated_text") in source,
            "retrieved": value("retrieved") in source,
            "marker": value("marker") in plain(said[3]) or all(it in source for it in value("marker").split("; ")),
            "evaluation_name": value("evaluation_name") in source,
            "record": row["record"] in source,
        }
        settings = [" ".join(it.split()) for it in filter(None, value("settings").split(" · "))]
        checks["settings"] = all(it in own or it in source for it in settings)
        cell = tuple(row[name] for name in ("benchmark", "slice", "part", "variant", "measurement"))
        if cell not in seen:
            seen.add(cell)
            rank, ranked, sharing = (int(row[name] or 0) for name in ("rank", "ranked_models", "models_with_this_rank"))
            of = plain(said[2])
            checks["rank"] = of.startswith("only one") if (rank, ranked) == (1, 1) else (
                of == f"{'=' if sharing > 1 else ''}{rank:,} of {ranked:,}" if rank else of == "not ranked")
        if row["difference"]:
            (anchor,) = [link.get("href") for link in name.xpath(".//a") if re.fullmatch("#d[0-9]+", link.get("href"))]
            (place_of,) = page.xpath(f"//*[@id='{anchor[1:]}']")
            summary = place_of.find("summary")
            is_conflict = shown.get("class") == "no"
            checks["difference"] = is_conflict == (summary is None) and (is_conflict or value("difference") in plain(summary))
        assert all(checks.values()), (path, [name for name, holds in checks.items() if not holds], row)
        checked["cells"] += len(checks)
    return rows


def pages_of(place):
    return [f"{place}.html"] + sorted(
        (os.path.relpath(it, pages) for it in found(f"{glob.escape(place)}/_page/*.html")),
        key=lambda it: int(re.search(r"(\d+)\.html$", it)[1]))


def ranking_of(path, place):
    """A ranking, all of its pages together: what a row does not say itself is said above the table."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    shown = []
    for name in pages_of(place):
        page = html_of(text(os.path.join(pages, name)))
        (head,) = page.xpath("//p[@class='key']")
        shown += [(row, plain(head)) for row in page.xpath("//table[@class='ranking']/tbody/tr")]
    assert len(shown) == len(rows), (path, len(shown), len(rows))
    for row, (line, head) in zip(rows, shown):
        rank, name, score, _, notes, record = line.xpath("th | td")
        value = lambda name: " ".join(row[name].removeprefix("'").split() if row[name][:2] in ("'=", "'+", "'-", "'@") else row[name].split())
        said, notes = plain(score), plain(notes)
        whole = score.get("data-score") or (score.text or "").strip()
        link = name.xpath("a/@href")[0]
        stated = [" ".join(it.split()) for it in filter(None, value("settings").split(" · "))]
        usual = [it.split(": ")[0] for it in head.split(" · ")[1:]]
        checks = {
            "rank": plain(rank).replace(",", "") == ("=" if int(value("models_with_this_rank") or 1) > 1 else "") + value("rank") or (
                plain(rank) == "–" and not value("rank")),
            "model": value("model") in plain(name) and value("model_id") in plain(name) and value("variant") in plain(name),
            "score": whole == value("score") and whole.startswith((score.text or "").strip().removesuffix("…")),
            "unit": value("unit") in said or value("unit") in head or value("unit") in ("scale 0–1", "proportion"),
            "level": value("level") in notes,
            "uncertainty": shortened(value("uncertainty")) in notes,
            "not_ranked": value("not_ranked") in notes,
            "evaluator": value("evaluator") in head,
            "relationship": value("relationship") in notes or value("relationship") in head,
            "marker": all(it in notes or it in head for it in value("marker").split("; ")),
            "settings": all(it in notes or it in head for it in stated),
            # What is said of most rows holds of this one, or the row says that it does not.
            "usual": all(f"{it} not reported" in notes or any(own.startswith(f"{it}: ") for own in stated) for it in usual if ": " in head),
            "record": plain(record) == value("record") and f"#r{value('record')}-" in link,
        }
        assert all(checks.values()), (path, [name for name, holds in checks.items() if not holds], row, notes, head)
        checked["cells"] += len(checks)
    return rows


def tables_of_pages():
    """The main table of each page that offers it as CSV, cell by cell; that of a list is all of its pages together."""
    kinds = set()
    for path in found("api/v1/**/*.csv"):
        if FURTHER.fullmatch(path):
            continue
        place = os.path.relpath(path, api).removesuffix(".csv")
        if place.startswith("models/"):
            kinds.add("models/" if card_of(path, place) else None)
            continue
        if place.startswith("benchmarks/"):
            kinds.add("benchmarks/" if ranking_of(path, place) else None)
            continue
        kind = next((it for it in OF_ONE if place.startswith(it)), place)
        wanted, columns = OF_ONE.get(kind) or ("plain", LISTS[place])
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        header = list(rows[0]) if rows else []
        order = [name for names in columns for name in names]
        assert not header or [name for name in header if name in order] == order, f"{path}: other columns than the page: {header}"
        for row in rows:
            for cell in row.values():
                assert not re.match(r"[=@\t\r\n]|[+-](?![0-9.]+([eE][+-]?[0-9]+)?$)", cell), (path, cell)
        html_files = pages_of(place)
        shown = []
        for name in html_files:
            page = text(os.path.join(pages, name))
            fitting = [rows for kind_of, rows in Tables(page).tables if wanted in kind_of.split() and rows and len(rows[0]) == len(columns)]
            # The table of a list is the last of its page, but for the levels, which come first.
            found_rows = fitting[0 if place == "markers" or kind in ("evaluators/", "sources/") else -1][1:] if fitting else []
            shown += found_rows
        if place == "publishing":
            # The pages have the first of each benchmark and outcome.
            groups = collections.Counter()
            rows = [row for row in rows if (groups.update([(row["benchmark"], row["outcome"])]), groups[row["benchmark"], row["outcome"]] <= 100)[1]]
        assert len(shown) == len(rows), (path, len(shown), len(rows))
        for cells, row in zip(shown, rows):
            for cell, names in zip(cells, columns):
                assert says(cell, row, names, kind), (path, names, cell, {name: row[name] for name in names})
                checked["cells"] += 1
        kinds.add(kind if rows else None)
    return kinds


def shortened(text):
    """Numbers as pages show them: of more than six digits, four behind the point or behind the zeros there."""
    def cut(number):
        whole, fraction = number[0].split(".")
        zeros = len(fraction) - len(fraction.lstrip("0")) if whole.lstrip("-") == "0" else 0
        kept = zeros + 4 if zeros >= 4 else 4
        is_long = sum(c.isdigit() for c in number[0]) > 6 and len(fraction) > kept + 1
        return f"{whole}.{fraction[:kept]}…" if is_long else number[0]
    return re.sub(r"-?\d+\.\d+", cut, text)


def plain(element):
    """The text of an element; of `None` none."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def before(element, tag):
    """The text of an element before its first child with this tag."""
    child = element.find(tag)
    whole, rest = plain(element), plain(child)
    return whole[:len(whole) - len(rest)].strip() if child is not None and rest else whole


def number_of(element):
    return plain(element).replace(",", "")


def below(page, anchor):
    """The rows of the table in the part with this anchor: a fold, or what is below a heading and before the next one."""
    for element in page.xpath(f"//details[@id='{anchor}'] | //h2[@id='{anchor}']/following-sibling::*"):
        if element.tag == "h2":
            break
        if rows := element.xpath("self::table/tbody/tr | .//table/tbody/tr"):
            return [row.xpath("th | td") for row in rows]
    return []


def side_by_side(page):
    for section in page.xpath("//*[self::section or self::details][starts-with(@id, 'd')]"):
        if not re.fullmatch("d[0-9]+", section.get("id")):
            continue
        title = plain(section.xpath("h3 | summary/b")[0])
        # Without a table, a list has the readings; beside one, only what each of them alone reports.
        heads = section.xpath(".//thead/tr/th")[1:] or section.xpath("ul/li")
        links = [head.find("a") for head in heads]
        anchors = [link.get("href").removeprefix("#r").split("-") for link in links]
        small = [head.find("small") for head in heads]
        yield [title, "score", "", *[plain(link) for link in links]]
        yield [title, "unit", "", *[" ".join((link.tail or "").split()) for link in links]]
        yield [title, "evaluator", "", *[" ".join(it.text.removesuffix("; ").split()) for it in small]]
        yield [title, "source", "", *[plain(it.find("cite")) for it in small]]
        yield [title, "record", "", *[record for record, _ in anchors]]
        yield [title, "pointer", "", *[f"/evaluation_results/{place}" for _, place in anchors]]
        own = {item.find("a").get("href"): item.find("br") for item in section.xpath("ul/li")}
        own = [own.get(link.get("href")) for link in links]
        yield [title, "own", "", *["" if it is None else " ".join(it.tail.removeprefix("Reported only here: ").split()) for it in own]]
        same = [plain(it) for it in section.findall("p") if plain(it).startswith("The same for each score: ")]
        yield [title, "same", "", *[it.partition(": ")[2] for it in same]]
        for row in section.xpath(".//tbody/tr"):
            name, *values = row.xpath("th | td")
            reported = ["" if it.find("i") is not None else plain(it) for it in values]
            n = sum(value != "" for value in reported)
            # Only what differs is said to; the rest is to be seen.
            agreement = plain(name.find("small")) or ("same" if n == len(values) else f"reported by {n} of {len(values)}")
            yield [title, before(name, "small"), agreement, *reported]
        # A verdict that all share stands once, before the first of them.
        hints = section.xpath("p[@class='hint'] | //h2[@id='several']/following-sibling::*[1][self::p]")
        if nobody := next(filter(None, (re.search(r"Never reported: (.*?)\. Comparable\?", plain(hint)) for hint in hints)), None):
            yield [title, nobody[1], "not reported"]



def with_own(rows):
    """The rows of the table as the page has them: what only one reading reports stands with that reading, and what all
    report in the same words stands in one line."""
    heads = ["score", "unit", "evaluator", "source", "record", "pointer"]
    for title, of_title in itertools.groupby(rows, key=lambda row: row[0]):
        of_title = list(of_title)
        is_own = lambda row: row[1] not in heads and sum(value != "" for value in row[3:]) == 1
        is_same = lambda row: row[1] not in heads and row[2] == "same" and len(set(filter(None, row[3:]))) == 1
        own = [[f"{row[1]}: {value}" if value else "" for value in row[3:]] for row in of_title if is_own(row)]
        same = " · ".join(f"{row[1]}: {row[3]}" for row in of_title if is_same(row))
        for row in of_title:
            if not is_own(row) and not is_same(row):
                yield row
            if row[1] == "pointer":
                yield [title, "own", "", *[" · ".join(filter(None, of)) for of in zip(*own)]] if own else [title, "own", *[""] * (len(row) - 2)]
                yield [title, "same", "", same, *[""] * (len(row) - 4)]


# The headings of the tables of what is documented.
DOCUMENTED = {
    "Documentation": "documented", "Relationship to the developer (claimed)": "relation", "Sources": "collection",
    "Days of capture": "retrieved", "Who measured, as stated": "measured_by", "Titles of the source": "title",
    "Scheduled adapters": "adapter",
}


def documented(page):
    for section in page.xpath("//div[@class='columns']//section"):
        name, table = DOCUMENTED[plain(section.find("h2") if section.find("h2") is not None else section.find("h3"))], section.find("table")
        for row in table.xpath("tbody/tr"):
            counts = [number_of(row.find("td")), ""] if name == "documented" else ["", number_of(row.find("td"))]
            yield [name, plain(row.find("th")), *counts]


def differences(page):
    for model, benchmark, other, medians, verdict in below(page, "differences"):
        greater = plain(medians.find("small")).removeprefix("higher:").strip()
        url = model.find("a").get("href").lstrip("./")
        yield [plain(model), plain(benchmark), plain(other), before(medians, "small"), greater, plain(verdict), url]


def runs(page):
    """Budget by budget of each result: what is solved, what ended unsolved, of how many."""
    for row in page.xpath("//details[@id='runs-table']//tbody/tr"):
        for cell in row.xpath("td"):
            solved, told = re.fullmatch("([0-9,]+) of ([0-9,]+)", before(cell, "small")).groups()
            yield [it.replace(",", "") for it in (solved, plain(cell.find("small")).removesuffix(" ended unsolved"), told)]


# The rows that a page shows of each further table.
SHOWN = {
    "side-by-side": side_by_side,
    "sources": lambda page: (
        [plain(name), number_of(results), number_of(models), plain(relation), number_of(slots), number_of(uncertainty)]
        for name, results, models, relation, slots, uncertainty in below(page, "sources")),
    # The page has names and rounded numbers beside the counts.
    "pairs": lambda page: ([number_of(cell) for cell in row[2:7]] for row in below(page, "pairs")),
    "runs": runs,
    "documented": documented,
    "differences": differences,
    "attestations": lambda page: ([plain(cell) for cell in row] for row in below(page, "attestations")),
    "dropped": lambda page: ([plain(cell) for cell in row] for row in below(page, "dropped")),
    "collisions": lambda page: (
        [before(name, "small"), plain(name.find("small")), " · ".join(map(plain, records.findall("code")))]
        for name, records in below(page, "collisions")),
    "outcomes": lambda page: (
        [plain(name), before(outcome, "small"), plain(outcome.find("small")), number_of(results)]
        for name, outcome, results in (row.xpath("th | td") for row in page.xpath("//table")[0].xpath("tbody/tr"))),
}


# What the head of a column says of a reading, and the document as well.
READING = ["score", "evaluator", "record", "pointer"]


def side_by_side_in(cell):
    """A cell of a model's document: its readings, then its settings."""
    several, readings = cell["side_by_side"], cell["readings"][:12]
    settings = [[it["name"], it["agreement"], *[value or "" for value in it["values"]]] for it in several["settings"]]
    if several["nobody"]:
        settings.append([several["nobody"], "not reported"] + [""] * len(readings))
    return [[reading[name] for name in READING] for reading in readings] + settings


def in_document(table, place):
    """The rows of a further table as the document of its page has them."""
    document = json.loads(text(os.path.join(api, f"{place}.json")), parse_float=str, parse_int=str)
    rows = lambda name, *members: [[it[member] for member in members] for it in document.get(name, [])]
    match table:
        case "side-by-side":
            return [side_by_side_in(cell) for cell in document["cells"] if "side_by_side" in cell]
        case "sources":
            sources = rows("sources", "evaluator", "results", "models", "relation", "slots", "uncertainty")
            return [[*row[:4], *(share.replace(",", "") for share in row[4:])] for row in sources]
        case "pairs":
            counts = ["shared", "both_right", "only_first_right", "only_second_right", "both_wrong", "difference"]
            of_model = lambda it: [it["model"], it.get("variant", "")]
            return [
                [*of_model(it["first"]), *of_model(it["second"]), *(it[name] for name in counts), *it["interval"], it["p"]]
                for it in document["pairs"]]
        case "runs":
            return [
                [it["model"], it.get("variant", ""), " · ".join(it["settings"]), it["evaluator"], it["by"], *of.values(), it["told"]]
                for it in document["runs"] for of in it["within"]]
        case "documented":
            names = {"relation": "relationships", "collection": "collections", "retrieved": "captures",
                     "measured_by": "measurers", "title": "titles", "adapter": "adapters"}
            counted = [[table, *row[:1], "", *row[1:]] for table, name in names.items() for row in rows(name, "name", "records")]
            disclosed = rows("disclosed", "label", "results")
            return [["documented", name, share.replace(",", ""), ""] for name, share in disclosed] + counted
        case "differences":
            return rows("differences", "model", "benchmark", "other", "medians", "greater", "verdict", "page")
        case "attestations":
            return rows("attestations", "file", "states", "decided_by", "outcome")
        case "dropped":
            return rows("dropped", "record", "sha256", "why")
        case "collisions":
            return [[*row[:2], " · ".join(row[2])] for row in rows("collisions", "id", "of", "records")]
        case "outcomes":
            others = ["other benchmarks", "no leaderboard on the Hub", "", document["unsupported"]]
            return [*rows("outcomes", "benchmark", "outcome", "says", "results"), others]


def by_cell(rows):
    """Rows of a table of readings side by side, as the document has them: each cell with its readings, then its settings."""
    cells = []
    for _, name, agreement, *values in rows:
        if (name, agreement) == ("score", ""):
            n = len(list(filter(None, values)))
            cells.append(({}, []))
        heads, settings = cells[-1]
        if agreement:
            settings.append([name, agreement, *values[:n]])
        else:
            heads[name] = values[:n]
    readings = ([list(it) for it in zip(*(heads[name] for name in READING))] for heads, _ in cells)
    return [said + settings for said, (_, settings) in zip(readings, cells)]


def further_tables():
    """Each further table that a page offers as CSV: row by row what the page shows and what its document says."""
    kinds = set()
    for path in found("api/v1/**/*.csv"):
        if not (match := FURTHER.fullmatch(path)):
            continue
        place, table = os.path.relpath(match[1], api), match[2]
        with open(path, encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file, strict=True)
        rows = [[cell[1:] if re.match(r"'[=+@\t\r\n-]", cell) else cell for cell in row] for row in rows]
        source = text(os.path.join(pages, f"{place}.html"))
        page = html_of(source)
        shown = [row + [""] * (len(header) - len(row)) for row in SHOWN[table](page)]
        said = [[" ".join(cell.split()) for cell in row] for row in rows]
        if table == "side-by-side":
            said = list(with_own(said))
        if table == "pairs":
            said = [row[4:9] + [""] * (len(header) - 5) for row in said]
        if table == "runs":
            said = [row[6:] + [""] * (len(header) - 3) for row in said]
        assert said == shown, (path, next((pair for pair in zip(said, shown) if pair[0] != pair[1]), (len(said), len(shown))))
        links = [link for link in page.xpath("//main//a[@download]/@href") if link.endswith(f"/{os.path.basename(path)}")]
        assert len(links) == bool(rows), (path, links)
        if links:
            assert os.path.samefile(os.path.join(pages, os.path.dirname(place), links[0]), path)
        if os.path.isfile(os.path.join(api, f"{place}.json")):
            document = in_document(table, place)
            if table == "side-by-side":
                # The page has those first that are far apart.
                rows, document = sorted(by_cell(rows), key=str), sorted(document, key=str)
            assert rows == document, (path, next((pair for pair in zip(rows, document) if pair[0] != pair[1]), (len(rows), len(document))))
        checked["further_rows"] += len(said)
        kinds.add(table if rows else None)
    offered = {link for path in found("**/*.html") for link in re.findall(r'href="(?:\.\./)*(api/v1/[^"]*)" download', text(path))}
    for link in offered:
        assert os.path.isfile(os.path.join(pages, link)), link
    return kinds


SITE_ADDRESS = "https://cards.example/site/"
# Records that name nobody have an evaluator that is nobody.
NAMED = "lower(evaluator) NOT IN ('not-reported', 'unknown', '')"


def scale_of(unit, least, most):
    """Whether a score is a percentage, and its bounds; nothing where unit and bounds contradict each other."""
    unit = (unit or "").lower()
    percent, proportion = unit in ("percent", "percentage", "%"), unit in ("proportion", "fraction")
    if most is not None and (percent and most <= 1 or proportion and most > 1):
        return None
    if percent or proportion:
        return percent, 0, 100 if percent else 1
    return (least, most) == (0, 100), least, most


def compared_cells(model, document):
    """How many cells of a model conflict, and how many can be compared, from the digits in the table of results."""
    rows = duckdb.execute(f"""SELECT measurement, variant, score_digits, unit, min, max FROM '{api}/data/results.parquet'
        WHERE model = ? AND standing = 'current' AND in_range""", [model]).fetchall()
    conflicts = compared = 0
    for cell in document["cells"]:
        # That conditions keep scores apart, or that a metric without a name may be several, is told with the cell.
        if "side_by_side" not in cell or cell["side_by_side"]["verdict"] == "conditions_apart":
            continue
        of_cell = [row[2:] for row in rows if row[:2] == (cell["measurement"], cell["variant"])]
        points = [(Decimal(digits), scale) for digits, *rest in of_cell if (scale := scale_of(*rest)) is not None]
        if len(points) < 2 or not cell["side_by_side"]["arithmetic"]:
            continue
        mixed = len({scale[0] for _, scale in points}) > 1
        values = [value / 100 if mixed and scale[0] else value for value, scale in points]
        _, least, most = points[0][1]
        bounded = least is not None and most is not None and Decimal(most) > Decimal(least)
        if not bounded and min(values) != max(values):
            continue
        length = 1 if mixed else Decimal(repr(most)) - Decimal(repr(least)) if bounded else 0
        compared += 1
        conflicts += max(values) - min(values) > length / Decimal(20)
    return conflicts, compared


def quotes():
    """Each sentence that one may quote, counted again in the Parquet tables, with its date, address and hash."""
    data = f"{api}/data"
    # Withdrawn results are in no sentence; a claim that is contradicted counts for nobody.
    duckdb.sql(f"""CREATE OR REPLACE VIEW current AS SELECT *, coalesce(relationship_fit, '') LIKE 'contradicted%' AS claim_fails
        FROM '{data}/results.parquet' WHERE standing <> 'withdrawn'""")
    hashes = [row[0] for row in duckdb.sql(f"SELECT sha256 FROM '{data}/records.parquet' ORDER BY sha256").fetchall()]
    records = hashlib.sha256("\n".join(hashes).encode()).hexdigest()
    pages_of = {kind: duckdb.sql(f"SELECT page, id FROM '{data}/{kind}.parquet'").fetchall() for kind in ("models", "benchmarks", "evaluators")}
    codes = set()
    for kind, entries in pages_of.items():
        for page, id in entries:
            document = json.loads(text(f"{api}/{page.removesuffix('.html')}.json"))
            column = kind.removesuffix("s")
            where = "FROM current WHERE %s = ?" % column

            def count(what, condition="true"):
                return duckdb.execute(f"SELECT {what} {where} AND {condition}", [id]).fetchone()[0]

            n = count("count(*)")
            quotable = document.get("quotable")
            if quotable is None:
                assert n == 0 or kind == "evaluators", (page, n)
                continue
            assert quotable["url"] == SITE_ADDRESS + page and quotable["records_sha256"] == records, page
            others = count("count(*)", "relationship = 'third party' AND NOT claim_fails")
            developer = count("count(*)", "relationship = 'first party' AND NOT claim_fails")
            tested = duckdb.execute(f"""SELECT b.category FROM (SELECT DISTINCT benchmark AS id {where}) AS r
                JOIN '{data}/benchmarks.parquet' AS b USING (id)""", [id]).fetchall()
            expected = {
                "by_others": {"n": others, "all": n, "developer": developer, "rest": n - others - developer},
                "traced": {"n": count("count(*)", "marker <> 'claimed'"), "all": n},
            }
            models, benchmarks = count("count(DISTINCT model)"), count("count(DISTINCT benchmark)")
            if kind == "benchmarks":
                named = duckdb.execute(f"SELECT count(DISTINCT evaluator) {where} AND {NAMED}", [id]).fetchone()[0]
                expected["benchmark"] = {"n": n, "models": models, "evaluators": named}
            elif kind == "evaluators":
                expected["evaluator"] = {"n": n, "models": models, "benchmarks": benchmarks}
            else:
                known = [category for category, in tested if category is not None]
                if known and not any("safety" in category.lower() for category in known):
                    rest = len(tested) - len(known)
                    expected |= {"no_known_safety": {"all": len(tested), "n": rest}} if rest else {"no_safety": {"all": len(known)}}
            found_of = {sentence["code"]: sentence["values"] for sentence in quotable["sentences"]}
            if kind == "models":
                conflicts, compared = compared_cells(id, document)
                expected |= {"conflicts": {"n": conflicts, "all": compared}} if compared else {}
            assert found_of == expected, (page, found_of, expected)
            shown = text(os.path.join(pages, page))
            for sentence in quotable["sentences"]:
                assert sentence["text"].keys() == {"en", "zh-Hans"} and html.escape(sentence["text"]["en"]).replace("&#x27;", "&#39;") in shown.replace("&#x27;", "&#39;"), (page, sentence)
            codes |= expected.keys()
            checked["sentences"] += len(quotable["sentences"])
    return codes


# What can be read off one column of the table of results.
REPORTED = {
    "unit": "unit IS NOT NULL AND lower(unit) NOT IN ('unknown', '')",
    "range": "min IS NOT NULL AND max IS NOT NULL",
    "uncertainty": "standard_error IS NOT NULL OR interval_lower IS NOT NULL",
    "evaluation date": "evaluated IS NOT NULL",
    "relationship to the developer": "relationship <> 'relationship not reported'",
    "evaluator": NAMED,
}
# What the details of a source say of who measured.
MEASURERS = ["source_role", "leaderboard_data_source", "data_source", "result_source", "self_reported", "is_self_reported"]


def sources():
    """What each source's document counts, counted again in the Parquet tables of results and records."""
    data, base = f"{api}/data", duckdb.connect()
    base.execute(f"""CREATE OR REPLACE VIEW held AS SELECT r.*, c.collection FROM '{data}/results.parquet' AS r
        JOIN '{data}/records.parquet' AS c ON r.record = c.sha256""")
    newest = base.execute(f"SELECT max(retrieved) FROM '{data}/records.parquet'").fetchall()[0][0]
    found = base.execute(f"SELECT id, page, retrieved, results, models, benchmarks, records FROM '{data}/sources.parquet'").fetchall()
    assert sorted(row[0] for row in found) == sorted(
        row[0] for row in base.execute(f"SELECT DISTINCT collection FROM '{data}/records.parquet'").fetchall())
    for id, page, retrieved, *counts in found:
        document = json.loads(text(f"{api}/{page.removesuffix('.html')}.json"))
        ask = lambda what, table="held", rest="": base.execute(f"SELECT {what} FROM {table} WHERE collection = ? {rest}", [id]).fetchall()
        records = f"'{data}/records.parquet'"
        expected = ask("count(*), count(DISTINCT model), count(DISTINCT benchmark)")[0] + ask("count(*)", records)[0]
        assert tuple(counts) == expected, (page, counts, expected)
        days = dict(ask("coalesce(retrieved, 'not reported'), count(*)", records, "GROUP BY 1"))
        assert {it["name"]: it["records"] for it in document["captures"] if "," not in it["name"]} == days, page
        assert retrieved == document["captured"] == max(filter(lambda day: day != "not reported", days), default=None), page
        behind = retrieved and base.execute(f"SELECT date '{newest}' - date '{retrieved}'").fetchall()[0][0]
        assert document["days_behind"] == behind, (page, behind)
        assert document["evaluated"] == ask("max(evaluated)")[0][0], page
        disclosed = {it["label"]: it["results"].replace(",", "") for it in document["disclosed"]}
        for label, condition in REPORTED.items():
            n = ask("count(*)", rest=f"AND ({condition})")[0][0]
            assert disclosed[label] == f"{n} of {counts[0]}", (page, label, disclosed[label], n)
        assert document["never"] == [label for label, share in disclosed.items() if share.startswith("0 of ")], page
        assert {it["page"].split("/")[-1]: (it["results"], it["models"]) for it in document["benchmarks"]} == {
            name.split("/")[-1]: (n, models) for name, n, models in base.execute(
                f"""SELECT b.page, count(*), count(DISTINCT h.model) FROM held AS h JOIN '{data}/benchmarks.parquet' AS b
                ON h.benchmark = b.id WHERE h.collection = ? GROUP BY 1""", [id]).fetchall()}, page
        evaluators = base.execute(f"""SELECT e.name, count(*) FROM held AS h JOIN '{data}/evaluators.parquet' AS e
            ON h.evaluator = e.id WHERE h.collection = ? GROUP BY 1""", [id]).fetchall()
        assert sorted((it["name"], it["results"]) for it in document["evaluators"]) == sorted(evaluators), page
        said = {}
        for (also,) in ask("also", records):
            values = {key: value for block in json.loads(also or "[]") for key, value in block["values"].items()}
            for key in MEASURERS:
                if value := values.get(f"source_metadata.additional_details.{key}"):
                    said[f"{key}: {value}"] = said.get(f"{key}: {value}", 0) + 1
        assert {it["name"]: it["records"] for it in document["measurers"]} == said, (page, said)
        assert sum(it["results"] for it in document["measured_by"]) == sum(it["results"] for it in document["taken_from"]) == counts[0], page
        checked["sources"] += 1


if sys.argv[2:] == ["quotes"]:
    print(sorted(quotes()), checked["sentences"])
    sys.exit(0 if checked["sentences"] else "no sentence was found")
if sys.argv[2:] == ["sources"]:
    sources()
    sys.exit(0 if checked["sources"] else "no source was found")

tables()
documents()
feeds()
atom_rules()
citation_file()
sitemaps()
pages_and_citations()
print(sorted(quotes()), file=sys.stderr)
sources()
print(sorted(filter(None, tables_of_pages() | further_tables())), file=sys.stderr)
assert all(checked.values()), checked
print(json.dumps(checked))

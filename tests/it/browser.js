// The site in a real browser: `node browser.js FOLDER`, for a site of 900 models `node browser.js FOLDER very-many`, for one
// of models on the same samples `node browser.js FOLDER pairs`, for a board with embedded pages `node browser.js FOLDER board`; with `quick`, axe looks at narrow, dark pages only. Prints a line per check that holds, and ends with an error at the first
// that does not.
//
// Every page gets the strictest policy that the site is made for, by meta tag, and is looked at
// both from a server and from the disk.
"use strict";
const assert = require("node:assert");
const fs = require("node:fs");
const http = require("node:http");
const os = require("node:os");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");
const axeSource = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'";

/** A copy of the site in which every page states the policy. */
function withPolicy(site) {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), "site-"));
  fs.cpSync(site, copy, { recursive: true });
  for (const file of fs.readdirSync(copy, { recursive: true })) {
    if (!file.endsWith(".html")) continue;
    const page = path.join(copy, file);
    const text = fs.readFileSync(page, "utf8");
    if (text.includes("Content-Security-Policy")) continue;
    const meta = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
    fs.writeFileSync(page, text.replace('<meta charset="utf-8">', `<meta charset="utf-8">${meta}`));
  }
  return copy;
}

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
function serve(folder) {
  const server = http.createServer((request, response) => {
    const file = path.join(folder, decodeURIComponent(new URL(request.url, "http://x").pathname));
    if (!fs.existsSync(file) || !fs.statSync(file).isFile()) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": `${TYPES[path.extname(file)] || "application/octet-stream"}; charset=utf-8` });
    fs.createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** A page that reports what must not happen. */
async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.faults.push(message.text()));
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.hostname !== "127.0.0.1") page.faults.push(`asks ${url.hostname}`);
  });
  return page;
}

const settled = (page) => page.waitForFunction(() => document.readyState === "complete");
const text = (page, selector) => page.locator(selector).first().innerText();
const waitFor = (page, selector, part) =>
  page.waitForFunction(([selector, part]) => document.querySelector(selector)?.textContent.includes(part), [selector, part], { timeout: 5000 });

/** Where the links of another page lead, from the top of the site. */
const linked = async (page, base, path, selector) => {
  const other = await page.context().newPage();
  await other.goto(`${base}/${path}`);
  const links = await other.$$eval(selector, (links) => links.map((link) => link.href));
  await other.close();
  return links.map((link) => link.slice(base.length + 1));
};

const checks = {
  async "search while typing, by keyboard, aliases included"(page, base) {
    await page.goto(`${base}/index.html`);
    await page.keyboard.press("/");
    await page.keyboard.type("lama-2");
    await waitFor(page, "dialog [role=status]", "Nothing");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("llama 2 70b");
    await waitFor(page, "dialog .found li:first-child .name", "Llama-2-70b-hf");
    await page.keyboard.press("ArrowDown");
    assert.match(await page.evaluate(() => document.activeElement.textContent), /Llama-2-70b-hf/);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("mmlu");
    await waitFor(page, "dialog .found li:first-child .name", "MMLU");
    // A spelling that only an evaluator's records use.
    await page.keyboard.press("Control+A");
    await page.keyboard.type("mixtral 32kseqlen");
    await waitFor(page, "dialog .found li:first-child .name", "mistralai/Mixtral-8x7B-v0.1");
    await page.keyboard.press("Enter");
    await page.waitForURL(/models\/mistralai\/Mixtral-8x7B-v0\.1\.html$/);
    await page.goBack();
    assert.match(page.url(), /index\.html$/);
  },
  async "the search page answers an address with a query"(page, base) {
    await page.goto(`${base}/search.html?q=gpqa`);
    await waitFor(page, ".found li:first-child .name", "GPQA");
  },
  async "filter and sort, in the address, with the back button"(page, base) {
    await page.goto(`${base}/models.html`);
    const all = await page.locator("tbody tr").count();
    const order = () => page.$$eval("tbody tr a", (links) => links.map((link) => link.textContent));
    const listed = await order();
    await page.focus("select[name=developer]");
    await page.waitForFunction(() => document.querySelector("select[name=developer]").options.length > 3);
    await page.selectOption("select[name=developer]", "Meta");
    await waitFor(page, ".filters [role=status]", " of ");
    const some = await page.locator("tbody tr").count();
    assert.ok(some > 1 && some < all, `${some} of ${all}`);
    assert.match(page.url(), /#developer=Meta$/);
    await page.selectOption("select[name=sort]", "results");
    await page.waitForURL(/sort=results/);
    const results = await page.$$eval("tbody tr td:nth-child(2)", (cells) => cells.map((cell) => Number(cell.textContent)));
    assert.deepStrictEqual(results, [...results].sort((a, b) => b - a));
    const address = page.url();
    await page.goBack();
    await page.waitForURL(/#developer=Meta$/);
    await page.goBack();
    await page.waitForURL(/models\.html#?$/);
    await page.waitForFunction((all) => document.querySelectorAll("tbody tr").length === all, all);
    assert.deepStrictEqual(await order(), listed);
    await page.goto("about:blank");
    await page.goto(address);
    await waitFor(page, ".filters [role=status]", " of ");
    assert.strictEqual(await page.locator("tbody tr").count(), some);
    assert.strictEqual(await page.inputValue("select[name=developer]"), "Meta");
    await page.selectOption("select[name=developer]", "");
    await page.selectOption("select[name=readings]", "differ");
    await waitFor(page, "tbody", "llama-65b");
    await page.click("button[type=reset]");
    await page.waitForFunction((all) => document.querySelectorAll("tbody tr").length === all, all);
    await page.fill("input[name=name]", "llama 65b");
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  },
  async "developers are chosen by their models, in the address, with the back button"(page, base) {
    await page.goto(`${base}/developers.html`);
    const rows = () => page.$$eval("tbody tr", (rows) => rows.map((row) => row.innerText));
    const listed = await rows();
    await page.focus("select[name=benchmark]");
    await page.waitForFunction(() => document.querySelector("select[name=benchmark]").options.length > 3);
    await page.selectOption("select[name=benchmark]", "GPQA");
    await waitFor(page, ".filters [role=status]", ` of ${listed.length}`);
    const some = await rows();
    // Those whose pages name a model that the ranking has.
    const ranked = (await linked(page, base, "benchmarks/gpqa.html", ".ranking tbody th a")).map((link) => link.split("#")[0]);
    const makers = [];
    for (const row of await page.$$eval("tbody a", (links) => links.map((link) => link.getAttribute("href")))) {
      const made = await linked(page, base, row, "tbody th a");
      assert.ok(made.some((model) => ranked.includes(model)), `${row} has a model in the ranking`);
      makers.push(...made);
    }
    assert.ok(ranked.every((model) => makers.includes(model)), "and no other has");
    assert.ok(some.length > 1 && some.length < listed.length, `${some.length} of ${listed.length}`);
    assert.strictEqual(await text(page, ".filters [role=status]"), `${some.length} of ${listed.length} match`);
    await page.selectOption("select[name=sort]", "models");
    await page.waitForURL(/#benchmark=GPQA&sort=models$/);
    const models = await page.$$eval("tbody tr td:nth-child(2)", (cells) => cells.map((cell) => Number(cell.textContent)));
    assert.deepStrictEqual(models, [...models].sort((a, b) => b - a));
    assert.deepStrictEqual((await rows()).sort(), [...some].sort());
    await page.goBack();
    await page.waitForURL(/#benchmark=GPQA$/);
    await page.goBack();
    await page.waitForURL(/developers\.html#?$/);
    await page.waitForFunction((all) => document.querySelectorAll("tbody tr").length === all, listed.length);
    assert.deepStrictEqual(await rows(), listed);
    await page.fill("input[name=name]", "met");
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
    assert.strictEqual((await rows())[0], listed.find((row) => row.startsWith("Meta")));
  },
  async "a filtered row says what the static row says"(page, base) {
    for (const [list, sort] of [["models", "title"], ["developers", "results"]]) {
      await page.goto(`${base}/${list}.html`);
      const rows = (page) => page.$$eval("tbody tr", (rows) => rows.map((row) => [row.innerText, row.querySelector("a").href]));
      const listed = await rows(page);
      // Rows that stand on the page are shown again as they are, so here it has none when the script begins.
      const bare = await page.context().newPage();
      await bare.addInitScript(() => document.addEventListener("DOMContentLoaded", () => {
        document.querySelectorAll("tbody tr").forEach((row) => row.remove());
      }));
      await bare.goto(`${base}/${list}.html#sort=${sort}`);
      await waitFor(bare, ".filters [role=status]", " of ");
      const sorted = (rows) => rows.sort((a, b) => (a[1] < b[1] ? -1 : 1));
      assert.deepStrictEqual(sorted(await rows(bare)), sorted(listed), list);
      await bare.close();
    }
  },
  async "a ranking is filtered in its own order"(page, base) {
    await page.goto(`${base}/benchmarks/mmlu/all-5-subjects-exact-match.html`);
    await page.click(".filters summary");
    await page.focus(".filters select[name=developer]");
    await page.waitForFunction(() => document.querySelector("select[name=developer]").options.length > 3);
    await page.selectOption("select[name=developer]", "Meta");
    await page.waitForURL(/#developer=Meta$/);
    await waitFor(page, ".filters [role=status]", " of ");
    const ranks = await page.$$eval(".ranking tbody tr td:first-child", (cells) => cells.map((cell) => Number(cell.textContent.replace("=", ""))));
    assert.ok(ranks.length > 3 && ranks.length < 19, "this table, and no other of the page");
    assert.deepStrictEqual(ranks, [...ranks].sort((a, b) => a - b));
  },
  async "compare two, then three models; the address can be passed on"(page, base) {
    await page.goto(`${base}/models/meta-llama/Llama-2-70b-hf.html`);
    await page.click("header nav >> text=Compare");
    await page.waitForURL(/compare\.html#m=meta-llama%2FLlama-2-70b-hf$/);
    await waitFor(page, "[data-compare] [role=status]", "one more");
    await page.fill(".finder input", "gemma 7b");
    await waitFor(page, ".found li:first-child .name", "google/gemma-7b");
    await page.keyboard.press("Enter");
    await page.waitForSelector("table.comparison");
    assert.strictEqual(await page.locator("table.comparison thead th").count(), 4);
    // All differences have one verdict, which stands above them and not beside each.
    assert.match(await text(page, ".compare .answer"), /^(Unknown|With care)[:.] .* all \d+ rankings\.\s+You may .* You may not say/s);
    assert.match(await text(page, "table.comparison thead th:last-child"), /Difference/);
    assert.match(await text(page, "table.comparison .verdict"), /^(difference|equal)/);
    assert.strictEqual(await page.locator("table.comparison .group").count(), 0);
    const [how] = await page.$$eval(".compare .answer a", (links) => links.map((link) => link.getAttribute("href")));
    assert.strictEqual(how, "methodology.html#verdict");
    // The score is the one of the card.
    const cell = page.locator("table.comparison tbody:nth-of-type(2) tr:nth-child(2) td .reading").first();
    const digits = await cell.locator("b").innerText();
    const address = page.url();
    await page.goBack();
    await waitFor(page, "[data-compare] [role=status]", "one more");
    await page.goto("about:blank");
    await page.goto(address);
    await page.waitForSelector("table.comparison");
    await cell.locator("a").click();
    await page.waitForURL(/models\/.*#r[0-9a-f]{8}-\d+$/);
    assert.ok((await text(page, ".res")).includes(digits));
    await page.goto(`${base}/compare.html#m=01-ai%2FYi-34B,meta-llama%2FLlama-2-70b-hf,tiiuae%2Ffalcon-40b`);
    await waitFor(page, "table.comparison", "Some models ranked");
    assert.match(await text(page, ".compare .answer"), /^With care \(\d+ rankings?\)\. You may .*\s+Unknown \(\d+ rankings\)\. You may/s);
    const answers = await page.$$eval("table.comparison .verdict", (cells) => cells.map((cell) => cell.textContent.split(/[:.]/)[0]));
    assert.deepStrictEqual([...new Set(answers)].sort(), ["Unknown", "With care"]);
    await page.goto(`${base}/compare.html#m=google%2Fgemma-7b,no%2Fsuch`);
    await waitFor(page, "[data-compare] [role=status]", "no model named no/such");
  },
  async "quotes, citations and sources say when they are read"(page, base) {
    const day = await page.evaluate(() => new Intl.DateTimeFormat("en-GB", { dateStyle: "long" }).format(new Date()));
    const address = `${base}/models/meta/llama-65b.html`;
    await page.goto(`${address}#results`);
    const quote = await page.locator("[data-quote] pre").textContent();
    const cite = await page.locator("[data-cite] pre").textContent();
    assert.ok(quote.endsWith(`) Accessed ${day}.`), quote);
    assert.match(cite, /\n  urldate = \{\d{4}-\d\d-\d\d\},\n\}$/);
    // A page on a disk has no address that others can open.
    const isServed = base.startsWith("http");
    assert.ok(quote.includes(isServed ? `, ${address}, ` : ", models/meta/llama-65b.html, "), quote);
    assert.strictEqual(cite.includes(`  url = {${address}},\n`), isServed, cite);
    await page.goto(`${base}/sources/helm-lite.html`);
    assert.match(await text(page, ".short dd"), /^\d{4}-\d\d-\d\d \(\d+ days ago\)\./);
  },
  async "colours: by the switch, kept from page to page, without a flash"(page, base) {
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.goto(`${base}/index.html`);
    const light = await paper();
    await page.click("button.colours");
    await page.click("button.colours");
    const dark = await paper();
    assert.notStrictEqual(light, dark);
    await page.goto(`${base}/models.html`);
    assert.strictEqual(await paper(), dark);
    await page.click("button.colours");
    assert.strictEqual(await paper(), light);
    // The choice stands before the body is there.
    assert.ok(await page.evaluate(() => !document.querySelector("head script[src*='assets/site.']").defer));
  },
};

const KINDS = [
  "index.html", "models.html", "benchmarks.html", "evaluators.html", "developers.html", "search.html", "search.html?q=llama",
  "compare.html", "compare.html#m=meta%2Fllama-65b,google%2Fgemma-7b,tiiuae%2Ffalcon-40b", "models.html#developer=Meta",
  "developers.html#sort=models",
  "models/meta/llama-65b.html", "benchmarks/mmlu.html", "evaluators/stanford-crfm.html", "developers/meta.html", "sources.html", "sources/open-llm-leaderboard-v2.html",
  "not-shown.html", "publishing.html", "merged.html", "markers.html", "methodology.html",
  "about.html", "guide.html", "reference.html", "templates.html", "404.html",
];

/** Of a name that very many have, what comes first is shown before the rest is there, and focus stays in it. */
async function inTurns(browser, base) {
  const page = await open(browser);
  await page.goto(`${base}/search.html`);
  const asked = [];
  let release, held;
  const hold = () => { held = new Promise((resolve) => { release = resolve; }); };
  hold();
  await page.route(/assets\/search\//, async (route) => {
    asked.push(route.request().url());
    if (asked.length > 1) await held;
    await route.continue();
  });
  await page.keyboard.type("model");
  await waitFor(page, ".finder [role=status]", "Loading");
  const found = () => page.$$eval(".found .name", (names) => names.map((name) => name.textContent));
  const first = await found();
  assert.strictEqual(first.length, 30);
  await page.keyboard.press("ArrowDown");
  release();
  await waitFor(page, ".finder [role=status]", "900 found");
  assert.ok(asked.length > 1 && new Set(asked).size === asked.length, `asked for ${asked}`);
  assert.deepStrictEqual(await found(), first, "the list stays under the focus");
  assert.strictEqual(await page.evaluate(() => document.activeElement.querySelector(".name").textContent), first[0]);
  // A list of other letters stays only until what was asked for is known, and nobody opens a result of it.
  const isInBox = () => page.evaluate(() => document.activeElement.matches(".finder input"));
  hold();
  await page.fill(".finder input", "model 0899");
  await page.keyboard.press("ArrowDown");
  assert.ok(!(await isInBox()));
  release();
  await waitFor(page, ".finder [role=status]", "1 found");
  assert.match((await found())[0], /model-0899/);
  assert.ok(await isInBox(), "the box has the focus again, as the list is another");
  hold();
  await page.fill(".finder input", "model 0777");
  await page.keyboard.press("Enter");
  release();
  await page.waitForURL(/model-0777/);
  assert.deepStrictEqual(page.faults, []);
  await page.context().close();
}

/** Whether axe finds nothing on a page, and it is no wider than its screen. */
async function withoutBarriers(page, name) {
  if (!await page.evaluate(() => "axe" in window)) await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  const found = violations.map((it) => `${it.id}: ${it.nodes.slice(0, 3).map((node) => `${node.html} ${node.failureSummary}`).join(" | ")}`);
  assert.deepStrictEqual(found, [], name);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 0, `${name} is ${wider} px wider than its screen`);
}

/** axe finds nothing on each kind of page, in light and dark, wide and narrow. */
async function accessible(browser, base, isQuick) {
  const looks = [["dark", 360], ["light", 1280]].slice(0, isQuick ? 1 : 2);
  for (const [colorScheme, width] of looks) {
    const page = await open(browser, { colorScheme, viewport: { width, height: 800 }, bypassCSP: true });
    await page.context().addInitScript(axeSource);
    for (const kind of KINDS) {
      await page.goto("about:blank");
      await page.goto(`${base}/${kind}`);
      await settled(page);
      if (/[?#]/.test(kind)) await page.waitForFunction(() => document.querySelector(".found li, .comparison, tbody tr"));
      await withoutBarriers(page, `${kind}, ${colorScheme}, ${width}`);
    }
    await page.context().close();
  }
}

/** Without JavaScript every card is reached by links, and nothing is offered that does not work. */
async function withoutScript(browser, base) {
  const page = await open(browser, { javaScriptEnabled: false });
  const linksOf = (selector) => page.locator(selector).evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  await page.goto(`${base}/search.html`);
  assert.match(await text(page, "main"), /needs JavaScript/);
  const lists = await linksOf("main li a");
  assert.deepStrictEqual(lists, ["models.html", "developers.html", "benchmarks.html", "evaluators.html", "sources.html"]);
  await page.goto(`${base}/models.html`);
  const models = await linksOf("tbody a");
  assert.ok(await page.locator(".filters").isHidden());
  await page.goto(`${base}/developers.html`);
  const developers = await linksOf("tbody a");
  assert.deepStrictEqual(await linksOf("main .hint a"), ["models.html"], "for models whose developer nobody names");
  const made = [];
  for (const developer of developers) {
    await page.goto(`${base}/${developer}`);
    made.push(...(await linksOf("tbody a")).map((link) => link.replace(/^(\.\.\/)+/, "")));
  }
  assert.deepStrictEqual(made.sort(), models.sort());
  await page.goto(`${base}/models/meta/llama-65b.html`);
  assert.ok((await text(page, ".res")).includes("0.637"));
  assert.deepStrictEqual(page.faults, []);
  await page.context().close();
}

/** Models that share samples, and one that shares none with them. */
async function onSameSamples(browser, base) {
  const page = await open(browser, { viewport: { width: 360, height: 800 }, bypassCSP: true });
  const rows = (selector) => page.$$eval(selector, (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
  await page.goto(`${base}/benchmarks/quiz.html`);
  const [published] = await rows("#pairs ~ .scroll tbody tr");
  await page.goto(`${base}/compare.html#m=lab%2Fb,lab%2Fa,lab%2Fc`);
  await page.waitForSelector("[data-compare] #pairs");
  const [shown, ...more] = await rows("[data-compare] #pairs ~ .scroll tbody tr");
  assert.deepStrictEqual(more, []);
  assert.deepStrictEqual(shown, ["QuizAccuracy", "lab/a", "lab/b", ...published.slice(2)]);
  // From a disk, axe may not read the stylesheet.
  if (base.startsWith("http")) await withoutBarriers(page, "two models on the same samples");
  await page.goto(`${base}/compare.html#m=lab%2Fa,lab%2Fc`);
  await page.waitForFunction(() => document.querySelectorAll("table.comparison thead th").length === 4);
  assert.strictEqual(await page.locator("[data-compare] #pairs").count(), 0);
  // Rows of samples are folded, and text.
  await page.goto(`${base}/models/lab/a.html`);
  assert.ok(await page.locator(".ex dl").first().isHidden());
  for (const details of [".sm", ".ex"]) await page.click(`${details} > summary`);
  assert.strictEqual(await text(page, ".ex dd:nth-of-type(3)"), "Secret <b>question</b>");
  if (base.startsWith("http")) await withoutBarriers(page, "rows of samples");
  assert.deepStrictEqual(page.faults, []);
  await page.context().close();
}

/** A board on a phone: its sentences are copied with one press, and neither it nor its embedded pages have barriers. */
async function board(browser, base) {
  const page = await open(browser, { viewport: { width: 360, height: 800 }, bypassCSP: true, permissions: ["clipboard-read", "clipboard-write"] });
  await page.goto(`${base}/index.html`);
  await settled(page);
  for (const details of await page.$$("details")) await details.evaluate((it) => { it.open = true; });
  const quoted = page.locator(".take details", { hasText: "Sentences to quote" });
  await quoted.locator("button").click();
  await page.waitForFunction(() => document.querySelector(".take details:has(button) button") && [...document.querySelectorAll(".take button")].some((it) => it.textContent === "Copied"));
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.strictEqual(copied, await quoted.locator("pre").textContent());
  assert.match(copied, /Listed results on Quiz: 1\./);
  await withoutBarriers(page, "board");
  for (const kind of ["overview.html", "embed/benchmarks/quiz.html", "embed/models/org/a.html"]) {
    await page.goto(`${base}/${kind}`);
    await withoutBarriers(page, kind);
  }
  assert.deepStrictEqual(page.faults, []);
  await page.context().close();
}

async function main() {
  const [, , site, kind] = process.argv;
  const folder = withPolicy(site);
  const server = await serve(folder);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const http = `http://127.0.0.1:${server.address().port}`;
  const disk = pathToFileURL(folder).href;
  try {
    if (kind === "very-many") {
      await inTurns(browser, http);
      console.log("very many are found in turns");
      return;
    }
    if (kind === "board") {
      await board(browser, http);
      console.log("a board and its embedded pages");
      return;
    }
    if (kind === "pairs") {
      for (const [place, base] of [["server", http], ["disk", disk]]) {
        await onSameSamples(browser, base);
        console.log(`${place}: two models on the same samples`);
      }
      return;
    }
    for (const [place, base] of [["server", http], ["disk", disk]]) {
      for (const [name, check] of Object.entries(checks)) {
        const page = await open(browser);
        await check(page, base).catch((error) => {
          throw new Error(`${place}: ${name}: ${error.message}\n${page.url()}\n${page.faults.join("\n")}`, { cause: error });
        });
        assert.deepStrictEqual(page.faults, [], `${place}: ${name}`);
        await page.context().close();
        console.log(`${place}: ${name}`);
      }
    }
    await withoutScript(browser, http);
    console.log("without JavaScript every card is reached");
    await accessible(browser, http, kind === "quick");
    console.log("axe finds no violation");
  } finally {
    await browser.close();
    server.close();
    fs.rmSync(folder, { recursive: true });
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});

// What the pages can do with JavaScript: choose colours, search, filter and sort, compare.
// Every page is complete without this file. The build puts the interface's `words` before it.
//
// Data comes as scripts that call `evalcards.give`, not as JSON by fetch: that works from a disk too.
"use strict";
(() => {
  // ---- Colours: before the first paint, so that nothing flashes ----

  const root = document.documentElement;
  const top = document.currentScript.dataset.top;
  const colours = ["auto", "light", "dark"];
  let colour = "auto";
  try {
    colour = localStorage.getItem("evalcards-colours") || "auto";
  } catch {
    // Storage may be forbidden; then the system's colours hold.
  }
  const paint = () => {
    if (colour === "light" || colour === "dark") root.dataset.colours = colour;
    else delete root.dataset.colours;
  };
  paint();

  // ---- Small tools ----

  let plurals;
  try {
    plurals = new Intl.PluralRules(root.lang);
  } catch {
    // The site's language is no tag that browsers know.
    plurals = new Intl.PluralRules("en");
  }

  /** The phrase of `key`, with `values` in its places; a count chooses the form by `n`. */
  const say = (key, values = {}) => {
    const phrase = words[key] ?? key;
    const n = Number(String(values.n).replace(/\D/g, ""));
    const form = typeof phrase === "string" ? phrase : phrase[plurals.select(n)] ?? phrase.other;
    return form.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
  };
  const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, words.group);

  /** A new element: attributes by name, `on…` as listeners; children are elements or text, never HTML. */
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined || value === false) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== undefined && child !== ""));
    return element;
  };

  // ---- Data files ----

  const given = new Map();
  window.evalcards = { give: (name, data) => given.set(name, data) };

  const started = new Map();
  /** Runs the script at `path` and resolves to what it gives under `name`. */
  const load = (name, path) => {
    if (!started.has(path)) {
      started.set(path, new Promise((resolve, reject) => {
        const script = make("script", { src: top + path });
        script.onload = () => resolve(given.get(name));
        script.onerror = () => {
          started.delete(path);
          reject(new Error(path));
        };
        document.head.append(script);
      }));
    }
    return started.get(path);
  };
  /** The directory of all data files. */
  const directory = () => load("data", "assets/data.js");
  /** `assets/search/3.0123456789ab.js` gives `search/3`. */
  const nameOf = (path) => path.slice("assets/".length, path.lastIndexOf(".", path.length - 4));
  const loadFile = (path) => load(nameOf(path), path);

  // ---- Search ----

  /** Lower-case words of a text, by the same rule as the index. */
  const wordsOf = (text) =>
    (text.toLowerCase().match(/[\p{Alphabetic}\p{N}]+/gu) || [])
      .flatMap((run) => run.replace(/(\p{Alphabetic}{2})(?=\p{N})/gu, "$1 ").split(" "));

  /** A test for texts in lower case: does one of their words begin with `word`, which is letters and digits only? */
  const beginsWith = (word) =>
    new RegExp(`(?:^|[^\\p{Alphabetic}\\p{N}]|(?<=\\p{Alphabetic}{2})(?=\\p{N}))${word}`, "u");

  const keyOf = (word) => [...word].slice(0, 2).join("");

  /** What an entry of the index is found by, in lower case, made once. */
  const textOf = (entry) => (entry[6] ??= `${entry[1]} ${entry[2]} ${entry[5]}`.toLowerCase());

  /** What is known of an entry without looking at its words: its kind and results, and how its names begin. */
  const roughScore = (entry, typed) => {
    const points = 3 * Math.log2(1 + entry[4]) + (entry[0] === "m" ? 0 : 30);
    const text = textOf(entry);
    const at = text.indexOf(typed);
    const names = [entry[1].toLowerCase().split("/").pop(), entry[2].toLowerCase()];
    return points + (names.includes(typed) ? 200 : at === 0 || text[at - 1] === "/" ? 60 : 0);
  };

  /** How well an entry meets the query, all of whose words it has. */
  const score = (entry, query, whole) => {
    const title = wordsOf(entry[1]);
    const second = wordsOf(entry[2]);
    const all = new Set([...title, ...second, ...(entry[5] ? entry[5].split(" ") : [])]);
    const exact = query.filter((word) => all.has(word)).length;
    let points = 20 * exact + 3 * Math.log2(1 + entry[4]) - title.length - second.length;
    if (entry[0] !== "m") points += 30;
    for (const name of [title.join(" "), wordsOf(entry[1].split("/").pop()).join(" "), second.join(" ")]) {
      if (name === whole) points += 200;
      else if (name.startsWith(whole)) points += 60;
    }
    return points;
  };

  /** Sorts by the points that `points` gives, each asked for once. */
  const sorted = (entries, points) =>
    entries.map((entry) => [points(entry), entry])
      .sort((a, b) => b[0] - a[0] || (a[1][1] < b[1][1] ? -1 : 1))
      .map(([, entry]) => entry);

  /**
   * The entries that meet `text`, best first, in turns: of very many what is likely meant, and then all.
   * `whole` says of a turn that it is the last. Nothing that can be looked up has no entries at all. `kind` is
   * `all` or one kind.
   */
  async function* search(text, kind) {
    const query = wordsOf(text);
    const { words: files, search: list } = await directory();
    // One letter begins too many words; it may stand beside another.
    const long = query.filter((word) => [...word].length > 1 || word > "\u02ff");
    const chosen = long.length ? long : text.trim().length > 1 ? query : [];
    if (!chosen.length) {
      yield { whole: true };
      return;
    }
    // Keys have two letters: a word of one sign, which no letter is, begins several of them.
    const filesOf = (word) => {
      const keys = [...word].length > 1 || word <= "\u02ff" ? [keyOf(word)] : Object.keys(files).filter((key) => key.startsWith(word));
      return [...new Set(keys.flatMap((key) => files[key] ?? []))];
    };
    const places = chosen.map(filesOf);
    if (places.some((numbers) => !numbers.length)) {
      // Letters that begin no word of the site.
      yield { entries: [], whole: true };
      return;
    }
    const sizeOf = (numbers) => numbers.reduce((sum, number) => sum + list[number][1], 0);
    const paths = places.reduce((a, b) => (sizeOf(b) < sizeOf(a) ? b : a)).map((number) => list[number][0]);
    const tests = query.map(beginsWith);
    const whole = query.join(" ");
    const best = (entries) => {
      let found = entries.filter((entry) =>
        (kind === "all" || entry[0] === kind) && tests.every((test) => test.test(textOf(entry))));
      // Of very many only those that are likely to come first are looked at word by word.
      const CLOSELY = 500;
      if (found.length > CLOSELY) found = sorted(found, (entry) => roughScore(entry, text.trim().toLowerCase()));
      return [...sorted(found.slice(0, CLOSELY), (entry) => score(entry, query, whole)), ...found.slice(CLOSELY)];
    };
    if (!paths.every((path) => given.has(nameOf(path)))) {
      yield { entries: best(await loadFile(paths[0])), whole: paths.length === 1 };
      if (paths.length === 1) return;
      // What was found is seen before the browser has to read the other files.
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    }
    const all = await Promise.all(paths.map(loadFile));
    yield { entries: best(all.flat()), whole: true };
  }

  const addressOf = (entry) => {
    if (!entry[3]) return `${top}models/${entry[1]}.html`;
    return top + (entry[3].includes(".html") ? entry[3] : `${entry[3]}.html`);
  };

  let boxes = 0;
  /** A search box: results while typing, arrows go through them. `choose` takes a result instead of its link. */
  const finder = (host, { kind, label, choose, value = "" }) => {
    const MOST = 30;
    boxes += 1;
    const status = make("p", { class: "hint", role: "status" });
    const results = make("ul", { class: "found" });
    const input = make("input", {
      type: "search", id: `finder-${boxes}`, autocomplete: "off", autocapitalize: "none", spellcheck: "false", enterkeyhint: "go",
    });
    let asked = 0;
    // What the list answers; all that it answers, while somebody goes through what came first; and whether the
    // first result is to be opened as soon as it is known.
    let listed, waiting, opens = false;
    const item = (entry) => {
      const parts = [
        make("span", { class: "name" }, entry[1]),
        entry[2] ? make("span", { class: "second" }, entry[2]) : "",
        make("small", {}, `${say(`kind.${entry[0]}`)} · ${say("results", { n: count(entry[4]) })}`),
      ];
      const link = choose
        ? make("button", { type: "button", onclick: () => choose(entry) }, ...parts)
        : make("a", { href: addressOf(entry) }, ...parts);
      return make("li", {}, link);
    };
    const links = () => [...results.querySelectorAll("a, button")];
    const list = (entries, query) => {
      const isInList = results.contains(document.activeElement);
      // Who goes through the list of this query is not thrown out of it.
      if (isInList && listed === query) {
        waiting = entries;
        return;
      }
      results.replaceChildren(...entries.slice(0, MOST).map(item));
      [listed, waiting] = [query, undefined];
      if (isInList) input.focus();
    };
    const show = ({ entries, whole }, query) => {
      list(entries ?? [], query);
      if (whole && opens) {
        opens = false;
        links()[0]?.click();
      }
      status.textContent = !entries ? ""
        : !whole ? say("loading")
        : !entries.length ? say("found.none")
        : entries.length > MOST && !waiting ? say("found.first", { n: count(entries.length), m: MOST })
        : say("found", { n: count(entries.length) });
    };
    const update = async () => {
      const turn = ++asked;
      const query = input.value;
      opens = false;
      try {
        for await (const found of search(query, kind)) {
          if (turn !== asked) return;
          show(found, query);
        }
      } catch {
        if (turn === asked) status.textContent = say("failed");
      }
    };
    input.addEventListener("input", update);
    input.addEventListener("focus", () => waiting && list(waiting, listed));
    // The first use of the box is when the directory is fetched.
    input.addEventListener("focus", () => directory().catch(() => {}), { once: true });
    host.addEventListener("keydown", (event) => {
      const all = links();
      const at = all.indexOf(document.activeElement);
      if (event.key === "Enter" && document.activeElement === input) {
        event.preventDefault();
        // A list of other letters is not what was asked for.
        if (listed === input.value) all[0]?.click();
        else opens = true;
      } else if (event.key === "ArrowDown" && at + 1 < all.length) {
        event.preventDefault();
        all[at + 1].focus();
      } else if (event.key === "ArrowUp" && at >= 0) {
        event.preventDefault();
        (at === 0 ? input : all[at - 1]).focus();
      }
    });
    host.append(make("label", { for: input.id }, label), input, status, results);
    if (value) {
      input.value = value;
      update();
    }
    return { input, clear: () => { input.value = ""; update(); } };
  };

  /** The search link of the header opens a box over the page; `/` does so too. */
  const searchDialog = () => {
    const link = document.querySelector("header a.search");
    if (!link || typeof HTMLDialogElement !== "function") return;
    let dialog;
    const open = () => {
      if (!dialog) {
        dialog = make("dialog", { class: "search", "aria-label": link.textContent });
        const close = make("button", { type: "button", class: "close", onclick: () => dialog.close() }, say("close"));
        const host = make("div", { class: "finder" });
        dialog.append(close, host);
        document.body.append(dialog);
        dialog.input = finder(host, { kind: "all", label: link.textContent }).input;
        dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
      }
      if (!dialog.open) dialog.showModal();
      dialog.input.focus();
      dialog.input.select();
    };
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
    document.addEventListener("keydown", (event) => {
      const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        open();
      }
    });
  };

  // ---- State in the address ----

  // After `#`, for pages from disk may change nothing else. Anchors of rows never have a `=`.
  const readState = () => {
    const hash = location.hash.slice(1);
    return new URLSearchParams(hash.includes("=") ? hash : "");
  };
  const writeState = (state, replace) => {
    const text = state.toString();
    if (text === readState().toString()) return;
    const address = `#${text}`;
    if (replace) location.replace(address);
    else location.hash = address;
  };

  // ---- Filter and sort ----

  const collator = new Intl.Collator("en", { numeric: true });

  /** A list in which every column has a value for each row: of one that is the same in all, the file has one. */
  const whole = (data) => {
    const fill = (columns, name) => {
      if (!Array.isArray(columns[name])) columns[name] = data.title.map(() => columns[name]);
    };
    for (const name of ["second", "path"]) fill(data, name);
    for (const facet of Object.values(data.facets)) fill(facet, "rows");
    for (const columns of [data.numbers, data.texts]) Object.keys(columns).forEach((name) => fill(columns, name));
    if (data.texts.score) data.numbers.position ??= data.texts.score.map(Number);
    return data;
  };

  /** The rows of `data` that `state` asks for, in its order. */
  const select = (data, state) => {
    const tests = [];
    for (const [name, value] of state) {
      if (!value || name === "sort") continue;
      if (name === "name") {
        const asked = wordsOf(value).map(beginsWith);
        const texts = (data.names ??= data.title.map((title, row) => `${title} ${data.second[row]}`.toLowerCase()));
        tests.push((row) => asked.every((test) => test.test(texts[row])));
      } else if (name === "size" && data.numbers.size) {
        const [from, to] = value.split("-").map(Number);
        tests.push((row) => {
          const size = data.numbers.size[row];
          return size !== null && size >= from && (!to || size < to);
        });
      } else if (Object.hasOwn(data.facets, name)) {
        const facet = data.facets[name];
        const place = facet.values.indexOf(value);
        const sets = facet.sets.map((set) => set.includes(place));
        tests.push((row) => sets[facet.rows[row]]);
      }
    }
    const rows = [];
    for (let row = 0; row < data.title.length; row += 1) {
      if (tests.every((test) => test(row))) rows.push(row);
    }
    const sort = state.get("sort");
    if (Object.hasOwn(data.numbers, sort)) {
      const values = data.numbers[sort];
      rows.sort((a, b) => (values[b] ?? -Infinity) - (values[a] ?? -Infinity) || a - b);
    } else if (Object.hasOwn(data.texts, sort)) {
      const values = data.texts[sort];
      rows.sort((a, b) => (values[a] < values[b] ? 1 : values[a] > values[b] ? -1 : a - b));
    } else if (sort === "title") {
      rows.sort((a, b) => collator.compare(data.title[a], data.title[b]));
    }
    return rows;
  };

  /** The `value` of a facet as the page shows it: listed values of metadata have words, or are spelled with `-`. */
  const inWords = (facet, value) =>
    facet === "openness" || facet === "category" ? words[`${facet}.${value}`] ?? value.replaceAll("-", " ") : value;

  const gap = () => make("span", { class: "gap", title: say("not_reported") }, "–");

  /** The marker of a row in the words of the filter; the least one is left out, as on static pages. */
  const markerOf = (data, row) => {
    const marker = data.facets.marker;
    const code = marker && data.numbers.rank ? marker.values[marker.sets[marker.rows[row]][0]] : "claimed";
    const words = document.querySelector(`[name=marker] option[value="${code}"]`)?.textContent;
    if (code === "claimed" || !words) return "";
    return make("span", { class: `mk ${code}` }, (code === "submitted_by_source" ? "\u2713 " : "") + words);
  };

  /** A score on the axis of its ranking. */
  const dotAt = (share) => {
    const [svg, dot] = ["svg", "circle"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
    svg.setAttribute("aria-hidden", "true");
    dot.setAttribute("cx", `${share.toFixed(1)}%`);
    svg.append(dot);
    return svg;
  };

  /** Why a score is not ranked, as static pages say it. */
  const flagOf = (words) => make("small", { class: "flag" }, words);

  /** The cell of `row` in the column that a table's head names. */
  const cellOf = (data, row, column) => {
    if (column.name === "title") {
      const [id, name] = [data.title[row], data.second[row]];
      const path = data.path[row] || `models/${id}`;
      // Rankings have names before ids.
      const [first, second] = data.numbers.rank && name ? [name, id] : [id, name];
      const variant = data.texts.variant?.[row];
      const link = make("a", { href: `${top}${path}.html` }, first);
      const cell = make("th", { scope: "row" }, link, variant ? ` (${variant})` : "");
      if (second) cell.append(make("small", second === id ? { class: "id" } : {}, second));
      return cell;
    }
    const cell = make("td", { class: column.number ? "n" : column.name });
    const facet = data.facets[column.name];
    if (column.name === "score") {
      const unit = data.facets.unit;
      cell.append(make("b", {}, data.texts.score[row]), " ");
      const [place] = unit ? unit.sets[unit.rows[row]] : [];
      if (place !== undefined) cell.append(make("span", { class: "u" }, unit.values[place]));
      const flag = data.facets.flag;
      for (const place of flag ? flag.sets[flag.rows[row]] : []) cell.append(flagOf(flag.values[place]));
    } else if (data.numbers[column.name]) {
      const value = data.numbers[column.name][row];
      cell.append(value === null ? gap() : count(value));
    } else if (data.texts[column.name]) {
      const text = data.texts[column.name][row];
      cell.append(text ? make("time", {}, text) : gap());
    } else if (facet) {
      const values = facet.sets[facet.rows[row]].map((place) => inWords(column.name, facet.values[place]));
      cell.append(values.length ? values.join(", ") : gap());
    } else if (column.name === "others") {
      const others = data.numbers.count[row] - 1;
      if (others) cell.append(say("readings.more", { n: count(others) }));
      cell.append(markerOf(data, row));
    } else if (column.name === "axis") {
      const share = (100 * (Number(data.texts.score[row]) - column.ends[0])) / (column.ends[1] - column.ends[0]);
      if (share >= 0 && share <= 100) cell.append(dotAt(share));
    } else {
      cell.append(make("small", {}, say("on_card")));
    }
    return cell;
  };

  const filters = (form) => {
    const table = document.querySelector("main th[data-column]")?.closest("table");
    if (!table) return;
    const STEP = 200;
    const list = form.dataset.list;
    const status = form.querySelector("[role=status]");
    const aside = [...document.querySelectorAll("main .pager, main .letters")];
    const columns = [...table.tHead.querySelectorAll("th")].map((head) => ({
      name: head.dataset.column, number: head.classList.contains("n"),
      ends: [head.firstElementChild, head.querySelector("span:last-of-type")].map((end) => Number(end?.textContent || NaN)),
    }));
    const body = table.tBodies[0];
    // Rows that stand on this page already say everything; of others the data has the main columns.
    const linkOf = (cells) => [...cells].find((cell) => cell.tagName === "TH").firstChild.getAttribute("href");
    const present = new Map([...body.rows].flatMap((row) => [[row.id, row], [linkOf(row.cells), row]]));
    const filtered = make("tbody");
    const more = make("button", { type: "button", class: "more", hidden: true }, say("more"));
    (table.closest(".scroll") || table).after(more);
    let data;
    let rows = [];
    let shown = 0;

    const fill = async () => {
      if (data) return;
      status.textContent = say("loading");
      const { lists } = await directory();
      data = whole(await loadFile(lists[list]));
      status.textContent = "";
      for (const choice of form.querySelectorAll("select")) {
        const facet = data.facets[choice.name];
        if (!facet || choice.options.length > 1) continue;
        const numbers = new Array(facet.values.length).fill(0);
        for (const set of facet.rows) for (const place of facet.sets[set]) numbers[place] += 1;
        const order = facet.values.map((value, place) => place);
        order.sort((a, b) => collator.compare(facet.values[a], facet.values[b]));
        choice.append(...order.map((place) => {
          const name = inWords(choice.name, facet.values[place]);
          return make("option", { value: facet.values[place] }, `${name} (${count(numbers[place])})`);
        }));
      }
    };
    const grow = () => {
      const next = rows.slice(shown, shown + STEP);
      filtered.append(...next.map((row) => {
        const cells = columns.map((column) => cellOf(data, row, column));
        // A ranking may have several variants of one model, so its rows are known by their places.
        const key = data.numbers.rank ? `n${row + 1}` : linkOf(cells);
        return present.get(key)?.cloneNode(true) ?? make("tr", {}, ...cells);
      }));
      shown += next.length;
      more.hidden = shown >= rows.length;
    };
    const show = async () => {
      const state = readState();
      const asked = [...state.values()].some(Boolean);
      try {
        if (asked) await fill();
      } catch {
        status.textContent = say("failed");
        return;
      }
      for (const field of form.elements) {
        if (field.name && document.activeElement !== field) field.value = state.get(field.name) ?? "";
      }
      for (const element of aside) element.hidden = asked;
      if (asked) {
        rows = select(data, state);
        shown = 0;
        filtered.replaceChildren();
        grow();
        status.textContent = say("rows", { n: count(rows.length), total: count(data.title.length) });
        body.replaceWith(filtered);
      } else {
        filtered.replaceWith(body);
        more.hidden = true;
        status.textContent = "";
      }
    };
    const change = (replace) => {
      const state = new URLSearchParams();
      for (const field of form.elements) if (field.name && field.value) state.set(field.name, field.value);
      writeState(state, replace);
    };
    more.addEventListener("click", grow);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("focusin", () => fill().catch(() => { status.textContent = say("failed"); }));
    form.addEventListener("change", () => change(false));
    form.addEventListener("input", (event) => event.target.name === "name" && change(true));
    form.addEventListener("reset", (event) => {
      event.preventDefault();
      for (const field of form.elements) if (field.name) field.value = "";
      change(false);
    });
    window.addEventListener("hashchange", show);
    form.hidden = false;
    // In a ranking the scores come first.
    form.querySelector("details").open = (!table.matches(".ranking") && matchMedia("(min-width: 60rem)").matches) || readState().size > 0;
    show();
  };

  // ---- Compare ----

  const MOST_MODELS = 5;

  /** FNV-1a of the UTF-8 bytes: which file has a model. */
  const hash = (text) => {
    let value = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
    return value;
  };

  /** A model with its readings, each spelled out; `undefined` if the site has none of that id. */
  const modelOf = async (id) => {
    const { compare } = await directory();
    const shard = await loadFile(compare[hash(id) % compare.length]);
    const model = shard.models.find((model) => model.id === id);
    if (!model) return undefined;
    const cells = model.cells.map(([ranking, rank, variant, readings]) => ({
      ranking: shard.rankings[ranking],
      rank,
      variant: shard.texts[variant],
      readings: readings.map(([digits, unit, evaluator, relation, day, anchor, setup, position = Number(digits)]) => {
        const [settings, said, tools, agent, samples] = shard.setups[setup];
        return {
          digits, anchor, position,
          flag: shard.texts[position.flag],
          unit: shard.texts[unit],
          evaluator: shard.texts[evaluator],
          relation: shard.texts[relation],
          day: shard.texts[day],
          settings: settings.map((place) => shard.texts[place]),
          said: said.map(([name, value]) => [shard.texts[name], shard.texts[value]]),
          agent: agent.map((place) => shard.texts[place]),
          tools,
          samples,
          essential: shard.essential,
          onceStated: shard.once_stated,
        };
      }),
    }));
    const pairs = (model.pairs || []).map(([ranking, variant, second, counts, ...numbers]) => ({
      ranking: shard.rankings[ranking], variant: shard.texts[variant], second: shard.texts[second], counts, numbers,
    }));
    return { ...model, pairs, cells: new Map(cells.map((cell) => [`${cell.ranking.path} ${cell.variant}`, cell])) };
  };

  /** What is said of a difference: only of readings of one evaluator, in the decimals of the scores. */
  const difference = (readings) => {
    const positions = readings.map((reading) => reading.position);
    const apart = Math.max(...positions) - Math.min(...positions);
    if (apart === 0) return say("compare.equal");
    const decimals = (text) => (text.split(".")[1] || "").replace(/e.*/i, "").length;
    const most = Math.min(Math.max(...readings.map((reading) => decimals(reading.digits))), 6);
    // A percentage has its hundredth as position.
    const isPercent = (reading) => Math.abs(Number(reading.digits) - reading.position * 100) < 1e-9 && reading.position !== 0;
    const percents = readings.filter(isPercent).length;
    if (percents === readings.length) return say("compare.apart", { difference: (apart * 100).toFixed(most) });
    const text = say("compare.apart", { difference: apart.toFixed(percents ? Math.min(most + 2, 6) : most) });
    return percents ? say("compare.divided", { text }) : text;
  };

  /** Whether readings can be compared, and why; the same rules and words as `verdict` in src/signal/verdict.rs. */
  const verdictOf = (readings) => {
    const list = (names) => names.sort().slice(0, 8).join(say("comma")) + (names.length > 8 ? " …" : "");
    const several = (values) => new Set(values.filter((value) => value !== "" && value !== null)).size > 1;
    const samples = readings.map((reading) => reading.samples).filter((n) => n > 0);
    const gulfs = [
      several(readings.map((reading) => reading.tools)) && "tools",
      [0, 1].some((at) => several(readings.map((reading) => reading.agent[at]))) && "agent",
      samples.length && Math.min(...samples) * 10 <= Math.max(...samples) && "samples",
    ].filter(Boolean);
    if (gulfs.length) {
      const why = gulfs.map((gulf) => say(`verdict.${gulf}`)).join(say("semicolon"));
      return { answer: "no", text: say("verdict.apart", { why }) };
    }
    const values = new Map();
    for (const { said } of readings) {
      for (const [name, value] of said) values.set(name, (values.get(name) || new Set()).add(value));
    }
    const different = [...values.keys()].filter((name) => values.get(name).size > 1);
    if (different.length) return { answer: "care", text: say("verdict.different", { names: list(different) }) };
    const [{ essential, onceStated }] = readings;
    const needed = [...essential, ...onceStated.filter((name) => values.has(name))];
    const isStated = (name) => readings.every(({ said }) => said.some(([stated]) => stated === name));
    const missing = [...new Set(needed)].filter((name) => !isStated(name));
    return missing.length
      ? { answer: "unknown", text: say("verdict.not_enough_stated", { names: list(missing) }) }
      : { answer: "yes", text: say("verdict.comparable") };
  };

  /** Whether the readings of one ranking can be compared, why, and in `notes` how far they lie apart. */
  const judge = (ranking, cells) => {
    const notes = ranking.relative ? [say("compare.relative")] : [];
    const evaluators = cells[0].readings.map((reading) => reading.evaluator);
    const name = evaluators.find((name) => cells.every((cell) => cell.readings.some((it) => it.evaluator === name)));
    if (name === undefined) return { answer: "care", text: say("compare.evaluators"), notes };
    const readings = cells.map((cell) => cell.readings.find((reading) => reading.evaluator === name));
    const flags = [...new Set(readings.map((reading) => reading.flag).filter(Boolean))];
    if (flags.length) {
      return { answer: "no", text: flags.map((flag) => say("compare.flagged", { flag })).join(say("space")), notes };
    }
    const verdict = verdictOf(readings);
    // Of several scores in a cell, those of one evaluator are judged.
    const of = cells.some((cell) => cell.readings.length > 1) ? [name] : [];
    notes.unshift([...(verdict.answer === "no" ? [] : [difference(readings)]), ...of].join(" · "));
    return { ...verdict, notes: notes.filter(Boolean) };
  };

  /** What one may say of all rows: with the verdict, where they have the same, else by answer. */
  const conclusion = (verdicts, isSame) => {
    const how = make("a", { href: `${top}methodology.html#verdict` }, document.querySelector("[data-compare]").dataset.how);
    const may = (answer) => say(`conclude.${answer}`) + say("space");
    const [{ answer, text }] = verdicts;
    if (isSame) {
      const all = say("compare.all", { n: count(verdicts.length) });
      return make("div", { class: "answer" }, make("p", {}, text, say("space"), all), make("p", {}, may(answer), how));
    }
    const lines = ["yes", "care", "unknown", "no"].flatMap((answer) => {
      const n = verdicts.filter((verdict) => verdict.answer === answer).length;
      return n ? [make("p", {}, make("b", {}, say(`answer.${answer}`, { n: count(n) })), say("space"), may(answer))] : [];
    });
    lines.at(-1).append(how);
    return make("div", { class: "answer" }, ...lines);
  };

  const labelOf = ({ ranking, variant }) =>
    [ranking.benchmark, ...ranking.parts].join(": ") + (variant && ` (${variant})`);
  const directionOf = (ranking) =>
    say(ranking.direction > 0 ? "compare.higher" : ranking.direction < 0 ? "compare.lower" : "compare.unsure");

  /** A cell of `model`, whose name it has where the head of its column is not seen. */
  const cellFor = (model, ...content) => make("td", {}, make("small", { class: "of" }, model.id), ...content);

  const readingCell = (model, cell) => {
    if (!cell) return cellFor(model, make("span", { class: "gap" }, say("not_reported")));
    const readings = cell.readings.map((reading) => make("div", { class: "reading" },
      make("a", { href: `${top}${model.path}#${reading.anchor}` }, make("b", {}, reading.digits)), " ",
      make("span", { class: "u" }, reading.unit),
      reading.flag ? flagOf(reading.flag) : "",
      make("small", {}, [reading.evaluator, reading.relation].filter(Boolean).join(" · "),
        ...(reading.day ? [" · ", make("time", {}, reading.day)] : [])),
    ));
    const rank = cell.rank && make("small", {}, say("compare.rank", { rank: cell.rank < 0 ? `=${count(-cell.rank)}` : count(cell.rank), models: count(cell.ranking.models) }));
    return cellFor(model, ...readings, rank || "");
  };

  /** The rows of the cells under `keys`, with what of their `verdicts` is not said above, below a heading if there is one. */
  const group = (title, keys, models, verdicts, isSame) => {
    if (!keys.length) return [];
    const rows = keys.map((key) => {
      const cells = models.map((model) => model.cells.get(key));
      const cell = cells.find(Boolean);
      const { ranking } = cell;
      const { text, notes } = verdicts.get(key);
      return make("tr", {},
        make("th", { scope: "row" }, make("a", { href: top + ranking.path }, labelOf(cell)),
          make("small", {}, say("compare.metric", { metric: ranking.metric, direction: directionOf(ranking) }))),
        ...models.map((model, at) => readingCell(model, cells[at])),
        make("td", { class: "verdict" }, ...(isSame ? notes : [text, ...notes]).map((text) => make("div", {}, text))));
    });
    const heading = title && make("tr", { class: "group" }, make("th", { scope: "colgroup", colspan: models.length + 2 }, title));
    return [make("tbody", {}, heading, ...rows)];
  };

  /** The pairs of `models` on the samples that both have, as the build counted them; nothing where none share any. */
  const pairsOf = (models) => {
    const byId = new Map(models.map((model) => [model.id, model]));
    const rows = models.flatMap((first) => first.pairs.filter(({ second }) => byId.has(second)).map((pair) => {
      const [difference, interval, p] = pair.numbers;
      const number = (...content) => make("td", { class: "n" }, ...content);
      return make("tr", {},
        make("th", { scope: "row" }, make("a", { href: top + pair.ranking.path }, labelOf(pair)), make("small", {}, pair.ranking.metric)),
        ...[first, byId.get(pair.second)].map((model) =>
          make("th", { scope: "row" }, make("a", { href: top + model.path }, model.id))),
        ...pair.counts.map((n) => number(count(n))), number(difference, make("small", {}, interval)), number(p));
    }));
    const table = document.querySelector("template[data-pairs]");
    if (!table || !rows.length) return [];
    const part = table.content.cloneNode(true);
    part.querySelector("tbody").append(...rows);
    return [part];
  };

  const comparison = (models) => {
    const keys = [...new Set(models.flatMap((model) => [...model.cells.keys()]))];
    const isPart = (key) => models.find((model) => model.cells.has(key)).cells.get(key).ranking.parts.length > 0;
    keys.sort((a, b) => isPart(a) - isPart(b));
    const number = (key) => models.filter((model) => model.cells.has(key)).length;
    const shared = keys.filter((key) => number(key) === models.length);
    const some = keys.filter((key) => number(key) > 1 && number(key) < models.length);
    const facts = ["developer", "openness", "released"].map((fact, at) => make("tr", {},
      make("th", { scope: "row" }, say(`compare.${fact}`)),
      ...models.map((model) => cellFor(model, inWords(fact, model.facts[at]) || gap())),
      make("td")));
    const verdicts = new Map([...shared, ...some].map((key) => {
      const cells = models.map((model) => model.cells.get(key)).filter(Boolean);
      return [key, judge(cells[0].ranking, cells)];
    }));
    const isSame = new Set([...verdicts.values()].map(({ text }) => text)).size === 1;
    // Two models have no ranking that includes some of them.
    const headings = some.length ? [say("compare.shared"), say("compare.some")] : ["", ""];
    const table = make("table", { class: "plain comparison" },
      make("thead", {}, make("tr", {},
        make("th", { scope: "col" }, say("compare.fact")),
        ...models.map((model) => make("th", { scope: "col" }, make("a", { href: top + model.path }, model.id))),
        make("th", { scope: "col" }, say(isSame ? "compare.difference" : "compare.can")))),
      make("tbody", {}, ...facts),
      ...[shared, some].flatMap((keys, at) => group(headings[at], keys, models, verdicts, isSame)));
    const alone = models.map((model) => {
      const own = keys.filter((key) => number(key) === 1 && model.cells.has(key));
      if (!own.length) return "";
      const list = own.map((key) => {
        const cell = model.cells.get(key);
        const [first] = cell.readings;
        return make("li", {}, make("a", { href: top + cell.ranking.path }, labelOf(cell)), ` ${first.digits} `,
          make("small", {}, [first.unit, cell.ranking.metric, first.evaluator].filter(Boolean).join(" · ")),
          first.flag ? flagOf(first.flag) : "");
      });
      return make("details", {},
        make("summary", {}, say("compare.only", { name: model.id, n: count(own.length) })),
        make("ul", {}, ...list));
    });
    return [
      make("p", { class: "lead" }, say(some.length ? "compare.summary.some" : "compare.summary", { n: count(shared.length), m: count(some.length) })),
      verdicts.size ? conclusion([...verdicts.values()], isSame) : "",
      make("div", { class: "scroll", role: "region", "aria-label": say("compare.scroll"), tabindex: "0" }, table),
      ...pairsOf(models),
      ...alone,
    ];
  };

  const compare = (host) => {
    const finderHost = document.querySelector("[data-finder=m]");
    const chosen = make("ul", { class: "chosen" });
    const status = make("p", { class: "hint", role: "status" });
    const result = make("div");
    host.append(chosen, status, result);
    const decode = (id) => {
      try {
        return decodeURIComponent(id);
      } catch {
        return id; // somebody typed a lone `%`
      }
    };
    const asked = () => {
      const ids = (readState().get("m") || new URLSearchParams(location.search).get("m") || "").split(",");
      return [...new Set(ids.map(decode).filter(Boolean))].slice(0, MOST_MODELS);
    };
    // Commas part the ids; one in an id is escaped, and the address escapes all of it once more.
    const write = (ids) => {
      const escaped = ids.map((id) => id.replace(/[%,]/g, encodeURIComponent));
      writeState(new URLSearchParams(ids.length ? { m: escaped.join(",") } : {}));
    };
    let turn = 0;
    const show = async () => {
      const mine = ++turn;
      const ids = asked();
      chosen.replaceChildren(...ids.map((id) => make("li", {}, make("button", {
        type: "button", "aria-label": say("compare.remove", { name: id }),
        onclick: () => write(asked().filter((other) => other !== id)),
      }, id))));
      status.textContent = say("loading");
      try {
        const found = await Promise.all(ids.map(modelOf));
        if (mine !== turn) return;
        const models = found.filter(Boolean);
        const unknown = ids.filter((id, at) => !found[at]).map((name) => say("compare.unknown", { name }));
        const hint = !models.length ? say("compare.none") : models.length === 1 ? say("compare.one")
          : models.length === MOST_MODELS ? say("compare.full") : "";
        status.textContent = [...unknown, hint].join(say("space"));
        result.replaceChildren(...(models.length > 1 ? comparison(models) : []));
      } catch {
        if (mine === turn) status.textContent = say("failed");
      }
    };
    const box = finder(finderHost, {
      kind: "m", label: finderHost.dataset.label,
      choose: (entry) => {
        if (asked().length < MOST_MODELS) write([...asked(), entry[1]]);
        box.clear();
        box.input.focus();
      },
    });
    window.addEventListener("hashchange", show);
    show();
  };

  // ---- Where it goes on the page ----

  const themeSwitch = () => {
    const header = document.querySelector("header.site");
    if (!header) return;
    const button = make("button", { type: "button", class: "colours" });
    const label = () => { button.textContent = say(`theme.${colours.includes(colour) ? colour : "auto"}`); };
    button.addEventListener("click", () => {
      colour = colours[(colours.indexOf(colour) + 1) % colours.length];
      try {
        if (colour === "auto") localStorage.removeItem("evalcards-colours");
        else localStorage.setItem("evalcards-colours", colour);
      } catch {
        // Then it holds for this page.
      }
      paint();
      label();
    });
    label();
    header.append(button);
  };

  // ---- The day of reading ----

  const now = new Date();

  /** How long ago a day was, behind it. */
  const age = (time) => {
    const days = Math.floor((now - Date.parse(time.textContent)) / 864e5);
    if (days > 0) time.after(say("age", { n: count(days) }));
  };

  /** What is quoted or cited says when it was read, and where: a site that does not know its address has but a path. */
  const asRead = ({ dataset }, pre) => {
    const address = location.protocol.startsWith("http") && location.href.split("#")[0];
    const text = pre.textContent;
    if ("quote" in dataset) {
      // English is written as in Britain here.
      const { locale } = plurals.resolvedOptions();
      const day = new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, { dateStyle: "long" }).format(now);
      const isPath = !/^https?:/.test(dataset.quote);
      const quoted = address && isPath ? text.replace(dataset.quote, () => address) : text;
      pre.textContent = quoted + say("space") + say("accessed", { day });
    } else if ("cite" in dataset) {
      // Sweden writes days as BibTeX does.
      const day = `  urldate = {${now.toLocaleDateString("sv")}},\n`;
      const url = address && !/^  url = /m.test(text) ? `  url = {${address}},\n` : "";
      pre.textContent = text.replace(/\}$/, () => `${url}${day}}`);
    }
  };

  // What is quoted or cited is copied with one press, or marked where a page may not copy.
  const copies = (details) => {
    const [{ copy: label, copied }, text] = [details.parentElement.dataset, details.querySelector("pre")];
    asRead(details, text);
    const button = make("button", { type: "button" }, label);
    button.addEventListener("click", async () => {
      getSelection().selectAllChildren(text);
      try {
        await navigator.clipboard.writeText(text.textContent);
        button.textContent = copied;
      } catch {
        button.textContent = label;
      }
    });
    details.append(button);
  };

  // A link to a fold opens it.
  const unfold = (hash) => {
    const target = hash.length > 1 && document.getElementById(hash.slice(1));
    if (target && target.matches("details")) target.open = true;
  };

  document.addEventListener("DOMContentLoaded", () => {
    unfold(location.hash);
    // Also for one who closed it again.
    document.addEventListener("click", ({ target }) => {
      const link = target.closest("a[href^='#']");
      if (link) unfold(link.getAttribute("href"));
    });
    themeSwitch();
    document.querySelectorAll(".take[data-copy] details").forEach(copies);
    document.querySelectorAll("time[data-age]").forEach(age);
    searchDialog();
    const host = document.querySelector("[data-compare]");
    if (host) compare(host);
    const box = document.querySelector("[data-finder=all]");
    if (box) {
      const value = new URLSearchParams(location.search).get("q") || "";
      const { input } = finder(box, { kind: "all", label: box.dataset.label, value });
      // Elsewhere a reader may have come for something else.
      if (document.querySelector("header a.search[aria-current]")) input.focus();
    }
    document.querySelectorAll("form.filters").forEach(filters);
  });
})();

"use strict";
const DATA = JSON.parse(document.getElementById("data").textContent);
const panel = document.getElementById("panel");
const flow = document.getElementById("flow");
const lines = document.getElementById("lines");
const cards = new Map([...document.querySelectorAll(".card")].map(card => [card.dataset.name, card]));
const NS = "http://www.w3.org/2000/svg";

const columns = new Map();
const feeds = new Map();
for (const [table, one] of Object.entries(DATA)) {
  for (const column of one.columns) {
    const id = table + "." + column.name;
    columns.set(id, { ...column, table });
    for (const [parent, name, how] of column.from) {
      const from = parent + "." + name;
      if (!feeds.has(from)) feeds.set(from, []);
      feeds.get(from).push([table, column.name, how]);
    }
  }
}
const upstream = id => columns.get(id)?.from ?? [];
const downstream = id => feeds.get(id) ?? [];

/** The edges that lead from a column on, near ones first, each once: [from, to, how]. */
function reach(start, next) {
  const edges = [], seen = new Set([start]), waiting = [start];
  while (waiting.length) {
    const at = waiting.shift();
    for (const [table, name, how] of next(at)) {
      const id = table + "." + name;
      edges.push([at, id, how]);
      if (how !== "the build before" && !seen.has(id)) { seen.add(id); waiting.push(id); }
    }
  }
  return edges;
}

function element(tag, text, classes) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (classes) made.className = classes;
  return made;
}
function link(id, text) {
  const made = element("a", text ?? id);
  made.href = "#" + id;
  return made;
}
function add(parent, ...children) { parent.append(...children); return parent; }

/** Links to columns with how each is related; the near ones open, the far ones behind a summary. */
function list(title, near, far, classes) {
  const made = [element("h3", title)];
  if (!near.length) return [...made, element("p", "none", "quiet")];
  const items = edges => edges.reduce((ul, [table, name, how]) =>
    add(ul, add(element("li", undefined, classes), link(table + "." + name), how ? element("span", "  " + how, "quiet") : "")), element("ul"));
  made.push(items(near));
  const direct = new Set(near.map(([table, name]) => table + "." + name));
  const rest = [...new Set(far.map(edge => edge[1]))].filter(id => !direct.has(id));
  if (rest.length) {
    const details = add(element("details"), element("summary", "and through these, " + rest.length + " more"));
    made.push(add(details, items(rest.map(id => [id.slice(0, id.indexOf(".")), id.slice(id.indexOf(".") + 1), ""]))));
  }
  return made;
}

/** The files of SQL, the lines that name a column marked. */
function queries(table, column) {
  const made = [element("h3", "The SQL that makes it")];
  const files = Object.entries(DATA[table].sql);
  if (!files.length) made.push(element("p", "Written within each publish, by no query.", "quiet"));
  files.forEach(([name, text], at) => {
    const details = add(element("details"), element("summary", name));
    const named = column && new RegExp("\\b" + column + "\\b");
    const lines = text.trimEnd().split("\n");
    details.open = at === 0 || Boolean(named && !named.test(files[0][1]) && lines.some(line => named.test(line)));
    const pre = element("pre");
    lines.forEach(line => pre.append(named && named.test(line) && !line.startsWith("--") ? element("mark", line) : line, "\n"));
    made.push(add(details, pre));
  });
  return made;
}

function showTable(table) {
  const one = DATA[table];
  panel.append(element("h2", table), element("p", one.about));
  const facts = [one.group === "view" ? "view" : "group " + one.group, one.key && "key " + one.key, one.partitions].filter(Boolean);
  panel.append(element("p", facts.join(", "), "quiet"));
  const inputs = new Set(one.columns.flatMap(column => column.from.map(([from]) => from)));
  const outputs = new Set(one.columns.flatMap(column => downstream(table + "." + column.name).map(([to]) => to)));
  for (const [title, names, classes] of [["Made from", inputs, "up"], ["Feeds", outputs, "down"]]) {
    names.delete(table);
    panel.append(element("h3", title), names.size
      ? [...names].reduce((ul, name) => add(ul, add(element("li", undefined, classes), link(name))), element("ul"))
      : element("p", "no other table", "quiet"));
  }
  if (one.checks.length) {
    panel.append(element("h3", "Checks"), one.checks.reduce((ul, check) => add(ul, add(
      element("li"), element("strong", check.name), " (" + check.effect + ", ", element("span", check.result, check.state), "): ", check.about)),
      element("ul")));
  }
  panel.append(...queries(table));
  mark(table, one.columns.map(column => column.name));
  inputs.forEach(name => cards.get(name)?.classList.add("related"));
  outputs.forEach(name => cards.get(name)?.classList.add("related"));
}

function showColumn(id) {
  const column = columns.get(id), table = column.table;
  panel.append(add(element("h2"), link(table), "." + column.name));
  if (column.about) panel.append(element("p", column.about));
  if (column.type) panel.append(element("p", column.type, "quiet"));
  const up = reach(id, upstream), down = reach(id, downstream);
  const origins = { file: "read from a file", profile: "a value of the profile", constant: "a constant of the query",
    count: "a count of rows",
    call: "measured of the model call", publish: "measured of the publish" };
  if (column.origin) panel.append(element("p", "From no column: " + origins[column.origin] + "."));
  if (upstream(id).length || !column.origin) panel.append(...list("▲ Made from", upstream(id), up, "up"));
  panel.append(...list("▼ Feeds", downstream(id), down, "down"));
  panel.append(...queries(table, column.name));
  mark(table, [column.name], column.name);
  related(up, "up");
  related(down, "down");
  draw([...up.map(edge => [...edge, "up"]), ...down.map(edge => [...edge, "down"])]);
}

/** Show columns in the card of the chosen table. */
function mark(table, names, chosen) {
  const card = cards.get(table);
  card.classList.add("chosen");
  for (const name of names) item(table, name, name === chosen ? "chosen-column" : "");
}
function item(table, name, classes) {
  const ul = cards.get(table)?.querySelector(".columns");
  if (!ul) return;
  let li = [...ul.children].find(one => one.dataset.name === name);
  if (!li) {
    li = add(element("li"), link(table + "." + name, name));
    li.dataset.name = name;
    ul.append(li);
  }
  if (classes) li.classList.add(classes);
}
function related(edges, classes) {
  for (const [, id] of edges) {
    const at = id.indexOf(".");
    cards.get(id.slice(0, at))?.classList.add("related");
    item(id.slice(0, at), id.slice(at + 1), classes);
  }
}

function draw(edges) {
  const frame = flow.getBoundingClientRect();
  const place = id => {
    const at = id.indexOf(".");
    const li = [...(cards.get(id.slice(0, at))?.querySelectorAll(".columns li") ?? [])].find(one => one.dataset.name === id.slice(at + 1));
    if (!li) return undefined;
    // From the edge of the card, which hides what passes below it.
    const box = li.getBoundingClientRect(), card = li.closest(".card").getBoundingClientRect();
    return { left: card.left - frame.left, right: card.right - frame.left, y: box.top - frame.top + box.height / 2 };
  };
  for (const [from, to, how, way] of edges) {
    const a = place(from), b = place(to);
    // Views lie below the steps, where a line would cross what lies between.
    if (!a || !b || [from, to].some(id => cards.get(id.slice(0, id.indexOf("."))).closest(".later"))) continue;
    const isRight = b.left >= a.left, isWithin = a.left === b.left;
    const [x, z] = isWithin ? [a.right, b.right] : isRight ? [a.right, b.left] : [a.left, b.right];
    const bend = Math.max(24, Math.abs(z - x) / 3) * (isRight ? 1 : -1);
    const path = document.createElementNS(NS, "path");
    path.setAttribute("d", `M ${x} ${a.y} C ${x + bend} ${a.y}, ${isWithin ? z + bend : z - bend} ${b.y}, ${z} ${b.y}`);
    path.setAttribute("class", way + (how.startsWith("prompt") ? " prompt" : ""));
    lines.append(path);
  }
}

function show() {
  let id = location.hash.slice(1);
  try { id = decodeURIComponent(id); } catch { /* a text with a % is shown as it is */ }
  panel.replaceChildren();
  lines.replaceChildren();
  document.querySelectorAll(".columns").forEach(ul => ul.replaceChildren());
  document.querySelectorAll(".chosen, .related").forEach(card => card.classList.remove("chosen", "related"));
  const isKnown = columns.has(id) || Object.hasOwn(DATA, id);
  document.body.classList.toggle("busy", isKnown);
  panel.hidden = !isKnown && !id;
  if (columns.has(id)) showColumn(id);
  else if (isKnown) showTable(id);
  else if (id) panel.append(element("p", "There is no table or column " + id + "."));
  document.querySelector(".card.chosen")?.scrollIntoView({ block: "nearest", inline: "center" });
  if (id) { panel.focus({ preventScroll: innerWidth > 960 }); panel.scrollTop = 0; }
}

const names = document.getElementById("names");
for (const id of [...cards.keys(), ...columns.keys()]) names.append(add(element("option"), id));
document.getElementById("search").addEventListener("submit", event => {
  event.preventDefault();
  location.hash = document.getElementById("find").value.trim();
});
document.getElementById("find").addEventListener("change", event => {
  if (columns.has(event.target.value) || Object.hasOwn(DATA, event.target.value)) location.hash = event.target.value;
});
document.addEventListener("keydown", event => { if (event.key === "Escape") location.hash = ""; });
addEventListener("hashchange", show);
let resized;
addEventListener("resize", () => { clearTimeout(resized); resized = setTimeout(show, 150); });
show();

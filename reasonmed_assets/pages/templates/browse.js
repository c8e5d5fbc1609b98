"use strict";
const at = id => document.getElementById(id);
const { facts: FACTS, questions: ROWS } = JSON.parse(at("data").textContent);
at("data").remove();

/** An element with its children; texts are data and become text nodes. */
function make(tag, classes, ...children) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  made.append(...children.filter(child => child !== undefined && child !== null && child !== ""));
  return made;
}
const many = (row, part) => row[part] ?? [];
const plain = code => code.replaceAll("_", " ");
const count = n => n.toLocaleString("en");
const number = (n, one, more = one + "s") => `${count(n)} ${n === 1 ? one : more}`;
const isNarrow = matchMedia("(max-width: 52rem)");

// ---- Filters: what each question has of each of them.

const ORIGINS = { real: "a model", simulated: "no model (simulated)", demonstration: "the demonstration model" };
const written = row => [...many(row, "paths"), ...many(row, "rewrites")];
const examples = row => many(row, "examples").filter(one => !one.dropped);
const or = (values, none) => values.length ? [...new Set(values)] : [none];
function verdicts(row) {
  return many(row, "paths").flatMap(path => [
    path.judged ?? "missing",
    path.verdict === "correct" && path.letter && !path.is_key ? "found correct, but not the key" : "",
    path.verdict === "error" && path.is_key ? "found wrong, but the key" : "",
  ]).filter(Boolean);
}
function reviewed(row) {
  const answers = many(row, "reviews").flatMap(one => [one.key_verdict, one.reasoning_verdict, one.answer_verdict]).filter(Boolean);
  return answers.includes("wrong") ? "something is wrong" : answers.length ? "nothing is wrong" : "not reviewed";
}
const FACETS = [
  ["source", "Source", row => [row.source]],
  ["tier", "Tier", row => [row.tier ?? "none yet"], ["easy", "medium", "difficult", "unresolved"]],
  ["outcome", "Outcome", row => or(many(row, "examples").map(one => one.dropped ? "dropped: " + plain(one.dropped) : "example"), "none yet")],
  ["verdict", "A path is", row => or(verdicts(row), "none"), ["correct", "wrong", "missing"]],
  ["model", "Model", row => or(written(row).map(one => one.model).filter(Boolean), "none")],
  ["stage", "Example was", row => or(examples(row).map(one => one.stage), "none"), ["generated", "refined", "regenerated"]],
  ["set", "Training set", row => or(examples(row).flatMap(one => many(one, "sets")), "none")],
  ["fold", "Fold", row => [row.fold]],
  ["doubt", "Key", row => [row.is_label_doubt ? "in doubt" : "not in doubt"]],
  ["override", "People decided", row => or(many(row, "overrides").map(one => plain(one.kind)), "nothing")],
  ["review", "Reviewers say", row => [reviewed(row)]],
  ["origin", "Written by", row => or(written(row).map(one => ORIGINS[one.provider_kind]).filter(Boolean), "nobody yet")],
  ["split", "Split", row => [plain(row.split_role)]],
  ["licence", "Licence", row => [row.licence]],
  ["language", "Language", row => [row.language]],
  ["subject", "Subject", row => [row.subject ?? "none"]],
].map(([name, label, of, first = []]) => {
  const values = ROWS.map(of), all = [...new Set(values.flat())];
  const rank = value => (first.indexOf(value) + first.length + 1) % (first.length + 1);
  return { name, label, values, all: all.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)) };
}).filter(facet => facet.all.length > 1);

const least = (row, of, none) => Math.min(none, ...of(row).map(one => one.score).filter(score => score !== undefined));
const ORDERS = {
  drawn: ["As drawn", null],
  score: ["Lowest score first", row => least(row, one => many(one, "scores"), 99)],
  rank: ["Lowest rated first", row => least(row, one => many(one, "paths"), 99)],
  wrong: ["Most wrong first", row => -(row.n_error ?? -1)],
  long: ["Longest first", row => -row.question.length - (row.context ?? "").length],
};

// ---- The address: search, filters, order and question.

const NAMES = ["q", ...FACETS.map(facet => facet.name), "order", "row"];
let state = {};
function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(NAMES.map(name => [name, given.get(name) ?? ""]));
}
function address(changes) {
  const next = { ...state, ...changes };
  return "#" + new URLSearchParams(NAMES.filter(name => next[name]).map(name => [name, next[name]]));
}
const replace = changes => location.replace(address(changes));

// ---- Search: every word in some text of the question, whatever the case and the accents.

const ASCII = /^[\x00-\x7f]*$/;
const fold = text => (ASCII.test(text) ? text : text.normalize("NFKD").replace(/[\p{M}\p{Cf}]/gu, "")).toLowerCase().replace(/\s+/g, " ");
function texts(row) {
  const of = (part, ...names) => many(row, part).flatMap(one => names.map(name => [plain(part), one[name]]));
  return [
    ["question", row.question], ["context", row.context], ...row.options.map(option => ["option", option]),
    ...of("overrides", "reason", "decided_by"), ...of("examples", "id", "summary", "detail"),
    ...of("paths", "content", "reason", "justification", "id"), ...of("rewrites", "content", "reason", "rejection", "id"),
    ...of("scores", "justification"), ...of("reviews", "comment", "reviewer"),
    ["explanation", row.explanation], ["subject", row.subject], ["id", row.id], ["publisher's id", row.native_id],
  ].filter(([, text]) => text);
}
const folded = [];
const foldedOf = index => folded[index] ??= texts(ROWS[index]).map(([, text]) => fold(text)).join("\n");
const wordsOf = asked => [...asked.matchAll(/"([^"]+)"|([^\s"]+)/g)].map(([, phrase, word]) => fold(phrase ?? word).trim()).filter(Boolean);

let running = 0, searched = { asked: "", has: null };
const pause = () => new Promise(done => setTimeout(done));
/** Which questions have the words; false where another search has begun meanwhile. The page stays usable. */
async function search(asked) {
  const run = ++running;
  if (searched.asked === asked) return true;
  const words = wordsOf(asked), has = words.length ? new Uint8Array(ROWS.length) : null;
  let until = performance.now() + 40;
  for (let index = 0; has && index < ROWS.length; index += 1) {
    has[index] = words.every(word => foldedOf(index).includes(word));
    if (performance.now() > until) {
      await pause();
      if (run !== running) return false;
      until = performance.now() + 40;
    }
  }
  searched = { asked, has };
  const escaped = words.map(word => word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&").replaceAll(" ", "\\s+"));
  found_words = words.length ? new RegExp(`(${escaped.sort((a, b) => b.length - a.length).join("|")})`, "iu") : null;
  return true;
}

// ---- Texts as they are: what cannot be seen, or turns the direction, is shown by its number.

const SIGN = /([\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\r|(?<=[\u0000-\u007f])[\u200c\u200d])/u;
let found_words = null;
function text(parent, content) {
  content.replaceAll("\r\n", "\n").split(SIGN).forEach((piece, odd) => {
    if (odd % 2) {
      const sign = make("span", "sign", "U+" + piece.codePointAt(0).toString(16).toUpperCase().padStart(4, "0"));
      sign.title = "a character that cannot be seen";
      parent.append(sign);
    } else if (found_words) {
      piece.split(found_words).forEach((part, other) => part && parent.append(other % 2 ? make("mark", "", part) : part));
    } else parent.append(piece);
  });
  return parent;
}
const block = (content, classes = "") => text(make("div", "text " + classes), content);

// ---- The list.

let found = [], n_listed = 0;
const list = at("list");
function dots(row) {
  const all = many(row, "paths");
  // Of a selection only some of the paths are here.
  if (!row.n_paths || FACTS.is_selection) return "";
  const made = make("span", "dots", ...all.map(path => make("i", path.judged ?? "")));
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", `${row.n_correct} of ${row.n_paths} paths correct`);
  made.title = made.getAttribute("aria-label");
  return all.length ? made : "";
}
const tier = row => row.tier ? make("span", "tier " + row.tier, row.tier) : "";
const originsOf = row => [...new Set(written(row).map(one => one.provider_kind))].filter(kind => kind !== "real");
const tags = row => [
  // What holds for all of them is said above the list.
  ...FACETS.some(facet => facet.name === "origin") ? originsOf(row) : [],
  row.is_label_doubt && "doubt", row.overrides && "override", row.split_role === "stand_in" && "stand-in",
].filter(Boolean).map(tag => make("span", "tag", plain(tag)));
function place(row) {
  const words = wordsOf(state.q);
  if (!words.length || words.every(word => fold(row.question).includes(word))) return "";
  const missing = words.find(word => !fold(row.question).includes(word));
  const [where, content] = texts(row).find(([, one]) => fold(one).includes(missing)) ?? [];
  if (!content) return "";
  const from = Math.max(0, content.search(found_words) - 40);
  return text(make("span", "place", where + ": " + (from ? "…" : "")), content.slice(from, from + 160));
}
function item(index) {
  const row = ROWS[index];
  const link = make("a", "", make("span", "facts", tier(row), row.source, dots(row), ...tags(row)),
    text(make("span", "stem"), row.question.slice(0, 240)), place(row));
  link.href = address({ row: row.id });
  link.dataset.id = row.id;
  return make("li", "", link);
}
function listMore(n = 40) {
  const made = found.slice(n_listed, n_listed + n).map(item);
  list.append(...made);
  n_listed += made.length;
}
list.addEventListener("scroll", () => {
  if (list.scrollTop + list.clientHeight > list.scrollHeight - 800) listMore();
}, { passive: true });
const linkOf = id => list.querySelector(`a[data-id="${CSS.escape(id)}"]`);
function markCurrent() {
  for (const link of list.querySelectorAll("a[aria-current]")) link.removeAttribute("aria-current");
  const place = found.findIndex(index => ROWS[index].id === state.row);
  if (place >= n_listed) listMore(place - n_listed + 20);
  const link = state.row && linkOf(state.row);
  link?.setAttribute("aria-current", "true");
  link?.scrollIntoView({ block: "nearest" });
  for (const one of list.querySelectorAll("a")) one.href = address({ row: one.dataset.id });
}

/** Which questions pass, and how many there would be under every other value of each filter. */
function filter() {
  const set = FACETS.filter(facet => state[facet.name]);
  const counts = new Map(FACETS.map(facet => [facet, new Map()]));
  const add = (facet, index) => facet.values[index].forEach(value => counts.get(facet).set(value, (counts.get(facet).get(value) ?? 0) + 1));
  found = [];
  ROWS.forEach((_, index) => {
    if (searched.has && !searched.has[index]) return;
    const missed = set.filter(facet => !facet.values[index].includes(state[facet.name]));
    if (missed.length === 1) add(missed[0], index);
    if (missed.length) return;
    found.push(index);
    FACETS.forEach(facet => add(facet, index));
  });
  const order = Object.hasOwn(ORDERS, state.order) ? state.order : "drawn", [, key] = ORDERS[order];
  if (key) {
    const keys = new Map(found.map(index => [index, key(ROWS[index])]));
    found.sort((a, b) => keys.get(a) - keys.get(b) || a - b);
  }
  for (const facet of FACETS) {
    const select = at("by-" + facet.name);
    for (const option of select.options) {
      if (option.value) option.textContent = `${option.value} (${count(counts.get(facet).get(option.value) ?? 0)})`;
    }
    select.value = state[facet.name];
    select.classList.toggle("on", Boolean(state[facet.name]));
  }
  at("set").textContent = set.length ? `(${set.length} set)` : "";
  at("order").value = order;
  at("clear").hidden = !set.length && !state.q;
  at("count").textContent = found.length === ROWS.length ? number(ROWS.length, "question") : `${count(found.length)} of ${count(ROWS.length)}`;
  list.replaceChildren();
  list.scrollTop = n_listed = 0;
  listMore();
  if (!found.length) list.append(make("li", "empty", "No question has all of this."));
}

// ---- The address is what is shown.

const byId = new Map();
ROWS.forEach(row => [row, ...many(row, "examples"), ...written(row)].forEach(one => byId.set(one.id, row)));
let isFocusKept = false, shown = null;
async function follow() {
  const next = readAddress();
  const isFilterNew = NAMES.some(name => name !== "row" && next[name] !== state[name]);
  next.row = byId.get(next.row)?.id ?? next.row;
  state = next;
  if (isFilterNew) {
    if (at("words") !== document.activeElement) at("words").value = state.q;
    if (searched.asked !== state.q) at("count").textContent = "Searching …";
    if (!await search(state.q)) return;
    filter();
  }
  document.body.classList.toggle("reading", Boolean(state.row));
  markCurrent();
  const asked = state.row + "\n" + state.q;
  if (shown !== asked || isFilterNew) {
    const isSame = shown?.split("\n")[0] === state.row;
    read(byId.get(state.row), state.row);
    if (!isSame) at("reader").scrollTop = 0;
    if (!isSame && shown !== null && state.row && !isFocusKept) at("reader").focus({ preventScroll: true });
    if (isNarrow.matches && !state.row && shown) linkOf(shown.split("\n")[0])?.focus();
  }
  shown = asked;
  isFocusKept = false;
}
function go(step) {
  const place = found.findIndex(index => ROWS[index].id === state.row);
  const next = ROWS[found[place < 0 ? 0 : place + step]];
  if (!next) return;
  const isInList = list.contains(document.activeElement);
  isFocusKept = true;
  if (state.row) replace({ row: next.id });
  else location.hash = address({ row: next.id });
  if (isInList) follow().then(() => linkOf(next.id)?.focus({ preventScroll: true }));
}

{% include "browse_reader.js" %}

// ---- The head, the filters, the keys.

at("about").textContent = (ROWS.length === FACTS.questions ? "All " : `${count(ROWS.length)} of `) + number(FACTS.questions, "question")
  + (FACTS.publish ? `, publish ${FACTS.publish} of ${FACTS.at}` : "");
at("drawn").textContent = (ROWS.length === FACTS.questions ? "The page holds all questions"
  : `The page holds ${count(ROWS.length)} of ${number(FACTS.questions, "question")}, drawn by a hash of their ids with the seed ${FACTS.seed}: a share of them may be taken for a share of all`)
  + (FACTS.is_selection ? ". Of each, only the examples that were chosen are shown, with the paths that they stand on." : ", each with all that was made of it.");
const kinds = [["simulated", "texts that no model wrote (simulated)"], ["demonstration", "texts of the small demonstration model"]]
  .map(([kind, said]) => [ROWS.filter(row => written(row).some(one => one.provider_kind === kind)).length, said]).filter(([n]) => n);
at("notice").hidden = !kinds.length;
at("notice").textContent = "Not for training: " + kinds.map(([n, said]) => `${n === ROWS.length ? "all" : count(n) + " of the"} questions have ${said}`).join("; ") + ".";

for (const facet of FACETS) {
  const select = make("select", "", new Option(facet.label, ""), ...facet.all.map(value => new Option(value, value)));
  select.id = "by-" + facet.name;
  select.addEventListener("change", () => replace({ [facet.name]: select.value }));
  select.setAttribute("aria-label", facet.label);
  select.title = facet.label;
  at("facets").append(select);
}
at("order").append(...Object.entries(ORDERS).map(([name, [label]]) => new Option(label, name)));
at("order").addEventListener("change", event => replace({ order: event.target.value === "drawn" ? "" : event.target.value }));
at("filters").open = !isNarrow.matches && innerHeight > 640;
at("clear").addEventListener("click", () => { at("words").value = ""; replace(Object.fromEntries([["q", ""], ...FACETS.map(facet => [facet.name, ""])])); at("words").focus(); });
at("ask").addEventListener("submit", event => { event.preventDefault(); linkOf(ROWS[found[0]]?.id ?? "")?.focus(); });
let typed;
at("words").addEventListener("input", () => { clearTimeout(typed); typed = setTimeout(() => replace({ q: at("words").value.trim() }), 150); });
at("skip").addEventListener("click", event => { event.preventDefault(); at("reader").focus(); });
at("help").addEventListener("click", () => at("keys").showModal());

document.addEventListener("keydown", event => {
  const target = event.target, isTyping = target.matches("input, select, textarea");
  if (event.ctrlKey || event.metaKey || event.altKey || at("keys").open) return;
  const steps = { j: 1, k: -1, ...(list.contains(target) ? { ArrowDown: 1, ArrowUp: -1 } : {}) };
  if (event.key === "Escape") {
    if (target === at("words") && target.value) return;
    if (isNarrow.matches && state.row) location.hash = address({ row: "" });
    else (linkOf(state.row) ?? list.querySelector("a"))?.focus();
  } else if (target === at("words") && event.key === "ArrowDown") list.querySelector("a")?.focus();
  else if (isTyping) return;
  else if (event.key in steps) go(steps[event.key]);
  else if (event.key === "/") at("words").focus();
  else if (event.key === "?") at("keys").showModal();
  else if (event.key === "o") toggleAll();
  else return;
  event.preventDefault();
});
addEventListener("hashchange", follow);
follow();

// ---- The question that is read.

const PARTS_OF_SCORE = [["score", "mean"], ["clinical_accuracy", "clinical accuracy"], ["logic", "logic"], ["factual_correctness", "factual correctness"], ["completeness", "completeness"]];
const DECIDED = {
  drop: () => "Dropped",
  correct_key: one => `Key corrected to “${one.gold_text}”; as published it is “${one.published_gold_text}”`,
  mark_doubt: () => "Key marked as doubtful",
};
function note(content, classes = "") { return text(make("p", "note " + classes), content); }
/** Facts beside one another. */
const facts = (...said) => make("p", "facts", ...spans(said));
const spans = said => said.filter(Boolean).map(one => typeof one === "string" ? text(make("span"), one) : one);
function link(row, label) {
  const made = make("a", "", label);
  made.href = address({ row });
  return made;
}
function bar(row) {
  const place = found.findIndex(index => ROWS[index] === row);
  const step = (label, by, title) => {
    const made = make("button", "", label);
    made.type = "button";
    made.title = title;
    made.setAttribute("aria-label", title);
    made.disabled = !found.length || (place >= 0 && !ROWS[found[place + by]]);
    made.addEventListener("click", () => go(by));
    return made;
  };
  const back = link("", "‹ List");
  back.classList.add("back");
  return make("div", "bar", back, make("span", "where", place < 0 ? "not among those filtered" : `${count(place + 1)} of ${count(found.length)}`),
    step("‹", -1, "previous question (k)"), step("›", 1, "next question (j)"));
}
function options(row) {
  const letters = FACTS.is_selection ? [] : many(row, "paths").map(path => path.letter).filter(Boolean);
  return make("ol", "options", ...row.options.map((option, index) => {
    const letter = String.fromCharCode(65 + index), n = letters.filter(one => one === letter).length;
    const share = make("span", "share");
    share.style.width = `${100 * n / Math.max(1, many(row, "paths").length)}%`;
    return make("li", letter === row.key ? "key" : "", share, make("span", "letter", letter), block(option),
      make("span", "n", [letter === row.key ? "✓ key" : letter === row.published_key ? "key as published" : "", n ? number(n, "path") : ""].filter(Boolean).join(", ")));
  }));
}
function notes(row) {
  const kinds = originsOf(row);
  const doubt = row.doubt_letter ? `: ${Math.round(100 * row.doubt_share)}% of the paths conclude with ${row.doubt_letter}` : "";
  return [
    kinds.includes("simulated") && note("Simulated: no model wrote these texts. Not for training."),
    kinds.includes("demonstration") && note("Written by the small demonstration model. Not for training."),
    row.split_role === "stand_in" && note("From a benchmark split that stands in for training data. Not for release."),
    row.is_label_doubt && note(`The key is in doubt${doubt}.`, "bad"),
    row.needs_figure && note("The text points at a picture that is not there."),
    ...many(row, "overrides").map(one => note(`${DECIDED[one.kind](one)}, on ${one.decided_on}${one.decided_by ? " by " + one.decided_by : ""}: ${one.reason}`)),
  ].filter(Boolean);
}
function tierSaid(row) {
  if (!row.tier) return make("p", "why", "Its paths are not all judged yet.");
  const bounds = {
    easy: `at most ${row.easy_max_errors} of ${row.n_paths} are wrong`, medium: `at most ${row.medium_max_errors} of ${row.n_paths} are wrong`,
    difficult: "too many are wrong", unresolved: "the missing verdicts decide",
  };
  const missing = row.n_missing ? `, ${row.n_missing} without a verdict` : "";
  return facts(dots(row), make("span", "", `${row.n_correct} of ${row.n_paths} paths correct, ${row.n_error} wrong${missing}: `, make("b", "", row.tier), ` (${bounds[row.tier]})`));
}
const judgement = one => one.judged === "correct" ? make("span", "judged good", "✓ correct") : one.judged === "wrong" ? make("span", "judged bad", "✗ wrong")
  : make("span", "judged quiet", one.is_missing ? "– no reply" : "– no verdict");
const concludes = one => one.letter ? `concludes ${one.letter}${one.is_key ? ", the key" : ""}` : one.error_kind ? plain(one.error_kind) : "no conclusion";
const why = (label, content) => content ? text(make("p", "why", make("b", "", label + " ")), content) : "";
function one(title, said, ...body) {
  const made = make("details", "one", make("summary", "", make("strong", "", title), ...spans(said)), ...body);
  made.open = Boolean(made.querySelector("mark"));
  return made;
}
function pathOf(row, id) {
  const path = many(row, "paths").find(path => path.id === id);
  if (path) return `${path.generator}${path.sample > 1 ? ", sample " + path.sample : ""}`;
  const rewrite = many(row, "rewrites").find(path => path.id === id);
  return rewrite ? `round ${rewrite.round}` : "";
}
function scores(row, example) {
  const of = role => many(row, "scores").find(one => one.example_id === example.id && one.text_role === role);
  const [before, final] = [of("before"), of("final")];
  if (!final && !before) return "";
  const cell = (scored, name) => make("td", "number", scored ? scored[name].toFixed(name === "score" ? 2 : 0) : "–");
  const head = make("tr", "", make("th", "", "Scores (1 to 10)"), ...(before ? [make("th", "", "before")] : []), make("th", "", before ? "after rewriting" : "final text"));
  const rows = PARTS_OF_SCORE.map(([name, label]) => make("tr", "", make("td", "", label), ...(before ? [cell(before, name)] : []), cell(final, name)));
  return make("div", "", make("table", "scores", make("thead", "", head), make("tbody", "", ...rows)), why("The evaluator says:", final?.justification));
}
function reviews(row, example) {
  return many(row, "reviews").filter(one => one.example_id === example.id).map(one => {
    const said = [["key", one.key_verdict], ["reasoning", one.reasoning_verdict], ["short answer", one.answer_verdict]].filter(([, verdict]) => verdict).map(([name, verdict]) => `${name} ${verdict}`);
    return note(`A reviewer${one.reviewer ? ", " + one.reviewer + "," : ""} says: ${said.join(", ")}${one.comment ? ". " + one.comment : ""}`, said.some(one => one.endsWith("wrong")) ? "bad" : "");
  });
}
function exampleCard(row, example, n) {
  const title = n > 1 ? `Example ${example.slot}` : "Example";
  if (example.dropped) return make("section", "card", make("h2", "", title + ": none"), note(plain(example.dropped) + (example.detail ? ": " + example.detail : ""), "bad"));
  const final = written(row).find(path => path.id === example.path_id);
  return make("section", "card", make("h2", "", title),
    facts(`${example.stage} by ${example.model}`, many(example, "sets").length ? "in " + example.sets.join(", ") : "in no training set"),
    final ? block(final.content) : "", make("h3", "", "Short answer"),
    example.summary ? block(example.summary, "answer") : note("none" + (example.no_summary ? ": " + example.no_summary : "")), scores(row, example), ...reviews(row, example));
}
function paths(row) {
  const all = many(row, "paths"), used = new Map(many(row, "examples").map(one => [one.path_id, one.slot]));
  return !all.length ? [] : [make("h2", "", `Paths (${all.length})`), ...all.map(path => one(pathOf(row, path.id),
    [judgement(path), concludes(path), path.score === undefined ? "" : `rated ${path.score} of 5`, used.has(path.id) ? make("span", "tag", "example " + used.get(path.id)) : ""],
    facts(path.model, `temperature ${path.temperature}`, path.n_votes ? `${path.n_votes_correct} of ${number(path.n_votes, "vote")} for correct` : "",
      path.near_copy_of ? `nearly the text of ${pathOf(row, path.near_copy_of)}` : ""),
    why("Verdict:", path.reason), why("Rating:", path.justification), path.content ? block(path.content) : ""))];
}
function rewrites(row) {
  const all = many(row, "rewrites");
  return !all.length ? [] : [make("h2", "", `Rewrites (${all.length})`), ...all.map(path => one(`Example ${path.slot}, round ${path.round}`,
    [path.is_accepted ? make("span", "judged good", "✓ accepted") : make("span", "judged bad", "✗ not accepted"), judgement(path), concludes(path)],
    facts(`${path.stage} by ${path.model ?? "no model"}`, path.parent_path_id && pathOf(row, path.parent_path_id) ? `from ${pathOf(row, path.parent_path_id)}` : ""),
    why("Not accepted:", path.rejection), path.is_key_unsupported ? why("The writer says:", "the key cannot be supported") : "",
    why("Betrays the key:", many(path, "leak_phrases").join("; ")), why("Verdict:", path.reason), path.content ? block(path.content) : ""))];
}
function toggleAll() {
  const all = [...at("reader").querySelectorAll("details.one")], isOpen = all.some(one => !one.open);
  all.forEach(one => { one.open = isOpen; });
}
function read(row, asked) {
  const reader = at("reader");
  reader.replaceChildren();
  document.title = row ? `${row.source} ${row.id}` : "Questions of this data set";
  if (!asked) reader.append(make("p", "empty", found.length ? "Choose a question, or press j." : ""));
  else if (!row) {
    const back = link("", "Back to the list");
    reader.append(make("p", "note", `There is no question, example or path ${asked} on this page, which holds ${count(ROWS.length)} of ${number(FACTS.questions, "question")}. `, back));
  } else {
    const from = [row.file && `${row.file}, row ${count(row.row)}`, row.native_id && `publisher's id ${row.native_id}`, row.licence, row.language !== "en" && row.language].filter(Boolean);
    const all = many(row, "examples"), more = make("button", "", "Open or close all texts (o)");
    more.type = "button";
    more.id = "more";
    more.addEventListener("click", toggleAll);
    const several = many(row, "paths").length + many(row, "rewrites").length > 1;
    reader.append(...[
      bar(row), make("h2", "unseen", "Question"),
      facts(tier(row), row.source, row.subject, row.fold, ...tags(row)), ...notes(row), row.context ? block(row.context, "context") : "", block(row.question, "question"), options(row), tierSaid(row),
      row.explanation ? one("The publisher's explanation", [], block(row.explanation)) : "",
      ...all.map(example => exampleCard(row, example, all.length)),
      ...paths(row), ...rewrites(row), several ? more : "",
      text(make("p", "quiet"), `${from.join("; ")}. Question ${row.id}.`),
    ].filter(Boolean));
  }
}

// The report: switches of the charts, and the browser of errors.
const form = $("#filters");
const list = role("list");
const TYPES = { miss: "Miss", false_alarm: "False alarm", wrong_attribute: "Wrong attribute" };
const SELECTS = ["attribute", "rule", "tier"];
const state = { types: new Set(), kinds: new Set(), sort: "" };

// Items of an abstract: what stands in the same place on both sides, with what is wrong about it.
data.docs.forEach((doc) => {
  const pairs = doc.pairs.map(([g, p]) => ({ gold: doc.gold[g], pred: doc.pred[p], type: "right" }));
  const misses = doc.gold.filter((_, i) => !doc.pairs.some(([g]) => g === i)).map((gold) => ({ gold, type: "miss" }));
  const alarms = doc.pred.filter((_, i) => !doc.pairs.some(([, p]) => p === i)).map((pred) => ({ pred, type: "false_alarm" }));
  doc.items = [...pairs, ...misses, ...alarms];
});
const errors = data.errors.map((error, order) => {
  const doc = data.docs[error.doc];
  const gold = doc.gold[error.g];
  const pred = doc.pred[error.p];
  const item = doc.items.find((each) => (pred ? each.pred === pred : each.gold === gold));
  const wrong = error.wrong ?? [];
  Object.assign(item, { type: error.type, wrong, rule: error.rule });
  const words = [doc.id, doc.title, doc.text.slice(...error.around), error.rule];
  for (const claim of [gold, pred]) if (claim) words.push(claim.t, ...Object.values(claim.a));
  return { ...error, doc, gold, pred, item, wrong, order, rule: error.rule ?? data.noRule, tiers: error.tiers ?? [],
    hay: words.filter((word) => word !== null && word !== undefined).join("\n").toLowerCase() };
});

const searchWords = () => form.q.value.toLowerCase().split(/\s+/).filter(Boolean);
const TESTS = {
  types: ({ type }) => !state.types.size || state.types.has(type),
  kinds: ({ kind }) => !state.kinds.size || state.kinds.has(kind),
  attribute: ({ wrong }) => !form.attribute.value || wrong.some(({ a }) => a === form.attribute.value),
  rule: ({ rule }) => !form.rule.value || rule === form.rule.value,
  tier: ({ tiers }) => !form.tier.value || tiers.includes(form.tier.value),
};
function passing(except) {
  const words = searchWords();
  const tests = Object.entries(TESTS).filter(([name]) => name !== except).map(([, test]) => test);
  return errors.filter((error) => tests.every((test) => test(error)) && words.every((word) => error.hay.includes(word)));
}

// The worst thing about the items over a piece of text gives it its colour.
const RANK = ["false_alarm", "miss", "wrong_attribute", "right"];
const nameOf = ({ gold, pred, type }) => `${(gold ?? pred).t}, ${(gold ?? pred).k}, ${TYPES[type]?.toLowerCase() ?? "right"}`;
const describe = (items, sides) => ({
  kind: null, name: items.map(nameOf).join("; "),
  css: ["both-sides", ...sides, RANK.find((type) => items.some((item) => item.type === type))].join(" "),
});

function markedErrors(doc, items, [from, to]) {
  const spans = items.flatMap((item) => ["gold", "pred"].flatMap((side) => (item[side]?.s ?? []).map(([s, e]) => ({ s: s - from, e: e - from, item, side }))));
  const inside = spans.filter(({ s, e }) => e > 0 && s < to - from).map((span) => ({ ...span, s: Math.max(0, span.s), e: Math.min(to - from, span.e) }));
  return markedText(doc.text.slice(from, to), inside, describe);
}

const shown = (value) => (value === null || value === undefined || value === "" ? el("span", { class: "none" }, "none") : formatNumber(value));

function comparison(head, rows) {
  return el("table", { class: "versus" },
    el("thead", {}, el("tr", {}, el("td"), head.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, rows.map(([name, cells, css]) => el("tr", { class: css }, el("th", { scope: "row" }, label(name)), cells.map((cell) => el("td", {}, shown(cell)))))));
}

// The record of a mark: what was predicted beside what was labelled.
function bothRecords(item) {
  const sides = ["pred", "gold"].filter((side) => item[side]);
  const names = [...new Set(["text", ...sides.flatMap((side) => Object.keys(item[side].a))])];
  const read = (side, name) => (name === "text" ? item[side].t : item[side].a[name]);
  const rows = names.map((name) => [name, sides.map((side) => read(side, name)), item.wrong?.some(({ a }) => a === name) ? "off" : ""]);
  const head = sides.map((side) => ({ pred: "predicted", gold: "labelled" })[side]);
  return el("section", {}, el("p", { class: "badges" }, badge(item.type), chip((item.gold ?? item.pred).k)), comparison(head, rows),
    item.pred ? sureness(item.pred) : null, item.pred?.r ? el("p", { class: "rule" }, item.pred.r) : null);
}

const badge = (type) => el("span", { class: `badge ${type}` }, TYPES[type] ?? "Right");

function summary(error) {
  if (error.wrong.length) return comparison(["predicted", "labelled"], error.wrong.map(({ a, p, g }) => [a, [p, g], "off"]));
  const claim = error.gold ?? error.pred;
  const parts = Object.entries(claim.a).map(([name, value]) => [el("dt", {}, label(name)), el("dd", {}, formatNumber(value))]);
  const instead = { miss: "read as ", false_alarm: "labelled as " }[error.type];
  return el("div", { class: "alone" }, el("dl", { class: "run" }, parts.map((pair) => el("div", {}, pair))),
    error.as ? el("p", { class: "instead" }, instead, chip(error.as)) : null);
}

function errorCard(error) {
  const { doc, item } = error;
  const text = el("p", { class: "text" }, markedErrors(doc, [item], error.around));
  const whole = el("button", { type: "button", class: "quiet", "aria-expanded": "false" }, "Show the whole abstract");
  whole.hidden = error.around[0] === 0 && error.around[1] === doc.text.length && doc.items.length === 1;
  whole.addEventListener("click", () => {
    const open = whole.getAttribute("aria-expanded") !== "true";
    card.close();
    whole.setAttribute("aria-expanded", String(open));
    whole.textContent = open ? "Show only the sentence" : "Show the whole abstract";
    text.replaceChildren(open ? markedErrors(doc, doc.items, [0, doc.text.length]) : markedErrors(doc, [item], error.around));
    if (open) text.querySelectorAll("mark").forEach((mark) => mark.classList.toggle("lit", itemsOf.get(mark).includes(item)));
  });
  return el("article", { class: "error" },
    el("header", {}, badge(error.type), chip(error.kind), error.rule === data.noRule ? null : el("code", {}, error.rule)),
    text, summary(error), el("footer", {}, el("p", { class: "source" }, el("span", { class: "id" }, doc.id), doc.title ? ` ${doc.title}` : ""), whole));
}

// Headings where kind and rule, or the abstract, change.
function grouped(page, all) {
  const key = state.sort ? ({ doc }) => doc.title ?? doc.id : ({ kind, rule }) => (rule === data.noRule ? `${kind}: without a rule` : `${kind}: ${rule}`);
  const sizes = new Map();
  all.forEach((error) => sizes.set(key(error), (sizes.get(key(error)) ?? 0) + 1));
  let last = null;
  return page.flatMap((error) => {
    const name = key(error);
    const head = name === last ? [] : [el("h3", { class: "heading" }, name, el("span", { class: "support" }, ` ${counted(sizes.get(name), "error")}`))];
    last = name;
    return [...head, errorCard(error)];
  });
}

function draw() {
  card.close();
  const found = passing();
  if (state.sort) found.sort((x, y) => data.docs.indexOf(x.doc) - data.docs.indexOf(y.doc) || x.around[0] - y.around[0] || x.order - y.order);
  role("count").textContent = found.length === errors.length ? counted(found.length, "error") : `${wholeNumber.format(found.length)} of ${counted(errors.length, "error")}`;
  const cards = grouped(pager.slice(found), found);
  const empty = errors.length ? "No error matches these filters. Take one away, or search for fewer words." : "No errors: every prediction is as labelled.";
  list.replaceChildren(...(cards.length ? cards : [el("p", { class: "empty" }, empty)]));
  showMatches(list, searchWords());
  syncControls();
}

function syncToggles(name, among) {
  const counts = new Map();
  passing(name).forEach((error) => counts.set(error[among], (counts.get(error[among]) ?? 0) + 1));
  role(name).querySelectorAll(".toggle").forEach((button) => {
    button.setAttribute("aria-pressed", String(state[name].has(button.value)));
    $(".num", button).textContent = wholeNumber.format(counts.get(button.value) ?? 0);
  });
}

function syncControls() {
  syncToggles("types", "type");
  syncToggles("kinds", "kind");
  role("sort").value = state.sort;
  const active = state.types.size + state.kinds.size + SELECTS.filter((name) => form[name].value).length;
  role("active").textContent = active ? `(${active} on)` : "";
  role("clear").hidden = !active && !form.q.value;
  writeState({ q: form.q.value, type: [...state.types].join(","), kind: [...state.kinds].join(","),
    ...Object.fromEntries(SELECTS.map((name) => [name, form[name].value])), sort: state.sort, page: pager.page > 1 ? pager.page : "" });
}

const pager = makePager(role("pager"), () => 25, draw);
const redraw = () => { pager.page = 1; draw(); };

function restore() {
  const saved = readState();
  form.q.value = saved.q ?? "";
  for (const name of SELECTS) {
    form[name].value = saved[name] ?? "";
    if (form[name].selectedIndex < 0) form[name].value = "";
  }
  state.types = new Set((saved.type ?? "").split(",").filter((type) => type in TYPES));
  state.kinds = new Set((saved.kind ?? "").split(",").filter((kind) => data.kinds.includes(kind)));
  state.sort = saved.sort === "abstract" ? "abstract" : "";
  pager.page = Number(saved.page ?? 1);
  draw();
}

function toggles(name, entries) {
  role(name).append(...entries.map(([value, text, kind]) => el("button", {
    type: "button", class: `toggle ${kind ? "" : value}`, "data-kind": kind, value, "aria-pressed": "false",
    onclick: () => { if (!state[name].delete(value)) state[name].add(value); redraw(); },
  }, el("span", { class: "swatch" }), text, el("span", { class: "num" }))));
}

function buildControls() {
  toggles("types", Object.entries(TYPES));
  toggles("kinds", data.kinds.filter((kind) => errors.some((error) => error.kind === kind)).map((kind) => [kind, kind, kind]));
  const wrong = new Set(errors.flatMap((error) => error.wrong.map(({ a }) => a)));
  form.attribute.append(...data.attributes.filter((name) => wrong.has(name)).map((name) => el("option", { value: name }, label(name))));
  const rules = new Map();
  errors.forEach(({ rule }) => rules.set(rule, (rules.get(rule) ?? 0) + 1));
  form.rule.append(...[...rules].sort(([a], [b]) => (a < b ? -1 : 1)).map(([rule, n]) => el("option", { value: rule }, `${rule} (${n})`)));
}

// A choice of one among the buttons of a group, kept on a chart as data-shown.
function listenSwitch(name, chart) {
  const buttons = [...document.querySelectorAll(`.segmented [data-${name}]`)];
  buttons.forEach((button) => button.addEventListener("click", () => {
    role(chart).dataset.shown = button.dataset[name];
    buttons.forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
  }));
}

function listenControls() {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.q.addEventListener("input", debounce(redraw));
  form.addEventListener("change", (event) => { if (event.target !== form.q) redraw(); });
  role("sort").addEventListener("change", (event) => { state.sort = event.target.value; redraw(); });
  role("clear").addEventListener("click", () => { form.reset(); state.types.clear(); state.kinds.clear(); redraw(); form.q.focus(); });
  onAddress(() => { restore(); $("#errors").scrollIntoView(); }); // a cell or a rule was chosen
}

buildControls();
listenSwitch("tier", "scores");
listenSwitch("heat", "heat");
listenControls();
foldFilters();
card.start((items) => items.map(bothRecords));
restore();

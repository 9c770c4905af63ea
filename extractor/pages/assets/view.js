// The reader: papers with marked claims, or all claims as a table; search, filters and sorting over both.
const docs = data.docs;
const form = $("#filters");
const list = role("list");
const hasText = docs.some((doc) => doc.text !== null);
const lower = (parts) => parts.filter((part) => part !== null && part !== undefined).join("\n").toLowerCase();

docs.forEach((doc, order) => {
  doc.order = order;
  doc.claims.forEach((claim) => {
    claim.doc = doc;
    claim.hay = lower([claim.t, claim.r, ...Object.values(claim.a), ...Object.values(claim.d ?? {})]);
  });
  doc.head = lower([doc.id, doc.title]);
  doc.hay = lower([doc.head, doc.text, ...doc.claims.map(({ hay }) => hay)]);
  doc.names = new Set(doc.claims.filter(({ a }) => a.name).map(({ k, a }) => `${k}\n${a.name}`));
});
const allClaims = docs.flatMap((doc) => doc.claims);
allClaims.forEach((claim, order) => { claim.order = order; });
const chance = ({ c }) => (typeof c === "number" ? c : null);
const anySure = allClaims.some((claim) => chance(claim) !== null);
const LEAST = ["0.5", "0.7", "0.8", "0.9", "0.95"];
// Claims that do not say how sure they are pass, as they do with --min-confidence.
const sureEnough = (claim, least) => chance(claim) === null || chance(claim) >= Number(least);

const state = { mode: hasText ? "papers" : "claims", kinds: new Set(), sort: "" };
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const byText = (key) => (x, y) => collator.compare(key(x), key(y)) || x.order - y.order;
const byNumber = (key) => (x, y) => {
  const [a, b] = [key(x), key(y)];
  if (a === null || b === null) return (a === null) - (b === null) || x.order - y.order; // without a number: last
  return a - b || x.order - y.order;
};
const down = (compare) => (x, y) => compare(y, x);
const magnitude = (claim) => {
  const value = Number(claim.d?.factor ?? claim.a.value ?? NaN);
  return Number.isNaN(value) ? null : value;
};
const minus = (key) => (item) => { const value = key(item); return value === null ? null : -value; };
// The largest number that the claims of a kind have in some attributes.
const largest = (kind, names) => (doc) => {
  const claims = doc.claims.filter(({ k }) => k === kind);
  const numbers = claims.flatMap(({ a, d }) => names.map((name) => Number(d?.[name] ?? a[name] ?? NaN))).filter((n) => !Number.isNaN(n));
  return numbers.length ? Math.max(...numbers) : null;
};
const PAPER_SORTS = {
  "": ["As in the file", (x, y) => x.order - y.order],
  title: ["Title", byText((doc) => doc.title ?? doc.id ?? "")],
  claims: ["Most claims", byNumber((doc) => -doc.shown.length)],
  ...Object.fromEntries(data.sorts.map(({ kind, title, of }) => [kind, [title, byNumber(minus(largest(kind, of)))]])),
};
const COLUMNS = [
  ["kind", "Kind", byText((claim) => claim.k)],
  ["said", "Claim", byText((claim) => claim.t)],
  ["value", "Value", byNumber(magnitude), byNumber(minus(magnitude))],
  ["what", "Of what", byText(whatWords)],
  ["against", "Compared with, on, as", byText(againstWords)],
  ...(anySure ? [["sure", "Sure", byNumber(chance), byNumber(minus(chance))]] : []),
  ["paper", "Paper", byText(({ doc }) => doc.title ?? doc.id ?? "")],
];

function searchWords() {
  return form.q.value.toLowerCase().split(/\s+/).filter(Boolean);
}

const passes = (claim) => (!state.kinds.size || state.kinds.has(claim.k)) && sureEnough(claim, form.sure.value);

// Papers that pass the filters, each with the claims to show (doc.shown).
function selected() {
  const words = state.mode === "papers" ? searchWords() : [];
  const things = data.filters.filter((kind) => form[kind].value).map((kind) => `${kind}\n${form[kind].value}`);
  const narrowed = state.kinds.size > 0 || form.sure.value !== "";
  return docs.filter((doc) => {
    doc.shown = narrowed ? doc.claims.filter(passes) : doc.claims;
    return (doc.shown.length || !(narrowed || form.bare.checked)) && things.every((thing) => doc.names.has(thing)) && words.every((word) => doc.hay.includes(word));
  });
}

const describe = (claims) => ({ kind: claims[0].k, name: claims.map(({ k, t }) => `${t}, ${k}`).join("; ") });

function paperBody(doc, claims, lit = null) {
  const placed = claims.filter(({ s }) => s);
  const loose = claims.filter(({ s }) => !s);
  const spans = placed.flatMap((claim) => claim.s.map(([s, e]) => ({ s, e, item: claim })));
  const text = doc.text === null ? null : el("p", { class: "text" }, markedText(doc.text, spans, describe));
  if (lit) text?.querySelectorAll("mark").forEach((mark) => mark.classList.toggle("lit", itemsOf.get(mark).includes(lit)));
  const listing = loose.length === 0 ? null : el("ul", { class: "listing" }, loose.map((claim) => el("li", {}, chip(claim.k),
    el("span", {}, makeMark(claim.t, [claim], describe([claim])), el("span", { class: "said" }, ` ${[whatWords(claim), againstWords(claim)].filter(Boolean).join(" · ")}`)))));
  return [text, listing];
}

const paperCard = (doc) => el("article", { class: "card" },
  el("p", { class: "id" }, idOf(doc)), el("h2", {}, doc.title ?? "Untitled"), paperBody(doc, doc.shown));

function claimRow(claim) {
  const opener = el("button", { type: "button", class: "opener", "aria-expanded": "false" }, claim.t);
  const row = el("tr", { class: "row" }, el("td", { class: "kind" }, chip(claim.k)), el("td", { class: "said" }, opener),
    el("td", { class: "n" }, valueWords(claim)), el("td", { class: "what" }, whatWords(claim)), el("td", { class: "against" }, againstWords(claim)),
    anySure ? el("td", { class: "sure-of" }, chance(claim) === null ? "" : chance(claim).toFixed(3)) : null,
    el("td", { class: "paper", title: claim.doc.title ?? "" }, claim.doc.title ?? claim.doc.id ?? ""));
  row.addEventListener("click", (event) => {
    if (event.target.closest("a, mark")) return;
    const open = row.classList.toggle("open");
    opener.setAttribute("aria-expanded", String(open));
    if (!open) { row.nextElementSibling.remove(); card.close(); return; }
    const inside = el("article", { class: "card" }, el("p", { class: "id" }, idOf(claim.doc)),
      el("h2", {}, claim.doc.title ?? "Untitled"), paperBody(claim.doc, claim.doc.claims, claim));
    row.after(el("tr", { class: "detail" }, el("td", { class: "inside", colspan: COLUMNS.length }, inside)));
  });
  return row;
}

function claimsTable(claims) {
  const [key, falling] = [state.sort.replace(/^-/, ""), state.sort.startsWith("-")];
  const heads = COLUMNS.map(([name, text]) => {
    const sort = name === key ? (falling ? "descending" : "ascending") : null;
    const next = name === key && !falling ? `-${name}` : name === key ? "" : ["value", "sure"].includes(name) ? `-${name}` : name;
    const press = () => { state.sort = next; pager.page = 1; draw(); $(`th.${name} button`)?.focus({ preventScroll: true }); };
    return el("th", { class: `${name}${name === "value" ? " n" : ""}`, scope: "col", "aria-sort": sort }, el("button", { type: "button", onclick: press }, text));
  });
  return el("table", { class: "claims" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, claims.map(claimRow)));
}

function sortedClaims(papers) {
  const words = searchWords();
  const claims = papers.flatMap((doc) => doc.shown).filter(({ hay, doc }) => words.every((word) => hay.includes(word) || doc.head.includes(word)));
  const column = COLUMNS.find(([name]) => name === state.sort.replace(/^-/, ""));
  if (!column) return claims;
  const [, , up, falling = down(up)] = column;
  return claims.sort(state.sort.startsWith("-") ? falling : up);
}

function count(papers, claims) {
  return `${counted(claims, "claim")} in ${counted(papers, "paper")}`;
}

function draw() {
  card.close();
  const papers = selected();
  let shown;
  if (state.mode === "papers") {
    papers.sort((PAPER_SORTS[state.sort] ?? PAPER_SORTS[""])[1]);
    role("count").textContent = count(papers.length, papers.reduce((sum, doc) => sum + doc.shown.length, 0));
    shown = pager.slice(papers).map(paperCard);
  } else {
    const claims = sortedClaims(papers);
    role("count").textContent = count(new Set(claims.map(({ doc }) => doc)).size, claims.length);
    shown = claims.length ? [claimsTable(pager.slice(claims))] : pager.slice([]);
  }
  const empty = docs.length ? "Nothing matches these filters. Take one away, or search for fewer words." : "This file holds no papers.";
  list.replaceChildren(...(shown.length ? shown : [el("p", { class: "empty" }, empty)]));
  showMatches(list, searchWords());
  syncControls();
}

function syncControls() {
  document.querySelectorAll("[data-mode]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.mode === state.mode)));
  document.querySelectorAll(".toggle").forEach((button) => button.setAttribute("aria-pressed", String(state.kinds.has(button.dataset.kind))));
  role("sort-field").hidden = state.mode !== "papers";
  role("sort").value = state.mode === "papers" ? state.sort : "";
  const active = state.kinds.size + data.filters.filter((kind) => form[kind].value).length + (form.sure.value !== "") + form.bare.checked;
  role("active").textContent = active ? `(${active} on)` : "";
  role("clear").hidden = !active && !form.q.value;
  writeState({
    q: form.q.value, kind: [...state.kinds].join(","), ...Object.fromEntries(data.filters.map((kind) => [kind, form[kind].value])), sure: form.sure.value, bare: form.bare.checked ? "hide" : "",
    mode: state.mode === (hasText ? "papers" : "claims") ? "" : state.mode, sort: state.sort, page: pager.page > 1 ? pager.page : "",
  });
}

const pager = makePager(role("pager"), () => (state.mode === "papers" ? 20 : 100), draw);
const redraw = () => { pager.page = 1; draw(); };

function restore() {
  const saved = readState();
  form.q.value = saved.q ?? "";
  for (const kind of data.filters) form[kind].value = saved[kind] ?? "";
  for (const kind of data.filters) if (form[kind].selectedIndex < 0) form[kind].value = "";
  form.sure.value = LEAST.includes(saved.sure) ? saved.sure : "";
  form.bare.checked = saved.bare === "hide";
  state.kinds = new Set((saved.kind ?? "").split(",").filter((kind) => data.kinds.includes(kind)));
  state.mode = ["papers", "claims"].includes(saved.mode) ? saved.mode : hasText ? "papers" : "claims";
  const known = state.mode === "papers" ? Object.keys(PAPER_SORTS) : COLUMNS.flatMap(([name]) => [name, `-${name}`]);
  state.sort = known.includes(saved.sort) ? saved.sort : "";
  pager.page = Number(saved.page ?? 1);
  draw();
}

function buildControls() {
  for (const kind of data.kinds) {
    const number = allClaims.reduce((sum, { k }) => sum + (k === kind), 0);
    const press = () => { if (!state.kinds.delete(kind)) state.kinds.add(kind); redraw(); };
    role("kinds").append(el("button", { type: "button", class: "toggle", "data-kind": kind, "aria-pressed": "false", onclick: press },
      el("span", { class: "swatch" }), kind, el("span", { class: "num" }, wholeNumber.format(number))));
  }
  for (const kind of data.filters) {
    const papers = new Map();
    docs.forEach(({ names }) => names.forEach((name) => { if (name.startsWith(`${kind}\n`)) papers.set(name, (papers.get(name) ?? 0) + 1); }));
    const ranked = [...papers].sort(([a, m], [b, n]) => n - m || collator.compare(a, b));
    form[kind].append(...ranked.map(([name, n]) => el("option", { value: name.slice(kind.length + 1) }, `${name.slice(kind.length + 1)} (${n})`)));
    form[kind].closest(".field").hidden = !ranked.length;
  }
  form.sure.append(...LEAST.map((least) => el("option", { value: least }, `${least} (${wholeNumber.format(allClaims.filter((claim) => sureEnough(claim, least)).length)})`)));
  form.sure.closest(".field").hidden = !anySure;
  form.bare.closest(".check").hidden = docs.every(({ claims }) => claims.length);
  role("sort").append(...Object.entries(PAPER_SORTS).map(([value, [text]]) => el("option", { value }, text)));
}

function listenControls() {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.q.addEventListener("input", debounce(redraw));
  form.addEventListener("change", (event) => { if (event.target !== form.q) redraw(); });
  role("sort").addEventListener("change", (event) => { state.sort = event.target.value; redraw(); });
  role("clear").addEventListener("click", () => { form.reset(); state.kinds.clear(); redraw(); form.q.focus(); });
  document.querySelectorAll("[data-mode]").forEach((button) => button.addEventListener("click", () => {
    state.mode = button.dataset.mode;
    state.sort = "";
    redraw();
  }));
  onAddress(restore);
}

buildControls();
listenControls();
foldFilters();
card.start((claims) => claims.map(recordOf));
restore();

// The atlas: charts by Plotly over counts and dots that were made when the page was; a mark opens its claims.
const form = $("#filters");
const panel = $("#detail");
const months = Object.keys(data.papers).sort();
const dated = months.length > 0;
const state = { speed: "device", set: 0, metric: 0 };
const TOP_DEVICES = 12, TOP_LINES = 7, TOP_BARS = 18, LISTED = 40, FEW_PAPERS = 50, MOST_DRAWN = 2000;

// ---- time
const STARTS = { year: (month) => `${month.slice(0, 4)}-01`, quarter: (month) => `${month.slice(0, 5)}${["01", "04", "07", "10"][Math.floor((month.slice(5) - 1) / 3)]}`, month: (month) => month };
const period = (month) => STARTS[form.by.value](month);
const periodName = (start) => ({ year: start.slice(0, 4), quarter: `${start.slice(0, 4)} Q${Math.floor((start.slice(5) - 1) / 3) + 1}`, month: start })[form.by.value];
const within = (month) => !dated || (month ? month >= form.from.value && month <= form.to.value : form.from.value === months[0] && form.to.value === months.at(-1));
const words = () => form.q.value.toLowerCase().split(/\s+/).filter(Boolean);

// Sums the counts of months by period: { start: [count, refs] }.
function byPeriod(cells) {
  const sums = new Map();
  for (const [month, [count, refs]] of Object.entries(cells)) {
    if (!month || !within(month)) continue;
    const sum = sums.get(period(month)) ?? [0, []];
    sums.set(period(month), [sum[0] + count, [...sum[1], ...refs]]);
  }
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}
function total(cells) {
  const inside = Object.entries(cells).filter(([month]) => within(month));
  return [inside.reduce((sum, [, [count]]) => sum + count, 0), inside.flatMap(([, [, refs]]) => refs)];
}

// ---- colours: those of the page, light or dark
const look = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const hues = new Map();
function hue(kind) {
  if (!hues.has(kind)) {
    const probe = document.body.appendChild(el("span", { "data-kind": kind, hidden: true }));
    hues.set(kind, getComputedStyle(probe).getPropertyValue("--hue").trim() || look("--accent"));
    probe.remove();
  }
  return hues.get(kind);
}
const SERIES = { light: ["#1769b0", "#b8432f", "#19774a", "#8a5d08", "#6a4bb3", "#0f7a80", "#a03a7a"], dark: ["#6db3f2", "#f0806f", "#58c08b", "#dfae54", "#b49cf2", "#56c2c8", "#e58cc0"] };
const series = () => SERIES[matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"];
const narrow = () => matchMedia("(max-width: 40rem)").matches;

// ---- drawing
const axis = (more = {}) => ({ gridcolor: look("--line"), linecolor: look("--line-strong"), zerolinecolor: look("--line"), ...more });
// Names along the left side, with the room that they need: what is wider than two fifths of the chart is cut
// short. Plotly would find the room by drawing the chart twice.
const ruler = document.createElement("canvas").getContext("2d");
function namesBeside(id, names) {
  ruler.font = `12px ${look("--sans")}`;
  const most = 0.4 * $(`#c-${id}`).clientWidth;
  const fitted = (name) => {
    let short = name;
    while (short && ruler.measureText(short === name ? name : `${short}…`).width > most) short = short.slice(0, -1);
    return short === name ? name : `${short}…`;
  };
  const shown = names.map(fitted);
  const yaxis = { type: "category", tickmode: "array", tickvals: names.map((name) => plain(name)), ticktext: shown.map((name) => plain(name)), tickfont: { size: 12 } };
  return { yaxis, margin: { l: 10 + Math.ceil(Math.max(0, ...shown.map((name) => ruler.measureText(name).width))) } };
}
const logTicks = () => ({ type: "log", dtick: narrow() ? 2 : 1, tickangle: 0, tickfont: { size: narrow() ? 11 : 13 }, exponentformat: "SI" });
function paint(id, traces, { layout = {}, list = [], note = "" }) {
  const place = $(`#c-${id}`);
  role_note(id).textContent = note;
  $(`[data-list="${id}"]`).replaceChildren(...list.slice(0, LISTED).map(({ lead, text, refs, head }) =>
    el("li", {}, el("button", { type: "button", onclick: (event) => open(refs, head ?? text, event.currentTarget) }, el("b", {}, lead), ` ${text}`))));
  if (!traces.some((trace) => (trace.x ?? []).length)) {
    Plotly.purge(place);
    place.replaceChildren(el("p", { class: "nothing" }, "No such claims here. Widen the time, or search for fewer words."));
    return;
  }
  if (!place.classList.contains("js-plotly-plot")) place.replaceChildren();
  const base = {
    paper_bgcolor: "transparent", plot_bgcolor: "transparent", autosize: true, dragmode: false, hovermode: "closest",
    font: { color: look("--ink"), family: look("--sans"), size: 13 },
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, font: { color: look("--muted") } },
    hoverlabel: { bgcolor: look("--surface"), bordercolor: look("--line-strong"), font: { color: look("--ink"), family: look("--sans"), size: 13 }, align: "left" },
  };
  Plotly.react(place, traces, { ...base, ...layout, margin: { l: 56, r: 14, t: 10, b: layout.xaxis?.title ? 48 : 34, ...layout.margin }, xaxis: axis(layout.xaxis), yaxis: axis(layout.yaxis) }, { displayModeBar: false, responsive: true });
  place.removeAllListeners?.("plotly_click");
  place.on("plotly_click", ({ points }) => {
    const mark = points[0]?.customdata;
    if (mark) open(mark.refs, mark.head, null, mark);
  });
}
const role_note = (id) => $(`[data-note="${id}"]`);
// Plotly reads a little markup in what a mark says: what papers say stays text.
const plain = (text) => String(text ?? "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("%{", "%\u200b{");
const wrapped = (text, width = 46) => plain(text).split(" ").reduce((lines, word) => {
  if ((lines.at(-1) + word).length > width) lines.push(word); else lines[lines.length - 1] += (lines.at(-1) && " ") + word;
  return lines;
}, [""]).join("<br>");
const told = (dots, i, more) => `<b>${plain(dots.t[i])}</b>${more ? ` ${wrapped(more)}` : ""}<br>${wrapped(dots.p[i])}<extra></extra>`;
const day = (month, i) => (month ? `${month}-${String(1 + ((i * 11) % 28)).padStart(2, "0")}` : null);
function chosen(dots, fields = []) {
  const wanted = words();
  return dots.y.map((_, i) => i).filter((i) => within(dots.x[i]) && (!wanted.length || (() => {
    const hay = [dots.t[i], dots.p[i], ...fields.map((name) => dots[name][i])].join("\n").toLowerCase();
    return wanted.every((word) => hay.includes(word));
  })()));
}
// Of many dots, the largest quarter and an even choice of the others: more would only lie on each other.
function thinned(shown) {
  const first = MOST_DRAWN / 4, step = (shown.length - first) / (MOST_DRAWN - first);
  return step <= 1 ? shown : shown.filter((_, place) => place < first || Math.floor((place - first) / step) !== Math.floor((place - first - 1) / step));
}
function cut_note(dots, shown, drawn) {
  const all = shown.length === dots.y.length ? dots.of : shown.length; // of a search only those in the page are known
  return all > drawn.length ? `${wholeNumber.format(drawn.length)} of ${wholeNumber.format(all)} claims are drawn: the largest, and an even choice of the others.` : "";
}

// A line breaks where more than a year lies between two of its points.
function gapped(starts) {
  const far = (a, b) => (new Date(b) - new Date(a)) / 864e5 > 400;
  return starts.flatMap((start, i) => (i && far(starts[i - 1], start) ? [`${starts[i - 1]}-02`, start] : [start]));
}

function drawKinds() {
  const traces = [], list = [];
  for (const [kind, cells] of Object.entries(data.kinds)) {
    const groups = dated ? byPeriod(cells) : new Map([["all", total(cells)]]);
    traces.push({
      type: "bar", name: data.labels[kind], x: [...groups.keys()], y: [...groups.values()].map(([count]) => count), marker: { color: hue(kind) },
      customdata: [...groups].map(([start, [count, refs]]) => ({ refs, head: `${data.labels[kind]}, ${dated ? periodName(start) : "all"}: ${counted(count, "claim")}` })),
      hovertemplate: `%{y:,} %{fullData.name}<extra></extra>`,
    });
    const [count, refs] = total(cells);
    list.push({ lead: wholeNumber.format(count), text: data.labels[kind], refs });
  }
  if (dated) {
    const papers = byPeriod(Object.fromEntries(Object.entries(data.papers).map(([month, count]) => [month, [count, []]])));
    traces.push({ type: "scatter", mode: "lines+markers", name: "papers", x: gapped([...papers.keys()]), y: gapped([...papers.keys()]).map((start) => papers.get(start)?.[0] ?? null), line: { color: look("--ink"), width: 2 }, hovertemplate: "%{y:,} papers<extra></extra>" });
  }
  paint("kinds", traces, { layout: { barmode: "stack", xaxis: dated ? { type: "date" } : {}, yaxis: { tickformat: ",d" } }, list });
}

function drawSpeed() {
  const dots = data.speed;
  const shown = chosen(dots, ["h", "b"]);
  const drawn = thinned(shown);
  const group = state.speed === "device" ? (i) => dots.h[i] ?? "" : (i) => (dots.x[i] ? period(dots.x[i]) : "");
  const groups = Map.groupBy ? Map.groupBy(drawn, group) : drawn.reduce((all, i) => all.set(group(i), [...(all.get(group(i)) ?? []), i]), new Map());
  let names = [...groups.keys()];
  if (state.speed === "device") {
    names = names.filter(Boolean).sort((a, b) => groups.get(b).length - groups.get(a).length || (a < b ? -1 : 1)).slice(0, TOP_DEVICES);
    if (groups.has("")) names.push("");
    names.reverse();
  } else names = names.filter(Boolean).sort();
  const called = (name) => (name ? (state.speed === "device" ? name : periodName(name)) : "none named");
  const traces = names.map((name) => {
    const items = groups.get(name);
    const values = items.map((i) => dots.y[i]);
    const label = called(name);
    const sides = state.speed === "device" ? { x: values, y: items.map(() => plain(label)), orientation: "h" } : { x: items.map(() => label), y: values };
    return {
      type: "box", name: plain(label), ...sides, boxpoints: "all", jitter: 0.7, pointpos: 0, hoveron: "points", showlegend: false, fillcolor: "transparent",
      line: { color: look("--muted"), width: 1 }, marker: { color: hue(data.of.speed), opacity: 0.45, size: narrow() ? 7 : 6 },
      customdata: items.map((i) => ({ refs: [dots.r[i]], head: dots.t[i] })), hovertemplate: items.map((i) => told(dots, i, [dots.b[i] && `than ${dots.b[i]}`, dots.h[i] && `on ${dots.h[i]}`].filter(Boolean).join(" "))),
    };
  });
  const scale = { ...logTicks(), ticksuffix: "×" };
  paint("speed", traces, {
    layout: state.speed === "device" ? { xaxis: scale, ...namesBeside("speed", names.map(called)) } : { xaxis: { type: "category", automargin: true }, yaxis: scale },
    list: shown.map((i) => ({ lead: `${formatNumber(dots.y[i])}×`, text: dots.p[i], refs: [dots.r[i]], head: dots.t[i] })), note: cut_note(dots, shown, drawn),
  });
  document.querySelectorAll("[data-speed]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.speed === state.speed)));
}

function ranked(things) {
  return things.map((thing) => [thing, ...total(thing.months)]).filter(([, count]) => count).sort((a, b) => b[1] - a[1]);
}
const listOf = (rows) => rows.map(([thing, count, refs]) => ({ lead: wholeNumber.format(count), text: thing.name, refs, head: `${thing.name}: ${counted(count, "paper")}` }));

function bars(id, rows, color, more = {}) {
  const shown = rows.slice(0, TOP_BARS).reverse();
  paint(id, [{
    type: "bar", orientation: "h", x: shown.map(([, count]) => count), y: shown.map(([thing]) => plain(thing.name)), marker: { color }, hovertemplate: "%{y}: %{x:,} papers<extra></extra>",
    customdata: shown.map(([thing, count, refs]) => ({ refs, head: `${thing.name}: ${counted(count, "paper")}`, name: thing.name })),
  }], { layout: { xaxis: { tickformat: ",d" }, ...namesBeside(id, shown.map(([thing]) => thing.name)) }, list: listOf(rows), ...more });
}

function drawHardware() {
  const rows = ranked(data.devices);
  if (!dated) { bars("devices", rows, hue(data.of.devices)); return; }
  const papers = byPeriod(Object.fromEntries(Object.entries(data.papers).map(([month, count]) => [month, [count, []]])));
  const enough = Math.min(FEW_PAPERS, Math.max(...[...papers.values()].map(([count]) => count)));
  const starts = [...papers.keys()].filter((start) => papers.get(start)[0] >= enough); // a share of few papers says nothing
  const traces = rows.slice(0, TOP_LINES).map(([thing], place) => {
    const groups = byPeriod(thing.months);
    return {
      type: "scatter", mode: "lines+markers", name: plain(thing.name), x: gapped(starts), y: gapped(starts).map((start) => (papers.has(start) ? (100 * (groups.get(start)?.[0] ?? 0)) / papers.get(start)[0] : null)),
      line: { color: series()[place], width: 2 }, marker: { symbol: place, size: 8 },
      customdata: gapped(starts).map((start) => ({ refs: groups.get(start)?.[1] ?? [], head: `${thing.name}, ${periodName(start)}: ${counted(groups.get(start)?.[0] ?? 0, "paper")}` })),
      hovertemplate: `${plain(thing.name)}: %{y:.2f}% of papers<extra></extra>`,
    };
  });
  const note = starts.length < papers.size ? `Only where there are ${enough} papers or more.` : "";
  paint("devices", traces, { layout: { xaxis: { type: "date" }, yaxis: { ticksuffix: "%", rangemode: "tozero" } }, list: listOf(rows), note });
}

function drawSizes() {
  const dots = data.sizes;
  const shown = chosen(dots, ["m"]);
  const drawn = thinned(shown);
  const groups = [["active", "diamond", "active"], [null, "circle", "all parameters"]];
  const traces = groups.map(([part, symbol, name]) => {
    const items = drawn.filter((i) => (dots.o[i] === "active") === (part === "active"));
    return {
      type: "scatter", mode: "markers", name, x: items.map((i, place) => (dated ? day(dots.x[i], i) : place + 1)), y: items.map((i) => dots.y[i]),
      marker: { color: part ? series()[3] : hue(data.of.sizes), symbol, size: narrow() ? 8 : 7, opacity: 0.5 },
      customdata: items.map((i) => ({ refs: [dots.r[i]], head: dots.t[i] })), hovertemplate: items.map((i) => told(dots, i, dots.m[i])),
    };
  }).filter((trace) => trace.x.length);
  paint("sizes", traces.reverse(), {
    layout: { xaxis: dated ? { type: "date" } : { title: { text: "claims, the largest first" } }, yaxis: { ...logTicks(), dtick: 1, exponentformat: "B" } },
    list: shown.map((i) => ({ lead: shortNumber.format(dots.y[i]), text: [dots.m[i], dots.p[i]].filter(Boolean).join(" · "), refs: [dots.r[i]], head: dots.t[i] })), note: cut_note(dots, shown, drawn),
  });
}

function drawDatasets() {
  bars("sets", ranked(data.sets), hue(data.of.sets));
}

function drawBoards() {
  const board = data.boards[state.set];
  const [sets, metrics] = ["set", "metric"].map((name) => $(`[data-board=${name}]`));
  if (!board) { paint("boards", [], {}); return; }
  sets.value = state.set;
  metrics.replaceChildren(...board.boards.map((each, i) => el("option", { value: i }, `${each.metric}${each.unit === "percent" ? " (%)" : each.unit ? ` (${each.unit})` : ""}, ${each.of}`)));
  metrics.value = state.metric;
  const dots = board.boards[state.metric];
  const unit = dots.unit === "percent" ? "%" : dots.unit ? ` ${dots.unit}` : "";
  const shown = chosen(dots, ["s"]).sort((a, b) => (dots.lower ? dots.y[a] - dots.y[b] : dots.y[b] - dots.y[a]));
  const placed = dated ? shown.filter((i) => dots.x[i]) : shown;
  const traces = placed.length ? [{
    type: "scatter", mode: "markers", showlegend: false, x: placed.map((i, place) => (dated ? day(dots.x[i], i) : place + 1)), y: placed.map((i) => dots.y[i]),
    marker: { color: placed.map((_, place) => (place ? hue(data.of.boards) : look("--good"))), symbol: placed.map((_, place) => (place ? "circle" : "star")), size: placed.map((_, place) => (place ? 8 : 15)), opacity: placed.map((_, place) => (place ? 0.6 : 1)) },
    customdata: placed.map((i) => ({ refs: [dots.r[i]], head: dots.t[i] })), hovertemplate: placed.map((i) => told(dots, i, dots.s[i])),
  }] : [];
  paint("boards", traces, {
    layout: { xaxis: dated ? { type: "date" } : { title: { text: "claims, the best first" } }, yaxis: { ticksuffix: unit } },
    list: shown.map((i) => ({ lead: `${formatNumber(dots.y[i])}${unit}`, text: [dots.s[i], dots.p[i]].filter(Boolean).join(" · "), refs: [dots.r[i]], head: dots.t[i] })),
    note: dots.lower ? "Lower is better." : "",
  });
}

function drawHosts() {
  const roles = [...new Set(data.hosts.flatMap(({ roles: found }) => Object.keys(found)))];
  const sums = data.hosts.map(({ host, roles: found }) => [host, Object.fromEntries(Object.entries(found).map(([part, cells]) => [part, total(cells)]))])
    .map(([host, found]) => [host, found, Object.values(found).reduce((sum, [count]) => sum + count, 0)]).filter(([, , count]) => count).sort((a, b) => a[2] - b[2]);
  const traces = roles.map((part, place) => ({
    type: "bar", orientation: "h", name: part, x: sums.map(([, found]) => found[part]?.[0] ?? 0), y: sums.map(([host]) => plain(host)), marker: { color: part === "other" ? look("--faint") : series()[place % 7] },
    customdata: sums.map(([host, found]) => ({ refs: found[part]?.[1] ?? [], head: `${part} on ${host}: ${wholeNumber.format(found[part]?.[0] ?? 0)}` })), hovertemplate: `%{x:,} ${part}, %{y}<extra></extra>`,
  }));
  const list = sums.toReversed().map(([host, found, count]) => ({ lead: wholeNumber.format(count), text: host, refs: Object.values(found).flatMap(([, refs]) => refs) }));
  paint("hosts", sums.length ? traces : [], { layout: { barmode: "stack", xaxis: { tickformat: ",d" }, ...namesBeside("hosts", sums.map(([host]) => host)) }, list });
}

const CHARTS = [drawKinds, drawSpeed, drawHardware, drawSizes, drawDatasets, drawBoards, drawHosts];

// ---- the claims behind a mark; papers are packed, and unpacked when one is asked for
const unpacked = new Map();
// The papers stand at the end of the page, behind the scripts, so that charts need not wait for them.
const whole = document.readyState === "loading" ? new Promise((done) => document.addEventListener("DOMContentLoaded", done)) : null;
let packed = null;
async function paperAt(place) {
  await whole;
  packed ??= JSON.parse($("#later").textContent);
  const block = Math.floor(place / data.block);
  if (!unpacked.has(block)) {
    const bytes = Uint8Array.from(atob(packed[block]), (sign) => sign.charCodeAt(0));
    unpacked.set(block, await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json());
  }
  return unpacked.get(block)[place % data.block];
}
const describe = (claims) => ({ kind: claims[0].k, name: claims.map(({ k, t }) => `${t}, ${k}`).join("; ") });
function article(paper, claim) {
  const spans = paper.claims.flatMap((each) => (each.s ?? []).map(([s, e]) => ({ s, e, item: each })));
  const text = paper.text === null ? null : el("p", { class: "text" }, markedText(paper.text, spans, describe));
  text?.querySelectorAll("mark").forEach((mark) => mark.classList.toggle("lit", itemsOf.get(mark).includes(claim)));
  return el("article", {}, el("p", { class: "id" }, idOf(paper)), el("h3", {}, paper.title ?? "Untitled"), text, chip(claim.k), facts(claim), claim.r ? el("p", { class: "rule" }, claim.r) : null);
}
let opener = null;
async function open(refs, head, from, mark = {}) {
  card.close();
  opener = from;
  if (mark.name) showBoard(mark.name);
  const dismiss = el("button", { type: "button", class: "close", "aria-label": "Close", onclick: shut }, "×");
  const few = refs.slice(0, 30);
  const papers = await Promise.all(few.map(([place]) => paperAt(place)));
  const pairs = few.map(([, claim], i) => [papers[i], papers[i].claims[claim]]);
  const body = pairs.length === 1 ? [article(...pairs[0])] : pairs.map(([paper, claim]) => {
    const entry = el("div", { class: "entry" });
    const button = el("button", { type: "button", "aria-expanded": "false", onclick: () => {
      const wide = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", String(!wide));
      if (wide) entry.lastChild.remove(); else entry.append(article(paper, claim));
      if (!wide) reveal(entry);
    } }, el("b", {}, claim.t), el("span", { class: "said" }, ` ${[whatWords(claim), paper.title ?? paper.id].filter(Boolean).join(" · ")}`));
    entry.append(button);
    return entry;
  });
  panel.replaceChildren(dismiss, el("h2", {}, head), ...(pairs.length > 1 ? [el("p", { class: "id" }, `Some of them, ${counted(pairs.length, "claim")}`)] : []), ...(body.length ? body : [el("p", { class: "id" }, "None of them is in this page.")]));
  panel.hidden = false;
  panel.scrollTop = 0;
  panel.focus({ preventScroll: true });
  if (pairs.length === 1) reveal(panel);
}
// Moves the panel, and only it, to the claim that was asked for.
function reveal(part) {
  const mark = part.querySelector("mark.lit");
  const past = mark ? mark.getBoundingClientRect().bottom - panel.getBoundingClientRect().bottom + 40 : 0;
  if (past > 0) panel.scrollTop += past;
}
function shut() {
  panel.hidden = true;
  card.close();
  opener?.focus({ preventScroll: true });
}
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !panel.hidden && $("#record").hidden) shut(); });

function showBoard(name) {
  const place = data.boards.findIndex(({ set }) => set.toLowerCase() === name.toLowerCase());
  if (place >= 0) { state.set = place; state.metric = 0; drawBoards(); }
}

// ---- controls
function buildControls() {
  for (const select of [form.from, form.to]) select.append(...months.map((month) => el("option", {}, month)));
  form.to.value = months.at(-1) ?? "";
  const sums = Object.values(data.papers);
  const all = sums.reduce((sum, count) => sum + count, 0);
  const full = sums.filter((count) => count >= all / 200).length;
  form.by.value = full <= 20 ? "month" : full <= 60 ? "quarter" : "year";
  for (const name of ["from", "to", "by"]) form[name].closest("label").hidden = !dated;
  $("[data-board=set]").append(...data.boards.map((board, i) => el("option", { value: i }, board.set)));
  $("[data-board=set]").addEventListener("change", (event) => { state.set = Number(event.target.value); state.metric = 0; drawBoards(); });
  $("[data-board=metric]").addEventListener("change", (event) => { state.metric = Number(event.target.value); drawBoards(); });
  document.querySelectorAll("[data-speed]").forEach((button) => {
    button.hidden = !dated;
    button.addEventListener("click", () => { state.speed = button.dataset.speed; drawSpeed(); });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", drawAll);
  form.q.addEventListener("input", debounce(() => { drawSpeed(); drawSizes(); drawBoards(); }, 250));
}
// Charts are drawn one after the other, those in sight first and the rest when the whole page is read; between
// two of them the page answers.
const PLACES = ["kinds", "speed", "devices", "sizes", "sets", "boards", "hosts"].map((id) => $(`#c-${id}`));
const inSight = new Set();
let waiting = [];
let turn = 0; // of the last time that all were to be drawn
function drawNext(mine) {
  if (mine !== turn || !waiting.length) return;
  const seen = waiting.findIndex((place) => inSight.has(PLACES[place]));
  const [place] = waiting.splice(Math.max(seen, 0), 1);
  CHARTS[place]();
  const next = () => setTimeout(() => drawNext(mine));
  if (document.readyState === "loading" && !waiting.some((each) => inSight.has(PLACES[each]))) whole.then(next);
  else next();
}
function drawAll() {
  hues.clear();
  waiting = CHARTS.map((_, place) => place);
  turn += 1;
  const mine = turn;
  setTimeout(() => drawNext(mine));
}
const sight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    inSight[isIntersecting ? "add" : "delete"](target);
    const asked = isIntersecting ? waiting.indexOf(PLACES.indexOf(target)) : -1;
    if (asked >= 0) { waiting.splice(asked, 1); CHARTS[PLACES.indexOf(target)](); }
  }
});
PLACES.forEach((place) => sight.observe(place));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
buildControls();
card.start((claims) => claims.map(recordOf));
drawAll();

// The page to try it on: sends the text as one types, marks what comes back, and tries rules on it.
const input = role("text");
const yaml = role("yaml");
const state = { rules: "", own: false, shown: null, text: "", asked: 0 };

const nameOf = (item) => (item.what ? `${item.t}, no claim` : `${item.t}, ${item.k}`);

function describe(items) {
  const claim = items.find((item) => !item.what);
  return { kind: claim?.k, name: items.map(nameOf).join("; "), css: claim ? "" : "none" };
}

// Asks the service; what it says of an error is thrown as an error with its words.
async function ask(path, body, signal) {
  let answer;
  try {
    answer = await fetch(path, { method: body ? "POST" : "GET", signal, headers: body ? { "content-type": "application/json" } : {}, body: body && JSON.stringify(body) });
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Error("The service does not answer. Does it still run?");
  }
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => null);
  const fault = new Error(told?.error ? `Not read: ${told.error.message}.` : `Not read: the service answers ${answer.status}.`);
  fault.again = Number(answer.headers.get("retry-after")) || 0;
  throw fault;
}

// Why a claim is there: the rules that match, and where each of its words is from.
const whyList = (lines) => el("dl", { class: "why" }, lines.map(([name, text]) => [el("dt", {}, label(name)), el("dd", {}, text)]).flat());
const whyOf = (claim) => claim.lines ?? [["rule", claim.r ?? "none"]];

function ruleButton(id) {
  return id ? el("button", { type: "button", class: "plain", onclick: () => fetchRule(id) }, "Change this rule") : null;
}

function details(item) {
  if (!item.what) {
    const section = recordOf(item);
    section.querySelector(".rule")?.remove();
    section.append(whyList(whyOf(item)), ruleButton(item.r) ?? "");
    return section;
  }
  return el("section", {}, el("p", { class: "eyebrow" }, `${item.what}, no claim`), el("p", { class: "quote" }, item.t),
    el("p", {}, `${item.why[0].toUpperCase()}${item.why.slice(1)}.`), item.lines.length ? whyList(item.lines) : null, ruleButton(item.rule));
}

function claimItem(claim) {
  const beside = [whatWords(claim), againstWords(claim)].filter((words) => words && words !== claim.t).join(" · ");
  const words = el("span", { class: "said" }, makeMark(claim.t, [claim], describe([claim])), beside ? el("small", {}, ` ${beside}`) : null);
  return el("li", {}, chip(claim.k), words, el("span", { class: "value" }, valueWords(claim)),
    el("details", {}, el("summary", {}, "Why", sureness(claim)), whyList(whyOf(claim)), ruleButton(claim.r)));
}

function noItem(item) {
  const more = item.lines.length ? el("details", {}, el("summary", {}, "More"), whyList(item.lines), ruleButton(item.rule)) : null;
  return el("li", {}, el("span", { class: "sort" }, item.what), el("span", { class: "said" }, makeMark(item.t, [item], describe([item])), el("small", {}, ` ${item.why}`)), null, more);
}

function draw() {
  card.close();
  const { doc, why, no, seconds } = state.shown ?? { doc: { text: "", claims: [] }, why: [], no: [], seconds: null };
  const lines = new Map(why.map((each) => [each.s.join(), each.lines]));
  for (const claim of doc.claims) claim.lines = lines.get(claim.s?.[0]?.join());
  const spans = doc.claims.flatMap((claim) => (claim.s ?? []).map(([s, e]) => ({ s, e, item: claim })));
  spans.push(...no.map((item) => ({ s: item.s[0], e: item.s[1], item })));
  role("marked").replaceChildren(markedText(doc.text, spans, describe));
  role("marked").classList.remove("stale");
  role("claims").replaceChildren(...doc.claims.map(claimItem));
  role("no").replaceChildren(...no.map(noItem));
  role("claims-part").hidden = !doc.claims.length;
  role("no-part").hidden = !no.length;
  document.querySelectorAll("[data-save]").forEach((button) => { button.disabled = !doc.text; });
  if (seconds === null) return say("");
  const time = seconds < 0.01 ? `${(1000 * seconds).toFixed(1)} ms` : `${formatNumber(Math.round(1000 * seconds))} ms`;
  say(`${counted(doc.claims.length, "claim")}${state.own ? " with your rules" : ""}, read in ${time}`);
}

function say(words, { wrong = false } = {}) {
  role("count").textContent = words;
  role("count").classList.toggle("wrong", wrong);
}

// Reads the text, with the rules that are tried; an answer that a later question has overtaken is dropped.
async function read({ tries = 3 } = {}) {
  const text = input.value;
  const number = ++state.asked;
  state.controller?.abort();
  state.controller = new AbortController();
  if (!text.trim()) { state.shown = null; state.text = ""; draw(); return null; }
  try {
    const told = await (await ask("try", { text, rules: state.rules }, state.controller.signal)).json();
    if (number !== state.asked) return null;
    state.shown = told.shown ?? told;
    state.text = text;
    state.own = Boolean(state.rules) && !told.problems.length;
    draw();
    return told;
  } catch (fault) {
    if (fault.name === "AbortError" || number !== state.asked) return null;
    if (fault.again && tries) {
      say("The service is busy; asking again.");
      await new Promise((resolve) => { setTimeout(resolve, 1000 * fault.again); });
      return number === state.asked ? read({ tries: tries - 1 }) : null;
    }
    role("marked").classList.add("stale");
    say(fault.message, { wrong: true });
    return { fault: fault.message };
  }
}

const verdict = (css, heading, ...inside) => el("div", { class: `verdict ${css}` }, el("h3", {}, heading), ...inside);

function problemList(problems) {
  const items = problems.map(({ line, rule, message }) => el("li", {}, line ? el("span", { class: "at" }, `line ${line} `) : null, rule ? `${rule}: ` : "", message));
  return verdict("wrong", `${counted(problems.length, "problem")}; the rules are not used`, el("ul", {}, items));
}

function testList(tests) {
  if (!tests.length) return null;
  const failed = tests.filter(({ ok }) => !ok);
  const items = tests.filter(({ message }) => message).map((test) => el("li", {}, el("span", { class: "at" }, `line ${test.line} `), test.message, el("br"), el("small", {}, `${test.sort}: ${test.text}`)));
  const heading = failed.length ? `${failed.length} of ${counted(tests.length, "sentence")} failed` : `${tests.length === 1 ? "Its sentence does" : `All ${tests.length} sentences do`} as ${tests.length === 1 ? "it" : "they"} must`;
  return verdict(failed.length ? "wrong" : "", heading, items.length ? el("ul", {}, items) : null);
}

const CHANGED = { new: "new", gone: "gone", other: "changed" };
const shownWords = (value) => (value === null || value === undefined ? "nothing" : formatNumber(value));

function changeItem({ how, claim, differs = [] }) {
  const beside = [valueWords(claim), whatWords(claim), againstWords(claim)].filter(Boolean).join(" · ");
  const told = differs.map(([name, before, after]) => el("small", {}, el("br"), `${label(name)}: ${shownWords(before)} → ${shownWords(after)}`));
  return el("li", {}, el("span", { class: `tag ${how}` }, CHANGED[how]), chip(claim.k), ` ${claim.t} `, how === "other" ? null : el("small", {}, beside), told);
}

function changeList(changes) {
  if (!input.value.trim()) return null;
  if (!changes.length) return verdict("same", "No claim of this text changes");
  return verdict("", `${counted(changes.length, "claim")} of this text ${changes.length === 1 ? "changes" : "change"}`, el("ul", {}, changes.map(changeItem)));
}

async function judge(told) {
  if (told === null) return;
  const parts = told.fault ? [verdict("wrong", told.fault)] : told.problems.length ? [problemList(told.problems)] : [changeList(told.changes ?? []), testList(told.tests)];
  role("verdict").replaceChildren(...parts.filter(Boolean));
}

async function applyRules() {
  state.rules = yaml.value.trim() ? yaml.value : "";
  role("drop").hidden = !state.rules;
  if (!state.rules) return dropRules();
  role("verdict").replaceChildren(el("p", { class: "about" }, "Loading the rules …"));
  if (input.value.trim()) return judge(await read());
  try {
    return judge(await (await ask("rules/check", { rules: state.rules })).json());
  } catch (fault) {
    return judge({ fault: fault.message });
  }
}

async function dropRules() {
  state.rules = "";
  role("drop").hidden = true;
  role("verdict").replaceChildren();
  await read();
}

// Brings a rule into the editor, in the place of what stands there.
async function fetchRule(id) {
  card.close();
  role("rules-fold").open = true;
  try {
    const rule = await (await ask(`rules/${encodeURIComponent(id.split("+")[0])}`)).json();
    yaml.value = rule.yaml;
    role("starts").value = "";
    role("verdict").replaceChildren(el("p", { class: "about" }, `${rule.id}, from ${rule.file}. Change it, then try it.`));
  } catch (fault) {
    role("verdict").replaceChildren(verdict("wrong", fault.message));
  }
  yaml.focus();
  yaml.setSelectionRange(0, 0);
  yaml.scrollTop = 0;
  role("rules-fold").scrollIntoView({ block: "nearest" });
}

// A file of the claims, as the service writes it.
async function save(form) {
  try {
    const blob = await (await ask("try", { text: state.text, rules: state.own ? state.rules : "", form })).blob();
    const address = URL.createObjectURL(blob);
    const link = el("a", { href: address, download: `claims.${form}` });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  } catch (fault) {
    say(fault.message, { wrong: true });
  }
}

function listen() {
  const later = debounce(async () => { const told = await read(); if (state.rules) judge(told); }, 200);
  input.addEventListener("input", () => { role("examples").value = ""; later(); });
  role("examples").addEventListener("change", (event) => {
    const example = data.examples[event.target.value];
    if (!example) return;
    input.value = example.text;
    later();
  });
  role("starts").addEventListener("change", (event) => {
    const start = data.rules[event.target.value];
    if (!start) return;
    yaml.value = start.text;
    applyRules();
  });
  $("#given").addEventListener("submit", (event) => event.preventDefault());
  $("#rules").addEventListener("submit", (event) => { event.preventDefault(); applyRules(); });
  yaml.addEventListener("input", () => { role("starts").value = ""; });
  yaml.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); applyRules(); }
  });
  role("drop").addEventListener("click", dropRules);
  document.querySelectorAll("[data-save]").forEach((button) => button.addEventListener("click", () => save(button.dataset.save)));
}

// Beside the text there is room for the rules; on a narrow screen they start folded.
function foldRules() {
  const narrow = matchMedia("(max-width: 64rem)");
  const apply = () => { role("rules-fold").open = !narrow.matches || Boolean(yaml.value); };
  narrow.addEventListener("change", apply);
  apply();
  $("summary", role("rules-fold")).addEventListener("click", (event) => { if (!narrow.matches) event.preventDefault(); });
}

card.start((items) => items.map(details));
listen();
foldRules();
read();

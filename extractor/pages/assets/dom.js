// Small functions: elements made without markup (input is only ever text), numbers, the record in words.
const $ = (selector, root = document) => root.querySelector(selector);
const role = (name) => $(`[data-role="${name}"]`);
const data = JSON.parse($("#data").textContent);

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const wholeNumber = new Intl.NumberFormat("en");
const anyNumber = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });
const shortNumber = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 4 });
const counted = (n, noun) => `${wholeNumber.format(n)} ${noun}${n === 1 ? "" : "s"}`;

function formatNumber(value) {
  if (typeof value !== "number") return String(value);
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e15)) return value.toExponential(3);
  return anyNumber.format(value);
}

const BOUNDS = { upper: "≤ ", lower: "≥ ", approx: "≈ " };
const compact = (value) => (typeof value === "number" && Math.abs(value) >= 1e5 ? shortNumber.format(value) : formatNumber(value));

function valueWords(claim) {
  const a = claim.a;
  if (a.value === undefined || a.value === null) return "";
  const ends = [a.value, a.value_high].filter((end) => end !== undefined && end !== null).map(compact).join("–");
  const unit = { ratio: "×", percent: "%" }[a.form] ?? (a.unit === "percent" ? "%" : a.unit ?? "");
  return (BOUNDS[a.bound] ?? "") + ends + (unit === "×" || unit === "%" || unit === "" ? unit : ` ${unit}`);
}

// What a claim is of, and what it is compared with, measured on or taken as: attributes that its kind names.
const [whatWords, againstWords] = [0, 1].map((place) => (claim) => String(claim.a[data.shown[claim.k]?.[place]] ?? ""));

const label = (name) => name.replaceAll("_", " ");
const chip = (kind) => el("span", { class: "chip", "data-kind": kind }, el("span", { class: "swatch" }), kind);

// Only web addresses become links; an address of another scheme stays text.
function linked(value) {
  const text = String(value);
  return /^https?:\/\//i.test(text) ? el("a", { href: text, rel: "noopener noreferrer", target: "_blank" }, text) : text;
}

// The id of a paper, a link to its page where it has one.
const idOf = (doc) => (doc.link ? el("a", { href: doc.link, rel: "noopener noreferrer", target: "_blank" }, doc.id) : doc.id ?? "");

function facts(claim) {
  const row = (name, value, css) => [el("dt", { class: css }, label(name)), el("dd", { class: css }, linked(formatNumber(value)))];
  const derived = Object.entries(claim.d ?? {}).map(([name, value]) => row(name, value, "derived"));
  return el("dl", { class: "facts" }, Object.entries(claim.a).map(([name, value]) => row(name, value)).flat(), derived.flat());
}

// How sure a claim is, in words and as a bar; nothing where it does not say. Some kinds have no links to be sure of.
function sureness(claim) {
  if (typeof claim.c !== "number") return null;
  const links = data.linked?.includes(claim.k) && typeof claim.l === "number" ? `, with its links ${formatNumber(claim.l)}` : "";
  const gauge = el("span", { class: "gauge", style: `--sure: ${100 * claim.c}%`, "aria-hidden": "true" });
  return el("p", { class: "sureness" }, gauge, `confidence ${formatNumber(claim.c)}${links}`);
}

function debounce(run, wait = 120) {
  let timer;
  return () => { clearTimeout(timer); timer = setTimeout(run, wait); };
}

// The state of the filters lives in the address, so that a view can be bookmarked and sent on.
const readState = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
function writeState(state) {
  const kept = Object.entries(state).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const hash = new URLSearchParams(kept).toString();
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
}

// Another address of the same page was chosen; a plain anchor, such as that of the skip link, changes no filter.
function onAddress(run) {
  addEventListener("hashchange", () => { if (!location.hash || location.hash.includes("=")) run(); });
}

// On a narrow screen the filters start folded.
function foldFilters() {
  const narrow = matchMedia("(max-width: 56rem)");
  const apply = () => { $(".more").open = !narrow.matches; };
  narrow.addEventListener("change", apply);
  apply();
}

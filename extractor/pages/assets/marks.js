// Text with marked spans. Spans may overlap: the text is cut at every border, each piece knows all claims over it.

// spans: [{ s, e, item, side }] -> [{ text, items, sides, first }], first: whether a span begins with this piece.
function cut(text, spans) {
  const edges = [...new Set([0, text.length, ...spans.flatMap(({ s, e }) => [s, e])])].sort((a, b) => a - b);
  const pieces = [];
  for (let i = 0; i + 1 < edges.length; i++) {
    const [from, to] = [edges[i], edges[i + 1]];
    const over = spans.filter(({ s, e }) => s <= from && to <= e);
    pieces.push({
      text: text.slice(from, to),
      items: [...new Set(over.map(({ item }) => item))],
      sides: new Set(over.map(({ side }) => side)),
      first: over.some(({ s }) => s === from),
    });
  }
  return pieces;
}

const itemsOf = new WeakMap();

// A mark is a button: it takes focus where a claim begins, and opens the record of all claims over it.
function makeMark(text, items, { kind, name, css = "", focus = true }) {
  const mark = el("mark", {
    "class": css + (items.length > 1 ? " stack" : ""), "data-kind": kind, role: focus ? "button" : null, tabindex: focus ? 0 : null,
    "aria-label": focus ? name : null, "aria-haspopup": focus ? "dialog" : null, "aria-expanded": focus ? "false" : null,
  }, text);
  itemsOf.set(mark, items);
  return mark;
}

// describe(items, sides) -> { kind, name, css } of a mark.
function markedText(text, spans, describe) {
  const body = document.createDocumentFragment();
  for (const piece of cut(text, spans)) {
    if (!piece.items.length) body.append(piece.text);
    else body.append(makeMark(piece.text, piece.items, { ...describe(piece.items, piece.sides), focus: piece.first }));
  }
  return body;
}

// Shows where the words of a search stand, without touching the elements.
function showMatches(root, words) {
  if (!window.CSS?.highlights) return;
  CSS.highlights.delete("search");
  if (!words.length) return;
  const ranges = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data.toLowerCase();
    if (text.length !== node.data.length) continue; // a letter that changes its length in lower case
    for (const word of words) {
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        ranges.push(range);
      }
    }
  }
  CSS.highlights.set("search", new Highlight(...ranges));
}

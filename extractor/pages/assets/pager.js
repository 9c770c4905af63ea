// A long list, one page of it in the document at a time: 5,000 abstracts stay as quick as twenty.
function makePager(nav, size, onTurn) {
  let page = 1;
  const pages = (total) => Math.max(1, Math.ceil(total / size()));
  function turn(to) {
    page = to;
    onTurn();
    const results = $("#results");
    results.focus({ preventScroll: true });
    results.scrollIntoView();
  }
  function draw(total) {
    const last = pages(total);
    nav.hidden = last === 1;
    const button = (text, to, off) => el("button", { type: "button", disabled: off, onclick: () => turn(to) }, text);
    nav.replaceChildren(button("Previous", page - 1, page <= 1),
      el("span", {}, `Page ${wholeNumber.format(page)} of ${wholeNumber.format(last)}`), button("Next", page + 1, page >= last));
  }
  return {
    get page() { return page; },
    set page(to) { page = Math.max(1, Math.floor(to) || 1); },
    slice(items) {
      page = Math.min(page, pages(items.length));
      draw(items.length);
      return items.slice((page - 1) * size(), page * size());
    },
  };
}

// The record of a mark: beside it while one points at it or tabs to it, kept open by a click, Enter or Space.
const card = (() => {
  const box = $("#record");
  let owner = null;
  let pinned = false;
  let timer;
  let draw = () => [];

  function place() {
    if (!owner?.isConnected) return close();
    const [spot] = owner.getClientRects();
    if (!spot) return close();
    const left = Math.max(16, Math.min(spot.left, innerWidth - box.offsetWidth - 16));
    const below = spot.bottom + 8 + box.offsetHeight <= innerHeight;
    box.style.left = `${left}px`;
    box.style.top = `${below ? spot.bottom + 8 : Math.max(8, spot.top - box.offsetHeight - 8)}px`;
  }
  function show(mark, keep) {
    clearTimeout(timer);
    if (owner && owner !== mark) owner.setAttribute("aria-expanded", "false");
    owner = mark;
    pinned = keep;
    const dismiss = el("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => close(true) }, "×");
    box.replaceChildren(...draw(itemsOf.get(mark)), ...(keep ? [dismiss] : []));
    box.hidden = false;
    box.scrollTop = 0;
    mark.setAttribute("aria-expanded", "true");
    place();
    if (keep) clear();
  }
  // On a phone the record lies along the lower edge; the mark is moved above it.
  function clear() {
    const hidden = owner ? owner.getBoundingClientRect().bottom + 16 - box.getBoundingClientRect().top : 0;
    if (matchMedia("(max-width: 40rem)").matches && hidden > 0) scrollBy(0, hidden);
  }
  function close(refocus = false) {
    clearTimeout(timer);
    box.hidden = true;
    pinned = false;
    owner?.setAttribute("aria-expanded", "false");
    if (refocus && owner?.isConnected) {
      const back = owner;
      owner = null;
      back.focus({ preventScroll: true });
      if (!box.hidden) close();
    }
    owner = null;
  }
  const markAt = (event) => {
    const mark = event.target instanceof Element ? event.target.closest("mark") : null;
    return mark && itemsOf.has(mark) ? mark : null;
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(() => { if (!pinned) close(); }, 160); };

  function listen() {
    document.addEventListener("pointerover", (event) => {
      if (event.pointerType !== "mouse" || pinned) return;
      const mark = markAt(event);
      if (mark) show(mark, false);
      else if (box.contains(event.target)) clearTimeout(timer);
      else if (owner) later();
    });
    document.addEventListener("focusin", (event) => {
      const mark = markAt(event);
      if (mark?.matches(":focus-visible")) show(mark, false);
      else if (owner && !pinned && !box.contains(event.target)) close();
    });
    document.addEventListener("click", (event) => {
      const mark = markAt(event);
      if (mark && mark === owner && pinned) close();
      else if (mark) { show(mark, true); event.preventDefault(); }
      else if (owner && event.target.isConnected && !box.contains(event.target)) close();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && owner) close(true);
      const mark = markAt(event);
      if (mark && (event.key === "Enter" || event.key === " ")) {
        event.preventDefault();
        show(mark, true);
        box.focus({ preventScroll: true });
      }
    });
    addEventListener("scroll", () => { if (owner) place(); }, { passive: true });
    addEventListener("resize", () => { if (owner) place(); });
  }
  return { close, start: (drawItems) => { draw = drawItems; listen(); } };
})();

const recordOf = (claim) => el("section", {},
  chip(claim.k), el("p", { class: "quote" }, claim.t), facts(claim), sureness(claim), claim.r ? el("p", { class: "rule" }, claim.r) : null);

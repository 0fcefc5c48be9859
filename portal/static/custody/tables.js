// Tables on small screens. One that is wider than a narrow place becomes a list of cards, each value with its column's
// name (WCAG 1.4.10); one that says why it keeps both its dimensions (data-grid), or that is too wide for a wide place,
// becomes a region with a name that the keyboard scrolls. Without this script every wide table scrolls.
(() => {
  "use strict";
  const NARROW = 560;
  const LONG = 34;
  const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };

  const words = (cell) => (cell.dataset.label || cell.textContent).replace(/\s+/g, " ").trim();

  const heads = (table) => {
    const names = [];
    for (const head of table.tHead?.rows[table.tHead.rows.length - 1]?.cells ?? []) {
      for (let at = 0; at < head.colSpan; at += 1) names.push(words(head));
    }
    return names;
  };

  // Laying a table out as blocks takes its meaning from assistive technology: the roles give it back.
  const keepMeaning = (table) => {
    if (table.hasAttribute("role")) return;
    for (const part of [table, ...table.querySelectorAll("thead, tbody, tfoot, tr, td")]) {
      if (part.closest("table") === table) part.setAttribute("role", ROLES[part.tagName]);
    }
    for (const head of table.querySelectorAll("th")) {
      head.setAttribute("role", head.scope === "row" || head.scope === "rowgroup" ? "rowheader" : "columnheader");
    }
  };

  const nameCells = (table) => {
    const names = heads(table);
    for (const row of [...table.tBodies].flatMap((body) => [...body.rows])) {
      let at = 0;
      for (const cell of row.cells) {
        const whole = cell.colSpan > 1 || cell.tagName === "TH";
        if (!whole && names[at]) cell.dataset.label = names[at];
        if (whole || cell.textContent.trim().length > LONG) cell.classList.add("table__whole");
        at += cell.colSpan;
      }
    }
  };

  const toCards = (table) => {
    table.classList.add("table--cards");
    nameCells(table);
    keepMeaning(table);
  };

  const toRegion = (wrap) => {
    const name = wrap.querySelector("caption")?.textContent.replace(/\s+/g, " ").trim();
    wrap.tabIndex = 0;
    wrap.setAttribute("role", "region");
    wrap.dataset.region = "";
    if (!wrap.hasAttribute("aria-label") && !wrap.hasAttribute("aria-labelledby")) {
      wrap.setAttribute("aria-label", name || wrap.dataset.name || "Text that scrolls sideways");
    }
  };

  const undo = (wrap) => {
    wrap.querySelector(".table--cards")?.classList.remove("table--cards");
    if ("region" in wrap.dataset) {
      wrap.removeAttribute("tabindex");
      wrap.removeAttribute("role");
      delete wrap.dataset.region;
    }
  };

  const tooWide = (wrap) => wrap.scrollWidth > wrap.clientWidth;

  const PLACE = ".table-wrap, .code";
  const widths = new WeakMap();

  const fit = (wraps) => {
    wraps.forEach(undo);
    const wide = wraps.filter(tooWide);
    for (const wrap of wide) {
      const table = wrap.querySelector("table");
      if (table && wrap.clientWidth < NARROW && !table.dataset.grid) toCards(table);
    }
    wide.filter(tooWide).forEach(toRegion);
    wraps.forEach((wrap) => widths.set(wrap, wrap.clientWidth));
  };

  // A place changes its width with the window, and with the pane or fold that shows it.
  const sizes = new ResizeObserver((entries) =>
    fit(entries.map((entry) => entry.target).filter((wrap) => widths.get(wrap) !== wrap.clientWidth)));

  const arrive = (wraps) => {
    fit(wraps);
    wraps.forEach((wrap) => sizes.observe(wrap));
  };

  const placesIn = (element) => [element.closest(PLACE) ?? [], ...element.querySelectorAll(PLACE)].flat();

  // What a swap brings is fitted before anybody can look at it: htmx:load comes later.
  new MutationObserver((records) => {
    const added = records.flatMap((record) => [...record.addedNodes]).filter((node) => node.isConnected && node.closest);
    if (added.length) arrive([...new Set(added.flatMap(placesIn))]);
  }).observe(document.body, { childList: true, subtree: true });

  // Whoever puts a page into step in place takes away what was marked here, and says so.
  document.addEventListener("custody:changed", (event) => fit(placesIn(event.target)));

  arrive([...document.querySelectorAll(PLACE)]);
})();

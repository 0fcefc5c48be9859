// The search while somebody types: "/" leads to it, the arrows move, Enter opens, Esc leaves. What is typed is posted,
// so that it never stands in an address. Without this script the field leads to the page of results.
(() => {
  "use strict";
  const form = document.querySelector("form[data-suggest]");
  if (!form) return;
  const field = form.querySelector("#search");
  const box = form.querySelector("#search-found");
  const said = form.querySelector("#search-said");
  const PAUSE = 160;
  const OFF = "custody-key-off";
  let timer, asked, before;

  Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": "search-found", "aria-autocomplete": "list" })
    .forEach(([name, value]) => field.setAttribute(name, value));

  const options = () => [...box.querySelectorAll("[role=option]")];
  const marked = () => box.querySelector("[aria-selected=true]");

  const close = () => {
    window.clearTimeout(timer);
    asked?.abort();
    box.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };

  const mark = (option) => {
    marked()?.setAttribute("aria-selected", "false");
    if (!option) return field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  };

  const show = (html) => {
    box.innerHTML = html; // of our own server, which escapes what it quotes
    box.hidden = false;
    const found = options();
    field.setAttribute("aria-expanded", String(found.length > 0));
    mark(found.find((each) => "exact" in each.dataset));
    said.textContent = found.length ? `${found.length} found; use the arrows` : box.textContent.trim();
  };

  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(form.dataset.suggest, { method: "POST", body: new FormData(form), signal: asked.signal, redirect: "error" });
      if (answer.ok && document.activeElement === field) show(await answer.text());
    } catch (fault) {
      if (fault.name !== "AbortError") close(); // the page of results still answers to Enter
    }
  };

  const open = (option, event) => {
    if (event.ctrlKey || event.metaKey) window.open(option.dataset.href, "_blank", "noopener");
    else window.location.assign(option.dataset.href);
  };

  const move = (step) => {
    const found = options();
    if (box.hidden || !found.length) return;
    const at = found.indexOf(marked());
    mark(found[(at + step + (at < 0 && step < 0 ? 1 : 0) + found.length) % found.length]);
  };

  field.addEventListener("input", () => {
    window.clearTimeout(timer);
    if (field.value.trim().length < 2) return close();
    timer = window.setTimeout(ask, PAUSE);
  });

  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (box.hidden && field.value.trim().length > 1) ask();
      else move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !box.hidden && marked()) {
      event.preventDefault();
      open(marked(), event);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (!box.hidden) return close();
      field.value = "";
      (before?.isConnected ? before : document.getElementById("main"))?.focus();
    }
  });

  field.addEventListener("focus", (event) => (before = event.relatedTarget || before));
  form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || close());
  box.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  box.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) open(option, event);
  });

  // A key without Ctrl can be turned off on the help page (WCAG 2.1.4).
  const isOff = () => window.localStorage.getItem(OFF) === "1";
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || writing || isOff()) return;
    event.preventDefault();
    before = document.activeElement === document.body ? null : document.activeElement;
    field.focus();
    field.select();
  });

  const choice = document.querySelector("[data-search-key]");
  if (choice) {
    choice.hidden = false;
    choice.setAttribute("aria-pressed", String(!isOff()));
    choice.addEventListener("click", () => {
      window.localStorage.setItem(OFF, isOff() ? "" : "1");
      choice.setAttribute("aria-pressed", String(!isOff()));
    });
  }
})();

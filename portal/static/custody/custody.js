// The portal's own script: appearance, navigation on small screens, copying, and focus after htmx swaps.
// Every page works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const YEAR = 31536000;

  const say = (text) => {
    const status = document.getElementById("status");
    if (!status) return;
    const line = document.createElement("p");
    line.textContent = text;
    status.replaceChildren(line);
    window.setTimeout(() => line.remove(), 6000);
  };

  const choose = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    document.cookie = `theme=${theme};path=/;SameSite=Lax;max-age=${theme ? YEAR : 0}`;
    for (const button of document.querySelectorAll("[data-choose-theme]")) {
      button.setAttribute("aria-pressed", String(button.dataset.chooseTheme === theme));
    }
  };

  const toggleNav = (button) => {
    const open = document.getElementById("nav").classList.toggle("nav--open");
    button.setAttribute("aria-expanded", String(open));
  };

  const copy = async (button) => {
    await navigator.clipboard.writeText(button.dataset.copied);
    say("Copied");
  };

  const offerCopies = (within) => {
    for (const mark of within.querySelectorAll("[data-copy]")) {
      if (mark.closest("table")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.dataset.copied = mark.dataset.copy || mark.textContent;
      button.setAttribute("aria-label", `Copy ${mark.dataset.copyName || mark.textContent.trim()} in full`);
      mark.removeAttribute("data-copy");
      mark.after(button);
    }
  };

  const prepare = (within) => {
    if (within.querySelector(".error-summary") && !document.title.startsWith("Error: ")) document.title = `Error: ${document.title}`;
    offerCopies(within);
  };

  // After a swap: an error summary takes the focus, else what asks for it; a changed state is read out.
  const arrive = (target) => {
    prepare(target);
    const goal = target.querySelector(".error-summary") || target.querySelector("[data-focus]");
    if (goal) {
      goal.tabIndex = -1;
      goal.focus();
    }
    const news = target.matches("[data-say]") ? target : target.querySelector("[data-say]");
    if (news && news.dataset.say !== arrive.last) say((arrive.last = news.dataset.say));
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("chooseTheme" in button.dataset) choose(button.dataset.chooseTheme);
    else if (button.classList.contains("nav__toggle")) toggleNav(button);
    else if ("copied" in button.dataset) copy(button);
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector(".account[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  document.addEventListener("click", (event) => {
    const menu = document.querySelector(".account[open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
  });

  document.addEventListener("htmx:load", (event) => event.target !== document.body && arrive(event.target));
  document.addEventListener("htmx:responseError", (event) =>
    say(`The page could not be refreshed: the server answered ${event.detail.xhr.status}. Reload the page to try again.`));
  document.addEventListener("htmx:sendError", () => say("The server cannot be reached. What you see may be out of date."));

  document.addEventListener("submit", (event) => {
    // A second click must not send a binding form twice; the server refuses it as well.
    const form = event.target;
    if (form.dataset.sent && form.querySelector("[name=idempotency_key]")) event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((f) => delete f.dataset.sent));

  prepare(document);
  choose(root.dataset.theme || "");
  const summary = document.querySelector(".error-summary");
  if (summary) summary.focus();
})();

// The contract's editor while somebody types: the server's answer is put into the page piece by piece, so that the
// cursor, an open part and what was typed meanwhile stay as they are. Everything works without this script as well.
(() => {
  "use strict";
  let sent = new Map(); // what each control held when the last step was sent

  const valueOf = (control) => (control.type === "checkbox" || control.type === "radio" ? control.checked : control.value);

  const remember = (form) => {
    sent = new Map([...form.elements].filter((each) => each.id).map((each) => [each.id, valueOf(each)]));
  };

  const changedSince = (control) => control.id && sent.has(control.id) && sent.get(control.id) !== valueOf(control);

  // A control takes the server's value unless the author has changed it since the step was sent.
  const takeValue = (here, there) => {
    const [changed, mine, theirs] = [changedSince(here), valueOf(here), valueOf(there)];
    if (here.matches("select")) {
      if (here.innerHTML !== there.innerHTML) here.innerHTML = there.innerHTML;
      here.value = changed ? mine : theirs;
    } else if (changed || mine === theirs) return;
    else if (typeof theirs === "boolean") here.checked = theirs;
    else {
      const place = [here.selectionStart, here.selectionEnd];
      here.value = theirs;
      if (here === document.activeElement && place[0] !== null) here.setSelectionRange(...place);
    }
  };

  const isControl = (node) => node.matches("input:not([type=hidden]), select, textarea");

  const takeAttributes = (here, there) => {
    for (const { name, value } of [...there.attributes]) {
      if (name === "open" && !there.hasAttribute("data-bad")) continue; // what the author folded stays folded
      if (here.getAttribute(name) !== value) here.setAttribute(name, value);
    }
    const keep = new Set(["open", "tabindex", "role", "aria-label", "data-region", "value"]);
    for (const { name } of [...here.attributes]) if (!there.hasAttribute(name) && !keep.has(name)) here.removeAttribute(name);
  };

  const sameKind = (here, there) =>
    here && here.nodeType === there.nodeType && here.nodeName === there.nodeName && (here.id || "") === (there.id || "");

  const bring = (here, there) => {
    if (here.nodeType !== Node.ELEMENT_NODE) {
      if (here.data !== there.data) here.data = there.data;
      return;
    }
    if (here.isEqualNode(there) && !isControl(here) && !here.querySelector("input, select, textarea")) return;
    takeAttributes(here, there);
    if (isControl(here)) return takeValue(here, there);
    bringChildren(here, there);
  };

  const bringChildren = (here, there) => {
    const byId = new Map([...here.children].filter((each) => each.id).map((each) => [each.id, each]));
    let next = here.firstChild;
    for (const wanted of [...there.childNodes]) {
      const kept = wanted.id && byId.get(wanted.id);
      if (kept && sameKind(kept, wanted)) {
        if (kept === next) next = next.nextSibling;
        else here.insertBefore(kept, next);
        bring(kept, wanted);
      } else if (sameKind(next, wanted) && !next.id) {
        const now = next;
        next = next.nextSibling;
        bring(now, wanted);
      } else {
        const fresh = document.importNode(wanted, true);
        here.insertBefore(fresh, next);
        if (fresh.nodeType === Node.ELEMENT_NODE) window.htmx.process(fresh);
      }
    }
    while (next) {
      const gone = next;
      next = next.nextSibling;
      if (gone.parentNode === here) gone.remove();
    }
  };

  const land = (editor) => {
    const goal = editor.querySelector("[autofocus]");
    if (goal) {
      goal.removeAttribute("autofocus");
      for (let fold = goal.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      goal.focus();
    } else if (document.activeElement === document.body) editor.querySelector("#findings-title")?.focus();
  };

  const say = (editor) => {
    if (say.last === editor.dataset.say) return;
    say.last = editor.dataset.say;
    const status = document.getElementById("status");
    const line = document.createElement("p");
    line.textContent = say.last;
    status?.replaceChildren(line);
    window.setTimeout(() => line.remove(), 4000);
  };

  window.htmx.defineExtension("in-step", {
    isInlineSwap: (style) => style === "in-step",
    handleSwap: (style, target, fragment) => {
      if (style !== "in-step") return false;
      const fresh = fragment.querySelector("#editor");
      if (!fresh) return false;
      bring(target, fresh);
      target.dispatchEvent(new Event("custody:changed", { bubbles: true }));
      land(target);
      say(target);
      number();
      return [];
    },
  });

  // The line numbers follow the typing at once; the marks come with the server's answer.
  const number = () => {
    const yaml = document.getElementById("yaml");
    const gutter = document.getElementById("gutter");
    if (!yaml || !gutter) return;
    const lines = yaml.value.split("\n").length;
    for (let line = gutter.children.length; line < lines; line += 1) {
      const mark = document.createElement("span");
      mark.id = `L${line + 1}`;
      mark.dataset.line = line + 1;
      mark.textContent = line + 1;
      gutter.append(mark, "\n");
    }
    while (gutter.children.length > lines) {
      gutter.lastElementChild.nextSibling?.remove();
      gutter.lastElementChild.remove();
    }
    yaml.rows = lines;
  };

  const goTo = (line, column) => {
    document.querySelector("input[name=beside][value=yaml]").checked = true;
    const yaml = document.getElementById("yaml");
    const before = yaml.value.split("\n").slice(0, line - 1);
    const at = before.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
    yaml.focus();
    yaml.setSelectionRange(at, at);
    document.querySelector(`#gutter [data-line="${line}"]`)?.scrollIntoView({ block: "center" });
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    if (link) {
      event.preventDefault();
      goTo(Number(link.dataset.line), Number(link.dataset.column));
    } else if (event.target.matches(".lined__bad, .lined__warn")) goTo(Number(event.target.dataset.line), 1);
  });
  document.addEventListener("input", (event) => event.target.id === "yaml" && number());
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = document.getElementById("editor");
    if (form && form.contains(event.detail.elt)) remember(form);
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      const save = document.querySelector("#editor button[value=save]");
      if (save) {
        event.preventDefault();
        save.click();
      }
    }
  });
  number();
  const asked = location.hash.match(/^#L(\d+)$/);
  if (asked) window.addEventListener("load", () => window.setTimeout(() => goTo(Number(asked[1]), 1)));
})();

// Draws the Mermaid text of this frame. Strict: no callbacks, no HTML in labels, links to the portal's own pages only.
const byId = (id) => document.getElementById(id);
const [source, drawing, state] = [byId("source"), byId("drawing"), byId("state")];
const marks = JSON.parse(byId("marks").textContent);
const framed = window.parent !== window;
const outer = window.parent.document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

const palettes = {
  light: { node: "#f7f6f3", edge: "#585e66", text: "#1b2126", line: "#857f72", source: "#e3eef8", work: "#e1eef0", product: "#f6e9ef", job: "#eae9f8", gone: "#eceae5", failed: "#a31d18", foreign: "#7f4c00", declared: "#1a5685" },
  dark: { node: "#22282c", edge: "#a4abb2", text: "#e7e5e0", line: "#7b848c", source: "#132b40", work: "#15323a", product: "#371d2a", job: "#252449", gone: "#262b2f", failed: "#ff9f93", foreign: "#ecba61", declared: "#92c6f1" },
};
const shade = (kinds, fill) => kinds.map((kind) => `.kind-${kind} > .label-container`).join(",") + `{fill:${fill} !important}`;
const stroke = (kind, colour) => `.flowchart-link.edge-${kind}{stroke:${colour} !important;stroke-width:2px !important}`;

function settings(dark) {
  const colours = palettes[dark ? "dark" : "light"];
  return {
    startOnLoad: false,
    securityLevel: "strict",
    maxTextSize: 20000,
    maxEdges: 300,
    layout: "dagre",
    theme: "base",
    fontFamily: "system-ui, sans-serif",
    flowchart: { useMaxWidth: false, curve: "basis" },
    themeVariables: {
      darkMode: dark, fontSize: "13px", primaryColor: colours.node, primaryTextColor: colours.text,
      primaryBorderColor: colours.line, lineColor: colours.edge, edgeLabelBackground: colours.node,
      clusterBkg: "transparent", clusterBorder: colours.line, titleColor: colours.text,
    },
    themeCSS: [
      shade(["source", "ingest", "raw"], colours.source),
      shade(["transform", "feature", "vector", "model"], colours.work),
      shade(["product"], colours.product),
      shade(["job"], colours.job),
      shade(["gone"], colours.gone),
      ".strong > .label-container{stroke-width:2.5px !important}",
      ".kind-gone > .label-container{stroke-dasharray:4 3}",
      ...["failed", "foreign", "declared"].map((kind) => stroke(kind, colours[kind])),
    ].join(""),
  };
}

let drawn = 0;
async function draw() {
  const chosen = outer.dataset.theme;
  document.documentElement.style.colorScheme = chosen || "";
  const dark = chosen ? chosen === "dark" : system.matches;
  const { default: mermaid } = await import(source.dataset.mermaid);
  mermaid.initialize(settings(dark));
  const { svg } = await mermaid.render(`lineage-${++drawn}`, source.textContent);
  drawing.innerHTML = svg;
  mark(drawing.firstElementChild);
  state.hidden = true;
  document.querySelector(".tools").hidden = false;
  document.querySelector(".alone").hidden = framed;
  resize(drawing.classList.contains("fit") ? "fit" : "");
  centre(drawing.querySelector(".strong"));
  document.documentElement.dataset.drawn = "yes";
}

// strict Mermaid takes a link's target away; here every link leads the page, not the frame
function mark(svg) {
  for (const link of svg.querySelectorAll("a")) {
    link.setAttribute("target", "_top");
    const label = link.querySelector(".nodeLabel")?.textContent;
    if (label) link.setAttribute("aria-label", label);
  }
  for (const { from, to, kind } of marks.edges)
    svg.querySelector(`path[data-id^="L_${from}_${to}_"]`)?.classList.add(`edge-${kind}`);
  for (const id of marks.strong) svg.querySelector(`g.node[id*="flowchart-${id}-"]`)?.classList.add("strong");
  for (const each of marks.links) badge(svg, each);
}

function badge(svg, { node, side, text, title, url }) {
  const box = svg.querySelector(`g.node[id*="flowchart-${node}-"]`);
  if (!box) return;
  const shape = box.querySelector(".label-container").getBBox();
  const [width, x] = [34, side === "before" ? shape.x : shape.x + shape.width];
  const link = element("a", { class: "more", href: url, target: "_top", "aria-label": title, transform: (box.hasAttribute("transform") ? box : box.closest("a")).getAttribute("transform") });
  link.append(element("title", {}, title));
  link.append(element("rect", { x: x - width / 2, y: shape.y - 12, width, height: 24, rx: 12 }));
  link.append(element("text", { x, y: shape.y + 4 }, text));
  box.closest("g.nodes").append(link);
}

function element(name, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

// sizes: fitted to the frame, as drawn, or a step larger or smaller
let scale = 1;
function resize(how) {
  const svg = drawing.firstElementChild;
  if (how === "in") scale = Math.min(scale * 1.25, 4);
  if (how === "out") scale = Math.max(scale / 1.25, 0.2);
  if (how === "real" || how === "fit") scale = 1;
  if (how) drawing.classList.toggle("fit", how === "fit");
  svg.setAttribute("width", svg.viewBox.baseVal.width * scale);
  for (const button of document.querySelectorAll("[data-zoom]"))
    button.setAttribute("aria-pressed", String(button.dataset.zoom === (drawing.classList.contains("fit") ? "fit" : scale === 1 ? "real" : "")));
  drawing.style.maxHeight = "none";
  const tall = Math.max(160, Math.min(drawing.offsetTop + drawing.scrollHeight + 8, 680));
  if (window.frameElement) window.frameElement.style.height = `${tall}px`;
  drawing.style.maxHeight = `calc(100vh - ${drawing.offsetTop + 2}px)`;
}

// a drawing that is larger than the frame begins at the node that it is about
function centre(node) {
  if (!node) return;
  const [inner, outerBox] = [node.getBoundingClientRect(), drawing.getBoundingClientRect()];
  drawing.scrollLeft += inner.left + inner.width / 2 - outerBox.left - outerBox.width / 2;
  drawing.scrollTop += inner.top + inner.height / 2 - outerBox.top - outerBox.height / 2;
}

function failed(error) {
  drawing.innerHTML = "";
  state.hidden = true;
  const sentence = document.createElement("p");
  sentence.className = "failed";
  sentence.textContent = `The diagram could not be drawn (${error.message}). The table below has the same edges.`;
  drawing.append(sentence);
}

const redraw = () => draw().catch(failed);
for (const button of document.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => resize(button.dataset.zoom));
system.addEventListener("change", redraw);
new MutationObserver(redraw).observe(outer, { attributeFilter: ["data-theme"] });
await redraw();

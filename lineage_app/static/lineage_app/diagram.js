// Draws the Mermaid text of this frame. Strict: no callbacks, no HTML in labels, links to the portal's own pages only.
const source = document.getElementById("source");
const drawing = document.getElementById("drawing");
const chosen = window.parent.document.documentElement.dataset.theme;
if (chosen) document.documentElement.style.colorScheme = chosen;
const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

const colours = dark
  ? { node: "#22282c", edge: "#a4abb2", text: "#e7e5e0", line: "#7b848c", source: "#132b40", work: "#15323a", product: "#371d2a" }
  : { node: "#f7f6f3", edge: "#585e66", text: "#1b2126", line: "#857f72", source: "#e3eef8", work: "#e1eef0", product: "#f6e9ef" };
const shade = (kinds, fill) => kinds.map((kind) => `.kind-${kind} > rect`).join(",") + `{fill:${fill} !important}`;

try {
  const { default: mermaid } = await import(source.dataset.mermaid);
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    maxTextSize: 20000,
    maxEdges: 300,
    theme: "base",
    fontFamily: "system-ui, sans-serif",
    flowchart: { useMaxWidth: false, curve: "basis" },
    themeVariables: {
      darkMode: dark, fontSize: "13px", primaryColor: colours.node, primaryTextColor: colours.text,
      primaryBorderColor: colours.line, lineColor: colours.edge, edgeLabelBackground: colours.node,
    },
    themeCSS: [
      shade(["source", "ingest", "raw"], colours.source),
      shade(["transform", "feature", "vector", "model"], colours.work),
      shade(["product"], colours.product),
    ].join(""),
  });
  const { svg } = await mermaid.render("lineage", source.textContent);
  drawing.innerHTML = svg;
  // strict Mermaid takes a link's target away; here every link leads the page, not the frame
  for (const link of drawing.querySelectorAll("a")) link.setAttribute("target", "_top");
  document.documentElement.dataset.drawn = "yes";
  const tall = drawing.firstElementChild.getBoundingClientRect().height + 28;
  if (window.frameElement) window.frameElement.style.height = `${Math.max(120, Math.min(tall, 640))}px`;
} catch (error) {
  drawing.innerHTML = "";
  const sentence = document.createElement("p");
  sentence.className = "failed";
  sentence.textContent = `The diagram could not be drawn (${error.message}). The table below has the same edges.`;
  drawing.append(sentence);
}

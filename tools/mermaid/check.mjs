// Parse and lay out Mermaid texts with mermaid itself: `node check.mjs generated/`.
// Prints every text that mermaid refuses; exits with 1 if there is one, with 2 if there is nothing to check.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";
import { filesOf } from "./files.mjs";

// Mermaid cleans labels with DOMPurify, which needs a document even to parse.
const { window } = new JSDOM("<!DOCTYPE html><body></body>", { pretendToBeVisual: true });
globalThis.window = window;
globalThis.document = window.document;
// There is no screen to measure on. Any size will do to see whether a layout exists: some diagrams parse, and then
// make mermaid fail while it places them.
const size = { x: 0, y: 0, top: 0, left: 0, right: 120, bottom: 40, width: 120, height: 40 };
window.SVGElement.prototype.getBBox = () => size;
window.SVGElement.prototype.getComputedTextLength = () => size.width;
window.SVGElement.prototype.getTotalLength = () => size.width;
window.SVGElement.prototype.getPointAtLength = () => ({ x: 0, y: 0 });
window.Element.prototype.getBoundingClientRect = () => size;
for (const name of ["requestAnimationFrame", "getComputedStyle", "DOMParser", "Element", "SVGElement", "CSSStyleSheet"]) {
  globalThis[name] ??= window[name];
}
const { default: mermaid } = await import("mermaid");

// GitHub's limits, which are mermaid's defaults; a diagram beyond them parses and is then not drawn.
const limits = { maxTextSize: 50_000, maxEdges: 500 };
mermaid.initialize({ startOnLoad: false, securityLevel: "strict", suppressErrorRendering: true, ...limits });

let bad = 0;
const files = filesOf(process.argv.slice(2), ".mmd");
for (const file of files) {
  const text = readFileSync(file, "utf8");
  try {
    await mermaid.parse(text);
    await mermaid.render(`diagram${files.indexOf(file)}`, text);
    if (text.length > limits.maxTextSize) console.error(`${file}: longer than GitHub draws, ${text.length} characters`);
  } catch (error) {
    bad += 1;
    console.error(`${file}: ${error.message}`);
  }
}
console.log(`${files.length - bad} of ${files.length} Mermaid texts parse and have a layout`);
process.exit(bad === 0 ? 0 : 1);

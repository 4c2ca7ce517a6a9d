// Parse Mermaid texts with mermaid itself: `node check.mjs generated/`.
// Prints every text that mermaid refuses; exits with 1 if there is one, with 2 if there is nothing to parse.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";
import { filesOf } from "./files.mjs";

// Mermaid cleans labels with DOMPurify, which needs a document even to parse.
const { window } = new JSDOM("<!DOCTYPE html><body></body>");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");

// GitHub's limits, which are mermaid's defaults; a diagram beyond them parses and is then not drawn.
const limits = { maxTextSize: 50_000, maxEdges: 500 };
mermaid.initialize({ startOnLoad: false, securityLevel: "strict", ...limits });

let bad = 0;
const files = filesOf(process.argv.slice(2), ".mmd");
for (const file of files) {
  const text = readFileSync(file, "utf8");
  try {
    await mermaid.parse(text);
    if (text.length > limits.maxTextSize) console.error(`${file}: longer than GitHub draws, ${text.length} characters`);
  } catch (error) {
    bad += 1;
    console.error(`${file}: ${error.message}`);
  }
}
console.log(`${files.length - bad} of ${files.length} Mermaid texts parse`);
process.exit(bad === 0 ? 0 : 1);

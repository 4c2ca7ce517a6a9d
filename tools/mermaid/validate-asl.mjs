// Validate state machine definitions with asl-validator: `node validate-asl.mjs generated/`.
// Prints every definition that it refuses and why; exits with 1 if there is one, with 2 if there is nothing to validate.
import { readFileSync } from "node:fs";
import aslValidator from "asl-validator";
import { filesOf } from "./files.mjs";

// Placeholders are replaced when the definition is deployed; the validator is shown what could then stand there.
const PLACEHOLDER = /[$#]\{[^{}]*\}/g;
const NUMBERS = /^(.*Seconds|MaxAttempts|MaxConcurrency|BackoffRate|MaxItems.*|Tolerated.*)$/;

function deployed(value, key) {
  if (Array.isArray(value)) return value.map((item) => deployed(item));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, deployed(item, name)]));
  }
  if (typeof value !== "string" || value.search(PLACEHOLDER) < 0) return value;
  if (NUMBERS.test(key) && value.replace(PLACEHOLDER, "") === "") return 1;
  if (key !== "Resource") return value;
  if (!value.startsWith("arn:")) return "arn:aws:lambda:us-east-1:123456789012:function:name";
  const fields = value.replace(PLACEHOLDER, (text) => text.replaceAll(":", "")).split(":");
  const plausible = ["arn", "aws", "lambda", "us-east-1", "123456789012"];
  return fields.map((field, i) => field.replace(PLACEHOLDER, plausible[i] ?? "name")).join(":");
}

/** What is wrong with a definition, or null. */
function judge(definition) {
  try {
    const { isValid, errorsText } = aslValidator(deployed(definition));
    return isValid ? null : errorsText("\n  ");
  } catch (error) {
    return `asl-validator gave up: ${error.message}`;
  }
}

let bad = 0;
const files = filesOf(process.argv.slice(2), ".asl.json");
for (const file of files) {
  const problem = judge(JSON.parse(readFileSync(file, "utf8")));
  if (problem !== null) {
    bad += 1;
    console.error(`${file}: ${problem}`);
  }
}
console.log(`${files.length - bad} of ${files.length} definitions are valid`);
process.exit(bad === 0 ? 0 : 1);

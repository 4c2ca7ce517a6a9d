// Validate state machine definitions with asl-validator: `node validate-asl.mjs generated/`.
// Prints every definition that it refuses and why; exits with 1 if there is one, with 2 if there is nothing to validate.
import { readFileSync } from "node:fs";
import aslValidator from "asl-validator";
import { filesOf } from "./files.mjs";

// A placeholder is replaced when the definition is deployed; until then it stands where an ARN will.
const holdsPlaceholder = (definition) => /"Resource": "[^"]*[$#]\{/.test(JSON.stringify(definition, null, 1));

/** What is wrong with a definition, or null. */
function judge(definition) {
  try {
    const options = { checkPaths: true, checkArn: !holdsPlaceholder(definition) };
    const { isValid, errorsText } = aslValidator(definition, options);
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

// The files that a command line means: files as they are, directories with everything below them that ends alike.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** All files named by the arguments, sorted; exits with 2 where an argument names nothing. */
export function filesOf(args, ending) {
  const found = new Set();
  for (const arg of args) {
    let what;
    try {
      what = statSync(arg);
    } catch {
      console.error(`${arg}: no such file or directory`);
      process.exit(2);
    }
    if (!what.isDirectory()) {
      found.add(arg);
      continue;
    }
    for (const name of readdirSync(arg, { recursive: true })) {
      if (name.endsWith(ending)) found.add(join(arg, name));
    }
  }
  if (found.size === 0) {
    console.error(`no ${ending} file among the arguments`);
    process.exit(2);
  }
  return [...found].sort();
}

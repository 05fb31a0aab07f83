// Checks one AsyncAPI document. Exit 0: valid (warnings are printed); 1: errors in the document; 2: wrong use.
// Usage: node validate.mjs FILE
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import { Parser } from "@asyncapi/parser";

const ERROR = 0;
const LEVELS = ["error", "warning", "info", "hint"];

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error("usage: node validate.mjs FILE");
  process.exit(2);
}

let text;
try {
  text = await readFile(file, "utf8");
} catch (error) {
  console.error(`${file}: cannot be read (${error.code})`);
  process.exit(2);
}

// The file's own address lets relative references ("schemas/transaction.json") resolve.
const diagnostics = await new Parser().validate(text, { source: pathToFileURL(resolve(file)).pathname });
for (const { severity, path, message, range } of diagnostics) {
  const line = range === undefined ? "?" : range.start.line + 1;
  console.log(`${file}:${line}: ${LEVELS[severity]}: ${path.join(".")}: ${message}`);
}
const errors = diagnostics.filter(({ severity }) => severity === ERROR).length;
console.log(`${file}: ${errors} errors, ${diagnostics.length - errors} other findings`);
process.exit(errors === 0 ? 0 : 1);

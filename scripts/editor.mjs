// Lays out CodeMirror's modules so that a browser finds them: they import one another by the names of packages, which
// a browser looks up in a map that would have to stand in the page, where the policy allows no script. So each import
// becomes a relative address. Nothing else is changed and nothing is joined. Run once at setup (bootstrap.py).
//
//     node scripts/editor.mjs <folder to write>

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGES = join(dirname(fileURLToPath(import.meta.url)), "..", "node_modules");
const BEGIN = ["state", "view", "commands", "language", "autocomplete", "lint", "search", "lang-yaml"].map((name) => `@codemirror/${name}`);
const IMPORT = /\b((?:import|export)\b[^'";]*?\bfrom\s*|\bimport\s*)(['"])([^'"]+)\2/g;

/** "@codemirror/lang-yaml" is served as "codemirror-lang-yaml.js". */
const fileOf = (name) => `${name.replace(/^@/, "").replaceAll("/", "-")}.js`;

function moduleOf(name) {
  const about = JSON.parse(readFileSync(join(PACKAGES, name, "package.json"), "utf8"));
  const path = about.exports?.import ?? about.exports?.["."]?.import ?? about.module ?? about.main;
  return readFileSync(join(PACKAGES, name, path), "utf8");
}

const [target] = process.argv.slice(2);
const fresh = `${target}.new`;
rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });
const wanted = [...BEGIN, "@lezer/highlight"];
for (const name of wanted) {
  const text = moduleOf(name).replace(IMPORT, (whole, before, quote, from) => {
    if (from.startsWith(".")) throw new Error(`${name} has more than one file: ${from}`);
    if (!wanted.includes(from)) wanted.push(from);
    return `${before}${quote}./${fileOf(from)}${quote}`;
  });
  writeFileSync(join(fresh, fileOf(name)), text.replace(/^\/\/# sourceMappingURL=.*$/m, ""));
}
rmSync(target, { recursive: true, force: true });
renameSync(fresh, target);

// Writing a definition: saved without leaving the page, checked while one writes, nothing lost by a closed window.
// Works on the page's plain field; editor.js puts a better one in its place where it can be loaded.

const WAIT_MS = 400; // after the last letter
const AGAIN_MS = 5000; // after a check that did not get through

const form = document.getElementById("definition");
const field = document.getElementById("text");
const list = document.getElementById("findings");
const state = document.getElementById("check-state");
const saved = document.getElementById("saved");
const { own: said, library } = JSON.parse(document.getElementById("editor-words").textContent);

/** What the page has: its own field until a better one is there. */
let writing = {
  text: () => field.value,
  goTo(line, column) {
    const at = field.value.split("\n").slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
    field.focus();
    field.setSelectionRange(at, at);
  },
  show() {},
};
let kept = form.hasAttribute("data-unsaved") ? null : field.value;
let known = {};
let timer = 0;
let asking = null;
let leaving = false;
let busy = false;

const isChanged = () => writing.text() !== kept;

function tellSaved() {
  saved.textContent = isChanged() ? said.unsaved : "";
}

function changed() {
  if (!busy) tellSaved();
  clearTimeout(timer);
  timer = setTimeout(check, WAIT_MS);
}

async function check() {
  asking?.abort();
  asking = new AbortController();
  const mine = asking;
  const text = writing.text();
  const late = setTimeout(() => (state.textContent = said.checking), 500);
  try {
    const body = new URLSearchParams({ text, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    const answer = await fetch(form.dataset.check, { method: "POST", body, signal: mine.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    if (mine.signal.aborted || text !== writing.text()) return;
    if (found.names) known = found.names;
    show(found.findings);
  } catch {
    if (mine.signal.aborted) return;
    state.textContent = said.unchecked;
    timer = setTimeout(check, AGAIN_MS);
  } finally {
    clearTimeout(late);
  }
}

function show(findings) {
  list.replaceChildren(...findings.map(lineOf));
  list.dataset.checked = String(Number(list.dataset.checked ?? 0) + 1);
  state.textContent = findings.length ? "" : said.none;
  writing.show(findings);
}

function lineOf(finding) {
  const item = document.createElement("li");
  item.className = `ops-finding ops-finding-${finding.level === "fault" ? "fault" : "doubt"}`;
  const level = document.createElement("span");
  level.className = "visually-hidden";
  level.textContent = finding.level === "fault" ? said.fault : said.doubt;
  const sign = document.querySelector(`#finding-signs [data-level="${finding.level === "fault" ? "fault" : "doubt"}"] svg`);
  const body = document.createElement("span");
  body.className = "ops-finding-body";
  const go = document.createElement("button");
  go.type = "button";
  go.className = "link number";
  go.textContent = said.place.replace("%(line)s", finding.line).replace("%(column)s", finding.column);
  go.addEventListener("click", () => writing.goTo(finding.line, finding.column));
  const words = document.createElement("span");
  words.textContent = finding.message;
  body.append(go, words);
  item.append(...(sign ? [sign.cloneNode(true)] : []), level, body);
  return item;
}

async function save() {
  if (busy) return;
  busy = true;
  const text = writing.text();
  field.value = text;
  saved.textContent = said.saving;
  let words = said.unsaved_cut;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" } });
    if (answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json")) {
      const done = await answer.json();
      for (const number of document.querySelectorAll("input[name=draft]")) number.value = done.draft;
      kept = text;
      words = done.said;
    } else {
      // Somebody else saved meanwhile, it is too long, or one has to sign in again: the page itself says what to do.
      leaving = true;
      form.submit();
      return;
    }
  } catch {
    // The connection is cut; the words say so.
  }
  busy = false;
  saved.textContent = text === writing.text() || words !== said.saving ? words : said.unsaved;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    save();
  }
});
field.addEventListener("input", changed);
addEventListener("beforeunload", (event) => {
  if (!leaving && isChanged()) event.preventDefault();
});
// Another text takes the place of the draft: what was not saved would be gone without a word.
for (const other of document.querySelectorAll("form")) {
  if (other !== form) other.addEventListener("submit", () => (leaving ||= !isChanged()));
}
document.querySelector("[data-check-button]").hidden = true;

try {
  const { mount } = await import("./editor.js");
  writing = await mount({
    field,
    place: document.getElementById("editor"),
    nonce: form.dataset.nonce,
    schema: form.dataset.schema,
    said,
    library,
    known: () => known,
    changed,
    save,
  });
} catch (problem) {
  console.warn("The text editor could not be loaded; the plain field stays.", problem);
}
const asked = /^#L(\d+):(\d+)$/.exec(location.hash);
if (asked) writing.goTo(Number(asked[1]), Number(asked[2]));
form.dataset.ready = "";
check();

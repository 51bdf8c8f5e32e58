// The desk: the dialog that asks, typed words that survive a refresh, scroll and focus that stay, one act a
// press, undo that runs out. Acts themselves are plain forms that htmx sends; rules live on the server.
import { toast } from "../look/toast.js";
import { addKey } from "../look/keys.js";
import { now } from "../look/time.js";

const main = () => PARTS.map((id) => document.getElementById(id)).find((part) => part && part.id !== "queue");
const ask = () => document.getElementById("ask");
const PARTS = ["now", "queue", "overview", "calendar"];
const SETTLE_MS = 450;

// --- The dialog ------------------------------------------------------------------------------------

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "ask-body") return;
  const dialog = ask();
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  showChosen(dialog);
  const first =
    dialog.querySelector("[autofocus]") ||
    dialog.querySelector(".dialog-body :is(input:not([type=hidden]), select, textarea, button)") ||
    dialog.querySelector("[data-dialog-close]");
  first?.focus();
});

// Before anything else of the answer happens: a toast must not open inside a dialog that goes away.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const form = event.target.closest?.("form");
  const { xhr, requestConfig } = event.detail;
  if (!form?.closest("#ask") || requestConfig.verb !== "post" || "stays" in form.dataset) return;
  if (xhr.status !== 422) ask().close();
});

// Answers marked as fresh show the present state: they are taken even after a refusal.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.getResponseHeader("X-Desk") !== "fresh") return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-shows]")) showChosen(event.target.form);
});

/** Of the fields of a choice, show those that belong to the chosen answer. */
function showChosen(within) {
  const chosen = within.querySelector("[data-shows] input:checked")?.value;
  if (!chosen) return;
  for (const part of within.querySelectorAll("[data-shown-for]")) {
    part.hidden = part.dataset.shownFor !== chosen;
    for (const field of part.querySelectorAll("select, input")) field.disabled = part.hidden;
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

document.addEventListener("submit", (event) => {
  const field = event.target.closest(".find")?.querySelector("input");
  if (!field) return;
  // Afterwards the keys are the page's again: a dialog gives the focus back to whoever had it.
  main()?.focus({ preventScroll: true });
  setTimeout(() => (field.value = ""), 50);
});

// --- What is said ----------------------------------------------------------------------------------

document.addEventListener("said", (event) => {
  const { text, tone } = event.detail;
  // The strip with the undo shows it already; it is only read out then.
  requestAnimationFrame(() => {
    if (tone === "bad" || !document.querySelector(".undo")) toast(text, { tone });
    else document.getElementById("spoken").textContent = text;
  });
});

function endUndo() {
  for (const strip of document.querySelectorAll("[data-undo-until]")) {
    if (Date.parse(strip.dataset.undoUntil) <= now()) strip.remove();
  }
}
setInterval(endUndo, 500);

// --- Nothing typed is lost, nothing jumps ----------------------------------------------------------

const drafts = new Map();
const scrolls = new Map();

function keepDraft(form) {
  if (!form?.dataset.draft) return;
  drafts.clear();
  drafts.set(form.dataset.draft, {
    note: form.elements.note?.value || "",
    outcome: new FormData(form).get("outcome"),
  });
}

function giveBackDraft() {
  const form = document.querySelector("form[data-draft]");
  const draft = form && drafts.get(form.dataset.draft);
  if (!draft) return;
  form.elements.note.value = draft.note;
  for (const radio of form.querySelectorAll('[name="outcome"]')) radio.checked = radio.value === draft.outcome;
}

document.addEventListener("input", (event) => keepDraft(event.target.form));
document.addEventListener("change", (event) => keepDraft(event.target.form));

function keepScroll() {
  for (const part of document.querySelectorAll("[data-keep-scroll]")) scrolls.set(part.id, part.scrollTop);
}

function giveBackScroll() {
  for (const part of document.querySelectorAll("[data-keep-scroll]")) part.scrollTop = scrolls.get(part.id) || 0;
}

let search = "";
for (const name of ["htmx:beforeSwap", "htmx:oobBeforeSwap"]) {
  document.addEventListener(name, (event) => {
    // Kept before every swap, as it is given back after every one: a dialog that opens moves no list.
    keepScroll();
    if (!PARTS.includes((event.detail.target || event.target)?.id)) return;
    search = document.getElementById("find")?.value || "";
  });
}
for (const name of ["htmx:afterSwap", "htmx:oobAfterSwap"]) {
  document.addEventListener(name, () => {
    giveBackScroll();
    giveBackDraft();
    const field = document.getElementById("find");
    if (field && search && !field.value) field.value = search;
  });
}

// A tab is another list: it starts at its top.
document.addEventListener("click", (event) => {
  if (event.target.closest(".tab, .lists-switch .chip")) setTimeout(() => scrolls.clear());
});

// --- Focus, title, and no press that was meant for what stood there before ---------------------------

let settled = 0;

/** htmx says the end of a request to its element, and nobody hears that when a refresh has taken the element away. */
const atEnd = (xhr, then) => xhr.addEventListener("loadend", then, { once: true });

document.addEventListener("htmx:beforeSend", (event) => {
  const { requestConfig, target, xhr } = event.detail;
  if (requestConfig?.verb !== "post" || !PARTS.includes(target?.id)) return;
  atEnd(xhr, () => {
    // Without an answer (status 0) nothing has moved, and the same press may be tried again at once.
    if (!xhr.status) return;
    settled = performance.now() + SETTLE_MS;
    if (!document.querySelector("dialog[open]")) main()?.focus({ preventScroll: true });
  });
});

document.addEventListener("htmx:afterSettle", () => {
  const part = document.getElementById("now");
  if (part?.dataset.title) document.title = document.title.replace(/^.*(?= · )/, part.dataset.title);
  const lost = document.activeElement === document.body || !document.activeElement;
  if (lost && !document.querySelector("dialog[open]")) main()?.focus({ preventScroll: true });
});

// Between the key that opens the dialog and its coming, keys belong to the dialog: none reaches the page.
let asking = 0;
document.addEventListener("htmx:beforeSend", (event) => {
  if (event.detail.target?.id !== "ask-body") return;
  asking += 1;
  atEnd(event.detail.xhr, () => (asking -= 1));
});

// The second of two quick presses would hit the next customer's button.
function tooSoon(event) {
  if (event.type === "keydown" && asking > 0 && !ask()?.open) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  // In the calendar no next customer comes under the key.
  if (performance.now() > settled || document.getElementById("calendar")) return;
  const act = event.type === "click" ? event.target.closest("#now :is(button, label)") : ["Enter", " "].includes(event.key);
  if (!act || (event.type === "keydown" && event.target.closest("dialog, input, textarea"))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}
document.addEventListener("keydown", tooSoon, true);
document.addEventListener("click", (event) => event.isTrusted && event.detail > 0 && tooSoon(event), true);

// --- Keys ------------------------------------------------------------------------------------------

const words = document.getElementById("spoken")?.dataset || {};

addKey("/", words.find, () => document.getElementById("find")?.focus());
addKey("l", words.list, () => document.querySelector(".tab[aria-current]")?.focus());

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.(".lists-tabs .tab");
  const row = event.target.closest?.(".row");
  if (event.key === "Escape" && event.target.id === "find") {
    event.target.value = "";
    main()?.focus();
  } else if (tab && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
    const tabs = [...document.querySelectorAll(".lists-tabs .tab")];
    const step = event.key === "ArrowRight" ? 1 : -1;
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
    event.preventDefault();
  } else if ((tab || row) && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const rows = [...document.querySelectorAll(".row-open")];
    const at = row ? rows.indexOf(row.querySelector(".row-open")) : -1;
    const to = at + (event.key === "ArrowDown" ? 1 : -1);
    (rows[to] || (to < 0 && document.querySelector(".tab[aria-current]")) || rows.at(-1))?.focus();
    event.preventDefault();
  }
});

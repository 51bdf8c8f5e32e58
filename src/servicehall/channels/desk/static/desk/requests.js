// Requests at the desk by keyboard: what comes first has the focus, services are found by typing, arrows move among
// choices, Escape leaves a field so that keys act again. What is asked and what may be done is the server's to say.
import { addKey } from "../look/keys.js";

const search = document.querySelector("[data-service-search]");
const services = [...document.querySelectorAll("[data-words]")];

/** The choices of the page that can be seen, in order. */
const choices = () =>
  [...document.querySelectorAll(".requests-services button, .flow-options button")].filter((one) => one.getClientRects().length);

function find() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const one of services) {
    const text = one.dataset.words.toLowerCase();
    one.hidden = !words.every((word) => text.includes(word));
  }
  document.querySelector("[data-service-none]").hidden = choices().length > 0;
}

search?.addEventListener("input", find);
// A browser that brings the page back has kept what was typed.
if (search?.value) find();

function move(event, by) {
  const all = choices();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  if (at < 0 && document.activeElement !== search) return;
  event.preventDefault();
  if (at + by < 0) search?.focus();
  else (all[at + by] || all.at(-1)).focus();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowRight") {
    if (event.target !== search || event.key === "ArrowDown") move(event, 1);
  } else if (event.key === "ArrowUp" || event.key === "ArrowLeft") {
    if (event.target !== search || event.key === "ArrowUp") move(event, -1);
  } else if (event.key === "Enter" && event.target === search) {
    event.preventDefault();
    choices()[0]?.click();
  } else if (event.key === "Enter" && event.ctrlKey && event.target.closest?.("#flow")) {
    // In a field of several lines Enter alone begins a line.
    event.preventDefault();
    document.querySelector("button[form=flow]")?.click();
  } else if (event.key === "Escape" && event.target.closest?.("#main :is(input, textarea, select)")) {
    // The next Escape is the page's own.
    event.preventDefault();
    event.stopImmediatePropagation();
    document.getElementById("main").focus({ preventScroll: true });
  }
}, true);

const number = document.getElementById("r-number");
if (number) addKey("/", number.labels[0].textContent.trim(), () => number.focus());

const flow = document.getElementById("flow");
if (flow && !document.querySelector("[data-error-summary]")) {
  const first =
    flow.querySelector("input:not([type=hidden]), select, textarea") ||
    flow.querySelector("[aria-current], .flow-options button, button[form=pay]") ||
    document.querySelector("button[form=flow]");
  // The customer's own judgement: no face is a key press away.
  const asks = flow.querySelector(".flow-faces") ? flow.querySelector("h1") : first;
  asks?.focus({ preventScroll: true });
}

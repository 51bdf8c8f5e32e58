// The rating tablet: starts over when nobody touches it, after a warning that can be answered (WCAG 2.2.1).
import { reset } from "../look/prefs.js";

const QUIET_S = 20;
const WARNING_S = 20;
const THANKS_S = 5;
const dialog = document.getElementById("still-there");
let touched = Date.now();
let warned = 0;
let thanked = 0;

const step = () => document.getElementById("rate")?.dataset.step;
const used = () => step() === "more" || location.search.includes("lang=") || document.documentElement.dataset.size;

function startOver() {
  reset();
  location.replace(document.documentElement.dataset.rate);
}

function goOn() {
  touched = Date.now();
  warned = 0;
  if (dialog.open) dialog.close();
}

for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, goOn);
dialog.addEventListener("cancel", goOn);
document.addEventListener("htmx:afterSwap", () => {
  thanked = step() === "thanks" ? Date.now() : 0;
  touched = Date.now();
  document.querySelector("#rate h1")?.setAttribute("tabindex", "-1");
  document.querySelector("#rate h1")?.focus();
});

setInterval(() => {
  const moment = Date.now();
  if (thanked && moment - thanked > THANKS_S * 1000) return startOver();
  if (thanked || !used()) return;
  if (warned) {
    const left = Math.ceil(WARNING_S - (moment - warned) / 1000);
    dialog.querySelector("[data-countdown]").textContent = Math.max(0, left);
    if (left <= 0) startOver();
  } else if (moment - touched > QUIET_S * 1000) {
    warned = moment;
    dialog.querySelector("[data-countdown]").textContent = WARNING_S;
    dialog.showModal();
  }
}, 250);

// Forms: one press is one submission, the pressed button shows that it works, a hidden idempotency_key is
// filled, the error summary takes the focus. data-plain on a form leaves it alone; number steppers live here too.

/** A random UUID, also where crypto.randomUUID is missing (plain http on a local network). */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function fillKeys(within = document) {
  for (const field of within.querySelectorAll?.('input[name="idempotency_key"]') || []) {
    if (!field.value) field.value = uuid();
  }
}

// The key stays the same for a repeated attempt and is new after an answer: only then is it another act.
function renewKey(form) {
  const field = form.querySelector('input[name="idempotency_key"]');
  if (field) field.value = uuid();
}

function busy(form, button, on) {
  form.dataset.busy = on ? "yes" : "";
  if (!button) return;
  if (on) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
}

function release(form) {
  busy(form, null, false);
  for (const button of form.querySelectorAll('[aria-busy="true"]')) button.removeAttribute("aria-busy");
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || "plain" in form.dataset || form.method === "dialog") return;
    if (form.dataset.busy) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    fillKeys(form);
    const button = event.submitter || form.querySelector("button:not([type=button]), input[type=submit]");
    // After this turn, so that the button's own name and value are still sent.
    setTimeout(() => {
      if (!event.defaultPrevented || form.matches("[hx-post], [hx-get], [hx-put], [hx-delete], [hx-patch]")) {
        busy(form, button, true);
      }
    });
  },
  true,
);

// Answers of htmx: the form is free again, a refused one keeps its key for the next attempt.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form") || event.target;
  if (!(form instanceof HTMLFormElement)) return;
  setTimeout(() => release(form));
  if (event.detail.successful) renewKey(form);
});

// A page that comes back from the browser's memory is not busy any more.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-busy]")) {
    release(form);
    renewKey(form);
  }
});

document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-number-stepper] [data-step]");
  if (!step) return;
  const input = step.closest("[data-number-stepper]").querySelector("input");
  if (step.dataset.step === "1") input.stepUp();
  else input.stepDown();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

function start(within) {
  fillKeys(within);
  within.querySelector?.("[data-error-summary]")?.focus();
}
document.addEventListener("htmx:load", (event) => start(event.detail.elt));
start(document);

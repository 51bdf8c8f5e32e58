// Short notices. toast("Saved", {tone: "good"}), or with an act:
// toast("Finished A017", {action: "Undo", onAction: () => …, seconds: 10}).

const LEAVE_AFTER = 6;
const MOST = 3;

/**
 * Show a notice; returns a function that takes it away.
 * A failure stays until it is closed, because it may not be missed (WCAG 2.2.1).
 */
export function toast(text, { tone = "info", action = "", onAction = null, seconds = null } = {}) {
  const region = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  if (!region || !template || !text) return () => {};
  // A modal dialog covers everything below the top layer: the notice goes inside it.
  const modal = [...document.querySelectorAll("dialog:modal")].pop();
  (modal || document.body).append(region);
  const item = template.content.firstElementChild.cloneNode(true);
  item.classList.add(`toast-${tone}`);
  item.querySelector(".toast-text").textContent = text;
  const close = () => {
    clearTimeout(timer);
    item.remove();
  };
  const act = item.querySelector(".toast-action");
  if (action) {
    act.textContent = action;
    act.hidden = false;
    act.addEventListener("click", () => {
      close();
      onAction?.();
    });
  }
  item.querySelector(".toast-close").addEventListener("click", close);
  let timer = 0;
  const wait = seconds ?? (tone === "bad" ? 0 : LEAVE_AFTER);
  const start = () => {
    clearTimeout(timer);
    if (wait) timer = setTimeout(close, wait * 1000);
  };
  item.addEventListener("mouseenter", () => clearTimeout(timer));
  item.addEventListener("mouseleave", start);
  item.addEventListener("focusin", () => clearTimeout(timer));
  item.addEventListener("focusout", start);
  while (region.children.length >= MOST) region.firstElementChild.remove();
  region.append(item);
  start();
  return close;
}

// A button that only tells something: data-toast="text" data-toast-tone="good".
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-toast]");
  if (button) toast(button.dataset.toast, { tone: button.dataset.toastTone });
});

// Native dialogs by attributes: data-dialog-open="<id>" opens, data-dialog-close closes, a click on the
// veil closes. Focus goes back to the opener (the browser does that). Menus (<details>) close by Esc or outside.

/** Open a dialog by id; answers the element, or null when there is none. */
export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement)) return null;
  if (!dialog.open) dialog.showModal();
  return dialog;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    event.preventDefault();
    openDialog(opener.dataset.dialogOpen);
    return;
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer) closer.closest("dialog")?.close();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// Pressed and let go on the veil: a drag that began inside (selecting text) does not close.
let pressed = null;
document.addEventListener("pointerdown", (event) => {
  pressed = event.target;
});
document.addEventListener("click", (event) => {
  const dialog = event.target;
  if (dialog instanceof HTMLDialogElement && pressed === dialog && !("stay" in dialog.dataset)) {
    const box = dialog.getBoundingClientRect();
    const inside =
      event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) dialog.close();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

// A dialog that came with an answer opens at once; an older one of the same kind goes.
document.addEventListener("htmx:load", () => {
  const found = [...document.querySelectorAll("dialog[data-dialog-now]")];
  for (const older of found.slice(0, -1)) older.remove();
  const newest = found.at(-1);
  if (newest && !newest.open) newest.showModal();
});

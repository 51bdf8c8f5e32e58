// Writing into a field as a person does: at the caret, over the selection, within maxlength, with the events that the
// browser itself sends. Not here: what is written.

/** A field whose content is nobody's to see or hear. */
export const masked = (field) => field.type === "password" || "masked" in field.dataset;

/** Do it in the field, and give the focus back to the key that has it where somebody tabs through keys. */
function within(field, run) {
  const before = document.activeElement;
  if (before !== field) field.focus({ preventScroll: true });
  run();
  if (before !== field && before?.closest("[data-keyboard-panel]")) before.focus({ preventScroll: true });
}

/** The browser's own way; it alone keeps e-mail fields' carets and sends trusted events. */
const own = (command, text) => document.execCommand(command, false, text);

function sent(field, inputType, data = null) {
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType, data }));
}

/** Write text at the caret. */
export function write(field, text) {
  within(field, () => {
    if (own("insertText", text) || field.selectionStart === null) return;
    const space = field.maxLength < 0 ? Infinity : field.maxLength - field.value.length + chosen(field);
    field.setRangeText(text.slice(0, Math.max(space, 0)), field.selectionStart, field.selectionEnd, "end");
    sent(field, "insertText", text);
  });
}

const chosen = (field) => field.selectionEnd - field.selectionStart;

/** Remove what is selected, else the character before the caret. */
export function remove(field) {
  within(field, () => {
    if (!field.value || own("delete") || field.selectionStart === null) return;
    const start = chosen(field) ? field.selectionStart : Math.max(field.selectionStart - 1, 0);
    field.setRangeText("", start, field.selectionEnd, "end");
    sent(field, "deleteContentBackward");
  });
}

/** Remove all of it. */
export function clear(field) {
  if (!field.value) return;
  within(field, () => field.select());
  remove(field);
}

/** What stands before the caret. */
export const before = (field) => field.value.slice(0, field.selectionStart ?? field.value.length);

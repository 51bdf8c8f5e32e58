// The twelve keys write into a field: data-keypad="<id of the field>".

document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-keypad] [data-digit]");
  if (!key) return;
  const field = document.getElementById(key.closest("[data-keypad]").dataset.keypad);
  if (!field) return;
  const { digit } = key.dataset;
  if (digit === "clear") field.value = "";
  else if (digit === "back") field.value = field.value.slice(0, -1);
  else if (field.maxLength < 0 || field.value.length < field.maxLength) field.value += digit;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// What was chosen is listed, photos made smaller; a file that is too large even so is said before it is sent, and not sent.
import { shrunk } from "./shrink.js";

export function watchFiles(box) {
  const input = box.querySelector('input[type="file"]');
  if (!input) return;
  const list = box.querySelector("[data-chosen]");
  const error = box.querySelector("[data-error]");
  const words = box.querySelector("template[data-words]").content.querySelector("[data-too-large]").textContent;
  const largest = Number(box.dataset.largest);
  let turn = 0;
  input.addEventListener("change", async () => {
    turn += 1;
    const now = turn;
    const files = [];
    // One after the other: a telephone has not the memory for all at once. Who sends meanwhile sends them as they are.
    for (const file of input.files) files.push("photo" in box.dataset ? await shrunk(file) : file);
    if (now !== turn) return; // others were chosen meanwhile
    const large = files.filter((file) => file.size > largest);
    const kept = new DataTransfer();
    for (const file of files) if (file.size <= largest) kept.items.add(file);
    input.files = kept.files;
    error.querySelector("[data-error-words]").textContent = large
      .map((file) => words.replace("{name}", file.name))
      .join(" ");
    error.hidden = !large.length;
    box.classList.toggle("field-wrong", large.length > 0);
    list.replaceChildren(...[...input.files].map(shown));
  });
}

function shown(file) {
  const line = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = file.name;
  line.append(name);
  if (file.type.startsWith("image/")) {
    const reader = new FileReader();
    const picture = document.createElement("img");
    picture.className = "flow-thumb";
    picture.alt = "";
    // A data: address: the pages' policy allows no blob: pictures.
    reader.addEventListener("load", () => {
      picture.src = reader.result;
      line.prepend(picture);
    });
    reader.readAsDataURL(file);
  }
  return line;
}

// What was chosen is listed; a file that is too large is said before it is sent, and not sent.

export function watchFiles(box) {
  const input = box.querySelector('input[type="file"]');
  if (!input) return;
  const list = box.querySelector("[data-chosen]");
  const error = box.querySelector("[data-error]");
  const words = box.querySelector("template[data-words]").content.querySelector("[data-too-large]").textContent;
  const largest = Number(box.dataset.largest);
  input.addEventListener("change", () => {
    const files = [...input.files];
    const large = files.filter((file) => file.size > largest);
    if (large.length) {
      const kept = new DataTransfer();
      for (const file of files) if (file.size <= largest) kept.items.add(file);
      input.files = kept.files;
    }
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

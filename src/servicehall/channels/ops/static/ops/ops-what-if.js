// Plans of a day. While one is tried out: shows how far it is, and loads the page again when it is over.
// A file that is chosen is put into the field of the plan's text, to be seen before it is kept.
const EVERY_MS = 2000;

async function look() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = fresh.querySelector("[data-what-if-trying] .progress");
    if (!answer.ok || !now) return location.reload();
    document.querySelector("[data-what-if-trying] .progress")?.replaceWith(now);
  } catch {
    // The line is cut: the next look may succeed.
  }
  setTimeout(look, EVERY_MS);
}

if (document.querySelector("[data-what-if-trying]")) setTimeout(look, EVERY_MS);

// A counter's hours are sent in one field: a hall with a hundred counters has more boxes than a form may have fields.
document.querySelector(".what-if-sheet")?.addEventListener("formdata", (event) => {
  event.formData.delete("at");
  for (const row of document.querySelectorAll("[data-what-if-counter]")) {
    const hours = [...row.querySelectorAll("input:checked")].map((box) => box.value.split("|")[0]);
    event.formData.append("hours", `${hours.join(",")}|${row.dataset.whatIfCounter}`);
  }
});

const LARGEST = 1_000_000;
const box = document.querySelector("[data-what-if-file]");

async function fill(file) {
  const tooLarge = file.size > LARGEST;
  box.querySelector(".field-error").hidden = !tooLarge;
  box.classList.toggle("field-wrong", tooLarge);
  if (!tooLarge) document.querySelector("#text").value = await file.text();
}

if (box) {
  box.hidden = false;
  box.querySelector("input").addEventListener("change", (event) => event.target.files[0] && fill(event.target.files[0]));
}

// While a plan is tried out: shows how far it is, and loads the page again when it is over.
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

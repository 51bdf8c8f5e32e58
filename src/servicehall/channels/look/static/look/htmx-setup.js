// What htmx needs on every page: the CSRF header, and words when a request fails.
import { toast } from "./toast.js";

const token = () => document.querySelector('meta[name="csrf-token"]')?.content || "";

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
});

const texts = () => document.getElementById("toasts")?.dataset || {};

/** The words of a refusal (refusal_part.html) or a problem document (RFC 9457), else the page's own. */
function words(request) {
  if ((request.getResponseHeader("Content-Type") || "").startsWith("text/html")) {
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    return answer.querySelector("[data-refusal]")?.textContent.replace(/\s+/g, " ").trim() || texts().refused;
  }
  try {
    const problem = JSON.parse(request.responseText);
    return [problem.detail || problem.title, problem.advice].filter(Boolean).join(" ") || texts().refused;
  } catch {
    return texts().refused;
  }
}

document.addEventListener("htmx:responseError", (event) => toast(words(event.detail.xhr), { tone: "bad" }));

// A part that refreshes itself stays quiet: the strip of live.js already says that the line is cut.
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (!event.target.closest?.("[data-live-path]") || event.detail.requestConfig?.verb !== "get") {
      toast(texts().failed, { tone: "bad" });
    }
  });
}

// The server may ask for a toast: HX-Trigger: {"toast": {"text": "…", "tone": "good"}}.
document.addEventListener("toast", (event) => toast(event.detail.text || event.detail.value, event.detail));

// One screen after the other in one page: fetched, then put in place. The address never changes, so a
// customer's ticket is never in the history; a request that fails is tried again with the same key, so a cut
// line loses nothing and takes no second ticket.

const ANSWER_WITHIN = 8000;
const TRY_FOR = 30_000; // then the customer has gone, and the step is forgotten
const LONGEST_PAUSE = 5000;
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** What is sent, as a form; with a file it is one in parts. */
function form(pairs) {
  if (!pairs.some(([, value]) => value instanceof Blob)) return new URLSearchParams(pairs);
  const made = new FormData();
  for (const [name, value] of pairs) made.append(name, value);
  return made;
}

/** The page's own parts that stay through all screens: announcements must not leave the page. */
const stays = (element) => "keep" in element.dataset || element.id === "toasts" || element.tagName === "TEMPLATE";

/** What a page is made with: the names of its styles and modules, which change with their content. */
const made = (page) =>
  [...page.querySelectorAll('link[rel="stylesheet"], script[src]')]
    .map((part) => part.getAttribute("href") || part.getAttribute("src"))
    .join();

export class Screens {
  /**
   * home: the address of the first screen. onShow(name), onMerge(page): take over what changed, onOffline(boolean),
   * onGone(code): the request of that code is not on this screen any more.
   */
  constructor({ home, onShow, onMerge, onOffline, onGone }) {
    this.home = home;
    this.on = { onShow, onMerge, onOffline, onGone };
    this.language = "";
    this.code = ""; // of the request on the screen: here and nowhere else, so that it goes with the customer
    this.step = { url: home };
    this.turn = 0;
    this.busy = false;
    this.offline = false;
    this.kept = null;
    this.made = made(document);
  }

  get name() {
    return document.getElementById("main")?.dataset.screen || "";
  }

  /** Show what an address or a form (url, body: pairs) answers. One step at a time: a second touch is not heard. */
  async go(step, { again = false } = {}) {
    if (this.busy && !again) return;
    const turn = ++this.turn;
    const begun = Date.now();
    this.busy = true;
    for (let failures = 0; turn === this.turn; failures += 1) {
      try {
        const page = await this.fetch(step);
        if (turn !== this.turn) return;
        this.step = step;
        this.online(true);
        this.busy = false;
        this.put(page);
        return;
      } catch {
        if (turn !== this.turn) return;
        this.online(false);
        if (step.url !== this.home && Date.now() - begun > TRY_FOR) return this.reset();
        await wait(Math.min(LONGEST_PAUSE, 500 * 2 ** Math.min(failures, 6)) * (0.7 + 0.6 * Math.random()));
      }
    }
  }

  /** The same screen as it is now, in place when it changed; quiet when that fails for a moment. */
  async refresh() {
    if (this.busy) return;
    const turn = this.turn;
    try {
      const page = await this.fetch(this.step);
      if (turn !== this.turn) return;
      this.online(true);
      this.missed = 0;
      if (this.renew()) return;
      const fresh = page.getElementById("main");
      if (fresh?.dataset.screen === this.name) this.on.onMerge?.(page);
      else this.put(page);
    } catch {
      if (turn !== this.turn) return;
      this.missed = (this.missed || 0) + 1;
      // A ticket that is shown stays true without a line; the first screen would promise what it cannot keep.
      if (this.missed > 1 && this.step.url === this.home) this.go(this.step, { again: true });
    }
  }

  /** Begin anew for the next customer: at once with what is kept of the first screen, then with fresh figures. */
  reset({ keepLanguage = false } = {}) {
    if (!keepLanguage) this.language = "";
    this.drop();
    this.step = { url: this.home };
    history.replaceState(null, "", this.home);
    if (this.renew()) return;
    if (!this.kept || this.language || this.offline) return this.go(this.step, { again: true });
    this.turn += 1;
    this.busy = false;
    this.put(new DOMParser().parseFromString(this.kept, "text/html"));
    return this.refresh();
  }

  /** Let go of the request that was on the screen. */
  drop() {
    const { code } = this;
    this.code = "";
    if (code) this.on.onGone?.(code);
  }

  /** Between two customers: the page itself, when the hall runs a newer version. */
  renew() {
    if (!this.outdated || this.offline || this.step.url !== this.home || this.language) return false;
    location.replace(this.home);
    return true;
  }

  async fetch({ url, body }) {
    const address = new URL(url, location.href);
    const asked = { headers: { Accept: "text/html" }, cache: "no-store", signal: AbortSignal.timeout(ANSWER_WITHIN) };
    if (body) {
      asked.method = "POST";
      asked.body = form(body);
      if (this.code) asked.body.set("code", this.code);
      asked.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]')?.content || "";
      if (this.language) asked.body.set("language", this.language);
    } else if (this.language) address.searchParams.set("language", this.language);
    const answer = await fetch(address, asked);
    if (answer.status >= 500) throw new Error(String(answer.status));
    const text = await answer.text();
    const page = new DOMParser().parseFromString(text, "text/html");
    // Not a screen of ours (the form's protection has run out, a proxy speaks): begin anew.
    if (!page.getElementById("main")?.dataset.screen) {
      location.replace(this.home);
      throw new Error("not a screen");
    }
    if (url === this.home && !this.language) this.kept = text;
    this.outdated = made(page) !== this.made;
    return page;
  }

  put(page) {
    const main = page.getElementById("main");
    if (main.dataset.code) this.code = main.dataset.code;
    else if (main.dataset.screen !== "refused") this.drop();
    delete main.dataset.code;
    const root = document.documentElement;
    root.lang = page.documentElement.lang;
    document.title = page.title;
    for (const part of [...document.body.children]) if (!stays(part)) part.remove();
    const fresh = [...page.body.children].filter((part) => !stays(part));
    document.body.prepend(...fresh.map((part) => document.adoptNode(part)));
    // The shared modules look at what is new on this event of htmx.
    document.body.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: document.body } }));
    this.on.onShow?.(this.name);
  }

  online(is) {
    if (is !== this.offline) return;
    this.offline = !is;
    this.on.onOffline?.(!is);
  }
}

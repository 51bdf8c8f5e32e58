// Puts a snapshot on the screen. Knows the page's parts, and nothing of where the data comes from.

import { inLanguages, moment } from "./words.js";

const ROWS = 8;
const SERVICES_SHOWN = { calls: 3, media: 4 };

export class View {
  #shown = new Map();
  #page = 0;

  /** @param {HTMLElement} root  @param {import("./words.js").Words} words */
  constructor(root, words) {
    this.root = root;
    this.words = words;
    this.layout = root.dataset.layout;
  }

  #find(name) {
    return this.root.querySelector(`[data-${name}]`);
  }

  /** Everything that a snapshot says; `spotlight` is the call that stands large. */
  show(snapshot, spotlight) {
    this.#hero(spotlight);
    this.#calls(snapshot.calls.filter((call) => call.number !== spotlight?.number));
    this.#waiting(snapshot);
    this.#services(snapshot.services);
  }

  /** The screen has another size: what was left off may fit now. */
  resized(snapshot) {
    this.#shown.delete("waiting");
    this.#waiting(snapshot);
  }

  /** Turn to the next page of the services, where they do not fit on one. */
  turn(snapshot) {
    this.#page += 1;
    this.#services(snapshot.services);
  }

  /** Show the next language, where the board shows one after another. */
  alternate() {
    this.root.dataset.showing = String((Number(this.root.dataset.showing) + 1) % this.words.languages.length);
  }

  clock(at, timezone) {
    const faces = this.words.languages.map((language) => [language, moment(at, language, timezone)]);
    if (!this.#changed("clock", faces)) return;
    this.#find("time").textContent = faces[0][1].time;
    this.#find("date").replaceChildren(tongues(faces.map(([language, face]) => [language, face.date])));
  }

  /** Say since when the board has not heard from the hall; null: it has. */
  stale(since, timezone) {
    this.root.classList.toggle("is-stale", since !== null);
    this.#find("stale").hidden = since === null;
    if (since === null || !this.#changed("stale", since)) return;
    const { time } = moment(since, "en", timezone);
    this.#find("stale-words").replaceChildren(tongues(this.words.all("stale", { time })));
  }

  /** `state`: on, locked (the browser wants a touch first) or off. */
  sound(state, speaking) {
    this.root.querySelector(".sound").dataset.sound = state;
    this.#find("sound-button").hidden = state !== "locked";
    this.#find("sound-state").hidden = state !== "on";
    this.#find("hero").classList.toggle("is-speaking", speaking);
  }

  #changed(name, value) {
    const text = JSON.stringify(value);
    if (this.#shown.get(name) === text) return false;
    this.#shown.set(name, text);
    return true;
  }

  #hero(call) {
    this.#find("hero-empty").hidden = Boolean(call);
    this.#find("hero-body").hidden = !call;
    this.#find("hero").classList.toggle("is-empty", !call);
    if (!call) {
      this.#changed("hero", null);
      return;
    }
    if (!this.#changed("hero", [call.number, call.counter, call.called_at, call.call])) return;
    const body = this.#find("hero-body");
    body.replaceChildren(
      part("hero", {
        number: call.number,
        label: call.counter_label,
        service: tongues(inLanguages(call.service_names, this.words.languages)),
        names: this.#counterNames(call),
      }),
    );
    signs(body, [call]);
    for (const name of body.querySelectorAll(".hero-service, .hero-names")) {
      name.classList.toggle("is-long", width(name.textContent) > 15);
    }
    again(this.#find("hero"), "is-new");
  }

  #calls(calls) {
    const shown = calls.slice(0, ROWS);
    this.#find("calls-empty").hidden = shown.length > 0;
    if (!this.#changed("calls", shown)) return;
    const known = new Set([...this.#find("calls").children].map((row) => row.dataset.number));
    const rows = shown.map((call) => {
      const row = part("call", { number: call.number, label: call.counter_label, names: this.#counterNames(call) })
        .firstElementChild;
      row.dataset.number = call.number;
      row.dataset.state = call.state ?? "";
      if (known.size > 0 && !known.has(call.number)) row.classList.add("is-new");
      return row;
    });
    signs(this.#find("calls"), shown);
    this.#find("calls").replaceChildren(...rows);
  }

  #counterNames(call) {
    const names = inLanguages(call.counter_names, this.words.languages);
    const counter = this.words.all("counter", { label: call.counter_label });
    return tongues(names.length > 0 ? names : counter);
  }

  #waiting(snapshot) {
    const list = this.#find("waiting");
    if (!list || !this.#changed("waiting", [snapshot.waiting, snapshot.waiting_count])) return;
    this.#find("count").textContent = String(snapshot.waiting_count);
    this.#find("waiting-empty").hidden = snapshot.waiting_count > 0;
    list.hidden = snapshot.waiting_count === 0;
    list.replaceChildren(...snapshot.waiting.map(({ number }) => part("waiting", { number })));
    this.#fit(list, snapshot.waiting_count);
  }

  /** Leave off what does not fit in whole lines, and say how many more there are. */
  #fit(list, count) {
    const items = [...list.children];
    const fits = (item) => item.offsetTop + item.offsetHeight <= list.clientHeight + 2;
    let kept = items.length;
    while (kept > 1 && !fits(items[kept - 1])) kept -= 1;
    if (kept === count) return;
    for (const item of items.slice(kept)) item.remove();
    const more = document.createElement("li");
    more.className = "waiting-more";
    list.append(more);
    do {
      more.replaceChildren(tongues(this.words.all("more", { n: count - kept })));
      if (fits(more)) break;
      items[kept - 1].remove();
      kept -= 1;
    } while (kept > 1);
  }

  #services(services) {
    const list = this.#find("services");
    if (!list) return;
    this.#find("services-part").hidden = services.length === 0;
    const size = SERVICES_SHOWN[this.layout];
    const pages = Math.max(1, Math.ceil(services.length / size));
    const first = (this.#page % pages) * size;
    const shown = services.slice(first, first + size);
    if (!this.#changed("services", shown)) return;
    list.replaceChildren(...shown.map((service) => this.#service(service)));
  }

  #service(service) {
    const { languages } = this.words;
    const range = languages.map((language) => [language, this.words.wait(language, service.waiting, service.range)]);
    const row = part("service", {
      prefix: service.prefix,
      names: tongues(inLanguages(service.names, languages)),
      range: tongues(range.filter(([, text]) => text)),
      count: String(service.waiting),
      people: tongues(this.words.all("waiting", { n: service.waiting })),
    });
    row.firstElementChild.classList.toggle("is-closed", !service.range);
    return row;
  }
}

/** A copy of one of the page's parts with its places filled. */
export function part(name, values) {
  const copy = document.getElementById(`part-${name}`).content.cloneNode(true);
  for (const place of copy.querySelectorAll("[data-part]")) place.replaceChildren(values[place.dataset.part] ?? "");
  return copy;
}

/** One text in several languages, as {% in_languages %} writes it. */
export function tongues(pairs) {
  const box = document.createElement("span");
  box.className = "tongues";
  const kept = pairs.filter(([, text], i) => pairs.findIndex(([, other]) => other === text) === i);
  for (const [language, text] of kept) {
    const span = document.createElement("span");
    span.lang = language;
    span.textContent = text;
    box.append(span);
  }
  return box;
}

/** About how wide a text is, in Chinese characters. */
function width(text) {
  return [...text].reduce((sum, sign) => sum + (sign.charCodeAt(0) > 0x2e00 ? 1 : 0.55), 0);
}

/** Tell the stylesheet how long the longest number and counter are, so that all of them fit. */
function signs(element, calls) {
  const longest = (least, texts) => Math.max(least, ...texts.map((text) => text.length));
  element.style.setProperty("--number-signs", longest(4, calls.map((call) => call.number)));
  element.style.setProperty("--label-signs", longest(2, calls.map((call) => call.counter_label)));
}

/** Start a class's animation from its beginning. */
function again(element, name) {
  element.classList.remove(name);
  void element.offsetWidth;
  element.classList.add(name);
}

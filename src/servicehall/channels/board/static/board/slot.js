// The media slot: shows the playlist, one after another. Videos are always silent, so that they
// never cover a call.

import { part, tongues } from "./view.js";
import { inLanguages } from "./words.js";

export class Slot {
  #place = 0;

  /** @param {HTMLElement} root  @param {object[]} playlist  @param {string[]} languages */
  constructor(root, playlist, languages) {
    this.root = root;
    this.playlist = playlist;
    this.languages = languages;
  }

  start() {
    if (this.playlist.length > 0) this.#next();
  }

  #next() {
    const item = this.playlist[this.#place % this.playlist.length];
    this.#place += 1;
    const shown = this.#element(item);
    shown.classList.add("slot-item");
    const only = this.playlist.length === 1;
    const go = () => {
      if (!only) this.#next();
      else if (item.kind === "video") shown.play().catch(() => {});
    };
    // What cannot be loaded does not leave a hole: the next one comes soon.
    shown.addEventListener("error", () => setTimeout(() => this.#next(), 2000), { once: true });
    if (item.kind === "video") {
      shown.addEventListener("ended", go);
      shown.play?.().catch(() => {});
    } else if (!only) setTimeout(go, item.seconds * 1000);
    const old = [...this.root.children];
    this.root.append(shown);
    // The new one fades in over the old one (slot.css), which then goes.
    setTimeout(() => old.forEach((element) => element.remove()), 900);
  }

  #element(item) {
    const title = inLanguages(item.names, this.languages);
    if (item.kind === "notice") {
      const lines = tongues(inLanguages(item.body, this.languages));
      return part("notice", { names: tongues(title), body: lines }).firstElementChild;
    }
    if (item.kind === "video") {
      return Object.assign(document.createElement("video"), { src: item.url, muted: true, playsInline: true });
    }
    if (item.kind === "page") {
      const frame = Object.assign(document.createElement("iframe"), { src: item.url, title: title[0]?.[1] ?? "" });
      frame.setAttribute("sandbox", "");
      frame.tabIndex = -1;
      return frame;
    }
    return Object.assign(document.createElement("img"), { src: item.url, alt: title[0]?.[1] ?? "" });
  }
}

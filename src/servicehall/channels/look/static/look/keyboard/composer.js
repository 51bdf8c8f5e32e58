// What is being composed: the letters so far and what they can mean. The lexicon is fetched when the first field needs
// it and stays in this page; nothing that anybody chooses changes it.

import { Lexicon } from "./pinyin.js";
import { before } from "./typing.js";

const LONGEST = 24; // letters: a sentence is written in parts
const HAN = /\p{Script=Han}/u;

export class Composer {
  constructor() {
    this.lexicon = null;
    this.clear();
  }

  get awake() {
    return this.lexicon !== null;
  }

  /** Fetch what letters are looked up in; false when that fails. It is tried anew the next time. */
  async wake(address) {
    if (this.awake) return true;
    if (!address) return false;
    try {
      this.coming ||= fetch(address).then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.status))));
      this.lexicon ||= new Lexicon(await this.coming);
    } catch {
      return false;
    } finally {
      this.coming = null;
    }
    return true;
  }

  clear() {
    this.letters = "";
    this.found = [];
  }

  add(letter) {
    if (this.letters.length < LONGEST) this.letters += letter;
  }

  remove() {
    this.letters = this.letters.slice(0, -1);
  }

  /** The texts that the letters can be in this field. */
  offers({ field, words }) {
    const name = !words.includes("name") ? "" : HAN.test(before(field)) ? "given" : "first";
    this.found = this.letters ? this.lexicon.candidates(this.letters, { name }) : [];
    return this.found.map(({ text }) => text);
  }

  /** Take a candidate: its letters are done with, the rest goes on. */
  choose(at) {
    this.letters = this.letters.slice(this.found[at].letters);
  }
}

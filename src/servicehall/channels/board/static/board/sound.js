// Makes one sound of an announcement: the chime, a call that the server has spoken, or, where the
// server cannot, the browser's own voice. The order of sounds is announcer.js's.

const PATIENCE = 15_000;
const KEPT = 24;

export class Sound {
  #loaded = new Map();

  /**
   * @param {object} addresses  chime, soundOn (with "language" in it), speech (with "call" and "language")
   * @param {(language: string, call: object) => string} wording  the call in words, for a browser's own voice
   */
  constructor(addresses, wording) {
    this.addresses = addresses;
    this.wording = wording;
    this.context = null;
  }

  /** Whether the browser lets this page sound without a touch (kiosks are started so). */
  async allowed() {
    const Context = window.AudioContext;
    if (!Context) return true;
    this.context ??= new Context();
    if (this.context.state === "suspended") {
      // Where sound is allowed this ends at once; where it is not, it never does.
      await Promise.race([this.context.resume(), new Promise((resolve) => setTimeout(resolve, 300))]);
    }
    return this.context.state === "running";
  }

  /** Fetch a call's speech before its turn comes. */
  prepare(call, languages) {
    for (const language of languages) this.#audio(this.#speech(call, language));
  }

  /** @param {import("./announcer.js").Step} step */
  async play(step) {
    if (step.kind === "chime") return this.#ended(this.addresses.chime);
    try {
      return await this.#ended(this.#speech(step.call, step.language));
    } catch (error) {
      if (error.name === "NotAllowedError") throw error;
      return speak(this.wording(step.language, step.call), step.language);
    }
  }

  /** The words that confirm that the sound is on. */
  async confirm(language) {
    await this.#ended(this.addresses.chime);
    await this.#ended(this.addresses.soundOn.replace("language", language)).catch(() => {});
  }

  #speech(call, language) {
    const name = call.speech ?? String(call.seq);
    return this.addresses.speech.replace("call", encodeURIComponent(name)).replace("language", language);
  }

  #audio(url) {
    let audio = this.#loaded.get(url);
    if (!audio) {
      audio = new Audio();
      audio.preload = "auto";
      audio.src = url;
      this.#loaded.set(url, audio);
      if (this.#loaded.size > KEPT) this.#loaded.delete(this.#loaded.keys().next().value);
    }
    return audio;
  }

  /** Resolves when the file has sounded to its end. */
  #ended(url) {
    const audio = this.#audio(url);
    return new Promise((resolve, reject) => {
      const stop = new AbortController();
      const finish = (done, value) => {
        stop.abort();
        clearTimeout(watch);
        if (done === reject) this.#loaded.delete(url);
        done(value);
      };
      const late = () => finish(reject, new Error("the sound did not end in time"));
      let watch = setTimeout(late, PATIENCE);
      const on = (kind, act) => audio.addEventListener(kind, act, { signal: stop.signal });
      on("ended", () => finish(resolve));
      on("error", () => finish(reject, new Error("the sound could not be loaded")));
      on("playing", () => {
        clearTimeout(watch);
        watch = setTimeout(late, (audio.duration || 0) * 1000 + PATIENCE);
      });
      if (audio.error) return finish(reject, new Error("the sound could not be loaded"));
      audio.currentTime = 0;
      audio.play().catch((error) => finish(reject, error));
    });
  }
}

/** The browser's own voice, if it has one of that language. */
function speak(text, language) {
  const main = language.split("-")[0];
  const voice = window.speechSynthesis?.getVoices().find((v) => v.lang.toLowerCase().startsWith(main));
  if (!voice) return Promise.reject(new Error(`no voice for ${language}`));
  return new Promise((resolve, reject) => {
    const words = new SpeechSynthesisUtterance(text);
    words.voice = voice;
    words.lang = voice.lang;
    words.rate = 0.9;
    words.onend = () => resolve();
    words.onerror = (event) => reject(new Error(event.error));
    setTimeout(() => reject(new Error("the voice did not end in time")), PATIENCE);
    window.speechSynthesis.speak(words);
  });
}

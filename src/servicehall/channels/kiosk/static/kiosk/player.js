// A service that the customer does by themselves: what its screens need beside being put in place. It looks again while
// another system is asked or money is waited for, and when it hears that another end went on; it prints a slip once, and
// leaves a request that somebody walked away from.

import { subscribe } from "../look/live.js";

const LEAVE_FOR = 60_000; // a longer cut: the request stays, and is nobody's
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const main = () => document.getElementById("main");
const flow = () => document.getElementById("flow");
const token = () => document.querySelector('meta[name="csrf-token"]')?.content || "";

/** Of what is typed, the answers to questions. */
const questions = (typed) => typed?.pairs.filter(([name, value]) => name.startsWith("q.") && typeof value === "string") ?? [];

/** Send something that is no screen. */
export const send = (url, pairs) =>
  fetch(url, {
    method: "POST",
    body: new URLSearchParams(pairs),
    headers: { "X-CSRFToken": token() },
    cache: "no-store",
    keepalive: true,
  });

export class Player {
  /** screens: where screens are put; onPrint(paper): a slip is to be printed now; onHeard(): another end did something. */
  constructor(screens, { onPrint, onHeard }) {
    this.screens = screens;
    this.onPrint = onPrint;
    this.onHeard = onHeard;
    this.line = null; // what other ends of the request do
    this.news = false;
    this.looked = 0;
    this.looking = false;
    setInterval(() => this.look(), 250);
  }

  get on() {
    return "show" in main().dataset;
  }

  /** Listen to the request on the screen, whatever its screen; to nothing when there is none. */
  listen() {
    const { ear, heard } = main().dataset;
    if (this.line?.ear === ear) return;
    this.line?.close();
    this.line = null;
    this.news = false;
    if (!ear) return;
    const hear = (kind, { revision }) => {
      this.onHeard();
      // What this screen did itself it shows already.
      if (!(revision <= Number(main().dataset.revision)) || kind === "request.paying") {
        this.news = true;
        this.look();
      }
    };
    const again = () => {
      this.news = true;
    };
    this.line = { ear, ...subscribe(`/live/requests/${ear}`, { after: heard, onEvent: hear, onReset: again }) };
  }

  /** A new screen: the slip that came with it is printed, and what would print it again is a copy from now on. */
  shown() {
    this.looked = Date.now();
    const paper = document.querySelector("[data-slip-now]");
    if (!paper) return;
    delete paper.dataset.slipNow;
    this.onPrint(paper);
    paper.querySelector(".slip-copy").hidden = false;
  }

  /** Ask whether the request went on by itself or elsewhere; then its screen is fetched. */
  async look() {
    const asks = document.querySelector("[data-look-again]");
    const { screens } = this;
    const { now, show, lookAlways, afterState, revision } = main().dataset;
    const every = Number(asks?.dataset.lookAgain || lookAlways || Infinity);
    const due = this.news || Date.now() - this.looked >= every;
    if (!now || !due || this.looking || screens.busy || screens.offline) return;
    this.looking = true;
    this.news = false;
    const pairs = { code: screens.code, after: afterState ?? revision };
    if (!afterState) pairs.payment = asks?.dataset.payment ?? main().dataset.payment ?? "";
    const shown = main();
    try {
      const answer = await send(now, pairs);
      if (answer.status !== 204 && answer.status < 500 && shown.isConnected && !screens.busy) {
        screens.go({ url: show, body: [["at", ""]] }); // where it is now, not what was looked at
      }
    } catch {
      // The line is cut for a moment; it is asked again.
    } finally {
      this.looking = false;
      this.looked = Date.now();
    }
  }

  /** The step that is shown, as a request of its own, with what is typed: nothing is done by asking for it twice. */
  here(typed) {
    const { show, step } = main().dataset;
    return { url: show, body: [["at", step], ...questions(typed)] };
  }

  /** What stands in the form of the step, for an act that is not its answer. */
  unsent() {
    const typed = questions(this.typed());
    return typed.length ? [["step", main().dataset.step], ...typed] : [];
  }

  /** The photos of the request: fetched by its code, so that they have no address of their own. */
  async pictures() {
    const { file } = main().dataset;
    for (const picture of file ? document.querySelectorAll("img[data-file]") : []) {
      try {
        const answer = await send(file, { code: this.screens.code, file: picture.dataset.file });
        if (!answer.ok) continue;
        const reader = new FileReader();
        reader.addEventListener("load", () => (picture.src = reader.result));
        reader.readAsDataURL(await answer.blob());
      } catch {
        // It stays without its picture; that it is there is said in words.
      }
    }
  }

  /** What is typed and not sent yet, to be put back when the same step comes in another language. */
  typed() {
    return flow() ? { step: main().dataset.step, pairs: [...new FormData(flow())] } : null;
  }

  /** Put back what was typed, where the same question is asked. */
  retype(kept) {
    if (!kept || !flow() || main().dataset.step !== kept.step) return;
    for (const field of flow().elements) {
      if (!field.name.startsWith("q.")) continue;
      const values = kept.pairs.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else if (values.length) [field.value] = values;
    }
  }

  /** The customer has gone: what was not done is left. Asked again while the line is cut, since nobody else knows the code. */
  static async leave(home, code) {
    for (let pause = 500; pause < LEAVE_FOR; pause *= 2) {
      try {
        if ((await send(`${home}/request/leave`, { code })).status < 500) return;
      } catch {
        // Once more, later.
      }
      await wait(pause);
    }
  }
}

// Letters become Chinese: which syllables they can be, and what is read so, the likeliest first. Pure, and it remembers
// nothing: the same letters give every customer the same candidates. What it looks up is made by scripts/lexicon.mjs.

const LONGEST_WORD = 4; // syllables
const WAYS = 6; // to cut the same letters into syllables; more are never meant
const ALL = 26; // the logarithm of how many words the corpus has
const FIRST = 5; // characters before words, where the letters are one syllable

/** A candidate: its text, how many of the letters it stands for, how likely it is. */
const candidate = (text, letters, weight) => ({ text, letters, weight });

export class Lexicon {
  /** text: the lines of lexicon.txt. */
  constructor(text) {
    this.lines = new Map();
    for (const line of text.split("\n")) {
      const at = line.indexOf("\t");
      if (at > 0) this.lines.set(line.slice(0, at), line.slice(at + 1));
    }
    const ranks = (names) => new Map(names.map((one, at) => [one, at]));
    const names = (line, by) => (this.lines.get(line) || "").split(by);
    this.surnames = ranks(names("@surnames", " ")); // with how they are read: "单shan"
    this.given = ranks([...names("@given", "").join("")]);
    this.doubles = new Set(names("@surnames of two", " "));
    // Without those that are no vowel (嗯 ng): they would cut "zhang" into three.
    this.syllables = [...this.lines.keys()].filter((key) => /^[a-z]*[aeiouv][a-z]*$/.test(key));
    this.whole = new Set(this.syllables);
    this.begun = new Set(this.syllables.flatMap((one) => [...one].map((_, at) => one.slice(0, at + 1))));
  }

  /** What is read as these syllables: pairs of text and weight. */
  read(syllables) {
    const line = this.lines.get(syllables.join("'"));
    if (!line) return [];
    return line.split(" ").map((item) => [item.slice(0, -1), parseInt(item.at(-1), 36)]);
  }

  /** The ways to cut letters into syllables, fewest first; the last one may be only begun. */
  cuts(letters) {
    const found = [];
    const go = (rest, cut) => {
      if (!rest) return void found.push(cut);
      if (found.length >= WAYS * 8) return;
      if (rest[0] === "'") return go(rest.slice(1), cut);
      const end = rest.indexOf("'") < 0 ? rest.length : rest.indexOf("'");
      for (let long = Math.min(6, end); long > 0; long -= 1) {
        const one = rest.slice(0, long);
        if (this.whole.has(one)) go(rest.slice(long), [...cut, one]);
        else if (long === rest.length && this.begun.has(one)) found.push([...cut, one]);
      }
    };
    go(letters, []);
    const whole = found.filter((cut) => this.whole.has(cut.at(-1)));
    return (whole.length ? whole : found).sort((a, b) => a.length - b.length).slice(0, WAYS);
  }

  /** What a cut's syllables can be when the last one is only begun: itself, and what it may become. */
  meant(syllables) {
    const last = syllables.at(-1);
    if (this.whole.has(last)) return [syllables];
    return this.syllables.filter((one) => one.startsWith(last)).map((one) => [...syllables.slice(0, -1), one]);
  }

  /**
   * The candidates for letters as typed ("zhangsan", "xi'an"). name: "" or where in a name the caret is: "first" puts
   * surnames first, "given" characters of given names.
   */
  candidates(letters, { name = "" } = {}) {
    const found = new Map();
    const put = (one) => found.has(one.text) || found.set(one.text, one);
    const cuts = this.cuts(letters);
    if (!cuts.length && letters.length > 1) return this.candidates(letters.slice(0, -1), { name });
    const words = cuts.flatMap((cut) => this.words(cut, letters)).sort((a, b) => b.letters - a.letters || b.weight - a.weight);
    const whole = words.filter((one) => one.letters === letters.length);
    const single = this.single(cuts, letters, name);
    if (name) {
      if (name === "first") whole.filter((one) => this.doubles.has(one.text)).forEach(put);
      if (cuts[0]?.length > 1) put(candidate(this.named(cuts[0], name), letters.length, 0));
      single.slice(0, 12).forEach(put);
    }
    if (cuts[0]?.length === 1) single.slice(0, FIRST).forEach(put);
    whole.forEach(put);
    if (!whole.length && !name) this.sentence(cuts, letters).forEach(put);
    words.forEach(put);
    single.forEach(put);
    found.delete("");
    return [...found.values()];
  }

  /** Words that the first syllables of a cut make, or all of them. */
  words(cut, letters) {
    const found = [];
    for (let long = Math.min(cut.length, LONGEST_WORD); long > 1; long -= 1) {
      const stands = this.length(cut, long, letters);
      for (const said of this.meant(cut.slice(0, long))) {
        for (const [text, weight] of this.read(said)) found.push(candidate(text, stands, weight));
      }
    }
    return found;
  }

  /** Characters for the first syllable of each cut. */
  single(cuts, letters, name) {
    const rank = (text, said) =>
      (name === "first" ? this.surnames.get(text + said) : name === "given" ? this.given.get(text) : undefined) ?? Infinity;
    const firsts = new Map(cuts.map((cut) => [cut[0], this.length(cut, 1, letters)]));
    return [...firsts].flatMap(([first, stands]) => {
      const line = this.meant([first]).flatMap((said) =>
        this.read(said).map(([text, weight]) => ({ ...candidate(text, stands, weight), rank: rank(text, said[0]) })),
      );
      return line.sort((a, b) => (a.rank === b.rank ? b.weight - a.weight : a.rank - b.rank));
    });
  }

  /** The likeliest string of words for all syllables. */
  sentence(cuts, letters) {
    const best = cuts.filter((cut) => cut.length > 1).map((cut) => this.likeliest(cut));
    best.sort((a, b) => b.weight - a.weight);
    return best.slice(0, 1).map(({ text, weight }) => candidate(text, letters.length, weight));
  }

  likeliest(cut) {
    const best = [{ text: "", weight: 0 }];
    for (let end = 1; end <= cut.length; end += 1) {
      let found;
      for (let start = Math.max(0, end - LONGEST_WORD); start < end; start += 1) {
        if (!best[start]) continue;
        for (const said of this.meant(cut.slice(start, end))) {
          const [top] = this.read(said);
          if (!top) continue;
          const weight = best[start].weight + top[1] - ALL;
          if (!found || weight > found.weight) found = { text: best[start].text + top[0], weight };
        }
      }
      best.push(found);
    }
    return best[cut.length] || { text: "", weight: -Infinity };
  }

  /** A name for all syllables: a surname, then characters of given names. */
  named(cut, name) {
    const two = cut.slice(0, 2);
    const double = name === "first" && this.read(two).find(([text]) => this.doubles.has(text));
    const first = double ? [double[0]] : [];
    const rest = cut.slice(double ? 2 : 0);
    const given = rest.map((syllable, at) => {
      const kind = at === 0 && !double ? name : "given";
      return this.single([[syllable]], syllable, kind)[0]?.text || "";
    });
    return given.includes("") ? "" : [...first, ...given].join("");
  }

  /** How many of the letters the first so many syllables stand for, separators included. */
  length(cut, many, letters) {
    let at = 0;
    for (const syllable of cut.slice(0, many)) {
      while (letters[at] === "'") at += 1;
      at += syllable.length;
    }
    while (letters[at] === "'") at += 1;
    return at;
  }
}

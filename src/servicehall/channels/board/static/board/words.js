// Figures in words, in each of the board's languages. Pure; the phrases come from the page, which
// has them from the translations.

/**
 * @param {Record<string, Record<string, string | Record<string, string>>>} phrases  language → name →
 *   a text with {places}, or one a plural category
 */
export class Words {
  constructor(phrases) {
    this.phrases = phrases;
    this.languages = Object.keys(phrases);
  }

  /** One phrase in one language; `n` chooses the plural form. */
  say(language, name, facts = {}) {
    const found = this.phrases[language]?.[name] ?? "";
    const text =
      typeof found === "string"
        ? found
        : (found[new Intl.PluralRules(language).select(Number(facts.n ?? 0))] ?? found.other ?? "");
    return text.replace(/\{(\w+)\}/g, (_, key) => String(facts[key] ?? ""));
  }

  /** The phrase in every language of the board: [[language, text], …]. */
  all(name, facts = {}) {
    return this.languages.map((language) => [language, this.say(language, name, facts)]);
  }

  /** How long a service's customers wait. `range`: whole minutes [low, high], or null: nobody serves it now. */
  wait(language, waiting, range) {
    if (!range) return this.say(language, "noCounter");
    const [low, high] = range;
    if (high <= 1) return this.say(language, waiting > 0 ? "atOnce" : "nobody");
    if (high > 90) return this.say(language, "hours", hours(low, high));
    const found = band(low, high);
    return this.say(language, found.low < 1 ? "under" : "between", found);
  }
}

/** The whole fives of minutes around a range, never one number: a board that everybody reads does not change each minute. */
export function band(low, high) {
  const last = Math.max(5, Math.ceil(high / 5) * 5);
  const first = Math.min(Math.floor(low / 5) * 5, last - 5);
  return { low: first, high: last };
}

function hours(low, high) {
  const n = Math.ceil(high / 60);
  return { n, low: Math.min(Math.max(1, Math.floor(low / 60)), n - 1) };
}

/** A text kept in several languages, as [[language, text], …] without repeating equal ones. */
export function inLanguages(texts, languages) {
  const found = [];
  for (const language of languages) {
    const text = (texts?.[language] ?? "").trim();
    if (text && !found.some(([, other]) => other === text)) found.push([language, text]);
  }
  if (found.length === 0) {
    const [language, text] = Object.entries(texts ?? {}).find(([, value]) => value) ?? [];
    if (text) found.push([language, text]);
  }
  return found;
}

/** The clock and the date of the hall, whatever the player's own time zone is. */
export function moment(at, language, timezone) {
  const date = new Date(at);
  return {
    time: new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: timezone }).format(date),
    date: new Intl.DateTimeFormat(language, {
      month: "long",
      day: "numeric",
      weekday: "long",
      timeZone: timezone,
    }).format(date),
  };
}

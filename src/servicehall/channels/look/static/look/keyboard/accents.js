// Letters with accents of the languages that visitors write their names in, by the letter that is held down.

const ACCENTS = {
  a: "àáâãäåāăąæ",
  c: "çćč",
  d: "ďđð",
  e: "èéêëēėęě",
  g: "ğģ",
  i: "ìíîïīįı",
  k: "ķ",
  l: "łľļĺ",
  n: "ñńňņ",
  o: "òóôõöøōőœ",
  r: "řŕ",
  s: "śšşșß",
  t: "ťțþ",
  u: "ùúûüūůűų",
  y: "ýÿ",
  z: "źžż",
};

/** The accented forms of a letter, as it is written: small or capital. */
export function accentsOf(letter) {
  const forms = [...(ACCENTS[letter.toLowerCase()] || "")];
  return letter === letter.toLowerCase() ? forms : forms.filter((form) => form !== "ß" && form !== "ı").map((form) => form.toUpperCase());
}

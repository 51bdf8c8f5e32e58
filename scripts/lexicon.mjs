// Makes what the on-screen keyboard's pinyin input looks things up in, from two npm packages: jieba's words with how
// often they are met, and pinyin-pro's readings of words and characters. Run once at setup (bootstrap.py), because the
// sources are six megabytes and the browser needs a tenth of that. Not here: how it is looked up
// (channels/look/static/look/keyboard/pinyin.js).
//
//     node scripts/lexicon.mjs <file to write>
//
// A line is a reading, a tab and its candidates, most frequent first: "bei'jing<TAB>北京h 背景f". The last letter of a
// candidate is the logarithm of how often it is met, in base 36. Lines that begin with "@" are for names: "张zhang".

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { SURNAMES, GIVEN } from "./names.mjs";

const PACKAGES = join(dirname(fileURLToPath(import.meta.url)), "..", "node_modules");
const LONGEST = 4; // characters; longer words are put together from shorter ones
const SELDOM = 30; // met less often than this in jieba's corpus: not worth its bytes
const SELDOM_PLACE = 3; // but places are what addresses are made of
const HAN = /^\p{Script=Han}+$/u;

const { pinyin } = createRequire(import.meta.url)(join(PACKAGES, "pinyin-pro"));
const data = (name) => import(pathToFileURL(join(PACKAGES, "pinyin-pro/dist/esm/data", `${name}.mjs`)));

/** "lǘ shuō" becomes ["lv", "shuo"]: as it is typed. */
const typed = (reading) =>
  reading
    .normalize("NFD")
    .replace(/u\u0308/g, "v")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/ê/g, "e")
    .split(" ");

const lines = new Map(); // reading: Map of candidate: how often
function add(reading, text, often) {
  if (!/^[a-z]+('[a-z]+)*$/.test(reading)) return;
  const line = lines.get(reading) || lines.set(reading, new Map()).get(reading);
  line.set(text, Math.max(line.get(text) || 0, often));
}

async function characters() {
  const { default: readings } = await data("dict1");
  const all = readings.NumberDICT.map((reading, code) => [String.fromCharCode(code), reading]).filter(([, r]) => r);
  return [...all, ...readings.StringDICT].filter(([char]) => HAN.test(char));
}

function words() {
  return readFileSync(join(PACKAGES, "@node-rs/jieba/dict.txt"), "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([word]) => word && HAN.test(word))
    .map(([word, often, kind]) => ({ word, often: Number(often), place: kind?.startsWith("ns") }));
}

async function build() {
  const alone = new Map(); // character: how often as a word of its own
  const read = new Map(); // "长 zhang": how often the character is read so within words
  for (const { word, often, place } of words()) {
    const long = [...word].length;
    if (long === 1) alone.set(word, often);
    if (long < 2 || long > LONGEST || often < (place ? SELDOM_PLACE : SELDOM)) continue;
    const said = typed(pinyin(word));
    if (said.length !== long) continue;
    add(said.join("'"), word, often);
    [...word].forEach((char, at) => read.set(`${char} ${said[at]}`, (read.get(`${char} ${said[at]}`) || 0) + often));
  }
  for (const [char, reading] of await characters()) {
    const ways = new Set(typed(reading));
    const [first] = ways;
    for (const way of ways) add(way, char, (read.get(`${char} ${way}`) || 0) + (way === first ? alone.get(char) || 0 : 0));
  }
  const { default: surnames } = await data("surname");
  for (const [name, reading] of Object.entries(surnames)) add(typed(reading).join("'"), name, SELDOM);
  return surnames;
}

function written(surnames) {
  const long = (name) => [...name].length;
  const single = Object.keys(surnames).filter((name) => long(name) === 1);
  const double = Object.keys(surnames).filter((name) => long(name) === 2);
  // A surname may be read in its own way: 单 is shàn.
  const said = (name) => typed(surnames[name] || pinyin(name, { surname: "all" }))[0];
  const weight = (often) => Math.round(Math.log2(often + 1)).toString(36);
  const body = [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([reading, line]) => {
    const ranked = [...line].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    return `${reading}\t${ranked.map(([text, often]) => text + weight(often)).join(" ")}`;
  });
  return [
    `@surnames\t${[...new Set([...SURNAMES, ...single])].map((name) => name + said(name)).join(" ")}`,
    `@surnames of two\t${double.join(" ")}`,
    `@given\t${[...new Set(GIVEN)].join("")}`,
    ...body,
    "",
  ].join("\n");
}

const place = process.argv[2];
mkdirSync(dirname(place), { recursive: true });
writeFileSync(`${place}.new`, written(await build()));
renameSync(`${place}.new`, place);

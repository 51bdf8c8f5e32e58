// What letters become, with the lexicon that setup made. Run by test_pinyin.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const from = (name) => new URL(`../../../${name}`, import.meta.url);
const { Lexicon } = await import(from("src/servicehall/channels/look/static/look/keyboard/pinyin.js"));
const { rows } = await import(from("src/servicehall/channels/look/static/look/keyboard/layouts.js"));
const lexicon = new Lexicon(readFileSync(from("build/pinyin/lexicon.txt"), "utf8"));
const texts = (letters, name = "") => lexicon.candidates(letters, { name }).map(({ text }) => text);

test("a syllable becomes characters, the most frequent first", () => {
  assert.deepEqual(texts("nv").slice(0, 1), ["女"]);
  assert.ok(texts("wo").indexOf("我") === 0);
});

test("syllables become a word, and what the letters could also be", () => {
  assert.equal(texts("shenfenzheng")[0], "身份证");
  assert.equal(texts("beijing")[0], "北京");
  assert.deepEqual(texts("fangan").slice(0, 2), ["方案", "反感"]);
  assert.ok(texts("xian").slice(0, 8).includes("西安") && texts("xian").slice(0, 8).includes("先"));
});

test("an apostrophe parts syllables", () => {
  assert.equal(texts("xi'an")[0], "西安");
  assert.ok(!texts("xi'an").includes("先"));
});

test("a sentence is put together of words", () => {
  assert.equal(texts("shanghaishipudongxinqu")[0], "上海市浦东新区");
});

test("a candidate stands for its letters only", () => {
  const found = lexicon.candidates("zhangsan", { name: "first" });
  assert.deepEqual([found[0].text, found[0].letters], ["张三", 8]);
  assert.deepEqual([found[1].text, found[1].letters], ["张", 5]);
});

test("surnames and characters of given names come first in names, and only there", () => {
  assert.equal(texts("zhang")[0], "长");
  assert.deepEqual(texts("zhang", "first").slice(0, 2), ["张", "章"]);
  assert.equal(texts("shan", "first")[0], "单");
  assert.notEqual(texts("dan", "first")[0], "单");
  assert.equal(texts("ouyang", "first")[0], "欧阳");
  assert.equal(texts("wei", "given")[0], "伟");
});

test("seldom and traditional characters of names are reached", () => {
  for (const [char, letters] of Object.entries({ 䶮: "yan", 喆: "zhe", 堃: "kun", 赟: "yun", 翀: "chong" })) {
    const at = texts(letters, "given").indexOf(char);
    assert.ok(at >= 0 && at < 24, `${char} at ${at}`);
  }
  for (const [char, letters] of Object.entries({ 張: "zhang", 龍: "long", 劉: "liu", 陳: "chen" })) {
    assert.ok(texts(letters, "first").includes(char), char);
  }
});

test("a syllable that is only begun has candidates, letters that are none have not", () => {
  assert.ok(texts("zh").length > 100);
  assert.equal(texts("beij")[0], "北京");
  assert.deepEqual(texts("v"), []);
  assert.equal(texts("beijingv")[0], "北京");
});

test("the same letters have the same candidates however often they were asked for", () => {
  const first = texts("yangguang");
  for (let n = 0; n < 5; n += 1) lexicon.candidates("yangguang")[2];
  assert.deepEqual(texts("yangguang"), first);
});

test("candidates come within 50 ms, also for a sentence", () => {
  const took = ["yi", "shi", "zh", "zhongguo", "shanghaishipudongxinqu", "xianshiyantaqu"].map((letters) => {
    const begun = performance.now();
    lexicon.candidates(letters);
    return performance.now() - begun;
  });
  assert.ok(Math.max(...took) < 50, took.join());
});

test("every row of letters is twenty half keys wide", () => {
  for (const layout of ["latin", "email", "pinyin"]) {
    for (const options of [{}, { symbols: true }, { latin: true }, { lines: true }, { latin: true, lines: true }]) {
      for (const row of rows(layout, options)) assert.equal(row.reduce((sum, { wide }) => sum + wide, 0), 20, layout);
    }
  }
});

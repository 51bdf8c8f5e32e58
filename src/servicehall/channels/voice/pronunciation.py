"""Words that espeak-ng reads wrongly, respelled; better engines get the plain text.

Debian's build lacks the extended Chinese dictionary, so a character with several readings gets
its commonest one whatever the word: 银行 becomes "yin xing". The words here are those of halls.
"""

from __future__ import annotations

import re

# Raised with every change below, so that files spoken the old way are not used again.
VERSION = 1

_READINGS = {
    "银行": "yin2 hang2",
    "行号": "hang2 hao4",
    "行长": "hang2 zhang3",
    "分行": "fen1 hang2",
    "支行": "zhi1 hang2",
    "重新": "chong2 xin1",
    "重庆": "chong2 qing4",
    "会计": "kuai4 ji4",
    "更换": "geng1 huan4",
    "变更": "bian4 geng1",
    "还款": "huan2 kuan3",
    "还书": "huan2 shu1",
    "归还": "gui1 huan2",
    "调解": "tiao2 jie3",
    "处理": "chu3 li3",
    "处方": "chu3 fang1",
    "音乐": "yin1 yue4",
    "厦门": "xia4 men2",
    "长者": "zhang3 zhe3",
    "家长": "jia1 zhang3",
    "院长": "yuan4 zhang3",
    "店长": "dian4 zhang3",
    "少儿": "shao4 er2",
    "业务": "ye4 wu4",
    "服务": "fu2 wu4",
    "税务": "shui4 wu4",
    "事务": "shi4 wu4",
    "商务": "shang1 wu4",
    "政务": "zheng4 wu4",
}
_WORDS = re.compile("|".join(sorted(_READINGS, key=len, reverse=True)))


def for_espeak(text: str, language: str) -> str:
    """The text as espeak-ng has to be given it."""
    if not language.startswith("zh"):
        return text
    return _WORDS.sub(lambda found: f" {_READINGS[found[0]]} ", text)

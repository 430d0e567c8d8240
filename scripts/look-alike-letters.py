"""Writes src/common/look-alike-letters.ts: every character that Unicode's confusables.txt (UTS 39) takes for Latin letters.

Needs PyICU (Debian: python3-icu), whose ICU brings that file. Run it again with a later ICU, and prettier after it:
    python3 scripts/look-alike-letters.py && npx prettier --write src/common/look-alike-letters.ts
"""

import unicodedata
from collections import defaultdict

import icu

checker = icu.SpoofChecker()


def without_marks(text):
    return "".join(char for char in unicodedata.normalize("NFKD", text) if unicodedata.category(char)[0] != "M")


def is_latin(text):
    return text.isascii() and text.isalpha()


def read_as(char):
    """The Latin letters, small and without accents, that a character is read as; None: none, or it decomposes before anybody asks."""
    if char.isascii() or without_marks(char) != char:
        return None
    letters = without_marks(checker.getSkeleton(0, char))
    return letters.lower() if is_latin(letters) else None


letters = defaultdict(list)
for point in range(0x80, 0x110000):
    if 0xD800 <= point <= 0xDFFF:
        continue
    latin = read_as(chr(point))
    if latin:
        letters[latin].append(f"{point:04X}")

with open("src/common/look-alike-letters.ts", "w") as file:
    file.write(
        f"""/**
 * Every character that Unicode {icu.UNICODE_VERSION} (confusables.txt of UTS 39, as ICU {icu.ICU_VERSION} has it) takes for Latin letters, by code point; but for
 * those whose compatibility decomposition says so. Made by scripts/look-alike-letters.py: don't edit it.
 */
export const CONFUSABLE_LETTERS: Readonly<Record<string, string>> = {{
"""
    )
    for latin, points in sorted(letters.items()):
        file.write(f"  {latin}: '{' '.join(points)}',\n")
    file.write("};\n")

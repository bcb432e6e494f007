"""Writes a made-up tokenizer (tokenizer.json), a made-up BERT vocabulary (vocab.txt), and the ids that the `tokenizers`
package gives for made-up texts (tokens.json).

Run with the `tokenizers` package: python make_tokenizer.py.
"""
import json
from pathlib import Path

from tokenizers import BertWordPieceTokenizer, Tokenizer

HERE = Path(__file__).parent
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = ["there", "is", "no", "pleural", "effusion", "heart", "the", "size", "normal", "lung", "lungs", "clear",
         "mm", "pneumo", "thorax", "pneumothorax", "##thorax", "##al", "##s", "##sion", "##ing", "..", ").", "##).",
         "cafe", "resume", "12", "##12", "2020", "ß", "é", "中", "##文", "中文", "ⅳ", "iv", "①", "½", "⁄", "٣", "🙂"]
TEXTS = [
    "", " ", "There is no pleural effusion.", "Heart size normal; lungs clear (see 2020-12-05).",
    "5mm nodule, 12cm, T4N0", "pneumothorax pneumothoraxes hydropneumothorax", "Café RÉSUMÉ naïve Ångström",
    "½ of the lung ⅳ Ⅳ ① ⑫ ²", "ﬁbrosis ﬂuid ﬀ", "İstanbul ISTANBUL ıstanbul", "STRASSE Straße ẞ", "中文 and 中 文字",
    "tab\tnewline\nreturn\r\nspace\u00a0nbsp\u2003em\u3000wide", "[MASK] [CLS] [PAD] [mask] [[MASK]]", "a" * 100, "a" * 101,
    "the " + "b" * 150 + " lung", "e\u0301 a\u0300\u0316 \u0301x", "zero\u200bwidth\u200djoiner\u200cnon\ufeffbom",
    "under_score __ a_b 1_2", "...((..)). -- ?!", "🙂 ❷ 🅰 Ⓐ ⓑ", "٣٤ ३ a٣b", "हिन्दी ไทย 한국어 ひらがな", "Σίσυφος ΟΔΟΣ",
    "\u0000nul\u0001control\u007f\u0085nel", "the\u2028line\u2029para", "ǅ Ǆ ǆ ʰ ª º", "12,5 % ± 3 µm × 4 °C",
    "## ### ##s the##s", "lung." * 40,
]


def main():
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[MASK]"]
    for token in [*LETTERS, *("##" + c for c in LETTERS), *"0123456789", *("##" + c for c in "0123456789"),
                  *"!\"#%&'()*+,-./:;<=>?@[]_{}~", "##.", "##)", "##(", "##_", "##-", *WORDS]:
        if token not in tokens:
            tokens.append(token)
    data = {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": i, "special": True, "content": t, "single_word": False, "lstrip": False,
                          "rstrip": False, "normalized": False} for i, t in enumerate(tokens[:4])],
        "normalizer": {"type": "Sequence",
                       "normalizers": [{"type": "Lowercase"}, {"type": "NFKD"}, {"type": "StripAccents"}]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Whitespace"},
                                                               {"type": "Digits", "individual_digits": False}]},
        "post_processor": None, "decoder": None,
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {t: i for i, t in enumerate(tokens)}},
    }
    (HERE / "tokenizer.json").write_text(json.dumps(data, ensure_ascii=False) + "\n", encoding="utf-8")
    bert = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *tokens[4:]]
    (HERE / "vocab.txt").write_text("\n".join(bert) + "\n", encoding="utf-8")

    hugging = Tokenizer.from_file(str(HERE / "tokenizer.json"))
    vocabulary = BertWordPieceTokenizer(str(HERE / "vocab.txt"), lowercase=True)
    expected = [{"text": text, "ids": hugging.encode("[CLS] " + text).ids,
                 "bert": vocabulary.encode("[CLS] " + text, add_special_tokens=False).ids} for text in TEXTS]
    (HERE / "tokens.json").write_text(json.dumps(expected) + "\n")


main()

// @ts-check
// What a key means on whatever keyboard: the character on it first, then its
// place. So Z is where the keyboard has a Z, and where it has no Latin letters
// the key at that place does.

/** Characters that shortcuts are made of; letters are small. */
const KNOWN = "abcdefghijklmnopqrstuvwxyz0123456789[]/?+-=−,.<>";

/** Places of signs, on an American keyboard, and what they mean with Shift. @type {Record<string, [string, string]>} */
const SIGNS = {
  BracketLeft: ["[", ""],
  BracketRight: ["]", ""],
  Slash: ["/", "?"],
  Comma: [",", ","],
  Period: [".", "."],
  Minus: ["-", ""],
  Equal: ["=", "+"],
  Digit0: ["0", ""],
};

/** Signs that some keyboards have only with AltGr, or with Option on a Mac. */
const COMPOSED = "[]/?";

/**
 * The name of a key for shortcuts: "Enter", "ArrowUp" and so on as the event
 * has them, a small Latin letter, a digit or a sign; "" for one that means nothing.
 * With Alt, which other programs use, only what is made with it counts.
 * @param {{key: string, code: string, altKey?: boolean, ctrlKey?: boolean, shiftKey?: boolean, getModifierState?: (name: string) => boolean}} event
 */
export function named(event) {
  const { key, code } = event;
  if (key === " ") return key;
  const composing = event.getModifierState?.("AltGraph") || (event.altKey && !event.ctrlKey);
  const sign = key.normalize("NFKC").toLowerCase();
  const single = [...sign].length === 1;
  if (composing && single) return COMPOSED.includes(sign) ? sign : "";
  if (single && KNOWN.includes(sign)) return sign;
  // A name; but dead keys and those of an input method do not say their character.
  if (!single && !/^(Dead|Process|Unidentified)$/.test(key)) return key;
  if (composing) return "";
  const letter = /^Key([A-Z])$/.exec(code ?? "")?.[1];
  return letter ? letter.toLowerCase() : (SIGNS[code]?.[event.shiftKey ? 1 : 0] ?? "");
}

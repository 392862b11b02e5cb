import assert from "node:assert/strict";
import { test } from "node:test";

import { named } from "./keyboard.js";

/** A key press: its character, its place, and what is held down. */
const press = (key, code, ...held) => {
  const down = (name) => held.includes(name);
  return named({ key, code, altKey: down("alt"), ctrlKey: down("ctrl"), shiftKey: down("shift"), getModifierState: (name) => name === "AltGraph" && down("altgr") });
};

for (const [layout, key, code, want, ...held] of [
  ["American", "s", "KeyS", "s"],
  ["American", "S", "KeyS", "s", "shift"],
  ["American", "[", "BracketLeft", "["],
  ["American", "?", "Slash", "?", "shift"],
  ["American", "<", "Comma", "<", "shift"],
  ["American", ")", "Digit0", "", "shift"],
  ["American", "{", "BracketLeft", "", "shift"],
  ["German: the Z is where the character is", "z", "KeyY", "z"],
  ["German, AltGr on Windows", "[", "Digit8", "[", "alt", "ctrl", "altgr"],
  ["German, AltGr on Linux", "]", "Digit9", "]", "altgr"],
  ["German, Option on a Mac", "[", "Digit5", "[", "alt"],
  ["German: the character before the place", "+", "BracketRight", "+"],
  ["German: no bracket, but its place", "ü", "BracketLeft", "["],
  ["German, AltGr: other signs", "@", "KeyQ", "", "altgr"],
  ["French: the A is where the character is", "a", "KeyQ", "a"],
  ["French: the M by its character", "m", "Semicolon", "m"],
  ["French: a comma where others have M", ",", "KeyM", ","],
  ["French: the digit row without Shift", "à", "Digit0", "0"],
  ["French: a semicolon at the place of the comma", ";", "Comma", ","],
  ["Dvorak: the S by its character", "s", "Semicolon", "s"],
  ["Dvorak: a letter means itself", "w", "Comma", "w"],
  ["Russian", "ы", "KeyS", "s"],
  ["Russian, capital", "Ы", "KeyS", "s", "shift"],
  ["Russian", "б", "Comma", ","],
  ["Russian", "ю", "Period", "."],
  ["Russian", "Ю", "Period", ".", "shift"],
  ["Russian", "х", "BracketLeft", "["],
  ["Russian", "ъ", "BracketRight", "]"],
  ["Russian, a full stop at the place of the slash", ".", "Slash", "."],
  ["Greek", "σ", "KeyS", "s"],
  ["Greek, a dead key", "Dead", "Semicolon", ""],
  ["Hebrew", "ד", "KeyS", "s"],
  ["Spanish, a dead key at the bracket", "Dead", "BracketLeft", "["],
  ["Japanese, full width", "ｓ", "KeyS", "s"],
  ["Chinese, an input method", "Process", "KeyS", "s"],
  ["Option and a letter on a Mac", "ß", "KeyS", "", "alt"],
  ["Alt and a letter", "s", "KeyS", "", "alt"],
  ["arrows", "ArrowUp", "ArrowUp", "ArrowUp"],
  ["arrows with Alt", "ArrowUp", "ArrowUp", "ArrowUp", "alt"],
  ["space", " ", "Space", " "],
  ["Escape", "Escape", "Escape", "Escape"],
  ["a phone", "Unidentified", "", ""],
]) {
  test(`${layout}: ${[...held, key].join(" ")} at ${code} is ${want || "nothing"}`, () => assert.equal(press(key, code, ...held), want));
}

test("Ctrl and Z, also where the keyboard has no Z", () => {
  assert.equal(press("я", "KeyZ", "ctrl"), "z");
  assert.equal(press("z", "KeyY", "ctrl"), "z");
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { faithful, mustBeTrue, FalsePixels } from "./pixels.js";

/** A document whose canvas is of 32 pixels; falsify changes what is read from it. */
function browser(falsify) {
  const pixels = new Uint8ClampedArray(32 * 32 * 4);
  const pen = {
    fillStyle: "",
    fillRect(x, y, w, h) {
      const [r, g, b] = this.fillStyle.match(/\d+/g).map(Number);
      for (let j = y; j < y + h; j++) for (let i = x; i < x + w; i++) pixels.set([r, g, b, 255], 4 * (32 * j + i));
    },
    getImageData: () => ({ data: falsify(pixels.slice()) }),
  };
  globalThis.document = { createElement: () => ({ getContext: () => pen }) };
}

test("a browser that reads what was painted", () => {
  browser((data) => data);
  mustBeTrue();
});

for (const [name, falsify] of [
  ["one pixel by one", (data) => ((data[4 * 700 + 2] ^= 1), data)],
  ["all white", (data) => data.fill(255)],
  ["empty", (data) => data.fill(0)],
  ["noise", (data) => data.map((v, i) => (i * 7919) % 256)],
]) {
  test(`pixels are changed: ${name}`, () => {
    browser(falsify);
    assert.throws(mustBeTrue, FalsePixels);
  });
}

test("what is too short was not painted", () => assert.equal(faithful([]), false));

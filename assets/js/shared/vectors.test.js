import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PROBE, hasVectors } from "./vectors.js";

test("Node has vectors, and the probe is a program because of them alone", () => {
  assert.equal(hasVectors(), true);
  const without = PROBE.toSpliced(14, 1, 127).toSpliced(25, 3, 11).toSpliced(20, 1, 6).toSpliced(22, 1, 4); // i32.const 0
  assert.equal(WebAssembly.validate(new Uint8Array(without)), true);
  const wrong = PROBE.toSpliced(14, 1, 127); // a vector where a number is said
  assert.equal(WebAssembly.validate(new Uint8Array(wrong)), false);
});

test("a browser without vectors, or without WebAssembly, has none", () => {
  const real = globalThis.WebAssembly;
  try {
    globalThis.WebAssembly = { validate: () => false };
    assert.equal(hasVectors(), false);
    globalThis.WebAssembly = undefined;
    assert.equal(hasVectors(), false);
  } finally {
    globalThis.WebAssembly = real;
  }
});

test("the service worker asks with the same program", () => {
  const sw = readFileSync(new URL("../workers/sw.js", import.meta.url), "utf8");
  assert.ok(sw.includes(`[${PROBE.join(", ")}]`));
});

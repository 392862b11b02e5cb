import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";

import { pack, unpack } from "./fragment.js";

const cif = Buffer.from("data_salt\n_cell_length_a 5.64\nloop_\n_atom_site_label\nNa1\nCl1\n".repeat(20));

test("what is packed comes back, and other programs can read it", async () => {
  const text = await pack(cif);
  assert.match(text, /^[A-Za-z0-9_-]+$/);
  assert.deepEqual(Buffer.from(/** @type {Uint8Array} */ (await unpack(text))), cif);
  assert.deepEqual(inflateRawSync(Buffer.from(text, "base64url")), cif);
});

test("a fragment that another program has packed opens, at any level and with padding", async () => {
  for (const level of [0, 1, 9]) {
    const packed = deflateRawSync(cif, { level });
    assert.deepEqual(Buffer.from(/** @type {Uint8Array} */ (await unpack(packed.toString("base64url")))), cif);
    const padded = packed.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
    assert.deepEqual(Buffer.from(/** @type {Uint8Array} */ (await unpack(padded))), cif);
  }
});

test("a document too long for a link has none", async () => {
  assert.equal(await pack(randomBytes(4609)), "");
  assert.notEqual(await pack(randomBytes(4500)), "");
  assert.equal(await pack(new Uint8Array((1 << 20) + 1)), "");
});

test("what is damaged or hostile is refused", async () => {
  const text = await pack(cif);
  for (const [what, fragment] of [
    ["cut off", text.slice(0, -8)],
    ["no base64url", "%%%"],
    ["no DEFLATE", Buffer.from("certainly not").toString("base64url")],
    ["one that unpacks to more than a megabyte", deflateRawSync(Buffer.alloc((1 << 20) + 1)).toString("base64url")],
    ["far too long", "A".repeat(13_000)],
  ]) {
    assert.equal(await unpack(fragment), null, what);
  }
  assert.equal((await unpack(deflateRawSync(Buffer.alloc(1 << 20)).toString("base64url")))?.length, 1 << 20, "just a megabyte");
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { Typed } from "./typed.js";

test("what nobody has typed is the engine's", () => {
  const t = new Typed("200");
  assert.deepEqual([t.own, t.fresh, t.value], [false, false, "200"]);
});

test("typed text is one's own until the answer to it has come", () => {
  const t = new Typed("200");
  t.type();
  t.type();
  t.value = "80"; // the engine has news meanwhile
  assert.deepEqual([t.own, t.fresh], [true, true]);
  const ticket = t.send();
  assert.deepEqual([t.own, t.fresh], [true, false], "it waits for the answer");
  assert.equal(t.answer(ticket, true), true);
  assert.deepEqual([t.own, t.fresh], [false, false]);
});

test("text that cannot be used stays, and is sent again only after an edit or by the person", () => {
  const t = new Typed("200");
  t.type();
  assert.equal(t.answer(t.send(), false), true);
  assert.deepEqual([t.own, t.fresh], [true, false]);
  const again = t.send();
  assert.equal(t.answer(again, true), true);
  assert.equal(t.own, false);
});

test("an answer to an earlier text leaves the later one alone", () => {
  const t = new Typed("0");
  t.type();
  const late = t.send();
  t.type();
  assert.equal(t.answer(late, true), false);
  assert.deepEqual([t.own, t.fresh], [true, true]);
  assert.equal(t.answer(late, false), false);
  const next = t.send();
  assert.equal(t.answer(late, true), false, "nor after the later one was sent");
  assert.equal(t.own, true);
  assert.equal(t.answer(next, true), true);
  assert.equal(t.own, false);
});

test("what is given up is the engine's, whatever answers come", () => {
  const t = new Typed("200");
  t.type();
  const ticket = t.send();
  t.release();
  assert.deepEqual([t.own, t.fresh], [false, false]);
  assert.equal(t.answer(ticket, false), false);
  assert.equal(t.own, false);
  t.type();
  assert.equal(t.answer(ticket, true), false);
  assert.equal(t.own, true);
});

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

let number = 0;
/** @type {typeof import('./history.js')} */
let history;
/** What the browser's own history was told. @type {string[]} */
let told;

// Each test has a list of its own.
beforeEach(async () => {
  globalThis.location = { pathname: "/sim", search: "?v=1", hash: "" };
  told = [];
  globalThis.history = {
    pushState: (state, _, link) => told.push(`push ${link} ${state.snapshot}`),
    replaceState: (state, _, link) => told.push(`replace ${link} ${state.snapshot}`),
  };
  history = await import(`./history.js?${++number}`);
});

/** Notes states of one movement, in ms. */
const record = (snapshot, change, { keep = false, merge = "", from = 0, to = from } = {}) => history.record(snapshot, change, keep, merge, { from, to });

/** All changes that can be undone from here, the last one first. */
function undone() {
  const changes = [];
  for (let step = history.look(-1); step; step = history.look(-1)) {
    changes.push(step.change);
    history.walked(step.entry);
  }
  return changes;
}

test("each change is one entry; back and forth", () => {
  record("a", "");
  assert.equal(history.canUndo(), false);
  record("b", "tilt");
  record("c", "voltage");
  assert.equal(history.canRedo(), false);
  assert.deepEqual(undone(), ["voltage", "tilt"]);
  assert.equal(history.current(), "a");
  assert.equal(history.canUndo(), false);
  assert.equal(history.look(1).change, "tilt");
  history.walked(history.look(1).entry);
  assert.equal(history.current(), "b");
  assert.equal(history.canRedo(), true);
});

test("the same state twice is one entry", () => {
  record("a", "");
  record("b", "tilt");
  record("b", "tilt", { from: 5000 });
  assert.deepEqual(undone(), ["tilt"]);
});

test("steps of one movement are one entry, until it rests", () => {
  record("a", "");
  record("b", "tilt", { merge: "keys", from: 0 });
  record("c", "tilt", { merge: "keys", from: 400 });
  record("d", "tilt", { merge: "keys", from: 899 });
  record("e", "tilt", { merge: "keys", from: 1400 });
  record("f", "zoom", { merge: "wheel", from: 1450 });
  assert.deepEqual(undone(), ["zoom", "tilt", "tilt"]);
  assert.equal(history.current(), "a");
});

test("the first state is no movement's", () => {
  record("a", "tilt", { merge: "keys" });
  record("b", "tilt", { merge: "keys", from: 10 });
  assert.deepEqual(undone(), ["tilt"]);
  assert.equal(history.current(), "a");
});

test("a new change after undo takes what was undone away", () => {
  record("a", "");
  record("b", "tilt");
  record("c", "voltage");
  history.walked(history.look(-1).entry);
  record("d", "cell");
  assert.equal(history.canRedo(), false);
  assert.deepEqual(undone(), ["cell", "tilt"]);
});

test("what is only known better keeps both sides", () => {
  record("a", "");
  record("b", "tilt");
  record("c", "voltage");
  history.walked(history.look(-1).entry);
  record("b2", "", { keep: true });
  assert.equal(history.current(), "b2");
  assert.equal(history.canRedo(), true);
  assert.deepEqual(undone(), ["tilt"]);
});

test("a hundred changes can be undone", () => {
  record("start", "");
  for (let i = 1; i <= 150; i++) record(`state ${i}`, `change ${i}`);
  const changes = undone();
  assert.equal(changes.length, 100);
  assert.equal(changes[99], "change 51");
  assert.equal(history.current(), "state 50");
});

test("who listens hears of each entry once", () => {
  let heard = 0;
  history.changed.listen(() => heard++);
  record("a", "");
  record("b", "tilt");
  record("b", "tilt");
  history.walked(history.look(-1).entry);
  assert.equal(heard, 3);
});

test("the address bar follows, a new place at once", async () => {
  history.link("/sim?v=1", false, "a");
  assert.deepEqual(told, []);
  history.link("/sim?kv=300", false, "b");
  history.link("/sim?kv=301", false, "c");
  history.link("/sim?kv=302", false, "d");
  assert.deepEqual(told, ["replace /sim?kv=300 b"]);
  await new Promise((done) => setTimeout(done, 350));
  assert.deepEqual(told.slice(1), ["replace /sim?kv=302 d"]);
  history.link("/sim?kv=303", false, "e");
  history.link("/sim?c=al", true, "f");
  await new Promise((done) => setTimeout(done, 350));
  assert.deepEqual(told.slice(2), ["push /sim?c=al f"]);
});

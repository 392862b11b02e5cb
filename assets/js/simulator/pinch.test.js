import assert from "node:assert/strict";
import { test } from "node:test";

import { pair, pinch } from "./pinch.js";

/** Two fingers around a point, the second one away by a distance in a direction, degrees clockwise on the screen. */
const fingers = (x, y, distance, degrees) => {
  const [dx, dy] = [(Math.cos((degrees * Math.PI) / 180) * distance) / 2, (Math.sin((degrees * Math.PI) / 180) * distance) / 2];
  return pair([{ x: x - dx, y: y - dy }, { x: x + dx, y: y + dy }]);
};
const near = (got, want) => assert.ok(Math.abs(got - want) < 1e-9, `${got}, want ${want}`);
/** The turns of fingers that go through directions, degrees. */
const turns = (...degrees) => {
  const move = pinch(fingers(0, 0, 80, degrees[0]));
  return degrees.slice(1).map((d) => move(fingers(0, 0, 80, d)).deg);
};
const sum = (list) => list.reduce((a, b) => a + b, 0);

test("fingers that part enlarge, fingers that close reduce", () => {
  const { factor, deg } = pinch(fingers(100, 50, 80, 30))(fingers(100, 50, 160, 30));
  near(factor, 2);
  assert.equal(deg, 0);
  near(pinch(fingers(0, 0, 160, 30))(fingers(7, 9, 40, 30)).factor, 0.25);
});

test("fingers that part by far, and turn a little as fingers do, turn nothing", () => {
  const move = pinch(fingers(0, 0, 60, 0));
  for (let i = 1; i <= 40; i++) assert.equal(move(fingers(0, 0, 60 + 6 * i, 7.5 * Math.sin(i / 8))).deg, 0);
});

test("a twist turns from 8 degrees on, without a jump, and then follows to and fro", () => {
  const steps = turns(0, 3, 6, 9, 12, 15, 10, 2, 1, -20);
  [0, 0, -1, -3, -3, 5, 8, 1, 21].forEach((want, i) => near(steps[i], want));
});

test("a turn clockwise on the screen is negative, also through the end of the circle", () => {
  near(sum(turns(0, 9, 19)), -11);
  near(sum(turns(19, 9, 0)), 11);
  near(sum(turns(175, 184, 195)), -12);
  near(sum(turns(-175, -184, -195)), 12);
});

test("the middle is between the fingers, and they are never at one place", () => {
  const both = pair([{ x: 10, y: 20 }, { x: 30, y: 60 }]);
  near(both.x, 20);
  near(both.y, 40);
  near(both.distance, Math.hypot(20, 40));
  assert.equal(pair([{ x: 5, y: 5 }, { x: 5, y: 5 }]).distance, 1);
});

test("a tremble does nothing, but a slow movement is not lost", () => {
  const move = pinch(fingers(0, 0, 100, 0));
  assert.deepEqual(move(fingers(3, 3, 100.1, 0.05)), { factor: 0, deg: 0 });
  let [size, turn] = [1, 0];
  for (let i = 1; i <= 200; i++) {
    const { factor, deg } = move(fingers(0, 0, 100 * 1.001 ** i, i / 10));
    size *= factor || 1;
    turn += deg;
  }
  assert.ok(Math.abs(size - 1.001 ** 200) < 0.003, `the size is ${size}`);
  assert.ok(Math.abs(turn + 12) < 0.15, `the turn is ${turn}`);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { between, pair } from "./pinch.js";

/** Two fingers around a point, the second one away by a distance in a direction, degrees clockwise on the screen. */
const fingers = (x, y, distance, degrees) => {
  const [dx, dy] = [(Math.cos((degrees * Math.PI) / 180) * distance) / 2, (Math.sin((degrees * Math.PI) / 180) * distance) / 2];
  return pair([{ x: x - dx, y: y - dy }, { x: x + dx, y: y + dy }]);
};
const near = (got, want) => assert.ok(Math.abs(got - want) < 1e-9, `${got}, want ${want}`);

test("fingers that part enlarge, fingers that close reduce", () => {
  const { factor, deg } = between(fingers(100, 50, 80, 30), fingers(100, 50, 160, 30));
  near(factor, 2);
  assert.equal(deg, 0);
  near(between(fingers(0, 0, 160, 30), fingers(7, 9, 40, 30)).factor, 0.25);
});

test("a turn clockwise on the screen is negative, also through the end of the circle", () => {
  near(between(fingers(0, 0, 80, 0), fingers(0, 0, 80, 10)).deg, -10);
  near(between(fingers(0, 0, 80, 10), fingers(0, 0, 80, 0)).deg, 10);
  near(between(fingers(0, 0, 80, 175), fingers(0, 0, 80, 185)).deg, -10);
  near(between(fingers(0, 0, 80, -175), fingers(0, 0, 80, -185)).deg, 10);
  assert.equal(between(fingers(0, 0, 80, 0), fingers(0, 0, 80, 10)).factor, 0);
});

test("the middle is between the fingers, and they are never at one place", () => {
  const both = pair([{ x: 10, y: 20 }, { x: 30, y: 60 }]);
  near(both.x, 20);
  near(both.y, 40);
  near(both.distance, Math.hypot(20, 40));
  assert.equal(pair([{ x: 5, y: 5 }, { x: 5, y: 5 }]).distance, 1);
});

test("a tremble does nothing", () => {
  assert.deepEqual(between(fingers(0, 0, 100, 0), fingers(3, 3, 100.1, 0.05)), { factor: 0, deg: 0 });
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { room } from "./room.js";

const box = (left, top, width, height) => ({ left, top, right: left + width, bottom: top + height });
const boxOf = (p) => box(p.left, p.top, p.width, p.height);
const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;

/** Frames with what stands in them: a phone, a small phone, a phone on its side, a desk. */
const frames = [
  { name: "phone", width: 390, height: 404, others: [box(8, 8, 110, 62), box(270, 8, 112, 46), box(328, 200, 54, 194), box(8, 350, 74, 44), box(240, 360, 74, 26)] },
  { name: "small", width: 320, height: 320, others: [box(8, 8, 110, 62), box(200, 8, 112, 46), box(258, 116, 54, 194), box(8, 266, 74, 44), box(170, 276, 74, 26)] },
  { name: "side", width: 524, height: 342, others: [box(12, 10, 110, 62), box(402, 10, 112, 46), box(172, 278, 180, 54), box(8, 288, 74, 44), box(400, 300, 100, 26)] },
  { name: "desk", width: 790, height: 840, others: [box(12, 10, 110, 62), box(660, 10, 112, 46), box(280, 780, 250, 46)] },
];

test("the card covers neither the spot nor anything else, wherever the spot is", () => {
  for (const f of frames) {
    for (let x = 10; x < f.width; x += 19) {
      for (let y = 10; y < f.height; y += 17) {
        const place = room(f, { x, y }, f.others, "");
        const card = boxOf(place);
        assert.ok(place.width >= 156 && place.height >= 56, `${f.name} ${x} ${y}: ${JSON.stringify(place)}`);
        assert.ok(card.left >= 8 && card.top >= 8 && card.right <= f.width - 8 && card.bottom <= f.height - 8, `${f.name} ${x} ${y}: out of the frame`);
        assert.ok(apart(card, box(x - 24, y - 24, 48, 48)), `${f.name}: the spot at ${x}, ${y} is covered by ${JSON.stringify(place)}`);
        for (const o of f.others) assert.ok(apart(card, o), `${f.name} ${x} ${y}: ${JSON.stringify(place)} covers ${JSON.stringify(o)}`);
      }
    }
  }
});

test("where there is room it stands beside the spot, all of it", () => {
  const desk = frames[3];
  const left = room(desk, { x: 400, y: 400 }, desk.others, "");
  assert.deepEqual([left.side, left.flat, left.left, left.width], ["left", false, 8, 232]);
  const right = room(desk, { x: 100, y: 400 }, desk.others, "");
  assert.deepEqual([right.side, right.flat, right.left + right.width], ["right", false, 782]);
  assert.ok(left.height >= 330 && right.height >= 330);
});

test("it stays on its side while that costs little", () => {
  const desk = frames[3];
  assert.equal(room(desk, { x: 400, y: 400 }, desk.others, "right").side, "right");
  const phone = frames[0];
  assert.equal(room(phone, { x: 195, y: 214 }, phone.others, "above").side, "above");
  assert.equal(room(phone, { x: 195, y: 120 }, phone.others, "above").side, "below");
});

test("a frame in which nothing fits still shows the spot", () => {
  const place = room({ width: 200, height: 150 }, { x: 100, y: 60 }, frames[0].others, "");
  assert.equal(place.side, "below");
  assert.ok(place.top >= 84);
});

// @ts-check
// Dynamical intensities: calculations that are too long for a picture to wait
// for, and the slider for the thickness.

import { $ } from "../shared/dom.js";
import { act, gesture, now, newView, show } from "./app.js";
import { release, show as showField } from "./field.js";
import * as engine from "../shared/engine.js";
import { announce } from "./announce.js";
import { ask, toast } from "./messages.js";

const LONG_MS = 300;
/** A refinement takes longer before it is told: the picture is there already. */
const REFINING_MS = 2000;

let working = false;
let again = false;

newView.listen((view) => {
  again = !!(view.waiting || view.refining);
  if (again && !working) work();
});

/** Calculates what the view waits for, and refines it, until there is no more. */
async function work() {
  working = true;
  while (again) {
    again = false;
    let close = () => {};
    let stopped = false;
    const { waiting, refining } = now.view ?? {};
    const run = () => {
      stopped = true;
      engine.cancel();
    };
    const tell = () => (close = ask(waiting || refining || "", { label: waiting ? "Cancel" : "Stop", run }));
    const timer = setTimeout(tell, waiting ? LONG_MS : REFINING_MS);
    const reply = await engine.calculate();
    clearTimeout(timer);
    close();
    if (stopped && waiting) {
      await act({ op: "set", set: { values: { m: "k" } } });
      toast("Cancelled. Showing the kinematic pattern.");
    } else if (reply.ok || stopped) {
      await act({ op: "view" }, { keep: true });
      // A refinement may follow: what was waited for is there.
      if (reply.status && (!again || (waiting && !now.view?.waiting))) announce(reply.status);
    }
    else show(reply, { op: "view" });
  }
  working = false;
}

const slider = $("#t-range");
slider.addEventListener("input", () => {
  release($("#t"));
  showField($("#t"), slider.value);
  gesture({ op: "set", set: { values: { t: slider.value } } }, { merge: "thickness" });
});
newView.listen((view) => {
  slider.hidden = view.values.m !== "d" || view.values.w !== "";
  if (document.activeElement !== slider) slider.value = view.values.t;
});

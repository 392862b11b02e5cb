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

let working = false;
let again = false;

newView.listen((view) => {
  again = !!view.waiting;
  if (again && !working) work();
});

/** Calculates what the view waits for, until it waits no more. */
async function work() {
  working = true;
  while (again) {
    again = false;
    let close = () => {};
    let stopped = false;
    const text = now.view?.waiting ?? "";
    const cancel = () => {
      stopped = true;
      engine.cancel();
    };
    const timer = setTimeout(() => (close = ask(text, { label: "Cancel", run: cancel })), LONG_MS);
    const reply = await engine.calculate();
    clearTimeout(timer);
    close();
    if (stopped) {
      await act({ op: "set", set: { values: { m: "k" } } });
      toast("Cancelled. Showing the kinematic pattern.");
    } else if (reply.ok) {
      await act({ op: "view" }, { keep: true });
      if (!again && reply.status) announce(reply.status);
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

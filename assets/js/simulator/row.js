// @ts-check
// The row of a spot that is kept while one tilts: drags and steps turn the
// crystal about its g. The spot is ringed; another one that is chosen meanwhile
// takes its place.

import { $$, plain } from "../shared/dom.js";
import { act, newView, now } from "./app.js";
import { announce } from "./announce.js";
import { toast } from "./messages.js";

/** @typedef {[number, number, number]} HKL */

/** @typedef {{hkl: HKL, crystal: string}} Kept */

/** @type {Kept | null} */
let kept = null;

/** What a request to tilt adds: the spot whose row is kept. @returns {{hkl?: HKL}} */
export const keeping = () => (kept ? { hkl: kept.hkl } : {});

/** @param {Kept | null} next */
function set(next) {
  kept = next;
  for (const b of $$('[data-do="row"]')) b.setAttribute("aria-pressed", String(kept !== null));
}

/** Keeps the row of the chosen spot, else of the strongest one; or lets it go. */
export async function toggleRow() {
  if (kept) {
    set(null);
    await act({ op: "select" }, { keep: true });
    return announce("Every tilt again.");
  }
  const view = now.view;
  const hkl = view?.detail?.hkl ?? view?.rows?.find((r) => r.hkl.some((n) => n !== 0))?.hkl;
  if (!view || !hkl || view.values.w) return void toast("There is no spot whose row could be kept.");
  set({ hkl, crystal: view.crystal.id });
  const { detail } = await act({ op: "select", hkl }, { keep: true });
  toast(`Tilting keeps the row of ${plain(detail?.label)}. Tap another spot to keep its row.`);
}

newView.listen((view) => {
  if (!kept) return;
  const hkl = view.detail?.hkl;
  if (view.crystal.id !== kept.crystal || view.values.w) set(null);
  else if (hkl?.some((n) => n !== 0)) set({ ...kept, hkl });
  else act({ op: "select", hkl: kept.hkl }, { keep: true }); // after undo nothing is chosen
});

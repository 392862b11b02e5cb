// @ts-check
// A second phase or a twin over the pattern, in its own colour.

import { $, button, el, runs } from "../../shared/dom.js";
import { finder } from "../../shared/find.js";
import { act, now, newView } from "../../simulator/app.js";
import { attach } from "../../simulator/field.js";
import { dialog } from "../dialog.js";

const MOST = 6; // crystals offered
const box = $('[data-part="second"]');

/** @param {import('../../shared/protocol').SecondPatch} second */
const set = (second) => act({ op: "set", set: { second } }, { quiet: true });

/** Opens the dialog. */
export function open() {
  const view = now.view;
  const kind = el("select", { autofocus: true, className: "field", id: "second-kind" }, el("option", { value: "twin" }, "Twin of this crystal"), el("option", { value: "other" }, "Another crystal"));
  const id = el("input", { className: "field", id: "second-id", autocomplete: "off", placeholder: "Name, formula or mp-number" });
  const hits = el("ul", { className: "plain-list crystals" });
  const meant = el("p", { className: "hint", role: "status" });
  const relation = el("input", { className: "field", id: "second-relation", autocomplete: "off", spellcheck: false });
  relation.setAttribute("list", "relations");
  const names = el("datalist", { id: "relations" });
  const other = el("div", {}, el("label", { className: "label", for: "second-id" }, "Crystal"), id, meant, hits);
  let chosen = view?.second?.id && view.second.id !== "twin" ? view.second.id : "";

  const kinds = () => {
    const twin = kind.value === "twin";
    other.hidden = twin;
    relation.placeholder = twin ? "(111)" : "(111)||(110) [1-10]||[1-11]";
    name.textContent = twin ? "Twin plane" : "What is parallel";
    names.replaceChildren(...(twin ? ["(111)", "(112)", "(10-12)", "60 [111]", "cube twin"] : ["Kurdjumov–Sachs", "Nishiyama–Wassermann", "Greninger–Troiano", "Pitsch", "Bain", "Burgers", "cube on cube"]).map((value) => el("option", { value })));
  };
  const name = el("label", { className: "label", for: "second-relation" });
  const look = async () => {
    const text = id.value.trim();
    const search = await finder().catch(() => null);
    if (text !== id.value.trim()) return; // typed on
    const { rows, nearest } = search?.find(text) ?? { rows: [], nearest: "" };
    hits.replaceChildren(...rows.slice(0, MOST).map((h) => {
      const b = el("button", { type: "button", className: "crystal-item" }, el("b", {}, h.name), " ", el("span", {}, runs(h.show[0])), el("small", {}, runs(h.show[1])));
      b.addEventListener("click", () => { chosen = `lib-${h.id}`; crystal.release(); crystal.show(h.name); hits.replaceChildren(); relation.focus(); });
      return el("li", {}, b);
    }));
    meant.textContent = nearest ? `Did you mean ${nearest}?` : "";
  };
  /** One request sets both fields. @type {ReturnType<typeof set>} */
  let reply;
  const apply = async () => {
    reply = set({ id: kind.value === "twin" ? "twin" : chosen || id.value.trim(), relation: relation.value });
    await Promise.all([crystal.commit(), related.commit()]);
    if ((await reply).ok) panel.close();
  };
  const form = el("form", { className: "stack" },
    el("div", {}, el("label", { className: "label", for: "second-kind" }, "What"), kind), other, el("div", {}, name, relation, names),
    el("div", { className: "row" }, el("button", { className: "btn primary grow" }, "Show"), view?.second ? button("Remove", { icon: "x", grow: true, onclick: () => { set({ id: "" }); panel.close(); } }) : ""));
  const crystal = attach(id, { waits: true, empty: true, commit: async () => ({ fault: (await reply).fields?.second ?? "" }) });
  const related = attach(relation, { waits: true, empty: true, commit: async () => ({ fault: (await reply).fields?.relation ?? (await reply).error ?? "" }) });
  form.addEventListener("submit", (/** @type {Event} */ e) => { e.preventDefault(); apply(); });
  kind.addEventListener("change", kinds);
  id.addEventListener("input", () => { chosen = ""; look(); });
  if (view?.second) {
    kind.value = view.second.id === "twin" ? "twin" : "other";
    related.show(view.second.relation);
    crystal.show(view.second.name);
  }
  kinds();
  const panel = dialog("Second phase or twin", form);
  panel.showModal();
}

newView.listen((view) => {
  const s = view.second;
  if (!s) return box.replaceChildren();
  const parts = [el("p", { className: "second-line" }, el("i", { className: "dot" }), el("span", {}, el("b", {}, s.name), " ", runs(s.text)))];
  parts.push(el("p", { className: "hint" }, runs(s.zone), ` ${s.offAxis}`));
  if (s.error) parts.push(el("p", { className: "error" }, s.error));
  const row = el("div", { className: "row" });
  if (s.variants > 1) {
    const step = (/** @type {number} */ by) => set({ variant: ((s.variant - 1 + by + s.variants) % s.variants) + 1 });
    row.append(button("Previous variant", { icon: "arrow-left", bare: true, onclick: () => void step(-1) }), el("span", { className: "label" }, `${s.variant} of ${s.variants}`), button("Next variant", { icon: "arrow-right", bare: true, onclick: () => void step(1) }));
  }
  row.append(button("Change", { grow: true, onclick: open }), button("Remove the second phase", { icon: "x", bare: true, onclick: () => void set({ id: "" }) }));
  parts.push(row);
  box.replaceChildren(...parts);
});

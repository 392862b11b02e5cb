// @ts-check
// Small helpers that touch the document.

/** @typedef {import('./protocol').Text} Text */

/**
 * The first element that matches.
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {any}
 */
export const $ = (selector, root = document) => root.querySelector(selector);

/**
 * All elements that match.
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {any[]}
 */
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

export const root = document.documentElement;
/** Whether the page came with the picture of its link, as it does unless the server is busy or it was kept. */
export const drawn = () => root.dataset.stale === undefined;

/** What the server wrote on the root element: addresses and sizes of files. */
export const page = root.dataset;

/**
 * A new element. Properties with a dash, and role, become attributes.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {any}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (name.includes("-") || name === "role" || name === "for" || name === "scope") node.setAttribute(name, value);
    else /** @type {any} */ (node)[name] = value;
  }
  node.append(...children.filter((c) => c !== null && c !== undefined && c !== false).map((c) => /** @type {Node | string} */ (c)));
  return node;
}

/**
 * Digits under a bar, which the style sheet draws; the macrons are not seen, but
 * copied, printed and read.
 * @param {string} digits
 */
export const barred = (digits) => el("span", { className: "ob" }, ...[...digits].flatMap((d) => [d, el("i", {}, "\u0304")]));

/**
 * Text with overbars, subscripts and superscripts as nodes.
 * @param {Text | string | null | undefined} text
 * @returns {DocumentFragment}
 */
export function runs(text) {
  const out = document.createDocumentFragment();
  if (typeof text === "string") text = [{ t: text }];
  for (const run of text ?? []) {
    if (run.bar) out.append(barred(run.t));
    else if (run.sub) out.append(el("sub", {}, run.t));
    else if (run.sup) out.append(el("sup", {}, run.t));
    else out.append(run.t);
  }
  return out;
}

/**
 * The same text as plain characters, a minus before what has a bar.
 * @param {Text | null | undefined} text
 */
export const plain = (text) => (text ?? []).map((run) => (run.bar ? "\u2212" : "") + run.t).join("");

/**
 * Replaces what is in the elements marked data-part.
 * @param {string} name
 * @param {Text | string | Node | null | undefined} content
 */
export function fill(name, content) {
  for (const node of $$(`[data-part="${name}"]`)) {
    if (content instanceof Node) node.replaceChildren(content);
    else if (typeof content === "string" || !content) {
      if (node.textContent !== (content ?? "")) node.textContent = content ?? "";
    } else node.replaceChildren(runs(content));
  }
}

/**
 * An icon of the sprite.
 * @param {string} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${page.icons}#${name}`);
  svg.append(use);
  return svg;
}

/**
 * A button.
 * @param {string} label
 * @param {{icon?: string, primary?: boolean, grow?: boolean, ghost?: boolean, bare?: boolean, onclick?: (e: MouseEvent) => void, do?: string, disabled?: boolean}} [look]
 */
export function button(label, look = {}) {
  const names = ["btn", look.primary && "primary", look.grow && "grow", look.ghost && "ghost", look.bare && "icon"].filter(Boolean);
  const node = el("button", { type: "button", className: names.join(" "), onclick: look.onclick, disabled: look.disabled });
  if (look.do) node.dataset.do = look.do;
  if (look.icon) node.append(icon(look.icon), look.bare ? "" : " ");
  if (look.bare) {
    node.setAttribute("aria-label", label);
    node.title = label;
  } else node.append(label);
  return node;
}

/**
 * Keeps a choice on this device; without storage it lasts as long as the page.
 * @param {string} key
 * @param {string} value
 */
export function keep(key, value) {
  try {
    localStorage.setItem(`zoneaxis.${key}`, value);
  } catch {
    // Storage is refused.
  }
}

/** What was kept, or "". @param {string} key */
export function kept(key) {
  try {
    return localStorage.getItem(`zoneaxis.${key}`) ?? "";
  } catch {
    return "";
  }
}

/**
 * SVG text that the engine wrote, as a node.
 * @param {string} text
 * @returns {Node | null}
 */
export function svgNode(text) {
  const box = document.createElement("template");
  box.innerHTML = text;
  return box.content.firstElementChild;
}

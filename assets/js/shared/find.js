// @ts-check
// The search of crystals, for every page. The build makes its index from the
// library (internal/source/search), whose Go search does the same for those
// without scripts; a test there compares the two, query by query.

import { CRYSTALS } from "./files.js";

/** @typedef {import('./protocol').Text} Text */
/** @typedef {{id: string, name: string, also?: string[], formula: string, content: string, type?: string, family?: string[], kinds: string[], groups: string[], number: number, mp: number, rank?: number, show: [Text, Text, string]}} Row a crystal; show: formula, space group and cell in print */
/** @typedef {{names: string[], also: string[], words: string[], elements: string[], id: string}} Folded names of a row as they are searched */
/** @typedef {{worth: Record<string, number>, elements: string[], names: string[], fold: string[], groups: Record<string, string[]>, akin: Record<string, string>, fillers: string[], rows: Row[]}} Index */

const LONGEST = 100; // characters of a query
const LETTERS = /^[a-z]+$/;

/** @param {string} text */
const digits = (text) => text.replace(/[₀-₉]/g, (d) => String(d.charCodeAt(0) - 0x2080));

/** @param {string} text */
const cut = (text) => [...text.trim()].slice(0, LONGEST).join("").trimEnd();

/** A name up to a comma or a bracket. @param {string} name */
const head = (name) => name.split(",")[0].split(" (")[0];

/**
 * A space-group symbol in small letters without blanks, a bar as a minus sign
 * before its digit.
 * @param {string} text
 */
function compactGroup(text) {
  return digits(text).replace(/\\overline|\\bar/g, "-").toLowerCase().replace(/[ _(){}~$]/g, "").replace(/(.)[\u0304\u0305]/gu, "-$1").replace(/[−–]/g, "-");
}

/** A text whose numbers can be amounts, or "": in Al203 and SrTi03 a zero stands for an O. @param {string} text */
const amounts = (text) => (/(?<![\d.])(?:0\d|[2-9]\d\d)(?![\d]*\.)/.test(text) ? "" : text);

/** A text as a Strukturbericht symbol of the index, "d022"; people also write the letter O for its zero. @param {string} text */
const typeSymbol = (text) => digits(text).replace(/[_ {}$−–-]/g, "").replaceAll("′", "'").toLowerCase().replace(/^do(?=.)/, "d0").replace(/^l1o$/, "l10");

/** Structure types that could be carbon: C2 to C54 but not C60. C1 alone is a formula, too. */
const CARBON_TYPE = /^c(?:[2-9]|[1-4]\d|5[0-4])$/;

/** How many slips of the finger a text may have. @param {string} text */
const slips = ({ length: n }) => (n < 4 ? 0 : n < 8 ? 1 : n < 13 ? 2 : 3);

/**
 * The edit distance of two texts, an exchange of neighbours being one slip; at
 * most the limit.
 * @param {string} a
 * @param {string} b
 * @param {number} limit
 */
function distance(a, b, limit) {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  /** @type {number[]} */
  let before = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    if (Math.min(...row) >= limit) return limit;
    [before, last] = [last, row];
  }
  return Math.min(last[b.length], limit);
}

/** Searches an index. */
export class Finder {
  /** @param {Index} index */
  constructor(index) {
    this.index = index;
    /** @type {Map<string, string>} */
    this.spelling = new Map();
    for (let i = 0; i < index.fold.length; i += 2) this.spelling.set(index.fold[i], index.fold[i + 1]);
    this.spellings = new RegExp([...this.spelling.keys()].join("|"), "g");
    /** @type {Map<string, number>} */
    this.numbers = new Map(index.elements.map((symbol, i) => [symbol, i]));
    this.numbers.set("D", 0);
    this.akin = new Map(Object.entries(index.akin));
    /** @type {Set<string>} */
    const known = new Set();
    /** All names and formulas, as they are searched and as they are shown. @type {[string, string][]} */
    this.names = index.rows.flatMap((row) => [...[row.name, ...(row.also ?? [])].flatMap((name) => [name, head(name)]), row.formula].map((name) => /** @type {[string, string]} */ ([this.fold(name), name])));
    /** @type {Folded[]} */
    this.folded = index.rows.map((row) => {
      /** @param {string} name */
      const both = (name) => [this.fold(name), this.fold(head(name))];
      const also = row.also ?? [];
      const words = [row.name, ...also].flatMap((name) => this.fold(name).split(" ").filter(Boolean));
      for (const word of [...words, ...row.kinds]) if (word.length > 3) known.add(word);
      return { names: both(row.name), also: also.flatMap(both), words, elements: row.content.match(/[A-Z][a-z]?/g) ?? [], id: this.fold(row.id) };
    });
    this.known = [...known];
  }

  /** In small letters and one spelling, words divided by single blanks. @param {string} text */
  fold(text) {
    const low = digits(text).toLowerCase().replace(this.spellings, (found) => this.spelling.get(found) ?? found);
    return low.split(/[^a-z0-9.']+/).filter(Boolean).join(" ");
  }

  /** The symbol that a text is in any case, or "". @param {string} text */
  element(text) {
    if (text.length === 0 || text.length > 2) return "";
    const z = this.numbers.get(text[0].toUpperCase() + text.slice(1).toLowerCase());
    return z === undefined ? "" : this.index.elements[z];
  }

  /** Equal for equal compositions; "" for none. @param {Map<string, number> | null} amounts */
  key(amounts) {
    if (!amounts) return "";
    const sum = [...amounts.values()].reduce((a, b) => a + b, 0);
    if (!(sum > 0)) return "";
    return this.index.elements.flatMap((symbol) => (amounts.has(symbol) ? [symbol + Math.round((1000 * (amounts.get(symbol) ?? 0)) / sum)] : [])).join("");
  }

  /**
   * A formula as written: elements, numbers, brackets with a number before or behind them.
   * @param {string} text
   * @returns {Map<string, number> | null}
   */
  formula(text) {
    const s = text.replace(/[[{]/g, "(").replace(/[\]}]/g, ")").replace(/[·*]/g, ",").replace(/[\t\n\r]/g, " ");
    let i = 0;
    const space = () => { while (s[i] === " ") i++; };
    const number = () => {
      const found = /^[0-9.]*/.exec(s.slice(i))?.[0] ?? "";
      i += found.length;
      const v = found.split(".").length > 2 || !/\d/.test(found) ? NaN : Number(found);
      return v <= 1e6 ? v : 1;
    };
    /** @param {Map<string, number>} into @param {Map<string, number>} from @param {number} n */
    const add = (into, from, n) => from.forEach((v, symbol) => into.set(symbol, (into.get(symbol) ?? 0) + n * v));
    /** @param {Map<string, number>} all @param {number} depth @returns {boolean} */
    const group = (all, depth) => {
      for (let any = false; ; any = true) {
        space();
        if (i === s.length || s[i] === "," || (s[i] === ")" && depth > 0)) return any;
        /** @type {Map<string, number>} */
        const inner = new Map();
        const before = number();
        if (s[i] === "(" && depth < 8) {
          i++;
          if (!group(inner, depth + 1) || s[i] !== ")") return false;
          i++;
        } else {
          const symbol = /^[A-Z][a-z]?/.exec(s.slice(i))?.[0];
          const z = symbol && this.numbers.get(symbol);
          if (!symbol || z === undefined || z === "") return false;
          i += symbol.length;
          inner.set(this.index.elements[z], 1);
        }
        add(all, inner, number() * before);
      }
    };
    /** @type {Map<string, number>} */
    const total = new Map();
    while (i < s.length) {
      /** @type {Map<string, number>} */
      const part = new Map();
      space();
      const n = number();
      if (!group(part, 0)) return null;
      add(total, part, n);
      space();
      if (s[i] === ",") i++;
    }
    return total.size ? total : null;
  }

  /**
   * The compositions of all ways to read a text as a formula in any case.
   * @param {string} text
   * @returns {string[]}
   */
  formulas(text) {
    const s = text.toLowerCase();
    if (s === "" || s.length > 24) return [];
    /** @type {string[]} */
    const keys = [];
    /** @type {Map<string, number>} */
    const amounts = new Map();
    let tries = 0;
    /** @param {number} i */
    const read = (i) => {
      if (++tries > 2000 || keys.length > 64) return;
      if (i === s.length) {
        const key = this.key(amounts);
        if (key && !keys.includes(key)) keys.push(key);
        return;
      }
      for (const n of [2, 1]) {
        const symbol = i + n <= s.length && LETTERS.test(s.slice(i, i + n)) ? this.element(s.slice(i, i + n)) : "";
        if (!symbol) continue;
        const amount = /^[0-9.]*/.exec(s.slice(i + n))?.[0] ?? "";
        const v = amount ? Number(amount) : 1;
        if (!(v > 0 && v <= 1e4)) continue;
        const had = amounts.get(symbol) ?? 0;
        amounts.set(symbol, had + v);
        read(i + n + amount.length);
        if (had > 0) amounts.set(symbol, had);
        else amounts.delete(symbol);
      }
    };
    read(0);
    return keys;
  }

  /** A query prepared once for all rows. @param {string} typed */
  query(typed) {
    const text = cut(typed);
    const folded = this.fold(text);
    const words = folded.split(" ").filter(Boolean);
    const joined = amounts(digits(text.replaceAll(" ", "")));
    const parts = text.split(/[ \-,;+]+/).filter(Boolean).map((part) => this.element(part));
    let number = text.toLowerCase();
    for (const before of ["space group", "group", "no.", "no ", "nr.", "sg", "#"]) if (number.startsWith(before)) number = number.slice(before.length).trim();
    const mp = /^(?:mp-)?(\d{1,8})$|^mp-([a-z]{1,9})$/.exec(text.toLowerCase());
    const letters = mp?.[2] ? [...mp[2]].reduce((n, c) => 26 * n + c.charCodeAt(0) - 97, 0) : -1;
    const symbol = typeSymbol(text);
    // C14 is a structure type for whoever types it, not carbon, also if no row has it.
    const type = CARBON_TYPE.test(symbol) || /^[a-z]{1,2}(?:[2-9]|\d\d+)$/.test(symbol) && this.index.rows.some((row) => row.type === symbol);
    return {
      folded,
      words,
      group: compactGroup(text),
      symbol,
      exact: type ? "" : this.key(this.formula(joined)),
      formulas: type ? [] : this.formulas(joined),
      tokens: words.map((word) => (type ? [] : this.formulas(amounts(word)))),
      elements: parts.includes("") ? [] : parts,
      number: /^\+?\d+$/.test(number) && Number(number) > 0 ? Number(number) : -1,
      mp: mp ? (mp[1] ? Number(mp[1]) : letters < 26 ** 8 ? letters : -1) : -1,
    };
  }

  /**
   * What a row is worth for a query; 0 if it does not match.
   * @param {ReturnType<Finder["query"]>} q
   * @param {number} i
   */
  score(q, i) {
    const w = this.index.worth;
    const r = this.index.rows[i];
    const f = this.folded[i];
    let best = 0;
    /** @param {boolean} ok @param {number} score */
    const take = (ok, score) => { if (ok && score > best) best = score; };
    /** @param {string} name */
    const begins = (name) => q.folded.length > 1 && name.startsWith(q.folded);
    take(q.exact !== "" && q.exact === r.content, w.formulaExact);
    take(f.names.includes(q.folded), w.name);
    take(f.also.includes(q.folded), w.also);
    take(q.mp >= 0 && q.mp === r.mp, w.mp);
    take(q.folded === f.id || `lib ${f.id}` === q.folded, w.id);
    take(q.formulas.includes(r.content), w.formula);
    take(r.groups.includes(q.group) || q.number === r.number, w.group);
    take(q.symbol !== "" && q.symbol === r.type, w.type);
    take(f.names.some(begins), w.prefix);
    take(f.also.some(begins), w.alsoPrefix);
    take(q.folded !== "" && Boolean(r.family?.includes(q.folded)), w.family);
    take(Boolean(this.index.groups[r.number]?.includes(q.group)), w.otherGroup);
    if (q.elements.length > 0) {
      const all = q.elements.every((symbol) => f.elements.includes(symbol));
      take(all, w.elements);
      take(all && f.elements.length === q.elements.length && q.elements.length > 1, w.system);
    }
    if (best > 0 || q.words.length === 0) return best;
    let sum = 0;
    for (const [k, word] of q.words.entries()) {
      const score = this.wordScore(word, q.tokens[k], r, f);
      if (score === 0) return 0;
      sum += score;
    }
    return Math.max(1, Math.floor(sum / q.words.length));
  }

  /** @param {string} word @param {string[]} formulas @param {Row} r @param {Folded} f */
  wordScore(word, formulas, r, f) {
    const w = this.index.worth;
    if (f.words.includes(word) || formulas.includes(r.content)) return w.word;
    if (word.length > 1 && f.words.some((s) => s.startsWith(word))) return w.wordPrefix;
    if (r.kinds.includes(word) || word === r.type || r.family?.includes(word) || r.groups.includes(word) || word === String(r.number)
      || r.kinds.includes(word.replace(/s$/, "")) || r.kinds.includes(`${word}s`)) return w.kind;
    if (word.length > 2 && LETTERS.test(word) && f.words.some((s) => s.includes(word))) return w.inside;
    if (f.elements.some((symbol) => this.index.names[this.numbers.get(symbol) ?? 0] === word)) return w.element;
    return 0;
  }

  /** The numbers of the rows that a text finds, the best first. @param {string} text */
  rank(text) {
    const q = this.query(text);
    if (q.folded === "" && q.group === "") return [];
    const place = this.index.rows.map((r) => r.rank ?? Infinity);
    const scores = this.index.rows.map((_, i) => this.score(q, i));
    return [...scores.keys()].filter((i) => scores[i] > 0).sort((a, b) => scores[b] - scores[a] || (place[a] === place[b] ? a - b : place[a] - place[b]));
  }

  /** A text without the words that say nothing of a crystal, "" if there are none among them. @param {string} text */
  bare(text) {
    const all = cut(text).split(/[ ,-]/).filter(Boolean);
    const kept = all.filter((word) => !this.index.fillers.includes(word.toLowerCase()));
    return kept.length === all.length ? "" : kept.join(" ");
  }

  /** The name, formula or words nearest to a text that finds nothing, or "". @param {string} text */
  nearest(text) {
    const near = this.akin.get(typeSymbol(cut(text)));
    if (near) return near;
    const want = this.fold(cut(text));
    let best = "";
    let at = slips(want) + 1;
    for (const [name, shown] of this.names) {
      const d = distance(want, name, at);
      if (d < at) [best, at] = [shown, d];
    }
    if (best) return best;
    const corrected = want.split(" ").map((word) => this.nearestWord(word)).join(" ");
    return corrected !== want && this.rank(corrected).length > 0 ? corrected : "";
  }

  /** @param {string} word */
  nearestWord(word) {
    let best = word;
    let at = slips(word) + 1;
    for (const known of this.known) {
      if (known === word || (word.length > 1 && known.startsWith(word))) return word;
      const d = distance(word, known, at);
      if (d < at) [best, at] = [known, d];
    }
    return best;
  }

  /**
   * The crystals that a text finds, the best first; if nothing is spelt as it
   * was typed those of the nearest name, which is named.
   * @param {string} text
   * @returns {{rows: Row[], nearest: string}}
   */
  find(text) {
    let list = this.rank(text);
    if (list.length === 0) list = this.rank(this.bare(text));
    const nearest = list.length === 0 ? this.nearest(text) : "";
    if (nearest) list = this.rank(nearest);
    return { rows: list.map((i) => this.index.rows[i]), nearest };
  }
}

/** @type {Promise<Finder> | null} */
let loading = null;

/** The search of the library; the index is fetched once. */
export function finder() {
  loading ??= fetch(CRYSTALS)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText))))
    .then((index) => new Finder(index));
  loading.catch(() => (loading = null));
  return loading;
}

// @ts-check
// The one way to listen: who has news owns a signal, others listen to it.

/**
 * @template {any[]} News what is told
 * @typedef {object} Signal
 * @property {(hear: (...news: News) => void) => () => void} listen calls hear with all news from now on; what it returns ends that
 * @property {(...news: News) => void} emit tells everyone who listens, in the order in which they came
 */

/**
 * A new signal. One that keeps its last news tells it at once to those who come
 * late.
 * @template {any[]} News
 * @param {{keeps?: boolean}} [how]
 * @returns {Signal<News>}
 */
export function signal({ keeps = false } = {}) {
  /** @type {Set<(...news: News) => void>} */
  const listeners = new Set();
  /** @type {News | null} */
  let last = null;
  return {
    listen(hear) {
      listeners.add(hear);
      if (last) hear(...last);
      return () => void listeners.delete(hear);
    },
    emit(...news) {
      if (keeps) last = news;
      for (const hear of listeners) hear(...news);
    },
  };
}

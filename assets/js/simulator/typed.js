// @ts-check
// What a field holds while someone types: their text, from the first letter until
// the engine has answered to that very text. Knows nothing of the page.

export class Typed {
  /** Whether the text is a person's; else it is the engine's. */
  own = false;
  /** What the engine says that belongs into the field. */
  value = "";
  #edit = 0;
  #sent = 0;

  /** @param {string} value */
  constructor(value) {
    this.value = value;
  }

  /** Whether there is typed text that has not been given to the engine. */
  get fresh() {
    return this.own && this.#edit !== this.#sent;
  }

  /** Someone has changed the text. */
  type() {
    this.own = true;
    this.#edit++;
  }

  /** The text goes to the engine. @returns {number} a ticket for its answer */
  send() {
    this.#sent = this.#edit;
    return this.#edit;
  }

  /**
   * The engine has answered.
   * @param {number} ticket
   * @param {boolean} good whether it could use the text
   * @returns {boolean} whether that is about the text that is there
   */
  answer(ticket, good) {
    if (ticket !== this.#edit) return false;
    this.own = !good;
    return true;
  }

  /** The text is given up for the engine's. What is on its way has no say any more. */
  release() {
    this.own = false;
    this.#sent = ++this.#edit;
  }
}

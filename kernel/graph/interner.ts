/** @file Short numbers for long texts, in bounded memory. */

/** Of each of the two generations. */
const MOST_CHARACTERS = 4 * 2 ** 20;

/**
 * Gives equal texts equal numbers as long as it remembers them, and different texts different numbers always. Texts not
 * seen for long are forgotten; when one of them comes back it gets a new number, and what was found by the old one is made
 * anew.
 */
export class Interner {
  #next = 0;
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  /** Of the texts in `#young` and in `#old`. */
  #youngCharacters = 0;
  #oldCharacters = 0;

  /** How much is remembered. */
  get characters(): number {
    return this.#youngCharacters + this.#oldCharacters;
  }

  numberOf(text: string): number {
    let number = this.#young.get(text);
    if (number !== undefined) return number;
    number = this.#old.get(text) ?? this.#next++;
    if (this.#youngCharacters > MOST_CHARACTERS) {
      this.#old = this.#young;
      this.#oldCharacters = this.#youngCharacters;
      this.#young = new Map();
      this.#youngCharacters = 0;
    }
    this.#young.set(text, number);
    this.#youngCharacters += text.length;
    return number;
  }
}

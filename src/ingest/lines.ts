/** Text that comes in pieces, taken apart into lines, of which none may be endless. */

/** Longest line, and longest record of several lines, in characters. */
export const MAX_LINE_CHARACTERS = 65_536;

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its line feed; empty where it was too long, as it was not kept. */
  readonly text: string;
  readonly tooLong: boolean;
}

/** Gives the lines that each piece of text completes. Holds at most one unfinished line. */
export class LineReader {
  #rest = '';
  #number = 0;
  /** Inside a line that was too long and has been given already. */
  #skipping = false;

  push(text: string): Line[] {
    const lines: Line[] = [];
    let from = 0;
    if (this.#skipping) {
      from = text.indexOf('\n') + 1;
      if (from === 0) return lines;
      this.#skipping = false;
    }
    for (let end = text.indexOf('\n', from); end !== -1; end = text.indexOf('\n', from)) {
      lines.push(this.#line(this.#rest + text.slice(from, end)));
      this.#rest = '';
      from = end + 1;
    }
    this.#rest += text.slice(from);
    if (this.#rest.length > MAX_LINE_CHARACTERS) {
      lines.push(this.#line(this.#rest));
      this.#rest = '';
      this.#skipping = true;
    }
    return lines;
  }

  /** The last line, where the text does not end in a line feed. */
  end(): Line[] {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? [] : [this.#line(rest)];
  }

  #line(text: string): Line {
    this.#number++;
    const tooLong = text.length > MAX_LINE_CHARACTERS;
    return { number: this.#number, text: tooLong ? '' : text, tooLong };
  }
}

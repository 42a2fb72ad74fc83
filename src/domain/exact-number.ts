/** A number of a JSON or CSV text that a JavaScript number would not reproduce digit by digit: 12.50, 1e2, 2⁵³+1. */
export class ExactNumber {
  constructor(readonly text: string) {}
}

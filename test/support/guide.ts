/** Guides whose outputs are real: their commands, and what they are said to print. */

export interface Step {
  readonly commands: string;
  readonly shown: string;
}

/** Commands that are followed by what they print. */
export const stepsOf = (guide: string): Step[] =>
  [...guide.matchAll(/```sh\n([^`]+)```\n\n```text\n([^`]+)```/g)].map(([, commands = '', shown = '']) => ({
    commands,
    shown,
  }));

/** `…` is whatever stands there; alone on a line, any lines. Blanks at the ends of lines are a table's own. */
export function patternOf(shown: string): RegExp {
  const lines = shown.trimEnd().split('\n');
  const escaped = lines.map((line) =>
    line === '…'
      ? '(?:.*\\n)*?'
      : `${line
          .trimEnd()
          .split(/ *…/)
          .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
          .join('.*?')} *\\n`,
  );
  return RegExp(`^${escaped.join('')}$`);
}

/** SECURITY.md names the tests that show what it says; each must be there, under that name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const document = read('SECURITY.md');

interface Shown {
  readonly file: string;
  readonly names: readonly string[];
}

/** Lines like: - `test/http/access.test.ts`: “name”, “name” */
function shownIn(text: string): Shown[] {
  return [...text.matchAll(/^- `(test\/[^`]+)`: (“.*”)$/gm)].map(([, file = '', names = '']) => ({
    file,
    names: [...names.matchAll(/“([^”]+)”/g)].map(([, name = '']) => name),
  }));
}

/** The names under which a file declares its tests. */
function namesOf(file: string): string[] {
  const text = read(file);
  const declared = /\btest(?:\.\w+(?:<[^(]*>)?\([\s\S]*?\))?\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g;
  // Where `each` has a table, the name stands after it, on a line of its own or behind the table's end.
  const afterTable = /\)\(\s*(['"`])((?:\\.|(?!\1).)*)\1\s*,/g;
  return [...text.matchAll(declared), ...text.matchAll(afterTable)].map(([, , name = '']) => name);
}

const [protectedPart = '', notProtected = ''] = document.split('\n## What is not protected');
const lines = protectedPart.split(/^### /m).slice(1);

describe('SECURITY.md', () => {
  test('has the thirteen lines in their order, and says what is not protected', () => {
    const numbers = lines.map((line) => Number(/^(\d+)\. /.exec(line)?.[1]));
    expect(numbers).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
    expect([...notProtected.matchAll(/^- \*\*/gm)].length).toBeGreaterThan(5);
  });

  test.each(lines.map((line) => [line.split('\n')[0] ?? '', line] as const))(
    '%s: has tests, which are there under these names',
    (_heading, line) => {
      const shown = shownIn(line);
      expect(shown.length).toBeGreaterThan(0);
      // Every bullet of a line is one that was understood.
      expect([...line.matchAll(/^- /gm)]).toHaveLength(shown.length);
      const missing = shown.flatMap(({ file, names }) => {
        const there = new Set(namesOf(file));
        return names.filter((name) => !there.has(name)).map((name) => `${file}: ${name}`);
      });
      expect(missing).toEqual([]);
    },
  );

  test('names no setting that there is not', async () => {
    const { SETTING_NAMES } = await import('../src/config.js');
    const named = [...document.matchAll(/`(FARELOG_[A-Z_]+)`/g)].map(([, name = '']) =>
      name.replace(/_FILE$/, ''),
    );
    expect(named.filter((name) => !SETTING_NAMES.includes(name))).toEqual([]);
  });
});

test('a name that no test has would be noticed', () => {
  expect(namesOf('test/security.test.ts')).toContain('a name that no test has would be noticed');
  expect(namesOf('test/security.test.ts')).not.toContain('a name that no test has');
});

/** R itself, in WebAssembly, without a network: what methods are held against. */
import { afterAll, beforeAll } from 'vitest';
import { WebR } from 'webr';

export interface R {
  /** Numbers that the code comes to. The variables are there under their names. */
  numbers(code: string, variables?: Readonly<Record<string, ArrayLike<number>>>): Promise<number[]>;
  /** A file that R can read. Its folder is made. */
  write(path: string, content: string): Promise<void>;
}

/** An R for the tests of a file. */
export function useR(): R {
  const engine = new WebR({ interactive: false });
  beforeAll(() => engine.init());
  afterAll(() => engine.close());
  return {
    numbers: async (code, variables = {}) => {
      for (const [name, values] of Object.entries(variables)) {
        await engine.objs.globalEnv.bind(name, Array.from(values));
      }
      return engine.evalRRaw(code, 'number[]');
    },
    write: async (path, content) => {
      await engine.objs.globalEnv.bind('path', path);
      await engine.evalRVoid('dir.create(dirname(path), recursive = TRUE, showWarnings = FALSE)');
      await engine.FS.writeFile(path, new TextEncoder().encode(content));
    },
  };
}

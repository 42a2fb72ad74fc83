/** R itself, in WebAssembly, without a network: what methods are held against. */
import { afterAll, beforeAll } from 'vitest';
import { WebR } from 'webr';

export interface R {
  /** Numbers that the code comes to. The variables are there under their names. */
  numbers(code: string, variables?: Readonly<Record<string, ArrayLike<number>>>): Promise<number[]>;
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
  };
}

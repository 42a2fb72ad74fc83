/** Between which numbers each unknown must lie, by linear programming (HiGHS). */
import { createRequire } from 'node:module';

type Solver = ReturnType<typeof import('highs').default>;
let loading: Solver | undefined;

/** Loaded when it is first asked for. The package's types describe its CommonJS form, so that is the one to load. */
function solver(): Solver {
  const load: typeof import('highs').default = createRequire(import.meta.url)('highs');
  loading ??= load({ print: () => undefined, printErr: () => undefined });
  return loading;
}

/** HiGHS's number for the primal simplex. */
const PRIMAL = 4;

/** No world fits what is told, or what was guessed besides. */
export class Contradiction extends Error {
  constructor() {
    super('the release contradicts itself');
  }
}

export interface Bounded {
  readonly low: number;
  readonly high: number;
}

/** Unknowns with their own bounds, and sums of them that must lie within bounds. */
export class Program {
  readonly #low: number[] = [];
  readonly #high: number[] = [];
  readonly #starts = [0];
  readonly #columns: number[] = [];
  readonly #values: number[] = [];
  readonly #rowLow: number[] = [];
  readonly #rowHigh: number[] = [];

  get size(): number {
    return this.#low.length;
  }

  unknown(low: number, high = Number.POSITIVE_INFINITY): number {
    this.#low.push(low);
    this.#high.push(high);
    return this.#low.length - 1;
  }

  row(terms: readonly (readonly [unknown: number, times: number])[], low: number, high: number): void {
    for (const [unknown, times] of terms) {
      this.#columns.push(unknown);
      this.#values.push(times);
    }
    this.#starts.push(this.#columns.length);
    this.#rowLow.push(low);
    this.#rowHigh.push(high);
  }

  /**
   * The bounds of some unknowns. Those that two of the worlds seen on the way show to be open by `enough` are not
   * looked at one by one: their bounds are at least as wide as what is told.
   */
  async bounds(asked: readonly { readonly unknown: number; readonly enough: number }[]): Promise<Bounded[]> {
    const highs = await solver();
    const numCols = this.size;
    const numRows = this.#rowLow.length;
    const model = highs.createModel();
    try {
      model.options.set({ output_flag: false });
      model.passModel({
        ...{ numCols, numRows, colCost: new Float64Array(numCols) },
        ...{ colLower: this.#low, colUpper: this.#high, rowLower: this.#rowLow, rowUpper: this.#rowHigh },
        matrix: {
          ...{ format: 'csr', numRows, numCols },
          ...{ starts: this.#starts, indices: this.#columns, values: this.#values },
        },
      });
      const seen = asked.map(() => ({ low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY }));
      const solve = (costs: Float64Array): void => {
        model.changeColsCost({ kind: 'range', from: 0, to: numCols - 1 }, costs);
        model.run();
        const status = model.getModelStatus();
        if (status === highs.constants.modelStatus.infeasible) throw new Contradiction();
        if (status !== highs.constants.modelStatus.optimal)
          throw new Error(`the release could not be solved (${status})`);
        const { colValue } = model.getSolution();
        for (const [index, { unknown }] of asked.entries()) {
          const one = seen[index];
          const value = colValue[unknown] ?? 0;
          if (one === undefined) continue;
          one.low = Math.min(one.low, value);
          one.high = Math.max(one.high, value);
        }
      };
      const isOpen = (index: number): boolean => {
        const { low, high } = seen[index] ?? { low: 0, high: 0 };
        return high - low >= (asked[index]?.enough ?? 0);
      };
      for (let round = 0; round < 12; round++) {
        // Signs in blocks of different length, so that any two unknowns are at times on different sides.
        const costs = new Float64Array(numCols);
        for (const [index, { unknown }] of asked.entries())
          costs[unknown] = (Math.floor(index / 2 ** (round >> 1)) + round) % 2 === 0 ? 1 : -1;
        solve(costs);
        // From here on goals alone change, so the world found last still fits, and the primal simplex goes on from it.
        if (round === 0) model.options.set({ simplex_strategy: PRIMAL });
      }
      for (const [index, { unknown }] of asked.entries()) {
        for (const sign of [1, -1]) {
          if (isOpen(index)) break;
          const costs = new Float64Array(numCols);
          costs[unknown] = sign;
          solve(costs);
        }
      }
      return seen;
    } finally {
      model.dispose();
    }
  }
}

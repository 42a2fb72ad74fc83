/** Numbers and names of payment types and riders while the ledger is read; names without a number get one for the time. */
import type { Knex } from 'knex';
import type { LedgerKeys, Named } from '../domain/ledger.js';
import { allKeys, type KeyKind, keyNames, keyNumbers, nextKeyNumber } from '../store/ledger.js';

class Names {
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<number, string>();
  #next: Promise<number> | undefined;
  #added = 0;

  constructor(
    readonly knex: Knex,
    readonly kind: KeyKind,
    /** First number of names without one; by default the one after the highest that is stored. */
    firstFree?: number,
  ) {
    this.#next = firstFree === undefined ? undefined : Promise.resolve(firstFree);
  }

  learn(name: string, no: number): void {
    this.#numbers.set(name, no);
    this.#names.set(no, name);
  }

  numberOf(name: string): number {
    const no = this.#numbers.get(name);
    if (no === undefined) throw new RangeError(`A ${this.kind} of the ledger was not looked up`);
    return no;
  }

  /** The number of a name, where it has one. */
  async find(name: string): Promise<number | undefined> {
    return this.#numbers.get(name) ?? (await keyNumbers(this.knex, this.kind, [name])).get(name);
  }

  /** Numbers for all of these names. */
  async number(names: readonly string[]): Promise<void> {
    const unknown = [...new Set(names)].filter((name) => !this.#numbers.has(name));
    if (unknown.length === 0) return;
    const stored = await keyNumbers(this.knex, this.kind, unknown);
    const first = await this.#firstFree();
    for (const name of unknown) this.learn(name, stored.get(name) ?? first + this.#added++);
  }

  async name(numbers: readonly number[]): Promise<Map<number, string>> {
    const unknown = numbers.filter((no) => !this.#names.has(no));
    for (const [no, name] of await keyNames(this.knex, this.kind, unknown)) this.learn(name, no);
    return new Map(
      numbers.flatMap((no) => {
        const name = this.#names.get(no);
        return name === undefined ? [] : [[no, name] as const];
      }),
    );
  }

  async count(): Promise<number> {
    return (await this.#firstFree()) + this.#added;
  }

  #firstFree(): Promise<number> {
    this.#next ??= nextKeyNumber(this.knex, this.kind);
    return this.#next;
  }

  get known(): ReadonlyMap<number, string> {
    return this.#names;
  }
}

export class LedgerNames {
  readonly #types: Names;
  readonly #riders: Names;
  #allTypes: Promise<void> | undefined;

  /** @param firstFree first number of names without one; by default the one after the highest that is stored */
  constructor(
    readonly knex: Knex,
    firstFree?: number,
  ) {
    this.#types = new Names(knex, 'type', firstFree);
    this.#riders = new Names(knex, 'rider', firstFree);
  }

  /** @param riders whether riders are asked for, whose numbers take a while to look up */
  async keysOf(facts: readonly Named[], riders = true): Promise<LedgerKeys> {
    await this.#types.number(facts.map((fact) => fact.payment_type));
    if (riders) await this.#riders.number(facts.map((fact) => fact.user_id));
    return {
      typeNo: (type) => this.#types.numberOf(type),
      riderNo: (rider) => this.#riders.numberOf(rider),
    };
  }

  async types(): Promise<ReadonlyMap<number, string>> {
    this.#allTypes ??= this.#learnTypes();
    await this.#allTypes;
    return this.#types.known;
  }

  async #learnTypes(): Promise<void> {
    for (const [name, no] of await allKeys(this.knex, 'type')) this.#types.learn(name, no);
  }

  riders(numbers: readonly number[]): Promise<Map<number, string>> {
    return this.#riders.name(numbers);
  }

  findRider(userId: string): Promise<number | undefined> {
    return this.#riders.find(userId);
  }

  riderCount(): Promise<number> {
    return this.#riders.count();
  }
}

/** This service's own table of riders: which research id a Bytemark account has. */
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';

/** The research id of an account; a new one the first time it is seen. Two requests at once get the same. */
export async function researchIdOf(knex: Knex, bytemarkUserId: string): Promise<string> {
  const find = (): Promise<{ research_id: string } | undefined> =>
    knex('riders').select('research_id').where('bytemark_user_id', bytemarkUserId).first();
  const known = await find();
  if (known !== undefined) return known.research_id;
  const draft = { bytemark_user_id: bytemarkUserId, research_id: randomUUID() };
  await knex('riders').insert(draft).onConflict('bytemark_user_id').ignore();
  return (await find())?.research_id ?? draft.research_id;
}

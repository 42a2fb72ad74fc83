/** `GET /api/v1/analytics/switching`: how riders change between payment types. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { MAX_SWITCHING_DAYS } from '../../../analytics/switching.js';
import { SMALL_CELL_RIDERS } from '../../../domain/small-cell.js';
import { rolesThatMay } from '../../api-keys.js';
import { figureRoute, share } from '../../figure-route.js';
import type { Service } from '../../service.js';

export function switchingRoute(server: FastifyInstance, { figures }: Service): void {
  figureRoute(server, {
    url: '/api/v1/analytics/switching',
    access: 'analyst',
    name: 'analyzeSwitching',
    summary: 'How riders change between payment types',
    description:
      'From each payment of a rider to the next one of the same rider within the range; the same type twice is a row ' +
      `too. What fewer than ${SMALL_CELL_RIDERS} riders did is told to researchers alone: for others it is folded into the ` +
      'type `other`, and left out where that is not enough. Most transitions first. By default the last 30 times 24 ' +
      `hours; at most ${MAX_SWITCHING_DAYS} days.`,
    params: {},
    query: {},
    body: {
      rows: z.array(
        z.object({
          from_type: z.string(),
          to_type: z.string().describe('The same as from_type where nothing changed.'),
          transitions: z.int(),
          riders: z.int().describe('Different riders who made it.'),
          share_of_from: share.describe('Of the transitions of from_type that are shown, from 0 to 1.'),
        }),
      ),
      min_riders: z.int().describe('No row has fewer riders; 1 for researchers.'),
    },
    example: {
      rows: [
        {
          from_type: 'transit_card',
          to_type: 'mobile_payment',
          transitions: 1_904,
          riders: 1_210,
          share_of_from: 0.081204,
        },
      ],
      min_riders: SMALL_CELL_RIDERS,
    },
    csv: {
      name: 'switching',
      columns: ['from_type', 'to_type', 'transitions', 'riders', 'share_of_from'],
      rowsOf: ({ rows }) => rows,
    },
    ask: ({ figure }, _params, { keyRole }) => {
      const seesRiders = keyRole !== null && rolesThatMay('researcher').includes(keyRole);
      return figures.switching({ ...figure, minRiders: seesRiders ? 1 : SMALL_CELL_RIDERS });
    },
  });
}

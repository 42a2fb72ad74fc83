/** What can be done about riders: erasing them, and withdrawing them from research. Bound to an open Farelog. */
import {
  type AskedBy,
  countErasure,
  type ErasureContext,
  type ErasureReport,
  eraseRiders,
  type RiderRequest,
} from './erasure.js';
import {
  restoreRiders,
  type WithdrawalReport,
  type WithdrawnPage,
  withdrawnRiders,
  withdrawRiders,
} from './withdrawal.js';

export interface Riders {
  /** Erases riders from everything that is stored; payments and totals stay. */
  erase(request: RiderRequest, by: AskedBy, onProgress?: (riders: number) => void): Promise<ErasureReport>;
  /** How many payments an erasure would change. */
  countErasure(request: RiderRequest): Promise<ErasureReport>;
  withdraw(request: RiderRequest, by: AskedBy): Promise<WithdrawalReport>;
  restore(request: RiderRequest, by: AskedBy): Promise<WithdrawalReport>;
  /** Who has withdrawn: a page, after the stored id of the last one of the page before. */
  withdrawn(limit: number, after?: string): Promise<WithdrawnPage>;
}

export function ridersOf(context: ErasureContext): Riders {
  return {
    erase: (request, by, onProgress) => eraseRiders(context, request, by, onProgress),
    countErasure: (request) => countErasure(context, request),
    withdraw: (request, by) => withdrawRiders(context, request, by),
    restore: (request, by) => restoreRiders(context, request, by),
    withdrawn: (limit, after) => withdrawnRiders(context.store, limit, after),
  };
}

/** Cells of fewer riders than these could tell of one of them: only who may see riders sees them, and none leaves the team. */
export const SMALL_CELL_RIDERS = 11;

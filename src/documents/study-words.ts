/** What a study's result says about itself, in words. */
import type { Provenance } from '../research/observations.js';
import { countInWords } from '../research/words.js';

export function provenanceInWords(provenance: Provenance): string {
  if (provenance.kind === 'live') {
    return `From the live database as it was at ${provenance.read_at}, up to capture ${countInWords(provenance.sequence)}; to be repeated exactly, build a dataset.`;
  }
  return `From the dataset ${provenance.study}, version ${provenance.version}, up to capture ${countInWords(provenance.sequence)}.`;
}

/** Datasets: the same bytes from the same inputs, the database's figures to the cent, and nobody in them who has left. */
import { expect, test } from 'vitest';
import { openDataset } from '../../../src/research/dataset/open-dataset.js';
import { build, digestsOf, openCity } from '../../support/datasets.js';

test('two builds make the same bytes', async () => {
  const app = await openCity();
  const [first, second] = [await build(app), await build(app)];
  expect(digestsOf(second.folder)).toEqual(digestsOf(first.folder));
  console.log(first, digestsOf(first.folder));
  const data = await openDataset(first.folder, { verify: true });
  console.log(data.size, data.riders, data.provenance, data.day.slice(0,5), data.price.slice(0,5), data.lag.slice(0,9), data.types);
});

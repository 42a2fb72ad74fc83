/** All that is said of a dataset beside its tables: made of its manifest alone, so that a check can make it again. */
import { CODEBOOK, codebookText } from './codebook.js';
import { DESCRIPTOR, datasetName, datasetTitle, descriptorText } from './descriptor.js';
import type { Manifest } from './manifest.js';
import { CITATION, citationText, README, readmeText } from './readme.js';
import { snippetTexts } from './snippets.js';
import { tidesTexts } from './tides.js';

/** Texts that count for the version, by their paths. */
export function countingTexts(manifest: Manifest): Map<string, string> {
  const tides = manifest.tides === null ? [] : tidesTexts(datasetTitle(manifest), datasetName(manifest));
  return new Map([[CODEBOOK, codebookText(manifest)], ...snippetTexts(), ...tides]);
}

/** Texts that quote the version, by their paths. */
export function quotingTexts(manifest: Manifest, version: string): Map<string, string> {
  return new Map([
    [DESCRIPTOR, descriptorText(manifest, version)],
    [README, readmeText(manifest, version)],
    [CITATION, citationText(manifest, version)],
  ]);
}

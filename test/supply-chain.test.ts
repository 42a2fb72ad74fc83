/** What is installed with Farelog: pinned by content, from no address of its own, and running no script but the listed. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}

interface Component {
  readonly purl: string;
  readonly properties?: readonly { readonly name: string }[];
}

const lock: { packages: Record<string, Locked> } = JSON.parse(read('package-lock.json'));
const manifest: {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
} = JSON.parse(read('package.json'));

/** All but this package and its workspace. */
const packages = Object.entries(lock.packages).filter(([path]) => path.startsWith('node_modules/'));
const installed = packages.filter(([, { link }]) => link !== true);

test('every package of the lock file is pinned by its content', () => {
  expect(installed.length).toBeGreaterThan(100);
  const unpinned = installed.filter(
    ([, one]) => !/^sha512-/.test(one.integrity ?? '') || one.version === undefined,
  );
  expect(unpinned.map(([path]) => path)).toEqual([]);
});

test('no package of the lock file comes from an address of its own', () => {
  const elsewhere = installed.filter(([, { resolved }]) => resolved !== undefined);
  expect(elsewhere.map(([path]) => path)).toEqual([]);
  expect(read('package-lock.json')).not.toMatch(/"resolved": "(?:https?|git|file|ssh)/);
});

test('a dependency is a range of versions of a registry, not an address', () => {
  const { dependencies, devDependencies } = manifest;
  const web: { dependencies?: object; devDependencies?: object } = JSON.parse(read('web/package.json'));
  const all = { ...dependencies, ...devDependencies, ...web.dependencies, ...web.devDependencies };
  // One that is known by another name is still one of the registry.
  const odd = Object.entries(all).filter(
    ([, range]) => !/^(?:npm:(?:@[\w-]+\/)?[\w-]+@)?[\^~]?\d[\w.-]*$/.test(String(range)),
  );
  expect(odd).toEqual([]);
});

test('only the listed packages run a script when they are installed', () => {
  const names = installed
    .filter(
      ([, { hasInstallScript, optional, devOptional }]) => hasInstallScript && !optional && !devOptional,
    )
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
  expect([...new Set(names)].sort()).toEqual(
    Object.entries(manifest.allowScripts)
      .filter(([, allowed]) => allowed)
      .map(([name]) => name)
      .sort(),
  );
});

test('`npm run sbom` writes a CycloneDX list of all of it, with what is for development alone marked', async () => {
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom'], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  const bom: { bomFormat: string; specVersion: string; components: Component[] } = JSON.parse(stdout);
  expect([bom.bomFormat, bom.specVersion]).toEqual(['CycloneDX', expect.stringMatching(/^1\.[5-9]$/)]);
  const listed = new Map(bom.components.map((one) => [decodeURIComponent(one.purl), one]));
  const purlOf = ([path, { version }]: readonly [string, Locked]): string =>
    `pkg:npm/${path.replace(/^.*node_modules\//, '')}@${version}`;
  // `npm sbom --omit=dev` leaves out what is used in production and in development both, so it is not asked for.
  const missing = installed.filter((one) => one[1].optional !== true && !listed.has(purlOf(one)));
  expect(missing.map(([path]) => path)).toEqual([]);
  const development = (one: Component | undefined): boolean =>
    one?.properties?.some(({ name }) => name === 'cdx:npm:package:development') ?? false;
  for (const name of Object.keys(manifest.dependencies)) {
    const version = lock.packages[`node_modules/${name}`]?.version;
    expect([name, development(listed.get(`pkg:npm/${name}@${version}`))]).toEqual([name, false]);
  }
  for (const name of ['vitest', 'typescript', '@biomejs/biome']) {
    const version = lock.packages[`node_modules/${name}`]?.version;
    expect([name, development(listed.get(`pkg:npm/${name}@${version}`))]).toEqual([name, true]);
  }
});

// `npm run test:compat`: the tests under each Node that is supported, the oldest one first. Further words are vitest's.
//
//   npm run test:compat                          everything but the dashboard, whose pages run in a browser
//   npm run test:compat -- --node 22 test/store  one Node, some tests
//
// Each Node comes from the npm registry with its headers (packages node-PLATFORM-ARCH), and better-sqlite3 is compiled
// with them, so nothing is asked of nodejs.org. Both are kept in the user's cache folder. The tests run in a copy of
// this tree, since a native module fits one Node only. FARELOG_TEST_MYSQL adds MySQL, see mysql.sh.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The oldest that package.json allows, and the newest of each line that is maintained. What is compiled with the headers
// of 24.19 and later aborts when a statement is collected as garbage (nodejs/node#65446); with older ones it runs there.
const NODES = [{ version: '20.19.0' }, { version: '22' }, { version: '24', headers: '24.18.1' }];
const TESTS = ['test', '--exclude', 'test/web/**'];

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'farelog', 'nodes');
const BINARY = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';

/** Fetches a Node, unless it is there; returns the folder of its bin/ and include/. */
function fetchNode(version) {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(CACHE, version);
  const found = join(folder, 'node_modules', name);
  if (!existsSync(found)) {
    // Named when it is whole: a run that is broken off leaves no half of it.
    const part = `${folder}.part`;
    mkdirSync(part, { recursive: true });
    const install = ['install', '--no-audit', '--no-fund', '--no-save', '--prefix', part];
    execFileSync('npm', [...install, `${name}@${version}`], {
      cwd: part,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    renameSync(part, folder);
  }
  return found;
}

function environmentFor(node) {
  return { ...process.env, PATH: [join(node, 'bin'), process.env.PATH].join(delimiter) };
}

/** A copy of this tree, with the native module for that Node. */
function copyFor(node, { version, headers = version }) {
  const copy = mkdtempSync(join(tmpdir(), 'farelog-compat-'));
  const entries = readdirSync(ROOT).filter((name) => name !== '.git' && name !== 'data');
  execFileSync('cp', ['-R', ...entries.map((name) => join(ROOT, name)), copy]);
  const { version: sqlite } = JSON.parse(
    readFileSync(join(copy, 'node_modules/better-sqlite3/package.json'), 'utf8'),
  );
  const kept = join(CACHE, headers, `better-sqlite3-${sqlite}.node`);
  if (!existsSync(kept)) {
    rmSync(join(copy, 'node_modules/better-sqlite3/build'), { recursive: true, force: true });
    const compile = ['rebuild', 'better-sqlite3', `--nodedir=${fetchNode(headers)}`];
    // Nothing is downloaded: what is offered ready-made may be of the headers that abort.
    const env = { ...environmentFor(node), npm_config_build_from_source: 'true' };
    const { status } = spawnSync('npm', compile, { cwd: copy, env, stdio: 'inherit' });
    if (status !== 0 || !existsSync(join(copy, BINARY)))
      throw new Error(`better-sqlite3 was not built for Node ${version}`);
    cpSync(join(copy, BINARY), kept);
  }
  mkdirSync(dirname(join(copy, BINARY)), { recursive: true });
  cpSync(kept, join(copy, BINARY));
  return copy;
}

const words = process.argv.slice(2);
const only = words[0] === '--node' ? words.splice(0, 2)[1] : undefined;
const results = [];
const isWanted = ({ version }) => only === undefined || version.split('.')[0] === only;
for (const wanted of NODES.filter(isWanted)) {
  const node = fetchNode(wanted.version);
  const program = join(node, 'bin', 'node');
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
  console.log(`\nNode ${version}`);
  const copy = copyFor(node, wanted);
  try {
    const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
    const tests = words.length > 0 ? words : TESTS;
    const { status } = spawnSync(program, [vitest, 'run', ...tests], {
      cwd: copy,
      env: environmentFor(node),
      stdio: 'inherit',
    });
    results.push([version, status]);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
console.log('');
for (const [version, status] of results)
  console.log(`Node ${version}: ${status === 0 ? 'passed' : 'FAILED'}`);
process.exit(results.length > 0 && results.every(([, status]) => status === 0) ? 0 : 1);

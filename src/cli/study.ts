/** `farelog study NAME`: a question of research, answered from the payments as they are. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import type { App } from '../app.js';
import { STUDY_FORMATS, type StudyAnswer, type StudyFormat } from '../documents/study-question.js';
import { AppError, messageOf } from '../domain/errors.js';
import { observeLive } from '../research/live-observations.js';
import type { Observations } from '../research/observations.js';
import { within } from '../research/observed-span.js';
import { isFileOption, type OptionShape, readOptions } from '../research/option-shapes.js';
import { describeStudies, runStudy, type StudyDescription, studyNamed } from '../research/studies.js';
import type { StudyResult } from '../research/study.js';
import { chosenOf } from '../research/study-options.js';
import {
  auditCommand,
  type CommonOptions,
  EXIT,
  newCommand,
  newGroup,
  printJson,
  progressLine,
  wholeNumber,
  withApp,
} from './command.js';

interface Options extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly asOf?: number;
  readonly dataset?: string;
  readonly format?: StudyFormat | 'text';
  readonly part?: string;
  readonly out?: string;
}

export function studyCommand(): Command {
  const group = newGroup(
    'study',
    'Questions of research, answered with their uncertainty: from the payments as they are, without riders who were erased or have withdrawn.',
    'farelog study elasticity --event "Fare rise" --segments method --out study',
  );
  group.addCommand(listCommand());
  for (const study of describeStudies()) group.addCommand(oneCommand(study));
  return group;
}

function listCommand(): Command {
  return newCommand('list', 'Every study with its question and its options.', 'farelog study list').action(
    ({ json }: CommonOptions) => {
      const rows = describeStudies();
      if (json) return printJson({ rows });
      console.log(rows.map(listed).join('\n'));
    },
  );
}

function listed({ name, title, question, options }: StudyDescription): string {
  const flags = options.map((option) => {
    const choices = option.choices.length === 0 ? '' : ` ${option.choices.join(' | ')}`;
    const fallback = option.default === null ? '' : ` (default ${option.default})`;
    return `  ${flagOf(option)}${choices}${fallback}\n      ${helpOf(option)}`;
  });
  return `${name}: ${title}\n  ${question}\n${flags.join('\n')}\n`;
}

const helpOf = ({ description }: OptionShape): string =>
  description.replace(/^Content of a CSV/, 'A CSV file');

const VALUES: Readonly<Record<OptionShape['type'], string>> = {
  number: ' <number>',
  'whole number': ' <n>',
  'yes or no': '',
  choice: ' <choice>',
  text: ' <text>',
};

function flagOf(shape: OptionShape): string {
  return `--${shape.name.replaceAll('_', '-')}${isFileOption(shape.name) ? ' <file>' : VALUES[shape.type]}`;
}

function oneCommand({ name, title, question, options }: StudyDescription): Command {
  const command = newCommand(name, `${title}: ${question}`, `farelog study ${name} --out ${name}`)
    .option('--from <date>', 'from this date of the reporting zone, inclusive (default: the first payment’s)')
    .option('--to <date>', 'up to this date, exclusive (default: today, or after the last payment)')
    .option('--as-of <sequence>', 'payments up to this capture alone', wholeNumber)
    .option('--dataset <folder>', 'of this frozen dataset, instead of the database')
    .addOption(
      new Option('--format <format>', 'how it is written')
        .choices(['text', ...STUDY_FORMATS])
        .default('text'),
    )
    .option('--part <name>', 'which table (csv, latex) or chart (svg); by default the first')
    .option('--out <folder>', 'write everything into this folder: page, JSON, tables, charts');
  const own = options.map((shape) => {
    const option = new Option(flagOf(shape), helpOf(shape));
    if (shape.choices.length > 0) option.choices(shape.choices);
    if (shape.default !== null && shape.default !== false) option.default(shape.default);
    command.addOption(option);
    return { shape, key: option.attributeName() };
  });
  return command.action(async (given: Options & Readonly<Record<string, unknown>>) => {
    const entries: [string, unknown][] = [];
    for (const { shape, key } of own) {
      const value = given[key];
      if (value === undefined) continue;
      entries.push([shape.name, isFileOption(shape.name) ? await contentOf(shape, String(value)) : value]);
    }
    const options = Object.fromEntries(entries);
    const study = studyNamed(name);
    // What is wrong with an option is told before payments are read.
    readOptions(study, options);
    const observations =
      given.dataset === undefined
        ? await withApp(given, (app) => fromDatabase(app, name, options, given))
        : await fromDataset(given.dataset, given);
    await tell(runStudy(study, observations, options), given);
  });
}

async function contentOf({ name }: OptionShape, file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new AppError('usage', `${name}: ${file} cannot be read: ${messageOf(error)}`);
  });
}

async function fromDatabase(
  app: App,
  name: string,
  options: Readonly<Record<string, unknown>>,
  { from, to, asOf }: Options,
): Promise<Observations> {
  await auditCommand(app, 'riders.read', `farelog study ${name}`, { from, to, asOf, ...chosenOf(options) });
  const progress = progressLine();
  const { store, reader, clock } = app;
  const observations = await observeLive(
    { store, calendar: reader.calendar, currency: reader.currency, clock },
    {
      ...{ from, to, asOf },
      onProgress: (payments) => progress.show(`Reading payments: ${payments.toLocaleString('en-US')}`),
    },
  );
  progress.done();
  return observations;
}

/** What was frozen, or a part of its dates. The reader of its files is loaded where it is needed. */
async function fromDataset(folder: string, { from, to, asOf }: Options): Promise<Observations> {
  if (asOf !== undefined) throw new AppError('usage', 'A dataset is of one capture: leave --as-of out.');
  const { openDataset } = await import('../research/dataset/open-dataset.js');
  return within(await openDataset(folder), from, to);
}

async function tell(
  answer: StudyAnswer,
  { json, format: chosen = 'text', part, out }: Options,
): Promise<void> {
  if (answer.kind === 'refused') process.exitCode = EXIT.problems;
  if (out !== undefined && answer.kind === 'result') return writeAll(answer, out, json === true);
  process.stdout.write(await written(answer, json ? 'json' : chosen, part));
}

/** Documents are loaded where they are written: the charts' library takes a while to read. */
async function written(answer: StudyAnswer, format: StudyFormat | 'text', part?: string): Promise<string> {
  if (format !== 'text' && (format === 'json' || answer.kind === 'result')) {
    return (await import('../documents/study-document.js')).studyDocument(answer, { format, part });
  }
  const { refusalText, studyText } = await import('../documents/study-text.js');
  return answer.kind === 'result' ? studyText(answer) : `${refusalText(answer)}\n`;
}

async function writeAll(result: StudyResult, folder: string, json: boolean): Promise<void> {
  const { studyFiles } = await import('../documents/study-files.js');
  const files = studyFiles(result);
  for (const { path, content } of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  const paths = files.map(({ path }) => path);
  if (json) return printJson({ sentence: result.sentence, warnings: result.warnings, folder, files: paths });
  const warnings = result.warnings.map((warning) => `warning: ${warning}\n`).join('');
  process.stdout.write(
    `${result.sentence}\n${warnings}\n${paths.map((path) => `${join(folder, path)}\n`).join('')}`,
  );
}

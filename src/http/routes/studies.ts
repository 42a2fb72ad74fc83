/** `/api/v1/studies`: the questions of research, and their answers from the payments as they are. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { STUDY_FORMATS, type StudyFormat } from '../../documents/study-question.js';
import { isFileOption } from '../../research/option-shapes.js';
import { describeStudies, type StudyDescription } from '../../research/studies.js';
import { moment, parseQuery, wholeNumber, word } from '../query.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';
import { EXAMPLE_ANSWER, STUDY_ANSWER, STUDY_DESCRIPTION, STUDY_NAME } from '../study-schemas.js';

/** What is a file's content does not fit into an address, and a choice that needs the file is none. */
const STUDIES: readonly StudyDescription[] = describeStudies().map((study) => ({
  ...study,
  options: study.options
    .filter(({ name }) => !isFileOption(name))
    .map((option) => ({ ...option, choices: option.choices.filter((choice) => choice !== 'file') })),
}));

const LIST_DOC: RouteDoc = {
  name: 'listStudies',
  tag: 'Studies',
  summary: 'Every study, with its question and its options',
  description:
    'What can be asked of `/api/v1/studies/{name}`: each option with its meaning, its choices and its default. Options ' +
    'that are files are for the command and the library alone.',
  answers: {
    200: {
      description: 'All studies.',
      json: json(z.object({ rows: z.array(STUDY_DESCRIPTION) }), {
        rows: [
          {
            name: 'equity',
            title: 'Equity of spending',
            question: 'How evenly is spending spread over riders?',
            options: [
              {
                ...{ name: 'level', description: 'Confidence of the intervals, as 0.95.', type: 'number' },
                ...{ choices: [], default: 0.95, minimum: 0.5, maximum: 0.999 },
              },
            ],
          },
        ],
      }),
    },
  },
};

const PARAMS = z.object({ name: STUDY_NAME.describe('The study.') });

const PERIOD = {
  from: moment
    .optional()
    .describe(
      'A date of the reporting zone, or the instant at which it begins. By default the first payment’s.',
    ),
  to: moment
    .optional()
    .describe('Exclusive. By default the day after the last payment’s, and not today, which is not over.'),
  as_of: wholeNumber(0).optional().describe('Payments as they stood at this capture: its sequence.'),
};
const FORM = {
  format: z
    .enum(STUDY_FORMATS)
    .default('json')
    .describe('json: all of it; html: a page; csv, latex: one table; svg: one chart.'),
  part: word.optional().describe('Which table or chart, by its name; by default the first.'),
};

/** The options of all studies by their name; which of them a study has, and what each may be, its own schema tells. */
function optionParameters(): Record<string, z.ZodOptional<z.ZodString>> {
  const meanings = new Map<string, Map<string, string[]>>();
  for (const { name: study, options } of STUDIES) {
    for (const { name, description, choices } of options) {
      const meaning = choices.length === 0 ? description : `${description} One of ${choices.join(', ')}.`;
      const known = meanings.get(name) ?? new Map<string, string[]>();
      known.set(meaning, [...(known.get(meaning) ?? []), study]);
      meanings.set(name, known);
    }
  }
  return Object.fromEntries(
    [...meanings].map(([name, known]) => {
      const lines = [...known].map(([meaning, studies]) => `Of ${studies.join(', ')}: ${meaning}`);
      return [name, word.optional().describe(lines.join(' '))];
    }),
  );
}

const OPTIONS = optionParameters();
const QUERY = z.strictObject({ ...OPTIONS, ...PERIOD, ...FORM });

const DOC: RouteDoc = {
  name: 'runStudy',
  tag: 'Studies',
  summary: 'Ask a study',
  description:
    'Reads the payments one by one, without riders who were erased or have withdrawn, and answers with the uncertainty; or, ' +
    'as JSON of the kind `refused`, why the data cannot carry the question, which in any other format is a 404. One study ' +
    'is answered at a time and a few wait, so it may take a while. The answer says up to which capture it counts; asked ' +
    'with that as `as_of` within minutes, it is not reckoned again. Rows may be of few riders: no row leaves the team but ' +
    'through the release gate.',
  params: PARAMS,
  query: QUERY,
  answers: {
    200: {
      description: 'The answer.',
      json: json(STUDY_ANSWER, EXAMPLE_ANSWER),
      texts: [
        { type: 'text/csv', example: 'measure,estimate\r\ngini,0.519\r\n' },
        { type: 'application/x-tex', example: '\\begin{tabular}{lr}…' },
        { type: 'text/html', example: '<!doctype html><title>Equity of spending</title>…' },
        { type: 'image/svg+xml', example: '<svg xmlns="http://www.w3.org/2000/svg">…</svg>' },
      ],
      headers: { 'content-disposition': 'But for JSON: the name of the file.' },
    },
  },
  problems: [404],
};

const FILE: Readonly<Record<StudyFormat, { readonly type: string; readonly extension: string }>> = {
  json: { type: 'application/json; charset=utf-8', extension: 'json' },
  csv: { type: 'text/csv; charset=utf-8; header=present', extension: 'csv' },
  latex: { type: 'application/x-tex; charset=utf-8', extension: 'tex' },
  html: { type: 'text/html; charset=utf-8', extension: 'html' },
  svg: { type: 'image/svg+xml; charset=utf-8', extension: 'svg' },
};

export function studyRoutes(server: FastifyInstance, { studies }: Service): void {
  server.get('/api/v1/studies', { config: { access: 'analyst', doc: LIST_DOC } }, async () => ({
    rows: STUDIES,
  }));
  const config = { access: 'researcher' as const, doc: DOC, audit: 'riders.read' as const };
  server.get('/api/v1/studies/:name', { config }, async (request, reply) => {
    const { name } = parseQuery(PARAMS, request.params);
    const asked = parseQuery(QUERY, request.query);
    const { from, to, as_of: asOf, format, part } = asked;
    const options = parseQuery(z.object(OPTIONS), request.query);
    const question = { study: name, from, to, asOf, options };
    const written = await studies.write(question, { format, part }, whileAwaited(reply));
    const { type, extension } = FILE[format];
    if (format !== 'json') {
      const file = fileName(['farelog', name, ...(part === undefined ? [] : [part])], extension);
      reply.header('content-disposition', `attachment; filename="${file}"`);
    }
    return reply.type(type).send(written);
  });
}

/** A part is named by the caller, and was found: its name is in the result. Still nothing but words comes into a header. */
const fileName = (words: readonly string[], extension: string): string =>
  `${words.map((one) => one.replace(/[^a-z0-9-]+/gi, '-')).join('-')}.${extension}`;

/** Aborted once nobody waits for the answer. */
function whileAwaited(reply: FastifyReply): AbortSignal {
  const leaving = new AbortController();
  reply.raw.once('close', () => leaving.abort());
  return leaving.signal;
}

/**
 * The page at /docs, made from the OpenAPI document on the server: no script, nothing from elsewhere, and readable
 * without either. The document says what there is; this says only how it looks.
 */
import { createHash } from 'node:crypto';
import { DOCS_STYLE } from './docs-style.js';
import { Html, html } from './html.js';
import type { Answer, JsonSchema, Media, OpenApiDocument, Operation } from './openapi.js';
import { CONTENT_SECURITY_POLICY } from './security-headers.js';

/** The general policy, and the page's own style by its hash. The icon is empty, so that none is looked for. */
export const DOCS_POLICY = [
  CONTENT_SECURITY_POLICY,
  "img-src 'self' data:",
  `style-src 'self' 'sha256-${createHash('sha256').update(DOCS_STYLE).digest('base64')}'`,
].join('; ');

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export function docsPage(document: OpenApiDocument): string {
  const { info, tags } = document;
  const entries: Entry[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const groups = tags
    .map((tag) => ({ ...tag, entries: entries.filter(({ operation }) => operation.tags.includes(tag.name)) }))
    .filter((group) => group.entries.length > 0);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} API ${info.version}</title>
<link rel="icon" href="data:,">
<style>${new Html(DOCS_STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<div class="frame">
<header class="side"><nav aria-label="Operations">
<a class="name" href="#content">${info.title} API</a>
<p class="version">Version ${info.version} · <a href="/api/openapi.json">OpenAPI 3.1</a></p>
<div class="tags">${groups.map(
    (group) =>
      html`<div><h2>${group.name}</h2><ul>${group.entries.map(
        ({ method, operation }) =>
          html`<li><a href="#${operation.operationId}"><span class="verb ${method}">${method.toUpperCase()}</span> ${operation.summary}</a></li>`,
      )}</ul></div>`,
  )}</div>
</nav></header>
<main id="content">
<h1>${info.title} API</h1>
<p class="lead">${info.summary}</p>
${paragraphs(info.description)}
<p>The examples take the address of this server and a key from the environment:</p>
<pre><code>export FARELOG=http://127.0.0.1:4300
export KEY=farelog_…</code></pre>
${groups.map(
  (group) => html`<section><h2>${group.name}</h2><p class="tag">${group.description}</p>
${group.entries.map((entry) => article(entry, document))}</section>`,
)}
</main>
</div>
</body>
</html>
`;
  return page.text;
}

/** Paragraphs of text, with what stands in backticks as code. */
function paragraphs(text: string): Html[] {
  return text.split('\n\n').map((paragraph) => html`<p>${inline(paragraph)}</p>\n`);
}

function inline(text: string): Html[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}

function article({ method, path, operation }: Entry, document: OpenApiDocument): Html {
  const { operationId, summary, parameters = [], requestBody, responses } = operation;
  const answers = Object.entries(responses);
  const own = answers.filter(([, answer]) => !('$ref' in answer));
  const problems = answers.filter(([status, answer]) => '$ref' in answer && status !== 'default');
  const about = operation.description.split('\n\n').slice(0, -1).join('\n\n');
  return html`<article id="${operationId}">
<h3><a href="#${operationId}">${summary}</a></h3>
<p class="address"><span class="badge ${method}">${method.toUpperCase()}</span> <span class="path">${path}</span> <span class="access">${accessOf(operation)}</span></p>
${paragraphs(about)}
${
  parameters.length === 0
    ? null
    : html`<h4>Parameters</h4><dl class="fields">${parameters.map((one) =>
        field(one.name, one.required, one.schema, inline(one.description ?? '')),
      )}</dl>`
}
${
  requestBody === undefined
    ? null
    : html`<h4>Body</h4><p>${inline(requestBody.description)}</p>${Object.entries(requestBody.content).map(
        ([type, media]) => mediaOf(type, media, document, false),
      )}`
}
${curlOf(method, path, operation)}
<h4>Answers</h4>
${own.map(([status, answer]) => ('$ref' in answer ? html`` : answerOf(status, answer, document)))}
${
  problems.length === 0
    ? null
    : html`<p class="problems">Problems: ${problems.map(
        ([status, answer], index) =>
          html`${index === 0 ? '' : ' · '}<span class="status wrong">${status}</span> ${problemTitle(answer, document)}`,
      )}</p>`
}
</article>
`;
}

function accessOf({ 'x-farelog-access': access }: Operation): string {
  if (access === 'public') return 'open to anyone';
  return access === 'signature' ? 'signed' : `role ${access}`;
}

function problemTitle(answer: Operation['responses'][string], document: OpenApiDocument): string {
  if (!('$ref' in answer)) return answer.description;
  const name = answer.$ref.replace('#/components/responses/', '');
  return (document.components.responses[name]?.description ?? '').replace(/\.$/, '');
}

function answerOf(status: string, answer: Answer, document: OpenApiDocument): Html {
  const headers = Object.entries(answer.headers ?? {});
  const content = Object.entries(answer.content ?? {});
  return html`<details><summary><span class="status ${status.startsWith('2') ? 'good' : 'other'}">${status}</span> <span>${inline(answer.description)}</span></summary>
<div>${content.map(([type, media]) => mediaOf(type, media, document, true))}
${
  headers.length === 0
    ? null
    : html`<p class="media">Headers</p><dl class="fields">${headers.map(
        ([name, { description }]) => html`<div><dt>${name}</dt><dd>${inline(description)}</dd></div>`,
      )}</dl>`
}</div></details>
`;
}

function mediaOf(
  type: string,
  { schema, example }: Media,
  document: OpenApiDocument,
  answered: boolean,
): Html {
  const rows = fieldsOf(schema, '', document, answered);
  const text = typeof example === 'string' ? example : JSON.stringify(example, null, 2);
  return html`<p class="media"><code>${type}</code></p>
${rows.length === 0 ? null : html`<dl class="fields">${rows}</dl>`}
<pre tabindex="0"><code>${text}</code></pre>
`;
}

/** The name of a schema that is a component. */
function nameOf({ $ref }: JsonSchema): string | undefined {
  return $ref?.replace('#/components/schemas/', '');
}

/** The schema that a reference names, or the schema itself. */
function resolved(schema: JsonSchema, document: OpenApiDocument): JsonSchema {
  const name = nameOf(schema);
  return name === undefined ? schema : (document.components.schemas[name] ?? schema);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A row for each field, and for the fields within: `rows[].payment_id`. */
function fieldsOf(given: JsonSchema, within: string, document: OpenApiDocument, answered: boolean): Html[] {
  const schema = resolved(given, document);
  const variants = (schema.anyOf ?? schema.oneOf ?? []).filter(isSchema);
  const objects = variants.filter((one) => isComposite(resolved(one, document)));
  if (objects.length === 1 && objects[0] !== undefined)
    return fieldsOf(objects[0], within, document, answered);
  if (objects.length > 1) {
    return objects.flatMap((one, index) => {
      const title = nameOf(one) ?? labelOf(one, document);
      const { items } = one;
      // An array of what was told just now needs no second telling.
      const told = isSchema(items) && objects.some((other) => nameOf(other) === nameOf(items));
      const rows = told ? [] : fieldsOf(one, within, document, answered);
      const said = `${index === 0 ? 'Either' : 'Or'} ${title}${within === '' ? '' : `, as ${within.replace(/\.$/, '')}`}`;
      return [html`<div class="kind">${said}</div>`, ...rows];
    });
  }
  if (isSchema(schema.items))
    return fieldsOf(schema.items, `${within.replace(/\.$/, '')}[].`, document, answered);
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    if (!isSchema(value)) return [];
    const inner = resolved(value, document);
    const description = value.description ?? inner.description ?? '';
    // Of an answer it is worth telling what may be absent, of a question what must be there.
    const marked = required.has(name) && !answered;
    const label = { ...value, ...(answered && !required.has(name) ? { 'x-optional': true } : {}) };
    const own = field(`${within}${name}`, marked, label, inline(description), document);
    return [own, ...fieldsOf(value, `${within}${name}.`, document, answered)];
  });
}

function isComposite({ type, properties, items }: JsonSchema): boolean {
  return properties !== undefined || items !== undefined || type === 'object';
}

function field(
  name: string,
  required: boolean,
  schema: JsonSchema,
  about: readonly Html[],
  document?: OpenApiDocument,
): Html {
  return html`<div><dt>${name}</dt><dd><span class="type">${labelOf(schema, document)}</span> ${
    required ? html`<span class="need">required</span> ` : null
  }${about.length === 0 ? null : html`<br>${about}`}</dd></div>`;
}

/** A schema in a few words: `integer, 1 to 1000, default 100`. */
function labelOf(given: JsonSchema, document?: OpenApiDocument): string {
  const schema = document === undefined ? given : resolved(given, document);
  const name = nameOf(given);
  if (name !== undefined && isComposite(schema)) return name;
  const variants = (schema.anyOf ?? schema.oneOf ?? []).filter(isSchema);
  const parts = [
    variants.length > 0
      ? variants.map((one) => nameOf(one) ?? kindOf(one, document)).join(' or ')
      : kindOf(schema, document),
  ];
  if (schema.format !== undefined) parts.push(schema.format);
  const bounds = boundsOf(schema);
  if (bounds !== '') parts.push(bounds);
  if (schema.default !== undefined) parts.push(`default ${String(schema.default)}`);
  if (given['x-optional'] === true) parts.push('not always there');
  return parts.join(', ');
}

function kindOf(schema: JsonSchema, document?: OpenApiDocument): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => String(value)).join(' | ');
  if (schema.type === 'array' && isSchema(schema.items)) {
    return `array of ${nameOf(schema.items) ?? labelOf(schema.items, document)}`;
  }
  const { type = 'anything' } = schema;
  return Array.isArray(type) ? type.join(' or ') : type;
}

function boundsOf({ minimum, maximum, minLength, maxLength, minItems, maxItems }: JsonSchema): string {
  const low = minimum ?? minItems;
  const high = maximum ?? maxItems;
  const isBound = (value: number | undefined): value is number =>
    value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  if (isBound(low) && isBound(high)) return `${low} to ${high}`;
  if (isBound(low)) return `at least ${low}`;
  if (isBound(high)) return `at most ${high}`;
  if (maxLength !== undefined) return `at most ${maxLength} characters`;
  return minLength === undefined ? '' : 'not empty';
}

/** How to ask it from a shell; a signed delivery needs more than a line. */
function curlOf(method: string, path: string, operation: Operation): Html | null {
  const access = operation['x-farelog-access'];
  if (access === 'signature') return null;
  const lines = [
    'curl',
    ...(access === 'public' ? [] : ['-H "Authorization: Bearer $KEY"']),
    ...(method === 'post' && operation.requestBody === undefined ? ['-X POST'] : []),
  ];
  const example = operation.requestBody?.content['application/json']?.example;
  const url = `"$FARELOG${path.replace(/\{\w+\}/g, '1')}"`;
  const text =
    example === undefined
      ? [...lines, url].join(' ')
      : `${lines.join(' ')} -H 'Content-Type: application/json' \\\n  ${url} \\\n  -d '${JSON.stringify(example)}'`;
  return html`<h4>Example</h4><pre tabindex="0"><code>${text}</code></pre>`;
}

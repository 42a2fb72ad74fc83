/** The style of the page at /docs: light and dark as the reader's system says, one column on a phone. */
export const DOCS_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --panel: #f5f7f9; --line: #dde3ea; --ink: #1b2430; --soft: #566373; --accent: #0a6b66;
  --get: #1757a6; --post: #1b7035; --code: #f0f3f6; --badge-ink: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #10151b; --panel: #161d25; --line: #2a3540; --ink: #e4e9ef; --soft: #9aa8b7; --accent: #5cc8c0;
    --get: #7db4f5; --post: #7fd197; --code: #1b242e; --badge-ink: #10151b;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1.5rem; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem 1rem; z-index: 1; }
code, pre, .path, .type { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { font-size: .875em; background: var(--code); padding: .1em .35em; border-radius: 4px; overflow-wrap: anywhere; }
pre {
  margin: .5rem 0 0; padding: .9rem 1rem; background: var(--code); border-radius: 8px; overflow-x: auto;
  font-size: .8125rem; line-height: 1.5; tab-size: 2;
}
pre code { background: none; padding: 0; font-size: inherit; overflow-wrap: normal; }
.frame { display: grid; grid-template-columns: 17rem minmax(0, 1fr); min-height: 100vh; }
.side { background: var(--panel); border-right: 1px solid var(--line); }
.side nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; padding: 1.5rem 1.25rem; }
.side .name { font-weight: 700; font-size: 1.125rem; color: var(--ink); text-decoration: none; }
.side .version { color: var(--soft); font-size: .8125rem; margin: 0 0 1.25rem; }
.side h2 {
  margin: 1.25rem 0 .35rem; font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft);
}
.side ul { list-style: none; margin: 0; padding: 0; }
.side li a {
  display: flex; gap: .55rem; align-items: baseline; padding: .28rem 0; color: var(--ink); text-decoration: none;
  font-size: .9rem; line-height: 1.35;
}
.side li a:hover { color: var(--accent); text-decoration: underline; }
.verb { font: 700 .6875rem/1 ui-monospace, Menlo, Consolas, monospace; letter-spacing: .03em; flex: none; width: 2.4rem; }
.verb.get { color: var(--get); }
.verb.post { color: var(--post); }
main { padding: 2.5rem clamp(1rem, 4vw, 3.5rem) 6rem; max-width: 62rem; width: 100%; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .25rem; letter-spacing: -.01em; }
.lead { font-size: 1.125rem; color: var(--soft); margin: 0 0 1.5rem; }
section > h2 { font-size: 1.375rem; margin: 3.5rem 0 .25rem; padding-top: 1.25rem; border-top: 2px solid var(--line); }
.tag { color: var(--soft); margin: 0; }
article { padding: 2rem 0 1rem; border-bottom: 1px solid var(--line); }
article:last-child { border-bottom: 0; }
h3 { font-size: 1.1875rem; margin: 0 0 .6rem; }
h3 a { color: inherit; text-decoration: none; }
h3 a:hover { text-decoration: underline; }
h4 { font-size: .8125rem; letter-spacing: .05em; text-transform: uppercase; color: var(--soft); margin: 1.5rem 0 .4rem; }
.address {
  display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; margin: 0 0 .9rem; padding: .55rem .75rem;
  background: var(--panel); border: 1px solid var(--line); border-radius: 8px;
}
.address .badge { font: 700 .75rem/1 ui-monospace, Menlo, Consolas, monospace; padding: .35rem .5rem; border-radius: 5px; }
.badge { color: var(--badge-ink); }
.badge.get { background: var(--get); }
.badge.post { background: var(--post); }
.path { font-size: .9375rem; overflow-wrap: anywhere; flex: 1 1 12rem; }
.access { font-size: .8125rem; color: var(--soft); border: 1px solid var(--line); border-radius: 99px; padding: .1rem .65rem; background: var(--paper); }
p { margin: .5rem 0; }
dl.fields { margin: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
dl.fields > div { padding: .55rem .85rem; display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: .1rem 1rem; }
dl.fields > div + div { border-top: 1px solid var(--line); }
dt { font: 600 .8438rem/1.6 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
dd { margin: 0; font-size: .9375rem; }
.type { color: var(--soft); font-size: .8125rem; }
.need { color: var(--accent); font: 600 .75rem/1 system-ui, sans-serif; }
dl.fields > div.kind { display: block; background: var(--panel); font-size: .8438rem; font-weight: 600; color: var(--soft); }
details { border: 1px solid var(--line); border-radius: 8px; margin: .45rem 0; }
summary { cursor: pointer; padding: .55rem .85rem; display: flex; gap: .75rem; align-items: baseline; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::after { content: "+"; margin-left: auto; color: var(--soft); font-weight: 700; }
details[open] > summary::after { content: "–"; }
summary:hover { background: var(--panel); }
details > div { padding: 0 .85rem .85rem; }
.status { font: 700 .875rem/1.4 ui-monospace, Menlo, Consolas, monospace; flex: none; }
.status.good { color: var(--post); }
.status.other { color: var(--soft); }
.status.wrong { color: #b3261e; }
@media (prefers-color-scheme: dark) { .status.wrong { color: #f2988f; } }
.media { color: var(--soft); font-size: .8125rem; margin: .9rem 0 .35rem; }
.problems { color: var(--soft); font-size: .9375rem; }
@media (max-width: 56rem) {
  .frame { display: block; }
  .side { border-right: 0; border-bottom: 1px solid var(--line); }
  .side nav { position: static; max-height: none; padding: 1rem; }
  .side .version { margin-bottom: .5rem; }
  main { padding-top: 1.5rem; }
  h1 { font-size: 1.625rem; }
  dl.fields > div { grid-template-columns: minmax(0, 1fr); }
}
@media (min-width: 30rem) and (max-width: 56rem) { .side .tags { columns: 2; column-gap: 2rem; } .side .tags > div { break-inside: avoid; } }
@media print { .side { display: none; } .frame { display: block; } }
`;

#include "slardar/admin/status_assets.h"

namespace hancock::slardar {

const std::string_view kStatusStyle = R"css(
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --text: #1c2430; --faint: #5b6675; --line: #dfe3e8;
  --good: #1a7f37; --warn: #8a5d00; --bad: #cf222e; --rest: #57606a;
  --good-back: #dafbe1; --warn-back: #fff8c5; --bad-back: #ffebe9; --rest-back: #eaeef2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --card: #161b22; --text: #e6edf3; --faint: #9aa5b1; --line: #30363d;
    --good: #56d364; --warn: #e3b341; --bad: #ff7b72; --rest: #9aa5b1;
    --good-back: #12261e; --warn-back: #272115; --bad-back: #2d1517; --rest-back: #21262d;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem; max-width: 80rem; background: var(--page); color: var(--text);
  font: 15px/1.45 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.25rem; margin: 0; }
h2 { font-size: 1rem; margin: 0; }
h3 { font-size: .8rem; margin: .75rem 0 .25rem; color: var(--faint); font-weight: 600; }
a { color: inherit; text-decoration: none; }
a:hover { text-decoration: underline; }
.top { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin-bottom: 1rem; }
.top input {
  margin-left: auto; padding: .35rem .6rem; font: inherit; min-width: 0; width: 14rem;
  color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .4rem;
}
#age { color: var(--faint); font-size: .85rem; }
#age.old { color: var(--bad); font-weight: 600; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .5rem; margin: 0 0 1rem; }
dl div { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .4rem .6rem; }
dt { color: var(--faint); font-size: .8rem; }
dd { margin: 0; font-variant-numeric: tabular-nums; font-weight: 600; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; margin-bottom: .75rem; }
section > header { display: flex; flex-wrap: wrap; gap: .25rem .6rem; align-items: center; }
section p { margin: 0; color: var(--faint); font-size: .85rem; }
section[hidden] { display: none; }
.state { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .8rem; font-weight: 600; white-space: nowrap; }
.good { color: var(--good); background: var(--good-back); }
.warn { color: var(--warn); background: var(--warn-back); }
.bad { color: var(--bad); background: var(--bad-back); }
.rest { color: var(--rest); background: var(--rest-back); }
table { border-collapse: collapse; table-layout: fixed; width: 100%; margin-top: .4rem; font-variant-numeric: tabular-nums; }
th { text-align: left; color: var(--faint); font-size: .8rem; font-weight: 500; }
th, td { padding: .25rem 1rem .25rem 0; border-top: 1px solid var(--line); vertical-align: baseline; }
thead th { border-top: 0; }
th:nth-child(1) { width: 7rem; }
th:nth-child(2) { width: 20%; }
th.number { width: 5.5rem; }
th.number, td.number { text-align: right; white-space: nowrap; }
td.wide { padding-right: 0; }
td small { display: block; color: var(--faint); }
@media (max-width: 60rem) {
  body { padding: .6rem; }
  .top input { width: 100%; margin: 0; }
  dl { grid-template-columns: repeat(2, 1fr); }
  thead { display: none; }
  table, tbody { display: block; }
  tr { display: grid; grid-template-columns: repeat(3, 1fr); gap: .1rem .75rem; border-top: 1px solid var(--line); padding: .5rem 0; }
  tr:last-child { padding-bottom: 0; }
  td, td.number { border: 0; padding: 0; text-align: left; }
  td.name { grid-column: 2 / -1; font-weight: 600; }
  td.wide { grid-column: 1 / -1; width: auto; color: var(--faint); font-size: .85rem; }
  td.wide:empty { display: none; }
  td[data-label]::before { content: attr(data-label); display: block; color: var(--faint); font-size: .75rem; }
  td[data-label]:empty { visibility: hidden; }
}
)css";

// Takes what is new of the same page and changes what is other than before, in place, so that nothing jumps
// and what was selected stays. A page that nobody looks at does not ask.
const std::string_view kStatusScript = R"js(
'use strict';
const every = 2000;
const age = document.getElementById('age');
const filter = document.getElementById('filter');
let heard = Date.now();

function become(now, next) {
  if (now.nodeType !== next.nodeType || now.nodeName !== next.nodeName) return now.replaceWith(next);
  if (now.nodeType === Node.TEXT_NODE) {
    if (now.data !== next.data) now.data = next.data;
    return;
  }
  for (const each of [...now.attributes]) if (!next.hasAttribute(each.name)) now.removeAttribute(each.name);
  for (const each of next.attributes)
    if (now.getAttribute(each.name) !== each.value) now.setAttribute(each.name, each.value);
  const before = [...now.childNodes];
  const after = [...next.childNodes];
  after.forEach((each, i) => i < before.length ? become(before[i], each) : now.append(each));
  before.slice(after.length).forEach(each => each.remove());
}

function show_filtered() {
  const wanted = filter.value.trim().toLowerCase();
  for (const each of document.querySelectorAll('section[data-name]'))
    each.hidden = !each.dataset.name.toLowerCase().includes(wanted);
}

function show_age() {
  const seconds = Math.round((Date.now() - heard) / 1000);
  age.classList.toggle('old', seconds > 10);
  if (seconds > 10) age.textContent = 'no answer for ' + seconds + ' s: this is what was';
}

async function refresh() {
  const answer = await fetch(location.href,
    {headers: {Accept: 'text/html'}, cache: 'no-store', signal: AbortSignal.timeout(10000)});
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const next = fresh.querySelector('main');
  if (!next) return;
  heard = Date.now();
  document.title = fresh.title;
  age.textContent = fresh.getElementById('age').textContent;
  become(document.querySelector('main'), next);
  show_filtered();
}

async function go_on() {
  if (!document.hidden) await refresh().catch(() => {});
  show_age();
  setTimeout(go_on, every);
}

filter.addEventListener('input', show_filtered);
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh().catch(() => {}); });
setTimeout(go_on, every);
)js";

}  // namespace hancock::slardar

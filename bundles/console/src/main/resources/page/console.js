'use strict';
const marks = { UP: ['●', 'good'], RUNNING: ['●', 'good'], STARTING: ['◐', 'warn'], WAITING: ['◐', 'warn'], DEGRADED: ['▲', 'warn'], DOWN: ['✕', 'bad'], REFUSED: ['✕', 'bad'], STOPPED: ['○', 'soft'] };
const shown = [];
let last = '';

const cell = (text, kind) => { const td = document.createElement('td'); td.textContent = text ?? ''; if (kind) td.className = kind; return td; };
const state = s => { const [mark, kind] = marks[s] ?? ['', '']; return cell(`${mark} ${s.toLowerCase()}`, `state ${kind}`); };
const clock = t => t ? new Date(t).toLocaleTimeString([], { hour12: false }) : '';
const words = v => v ? v.toLowerCase().replaceAll('_', ' ') : '';

function rows(id, list, empty, make) {
  const body = document.getElementById(id);
  if (!list.length) {
    const td = cell(empty, 'empty'); td.colSpan = 9;
    const tr = document.createElement('tr'); tr.append(td); body.replaceChildren(tr);
    return;
  }
  body.replaceChildren(...list.map(item => { const tr = document.createElement('tr'); tr.append(...make(item)); return tr; }));
}

function about(e) {
  const d = e.data, parts = [];
  for (const k of ['state', 'availability', 'activity', 'outcome', 'queue', 'destination', 'agent', 'target', 'cause', 'reason', 'sentence', 'error', 'lengthMs']) {
    if (d[k] !== undefined && d[k] !== '') parts.push(k === 'state' || k === 'agent' ? String(d[k]) : `${k} ${d[k]}`);
  }
  return parts.join(' · ');
}

async function get(path) {
  const answer = await fetch(path, { signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function refresh() {
  try {
    const [page, events] = await Promise.all([get('/api/overview'), get(`/api/events?after=${encodeURIComponent(last)}`)]);
    rows('links', [...page.links, ...page.parts], 'No link is configured.', l => [cell(l.name), cell(l.tenant), state(l.state), cell(l.sentence), cell(clock(l.since), 'time')]);
    rows('flows', page.flows, 'No flow is loaded.', f => [cell(f.name), cell(f.version, 'n'), state(f.state), cell(f.counters.received, 'n'), cell(f.counters.delivered, 'n'), cell(f.counters.deadLettered, 'n'), cell(f.refusal ? `refused: ${f.refusal.file}:${f.refusal.line} ${f.refusal.reason}` : f.sentence, f.refusal ? 'bad' : '')]);
    rows('agents', page.agents, 'No agent is known.', a => [cell(a.agent.id), cell(a.agent.device), cell(words(a.state) + (a.reason ? ` (${a.reason})` : '')), cell(a.availability ? `${a.availability} / ${a.activity}` : ''), cell(a.shownByHost)]);
    rows('calls', page.calls, 'No call is up.', c => [cell(c.call, 'id'), cell(c.calling), cell(c.called), cell(c.agent), cell(words(c.state)), cell(clock(c.since), 'time')]);
    if (events.length) {
      last = events[events.length - 1].id;
      shown.unshift(...events.reverse());
      shown.length = Math.min(shown.length, 60);
      rows('events', shown, '', e => [cell(clock(e.time), 'time'), cell(e.type), cell(e.subject), cell(about(e)), cell(e.id, 'id')]);
    }
    const bad = page.links.filter(l => !['UP'].includes(l.state)).length;
    document.getElementById('summary').textContent = `${page.node} · ${page.links.length} links${bad ? `, ${bad} not up` : ', all up'} · ${page.flows.length} flows · spool ${Math.round(page.spool * 100)} %`;
  } catch (e) {
    document.getElementById('summary').textContent = `The host does not answer (${e.message}); trying again.`;
  }
}
refresh();
setInterval(refresh, 1000);

'use strict';
// Shows the agent's own state on both sides, and asks the ACD for another. Polls once a second while the page is seen.

const REFUSED = {
  role: 'You are signed in, but the app role Agent is missing. Ask your administrator.',
  agent: 'You are signed in, but no line of the agent dictionary is yours. Ask your supervisor.',
  failed: 'The sign-in did not succeed. Please try again.',
  unavailable: 'Nobody can sign in at the moment.',
};
const WORDS = {
  READY: 'Ready', NOT_READY: 'Not ready', BUSY: 'Busy', WORKING_AFTER_CALL: 'Wrap-up', LOGGED_OFF: 'Logged off',
};

const at = id => document.getElementById(id);
const say = text => { if (at('message').textContent !== text) { at('message').textContent = text; } };

function acd(me) {
  let text = me.state ? WORDS[me.state] || me.state : 'not known yet';
  if (me.reason) { text += ' (' + me.reason + ')'; }
  if (me.pending) { text += ', then ' + (WORDS[me.pending] || me.pending); }
  return text;
}

function teams(me) {
  if (!me.availability) { return 'not known yet'; }
  return me.availability + (me.activity && me.activity !== me.availability ? ' (' + me.activity + ')' : '');
}

function signedOut(tenants) {
  at('in').hidden = true;
  at('out').hidden = false;
  const list = at('tenants');
  if (list.childElementCount === tenants.length) { return; }
  list.replaceChildren(...tenants.map(tenant => {
    const link = document.createElement('a');
    link.className = 'signin';
    link.id = 'sign-in-' + tenant;
    link.href = '/agent/sign-in?tenant=' + encodeURIComponent(tenant);
    link.textContent = tenants.length === 1 ? 'Sign in with Microsoft' : 'Sign in with Microsoft: ' + tenant;
    return link;
  }));
  const refused = new URLSearchParams(location.search).get('refused');
  say(REFUSED[refused] || '');
}

async function look() {
  try {
    const answer = await fetch('/agent/me', { headers: { Accept: 'application/json' } });
    const body = await answer.json();
    if (answer.status === 401) { signedOut(body.tenants); return; }
    at('out').hidden = true;
    at('in').hidden = false;
    at('name').textContent = body.name;
    at('agent').textContent = body.agent;
    at('acd').textContent = acd(body);
    at('teams').textContent = teams(body);
  } catch (e) {
    say('The host does not answer.');
  }
}

async function want(state) {
  say('');
  const body = { state };
  if (state === 'notReady') { body.reason = at('reason').value; }
  try {
    const answer = await fetch('/agent/state', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Jackfield': 'agent' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) { say((await answer.json()).error || 'It did not work.'); }
  } catch (e) {
    say('The host does not answer.');
  }
  await look();
}

at('ready').addEventListener('click', () => want('ready'));
at('notReady').addEventListener('click', () => want('notReady'));
at('leave').addEventListener('click', async () => {
  await fetch('/agent/sign-out', { method: 'POST', headers: { 'X-Jackfield': 'agent' } });
  location.href = '/agent';
});
look();
setInterval(() => { if (!document.hidden) { look(); } }, 1000);

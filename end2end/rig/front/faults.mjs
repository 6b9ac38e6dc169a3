// Disturbances, armed over the control port. One that names a user waits for that user's sessions only, so
// that tests running side by side leave each other alone.
//   {user?, tenant?, host?, port?, protocol?, kind, on?, times?, after?, line?, text?, bytes?, bytesPerSecond?, ms?, close?}
import * as U from '../users.mjs';
import * as sessions from './sessions.mjs';

export const KINDS = ['cut', 'stall', 'slow', 'answer', 'no', 'bad', 'close', 'bye', 'literal', 'drop-before-data', 'drop-after-data'];
let armed = [];
const down = { all: false, hosts: new Set(), users: new Set() };
let serial = 0;

const fits = (f, s) => (!f.protocol || f.protocol === s.protocol) && (!f.port || +f.port === s.port) && (!f.host || f.host === s.host)
  && (!f.user || f.user === s.user || f.user === s.person) && (!f.tenant || (s.user && s.user.endsWith(`@${f.tenant}`)));

export function arm(input) {
  if (input.clear) return clear(input);
  if (!KINDS.includes(input.kind)) throw new Error(`kind is one of ${KINDS.join(', ')}`);
  if (!input.user && !input.tenant && !input.host && !input.port) throw new Error('name a user, tenant, host or port');
  if (input.user) U.need(input.user);
  serial += 1;
  const fault = { ...input, id: serial, user: input.user?.toLowerCase(), on: input.on?.toUpperCase() };
  if (fault.kind.startsWith('drop-')) fault.on = 'BODY';
  if (fault.kind === 'literal') fault.on ??= 'FETCH';
  // With `on` it waits for that command. Without, it strikes the open sessions now and `times` later ones.
  fault.times = input.times ?? (fault.on ? 1 : 0);
  let hit = 0;
  if (!fault.on) for (const s of sessions.open) if (fits(fault, s) && s.strike) { s.strike(fault); hit += 1; }
  if (fault.times !== 0) armed.push(fault);
  return { id: fault.id, hit };
}

function clear({ user, id }) {
  const who = user?.toLowerCase();
  const before = armed.length;
  armed = armed.filter((f) => (id ? f.id !== id : who && f.user !== who));
  for (const s of sessions.open) if (!who || s.user === who) s.release?.();
  return { cleared: before - armed.length };
}
export const list = () => ({ armed, down: { all: down.all, hosts: [...down.hosts], users: [...down.users] } });

// The fault that this session meets at `verb` (CONNECT, LOGIN, FETCH, DATA, BODY, ...), used up by one.
// UID FETCH answers to "FETCH" as well as to "UID FETCH"; SESSION is a sign-in that has just succeeded.
export function take(session, verb) {
  if (!armed.length) return undefined;
  const plain = verb.replace(/^UID /, '');
  const i = armed.findIndex((f) => (f.on === verb || f.on === plain || (!f.on && verb === 'SESSION')) && fits(f, session));
  if (i < 0) return undefined;
  const fault = armed[i];
  if (fault.times > 0) fault.times -= 1;
  if (fault.times === 0) armed.splice(i, 1);
  return fault;
}

export function network({ down: isDown = true, scope, user, host }) {
  const level = scope ?? (user ? 'user' : host ? 'host' : 'all');
  const mark = (set, key) => (isDown ? set.add(key) : set.delete(key));
  if (level === 'all') { down.all = isDown; if (!isDown) { down.hosts.clear(); down.users.clear(); } }
  else if (level === 'host') mark(down.hosts, host);
  else mark(down.users, U.need(user).email);
  let hit = 0;
  if (isDown) for (const s of sessions.open) if (unreachable(s)) { s.strike?.({ kind: 'cut' }); s.client.destroy(); hit += 1; }
  return { hit };
}
export const unreachable = (s) => down.all || down.hosts.has(s.host) || down.users.has(s.user) || down.users.has(s.person);
export const allDown = () => down.all;

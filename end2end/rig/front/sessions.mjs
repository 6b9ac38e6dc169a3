// The open sessions and what was counted.
export const open = new Set(); // {id, protocol, host, port, user, person, client, relay}
export const table = {};
let serial = 0;

export function enter(session) {
  serial += 1;
  session.id = serial;
  open.add(session);
  session.client.once('close', () => open.delete(session));
  return session;
}

export function count(session, what, verb) {
  const key = session.user ?? `(${session.host})`;
  table[key] ??= {};
  const t = (table[key][session.protocol] ??= { logins: 0, refused: 0, messages: 0, commands: {} });
  if (verb) t.commands[verb] = (t.commands[verb] ?? 0) + 1;
  else t[what] += 1;
}

/** Whole messages that a UID FETCH asked for: its set names how many. What comes in parts counts once. */
export function whole(session, set) {
  for (const range of set.split(',')) {
    const [from, to = from] = range.split(':').map(Number);
    for (let n = from; n <= to; n += 1) count(session, 'messages');
  }
}

export function stats({ user }) {
  const sessions = [...open].filter((s) => !user || s.user === user.toLowerCase());
  const shown = sessions.map(({ id, protocol, host, port, user: who, person, folder }) => ({ id, protocol, host, port, user: who, person, folder }));
  return { open: shown.length, sessions: shown, counts: user ? table[user.toLowerCase()] ?? {} : table };
}

/** Ends a user's IMAP sessions, also those that are still on their way in. */
export function end(user) {
  for (const s of open) if (s.protocol === 'imap' && s.user === user) s.client.end('* BYE Disconnected by server.\r\n');
}

export const reset = (user) => { for (const key of Object.keys(table)) if (!user || key === user.toLowerCase()) delete table[key]; };

// Asks for pages at a fixed rate, whether or not those before have come, or without a rate one at a time: a process of its
// own, as a browser is. Reads `{url, cookie, rate, patience, paths}` and writes what became of each page, in order.
// A page is late from the moment it was due, not from the moment somebody found time to ask for it.
import * as http from 'node:http';
import { text } from 'node:stream/consumers';

const { url, cookie, rate, patience, paths } = JSON.parse(await text(process.stdin));
const agent = new http.Agent({ keepAlive: true, maxSockets: 512, scheduling: 'lifo' });
const headers = { cookie, accept: 'text/html', 'accept-encoding': 'gzip, deflate, br' };

const ask = (path, due) => new Promise((ok) => {
  const sent = performance.now();
  let bytes = 0;
  const done = (status) => ok({ status, bytes, wait: performance.now() - due, late: sent - due });
  const request = http.get(url + path, { agent, headers, timeout: patience * 1000 }, (answer) => {
    answer.on('data', (part) => { bytes += part.length; });
    answer.on('end', () => done(answer.statusCode));
    answer.on('error', (error) => done(error.code ?? error.message));
  });
  request.on('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: `no answer for ${patience} s` })));
  request.on('error', (error) => done(error.code ?? error.message));
});

const all = [];
if (!rate) for (const path of paths) all.push(await ask(path, performance.now()));
const began = performance.now() + 100;
await new Promise((ok) => {
  const next = () => {
    const now = performance.now();
    for (let due; all.length < paths.length && (due = began + all.length * 1000 / rate) <= now;) all.push(ask(paths[all.length], due));
    if (all.length < paths.length) setTimeout(next, Math.max(0, began + all.length * 1000 / rate - performance.now()));
    else ok();
  };
  next();
});
const answers = await Promise.all(all);
agent.destroy();
process.stdout.write(JSON.stringify(answers));

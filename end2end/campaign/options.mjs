// The arguments of the three commands: --name value.
export function options(known) {
  const out = { ...known };
  const rest = process.argv.slice(2);
  while (rest.length) {
    const name = rest.shift().replace(/^--/, '');
    if (!(name in known)) { console.error(`unknown: --${name}; there are ${Object.keys(known).map((k) => `--${k}`).join(', ')}`); process.exit(2); }
    out[name] = Number(rest.shift());
    if (!Number.isFinite(out[name])) { console.error(`--${name} takes a number`); process.exit(2); }
  }
  out.seed ||= 1 + Math.floor(Math.random() * 999_999);
  return out;
}

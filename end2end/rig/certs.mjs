// The rig's own authority and its certificates, plus three bad ones for tests of refusal.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';

export const HOSTS = ['outlook.office365.example', 'smtp.office365.example', 'smtp-mail.outlook.example', 'imap.gmail.example', 'smtp.gmail.example',
  'imap.litware.example', 'smtp.litware.example', 'mail.litware.example', 'mail.rig.example', 'localhost'];
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export function make(dir) {
  fs.mkdirSync(dir, { recursive: true });
  const openssl = (...args) => execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  const authority = (name, cn) => openssl('req', '-x509', ...EC, '-days', '3650', '-subj', `/CN=${cn}`, '-keyout', `${name}.key`, '-out', `${name}.pem`,
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign');
  // signed far ahead: tests move the clients' clock by months
  const leaf = (name, ca, names, days) => {
    openssl('req', ...EC, '-subj', `/CN=${names[0]}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    fs.writeFileSync(`${dir}/${name}.ext`, `basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=${names.map((n) => `DNS:${n}`).join(',')}${name === 'server' ? ',IP:127.0.0.1' : ''}\n`);
    openssl('x509', '-req', '-in', `${name}.csr`, '-CA', `${ca}.pem`, '-CAkey', `${ca}.key`, '-CAcreateserial', '-days', String(days), '-extfile', `${name}.ext`, '-out', `${name}.crt`);
    fs.writeFileSync(`${dir}/${name}.pem`, fs.readFileSync(`${dir}/${name}.crt`, 'utf8') + fs.readFileSync(`${dir}/${ca}.pem`, 'utf8'));
    for (const part of ['csr', 'ext', 'crt']) fs.unlinkSync(`${dir}/${name}.${part}`);
  };
  authority('ca', 'Mailkeep rig authority');
  authority('other-ca', 'Some other authority');
  leaf('server', 'ca', HOSTS, 3000);
  leaf('stranger', 'other-ca', HOSTS, 3000);
  leaf('nameless', 'ca', ['somewhere.else.example'], 3000);
  leaf('expired', 'ca', HOSTS, -1);
}

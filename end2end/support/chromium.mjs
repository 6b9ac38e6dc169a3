// Debian's Chromium, or whichever CHROMIUM names; undefined where there is none.
import * as fs from 'node:fs';

export const CHROMIUM = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => fs.existsSync(file));

// Debian's Chromium, first the one without windows, which draws the same with a quarter less work; or whichever CHROMIUM
// names; undefined where there is none.
import * as fs from 'node:fs';

export const CHROMIUM = process.env.CHROMIUM ?? ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => fs.existsSync(file));

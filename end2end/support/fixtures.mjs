// What every test may ask for: a rig for the worker, a Mailkeep for the file, helpers for people in a browser.
import { test as base, expect } from '@playwright/test';
import { Rig } from './rig.mjs';
import { Mailkeep } from './mailkeep.mjs';
import { Desk } from './desk.mjs';

let serial = 0;
/** A word that no other test of this run uses. */
export const fresh = (word) => `${word}-${process.pid.toString(36)}${(serial += 1).toString(36)}`;

export const test = base.extend({
  rig: [async ({}, use) => {
    const rig = await Rig.start();
    await use(rig);
    await rig.stop();
  }, { scope: 'worker', timeout: 90_000 }],

  /** Starts servers for this test; each ends with it. */
  start: async ({ rig }, use, info) => {
    const running = [];
    await use(async (options = {}) => {
      const mailkeep = await Mailkeep.start(rig, { name: info.titlePath[0].replace(/\W+/g, '-'), ...options });
      running.push(mailkeep);
      return mailkeep;
    });
    for (const mailkeep of running) await mailkeep.stop();
  },

  /** Opens further browsers, signed in or not; each ends with the test. */
  visit: async ({ browser }, use) => {
    const contexts = [];
    await use(async (options = {}) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },
});

/** For tests that move days: a rig whose clock nobody else uses. */
export const clocked = test.extend({
  rig: [async ({}, use) => {
    const rig = await Rig.start();
    await use(rig);
    await rig.stop();
  }, { scope: 'worker', timeout: 90_000 }],
});

/** One desk for all tests of a file, with its admin and registrations: `const desk = deskOf(test)`. */
export function deskOf(t, options = {}) {
  const it = {};
  t.beforeAll(async ({ rig }, info) => {
    info.setTimeout(120_000);
    it.mailkeep = await Mailkeep.start(rig, { name: info.titlePath[0].replace(/\W+/g, '-'), ...options });
    it.desk = await new Desk(it.mailkeep).open();
    it.url = it.mailkeep.url;
  });
  t.afterAll(async () => { await it.mailkeep?.stop(); });
  return it;
}

export { expect };

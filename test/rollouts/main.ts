/** `npm run test:rollouts`: a fleet under load that never stops, rolled forward, back, and into broken iterations. */
import { parseArgs } from 'node:util';
import { runCampaign } from './campaign.js';
import { openSite } from './site.js';
import { runStorm } from './storm.js';

const HELP = `npm run test:rollouts -- [options]

  --replacements N         machines replaced, at least (default 50)
  --rollbacks N            back to the last known-good iteration (default 10)
  --bad N                  iterations that never get healthy (default 10)
  --kills N                kill -9 of a QEMU in the middle, and as many of Diecast (default 3)
  --replicas N             machines of the service (default 3)
  --requests-per-second N  half over kept connections, a third of them POSTs (default 50)
  --seed N                 of the order (default 1)
  --storm                  instead: two services, a drain, a rollback and a lost host, all at once
  --json                   the last line is one JSON object
`;

const { values } = parseArgs({
  options: {
    replacements: { type: 'string', default: '50' },
    rollbacks: { type: 'string', default: '10' },
    bad: { type: 'string', default: '10' },
    kills: { type: 'string', default: '3' },
    replicas: { type: 'string', default: '3' },
    'requests-per-second': { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    storm: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const site = await openSite('campaign', 3, say);
const campaign = (): ReturnType<typeof runCampaign> =>
  runCampaign(
    site,
    {
      replacements: Number(values.replacements),
      rollbacks: Number(values.rollbacks),
      bad: Number(values.bad),
      kills: Number(values.kills),
      replicas: Number(values.replicas),
      requestsPerSecond: Number(values['requests-per-second']),
      seed: Number(values.seed),
    },
    say,
  );
try {
  const result = await (values.storm
    ? runStorm(site, Number(values['requests-per-second']), say)
    : campaign());
  for (const { reason, startedAt } of result.failures)
    say(`failed: ${new Date(startedAt).toISOString()} ${reason}`);
  for (const violation of result.violations) say(`WRONG: ${violation}`);
  if (values.json) say(JSON.stringify(result));
  process.exitCode = result.violations.length === 0 && result.failedRequests === 0 ? 0 : 1;
} finally {
  await site.close();
}

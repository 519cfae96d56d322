import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createLogger,
  createMetrics,
  openBlobFolder,
  renderConfigurationPage,
  renderErrorsPage,
} from '@diecast/platform';
import { openStore } from '@diecast/store';
import { createApi } from './create-api.js';
import { renderApi } from './openapi.js';

/** Writes the pages of docs/ that are made from the code; tests hold them against it. Run it in the root of the repository. */
const store = await openStore();
const app = await createApi({
  store,
  config: { imageMaxBytes: 0, haproxySocket: null },
  log: createLogger({ logLevel: 'warn' }),
  metrics: createMetrics(store),
  blobs: openBlobFolder('data'),
  queues: [],
  dependencies: [],
});
const pages = {
  'openapi.json': renderApi(app),
  'errors.md': renderErrorsPage(),
  'configuration.md': renderConfigurationPage(),
};
for (const [name, text] of Object.entries(pages)) {
  writeFileSync(join('docs', name), text);
  process.stdout.write(`docs/${name}\n`);
}
await app.close();
await store.close();

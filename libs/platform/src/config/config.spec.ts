import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig, requireCluster } from './config.js';
import { CONFIG_TABLE, renderConfigurationPage } from './configuration-page.js';

function refusal(env: Record<string, string>): ConfigError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('It was taken.');
}

describe('the configuration', () => {
  it('has a default for everything that one machine needs', () => {
    expect(readConfig({})).toEqual({
      dataDir: resolve('./data'),
      httpHost: '127.0.0.1',
      httpPort: 8080,
      grpcPort: 9090,
      adminToken: null,
      logLevel: 'info',
      workerConcurrency: 100,
      clusterOperations: null,
      hostOperations: 8,
      historyDays: 90,
      imagePaths: null,
      imageMaxBytes: 68_719_476_736,
      imagePrivateUrls: false,
      signatureKeys: [],
      signaturePolicy: 'off',
      haproxySocket: null,
      databaseUrl: null,
      redisUrl: null,
    });
  });

  it('is frozen', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });

  it.each([
    ['DIECAST_HTTP_PORT', '80a'],
    ['DIECAST_HTTP_PORT', '65536'],
    ['DIECAST_GRPC_PORT', '-1'],
    ['DIECAST_LOG_LEVEL', 'loud'],
    ['DIECAST_WORKER_CONCURRENCY', '0'],
    ['DIECAST_CLUSTER_OPERATIONS', '0'],
    ['DIECAST_HOST_OPERATIONS', 'many'],
    ['DIECAST_HISTORY_DAYS', '0'],
    ['DIECAST_IMAGE_PATHS', 'images'],
    ['DIECAST_IMAGE_MAX_BYTES', '64GiB'],
    ['DIECAST_IMAGE_PRIVATE_URLS', 'yes'],
    ['DIECAST_SIGNATURE_KEYS', 'release=not-a-key'],
    ['DIECAST_SIGNATURE_KEYS', '/nowhere/at/all'],
    ['DIECAST_SIGNATURE_POLICY', 'maybe'],
    ['DIECAST_SIGNATURE_POLICY', 'require'],
    ['DIECAST_HAPROXY_SOCKET', 'relative/path'],
    ['DATABASE_URL', 'mysql://db'],
    ['DATABASE_URL', 'postgres://me:a/b@db:5432/diecast'],
    ['REDIS_URL', 'http://redis'],
    ['DIECAST_ADMIN_TOKEN', 'short'],
  ])('names %s when it is "%s"', (variable, value) => {
    const error = refusal({ [variable]: value });
    expect(error.variable).toBe(variable);
    expect(error.message).toMatch(new RegExp(`^${variable} .+\\.$`));
  });

  it('never repeats a secret', () => {
    expect(refusal({ DIECAST_ADMIN_TOKEN: 'hunter2' }).message).not.toContain('hunter2');
    expect(refusal({ DATABASE_URL: 'mysql://me:hunter2@db' }).message).not.toContain('hunter2');
    expect(refusal({ DATABASE_URL: 'postgres://me:hunter2/@db' }).message).not.toContain('hunter2');
  });

  it.each([
    'postgres://me@db/diecast',
    'postgresql://me:%2F%40@[::1]:5432/diecast?sslmode=require',
    'postgres:///diecast?host=/run/postgresql',
    'postgres://me:secret@/diecast?host=/run/postgresql',
  ])('takes the database %s', (url) => {
    expect(readConfig({ DATABASE_URL: url }).databaseUrl).toBe(url);
  });

  it('takes an empty variable as unset, and an empty list of folders as none', () => {
    expect(readConfig({ DATABASE_URL: '', DIECAST_HTTP_PORT: '' })).toMatchObject({
      databaseUrl: null,
      httpPort: 8080,
    });
    expect(readConfig({ DIECAST_IMAGE_PATHS: '' }).imagePaths).toEqual([]);
    expect(readConfig({ DIECAST_IMAGE_PATHS: '/a:/b' }).imagePaths).toEqual(['/a', '/b']);
  });

  it('tells a cluster program what it lacks', () => {
    expect(() => requireCluster(readConfig({ REDIS_URL: 'redis://r' }))).toThrow(/^DATABASE_URL /);
    expect(() => requireCluster(readConfig({ DATABASE_URL: 'postgres://d/d' }))).toThrow(/^REDIS_URL /);
  });

  it('is what docs/configuration.md says', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../../docs/configuration.md'), 'utf8');
    expect(page).toBe(renderConfigurationPage());
    expect(CONFIG_TABLE.every((row) => row.meaning !== '')).toBe(true);
  });
});

describe('keys for signatures', () => {
  const { publicKey } = generateKeyPairSync('ed25519');
  const der = publicKey.export({ format: 'der', type: 'spki' });
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'diecast-keys-'));
    writeFileSync(join(folder, 'release.pem'), publicKey.export({ format: 'pem', type: 'spki' }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['raw base64 in a list', () => `release=${der.subarray(-32).toString('base64')}`],
    ['DER base64 in a list', () => `release=${der.toString('base64')}`],
    ['PEM in a folder', () => folder],
  ])('are read from %s, and make signatures required', (_, value) => {
    const config = readConfig({ DIECAST_SIGNATURE_KEYS: value() });
    expect(config.signaturePolicy).toBe('require');
    expect(config.signatureKeys.map((key) => key.id)).toEqual(['release']);
    expect(config.signatureKeys[0]?.publicKey.equals(publicKey)).toBe(true);
  });

  it('of another kind are refused', () => {
    const { publicKey: other } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const text = other.export({ format: 'der', type: 'spki' }).toString('base64');
    expect(refusal({ DIECAST_SIGNATURE_KEYS: `release=${text}` }).variable).toBe('DIECAST_SIGNATURE_KEYS');
  });
});

import { describe, expect, it } from '@jest/globals';
import { parseRedisAddress } from './redis-address.js';

describe('the address of Redis', () => {
  it('is one server, with or without TLS, credentials and a database', () => {
    expect(parseRedisAddress('redis://redis')).toEqual({
      kind: 'single',
      at: { host: 'redis', port: 6379 },
      tls: false,
      database: 0,
    });
    expect(parseRedisAddress('rediss://ann:p%40ss@r:7000/3')).toEqual({
      kind: 'single',
      at: { host: 'r', port: 7000 },
      tls: true,
      database: 3,
      username: 'ann',
      password: 'p@ss',
    });
    expect(parseRedisAddress('redis://[::1]:7000')).toMatchObject({ at: { host: '::1', port: 7000 } });
  });

  it('is a unix socket, as a path or a URL', () => {
    for (const text of ['/run/redis.sock', 'unix:///run/redis.sock']) {
      expect(parseRedisAddress(text)).toMatchObject({ kind: 'single', at: { path: '/run/redis.sock' } });
    }
  });

  it('is a set of sentinels with the name of a master', () => {
    expect(parseRedisAddress('redis+sentinel://h1,h2:26380/mymaster/2')).toEqual({
      kind: 'sentinel',
      sentinels: [
        { host: 'h1', port: 26379 },
        { host: 'h2', port: 26380 },
      ],
      master: 'mymaster',
      database: 2,
      tls: false,
    });
  });

  it('is the nodes of a cluster', () => {
    expect(parseRedisAddress('redis+cluster://:secret@h1:6379,h2')).toMatchObject({
      kind: 'cluster',
      nodes: [
        { host: 'h1', port: 6379 },
        { host: 'h2', port: 6379 },
      ],
      password: 'secret',
    });
  });

  it.each([
    'nonsense',
    'http://redis',
    'redis://h1,h2',
    'redis://h:0',
    'redis://h:70000',
    'redis://h/x',
    'redis+sentinel://h1',
    'redis+cluster://h1/1',
  ])('refuses %s and never repeats a password', (text) => {
    expect(() => parseRedisAddress(text)).toThrow(/The address of Redis is wrong/);
    const secret = text.replace('://', '://ann:hunter2@');
    let message = '';
    try {
      parseRedisAddress(secret);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('wrong');
    expect(message).not.toContain('hunter2');
  });
});

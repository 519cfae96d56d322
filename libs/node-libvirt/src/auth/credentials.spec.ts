import { describe, expect, it } from '@jest/globals';
import { findCredentials } from './credentials.js';

const FILE = `
# hosts of the cellar
[credentials-prod]
authname=bar
password = let=me in 

[credentials-defgrp]
username=defuser
password=defpw
[credentials-half]
authname=x

[auth-libvirt-prod1.example.com]
credentials=prod
[auth-libvirt-half]
credentials=half
[auth-libvirt-gone]
credentials=nowhere
[auth-libvirt-empty]
[auth-esx-default]
credentials=prod
[auth-libvirt-default]
credentials=defgrp
`;

describe("libvirt's file of credentials", () => {
  it('has a set for a host, and one for all others', () => {
    expect(findCredentials(FILE, 'prod1.example.com', 'auth.conf')).toEqual({
      user: 'bar',
      password: 'let=me in',
    });
    expect(findCredentials(FILE, 'elsewhere', 'auth.conf')).toEqual({ user: 'defuser', password: 'defpw' });
  });

  it('may have none', () => {
    expect(findCredentials('[auth-esx-default]\ncredentials=x\n', 'host', 'auth.conf')).toBeUndefined();
    expect(findCredentials('', 'host', 'auth.conf')).toBeUndefined();
  });

  it.each([
    ['half', /\[credentials-half\] does not have both/],
    ['gone', /names \[credentials-nowhere\], which is not there/],
    ['empty', /\[auth-libvirt-empty\] does not say credentials=/],
  ])('is refused where it contradicts itself: %s', (host, sentence) => {
    expect(() => findCredentials(FILE, host, '/etc/libvirt/auth.conf')).toThrow(sentence);
  });
});

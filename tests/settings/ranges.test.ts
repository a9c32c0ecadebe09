/** The range of every setting: what is still in it, and what is refused. */
import { expect, test } from 'bun:test';
import { environmentName, SETTINGS, type SettingName } from '../../src/settings/all.ts';
import { Machine } from './machine.ts';

/** For every setting with a range: what is still in, and what is out. */
const RANGES: Partial<Record<SettingName, { good: string[]; bad: string[]; expected: string }>> = {
  port: {
    good: ['0', '65535'],
    bad: ['-1', '65536', '80.5', '8585x', ' 80', '0x50', '1e3', 'NaN', '١٢'],
    expected: 'a whole number from 0 to 65535',
  },
  'terminal-port': {
    good: ['0', '8586', '65535'],
    bad: ['-1', '65536', 'none'],
    expected: 'a whole number from 0 to 65535',
  },
  host: { good: ['::1'], bad: [''], expected: 'a string that is not empty' },
  'allow-host': { good: ['a.example'], bad: [''], expected: 'a string that is not empty' },
  roots: { good: ['/srv', '/srv,/home'], bad: [''], expected: 'a string that is not empty' },
  'min-free-bytes': {
    good: ['0', '9007199254740991'],
    bad: ['-1', '9007199254740992', '100MB'],
    expected: 'a whole number from 0 to 9007199254740991',
  },
  'max-jobs': { good: ['1', '100000'], bad: ['0', '100001', '-5'], expected: 'a whole number from 1 to 100000' },
  'keep-jobs': { good: ['100', '10000000'], bad: ['99', '10000001'], expected: 'a whole number from 100 to 10000000' },
  'keep-bytes': {
    good: ['0', '9007199254740991'],
    bad: ['-1', '9007199254740992', '10GB'],
    expected: 'a whole number from 0 to 9007199254740991',
  },
  'kill-grace': {
    good: ['0', '600', '0.001', '2.5'],
    bad: ['600.001', '601', '-1', '.5', '1e2', 'Infinity', '2s'],
    expected: 'a number of seconds from 0 to 600',
  },
  'max-sessions': {
    good: ['1', '10000'],
    bad: ['0', '10001', '-1', 'many'],
    expected: 'a whole number from 1 to 10000',
  },
  'session-idle-timeout': {
    good: ['0', '0.5', '31536000'],
    bad: ['31536001', '-1', '1h'],
    expected: 'a number of seconds from 0 to 31536000',
  },
  'ports-host': {
    good: [
      'ports.example.com',
      'box',
      'http://ports.example.com',
      'https://ports.example.com:8443',
      'PORTS.example.com',
    ],
    bad: [
      '',
      '*.example.com',
      '10.0.0.1',
      '[::1]',
      'localhost',
      'ports.localhost',
      'a.example/x',
      'ftp://a.example',
      'u@a.example',
      'a.example.',
      'a..example',
      'a_b.example',
      'a.example:99999',
    ],
    expected:
      'a host name such as ports.example.com, with http:// or https:// and a port where they are not https and 443',
  },
  'ports-keep-host': { good: ['true', 'false', '1', '0'], bad: ['yes', ''], expected: 'true or false' },
  'pty-engine': { good: ['bun', 'bun-pty'], bad: ['', 'node-pty', 'Bun'], expected: 'one of bun, bun-pty' },
  'terminal-shell': { good: ['zsh', '/bin/sh'], bad: [''], expected: 'a string that is not empty' },
  'max-terminal-sessions': {
    good: ['0', '2', '10000'],
    bad: ['-1', '10001', '1.5'],
    expected: 'a whole number from 0 to 10000',
  },
  'max-terminals': {
    good: ['0', '32', '10000'],
    bad: ['-1', '10001', 'all'],
    expected: 'a whole number from 0 to 10000',
  },
  'terminal-idle-timeout': {
    good: ['0', '900', '0.5'],
    bad: ['31536001', '-1', '15m'],
    expected: 'a number of seconds from 0 to 31536000',
  },
  'terminal-lifetime': {
    good: ['0', '3600', '31536000'],
    bad: ['31536000.001', '-1', '1h'],
    expected: 'a number of seconds from 0 to 31536000',
  },
  'terminal-keep': {
    good: ['0', '86400'],
    bad: ['31536001', '-0.5', '1d'],
    expected: 'a number of seconds from 0 to 31536000',
  },
  'acp-policy': {
    good: ['workdir', 'read-only', 'allow-all', 'deny-all', 'ask'],
    bad: ['', 'allow', 'WORKDIR', 'deny_all', 'toString'],
    expected: 'one of workdir, read-only, allow-all, deny-all, ask',
  },
  'acp-agent': { good: ['claude', 'my-agent'], bad: [''], expected: 'a string that is not empty' },
  'acp-cwd': { good: ['/srv/project'], bad: [''], expected: 'a string that is not empty' },
  'agent-session-idle': {
    good: ['0', '1800', '31536000'],
    bad: ['31536000.001', '-1', '1h'],
    expected: 'a number of seconds from 0 to 31536000',
  },
  'max-agent-sessions': {
    good: ['0', '16', '10000'],
    bad: ['-1', '10001', '1.5', 'all'],
    expected: 'a whole number from 0 to 10000',
  },
  'agent-grace': {
    good: ['0', '600', '0.25'],
    bad: ['600.001', '-1', '2s'],
    expected: 'a number of seconds from 0 to 600',
  },
  'permission-timeout': {
    good: ['0', '600', '31536000'],
    bad: ['31536001', '-1', '10m'],
    expected: 'a number of seconds from 0 to 31536000',
  },
  'spare-shells': { good: ['on', 'off'], bad: ['', 'yes', 'ON'], expected: 'one of on, off' },
  'log-format': { good: ['text', 'json'], bad: ['JSON', 'xml', ''], expected: 'one of text, json' },
  name: { good: ['box'], bad: [''], expected: 'a string that is not empty' },
  register: {
    good: ['http://x', 'https://dash.example/', 'https://dash.example/team', 'https://dash.example/?team=a'],
    bad: ['', 'dash.example', 'ftp://dash.example', 'https://me:secret@dash.example', 'https://x#y'],
    expected: 'an address that begins with https:// or http://, without user and #',
  },
  'register-insecure': { good: ['true', '0'], bad: ['yes'], expected: 'true or false' },
  wrapper: { good: ['true', 'false', '1', '0'], bad: ['yes', 'TRUE', '2'], expected: 'true or false' },
  'update-url': {
    good: ['https://release.example/agent', 'http://127.0.0.1:8000', 'http://localhost/r', 'http://[::1]:1/r'],
    bad: [
      '',
      'http://release.example',
      'ftp://release.example',
      'http://127.0.0.1.release.example',
      'release.example',
      'https://',
    ],
    expected: 'an address that begins with https://, or with http:// and this machine’s own address, without ? and #',
  },
  'auto-update': {
    good: ['0', '86400', '0.5'],
    bad: ['31536001', '-1', 'daily'],
    expected: 'a number of seconds from 0 to 31536000',
  },
  trial: { good: ['1', '60', '3600'], bad: ['0', '3601', '1.5', '1m'], expected: 'a whole number from 1 to 3600' },
  'audit-bytes': {
    good: ['100000', '50000000'],
    bad: ['99999', '-1', '1e6', '50MB'],
    expected: `a whole number from 100000 to ${Number.MAX_SAFE_INTEGER}`,
  },
  tunnel: { good: ['true', '0'], bad: ['on', '-1'], expected: 'true or false' },
  'tunnel-id': {
    good: ['t', 'devpilot-box-8585', 'my-tunnel.euw'],
    bad: ['', '--anonymous', 'a b', 'a;b'],
    expected: 'an id of letters, digits, hyphens and dots',
  },
};

test('the table knows every setting', () => {
  expect(Object.keys(SETTINGS).filter((name) => !Object.hasOwn(RANGES, name))).toEqual(['data-dir']);
});

for (const [name, { good, bad, expected }] of Object.entries(RANGES) as [
  SettingName,
  { good: string[]; bad: string[]; expected: string },
][]) {
  test(`--${name} is refused out of its range, with a message that says where it came from`, () => {
    using machine = new Machine();
    for (const text of good)
      expect({ text, complaint: machine.complaint({ [name]: text }) }).toEqual({ text, complaint: 'no complaint' });
    for (const text of bad) {
      const rest = `must be ${expected}, not ${JSON.stringify(text)}`;
      expect(machine.complaint({ [name]: text })).toBe(`--${name} ${rest}`);
      if (text !== '') expect(machine.complaint({}, { [name]: text })).toBe(`${environmentName(name)} ${rest}`);
      machine.write({ [name]: text });
      expect(machine.complaint()).toBe(`"${name}" in ${machine.dataDir}/config.json ${rest}`);
      machine.write({});
    }
  });
}

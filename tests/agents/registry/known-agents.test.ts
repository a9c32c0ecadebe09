/** The table of agents, and how their programs are told from others. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { judge, versionOf, type Identify } from '../../../src/agents/registry/known-agent.ts';
import { KNOWN_AGENTS } from '../../../src/agents/registry/known-agents.ts';
import { packageOf } from '../../../src/agents/registry/npm-package.ts';
import { Sandbox } from '../../support/sandbox.ts';

const identify = (id: string): Identify => {
  const agent = KNOWN_AGENTS.find((one) => one.id === id);
  if (agent === undefined) throw new Error(`no ${id}`);
  return agent.identify;
};

test('every row can be used', () => {
  expect(KNOWN_AGENTS.length).toBeGreaterThan(10);
  expect(new Set(KNOWN_AGENTS.map(({ id }) => id)).size).toBe(KNOWN_AGENTS.length);
  for (const { id, name, homepage, commands, identify: how } of KNOWN_AGENTS) {
    expect(id).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
    expect(name).toMatch(/^[A-Z]/);
    expect(homepage).toMatch(/^https:\/\//);
    for (const words of commands) expect(words[0]).toMatch(/^[\w-]+$/);
    // Something tells whether it is there.
    expect(how.nameIsEnough ?? how.versionOutput).toBeDefined();
  }
});

/** As the programs print it. */
test.each([
  ['copilot', 'GitHub Copilot CLI 1.0.102.\nRun ‘copilot update’ to check for updates.', '1.0.102'],
  ['copilot', '0.0.353\nCommit: 1a2b3c', '0.0.353'],
  ['gemini', '0.61.0', '0.61.0'],
  ['opencode', '1.18.33', '1.18.33'],
  ['kimi', '2.1.0', '2.1.0'],
  ['kimi', 'kimi, version 1.9.0', '1.9.0'],
  ['qwen', '0.15.10', '0.15.10'],
  ['goose', '1.23.2', '1.23.2'],
  ['goose', 'goose 1.23.2-canary.4', '1.23.2-canary.4'],
  ['cline', '3.0.65', '3.0.65'],
  ['auggie', '0.36.0 (commit 7c61e5bb)', '0.36.0'],
  ['cursor', '2026.01.28-fd13201', '2026.01.28-fd13201'],
])('%s is known by %j', (id, text, version) => {
  const facts = { package: undefined, answer: { text } };
  expect(judge(identify(id), facts)).toBe('right');
  expect(versionOf(identify(id), facts)).toBe(version);
});

test.each([
  ['copilot', 'copilot version: v1.34.1'],
  ['goose', 'goose version: v3.26.0'],
  ['opencode', 'v0.0.55'],
  ['gemini', 'gemini 1.0'],
  ['gemini', ''],
  ['kilo', 'kilo: 1.0'],
  ['qwen', '1.2.3abc'],
])('%s is not what says %j', (id, text) => {
  expect(judge(identify(id), { package: undefined, answer: { text } })).toBe('other');
});

test('packages are known by their whole name', () => {
  const verdict = (id: string, name: string) =>
    judge(identify(id), { package: { name, version: '1.0.0' }, answer: undefined });
  expect(verdict('copilot', '@github/copilot')).toBe('right');
  expect(verdict('copilot', '@github/copilot-linux-x64')).toBe('right');
  expect(verdict('copilot', '@github/copilot-language-server')).toBe('unknown');
  expect(verdict('copilot', '@aws/copilot')).toBe('unknown');
  expect(verdict('cline', '@cline/cli-linux-x64')).toBe('right');
  expect(verdict('cline', 'cline-extras')).toBe('unknown');
  expect(verdict('opencode', 'opencode-linux-x64-baseline')).toBe('right');
  expect(verdict('qwen', '@qwen-code/qwen-code')).toBe('right');
});

describe('the package behind', () => {
  const place = (box: Sandbox, shim: string, text: string): string => {
    const folder = box.file('node_modules', '@github', 'copilot');
    mkdirSync(folder, { recursive: true });
    mkdirSync(box.file('node_modules', '.bin'), { recursive: true });
    writeFileSync(`${folder}/package.json`, '{"name":"@github/copilot","version":"1.0.102"}');
    writeFileSync(`${folder}/npm-loader.js`, '');
    const path = box.file(...shim.split('/'));
    writeFileSync(path, text);
    return path;
  };
  const COPILOT = { name: '@github/copilot', version: '1.0.102' };

  test.each([
    [
      'copilot.cmd',
      '@ECHO off\r\nIF EXIST "%dp0%\\node.exe" (\r\n  SET "_prog=%dp0%\\node.exe"\r\n)\r\n"%_prog%"  "%dp0%\\node_modules\\@github\\copilot\\npm-loader.js" %*\r\n',
    ],
    ['node_modules/.bin/copilot.cmd', '@"%~dp0\\node.exe" "%~dp0\\..\\@github\\copilot\\npm-loader.js" %*\r\n'],
    ['copilot', '#!/bin/sh\nexec node  "$basedir/node_modules/@github/copilot/npm-loader.js" "$@"\n'],
  ])('a batch file or script: %s', (shim, text) => {
    using box = new Sandbox();
    expect(packageOf(place(box, shim, text))).toEqual(COPILOT);
  });

  test.each([
    ['a program that is none', 'copilot', '\x7fELF "$basedir/node_modules/@github/copilot/npm-loader.js"'],
    ['a script that leads nowhere', 'copilot', '#!/bin/sh\nexec "$basedir/none/x"\n'],
    ['nothing in a folder of packages', 'node_modules/.bin/tool', '#!/bin/sh\n'],
  ])('%s is unknown', (_what, shim, text) => {
    using box = new Sandbox();
    // The project around it is not the program's package.
    writeFileSync(box.file('node_modules.json'), '{}');
    expect(packageOf(place(box, shim, text))).toBeUndefined();
  });

  test('a file that is not there, or a package.json that is none', () => {
    using box = new Sandbox();
    expect(packageOf(box.file('none'))).toBeUndefined();
    writeFileSync(box.file('package.json'), '{"name":');
    writeFileSync(box.file('program'), '');
    expect(packageOf(box.file('program'))).toBeUndefined();
    writeFileSync(box.file('package.json'), 'null');
    expect(packageOf(box.file('program'))).toBeUndefined();
  });
});

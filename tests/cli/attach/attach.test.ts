/** `attach`, used by a person at a terminal. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Terminal as Xterm } from '@xterm/headless';
import { Client } from '../../../src/client/client.ts';
import { CuttingProxy } from '../../support/cutting-proxy.ts';
import { waitFor } from '../../support/wait.ts';
import { runInProcess } from '../in-process.ts';
import { Person } from '../person.ts';
import { World } from '../world.ts';

/** The command line gets a signal. */
function signalled(person: Person, signal: NodeJS.Signals): void {
  const children = Bun.spawnSync(['ps', '-o', 'pid=', '--ppid', String(person.process.pid)]).stdout.toString();
  process.kill(Number(children.trim()), signal);
}

const CTRL_BRACKET = '\u001d';

describe.skipIf(process.platform === 'win32')('attach', () => {
  let world: World;
  let client: Client;
  beforeAll(async () => {
    world = await World.start();
    client = new Client({ url: world.url, key: world.key });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const attach = (name: string, ...more: string[]) =>
    new Person(world, { args: ['attach', name, '--shell', 'sh', ...more] });
  /** The settings of the person's own terminal are restored. */
  const asBefore = (person: Person) => expect(person.stty('after')).toBe(person.stty('before'));

  test('makes a terminal, leaves it with a key, and finds everything again', async () => {
    await using first = attach('story');
    await first.sees('new terminal story; press Ctrl-] to detach');
    await first.answers('echo $((6*7)); tty\r', /42\r\n\/dev\/\S+/);
    first.types(`unsent${CTRL_BRACKET}after`);
    expect(await first.done()).toBe(0);
    expect(first.seen).toContain('detached from terminal story; attach again with: npm start -- attach story');
    asBefore(first);

    await using second = attach('story');
    await second.sees('unsent');
    expect(second.seen).toContain('42\r\n');
    expect(second.seen).not.toContain('new terminal');
    second.types('\u0015exit 7\r');
    expect(await second.done()).toBe(7);
    expect(second.seen).toContain('terminal story has ended with exit code 7');
    asBefore(second);
  });

  test('one that has ended shows its output, and can be replaced by a new one', async () => {
    await client.terminals.open({ name: 'over', shell: 'sh', args: ['-c', 'echo the end; exit 5'] });
    await using leaving = attach('over');
    await leaving.sees('Press Enter to start a new terminal');
    expect(leaving.seen).toContain('the end\r\n');
    leaving.types('q');
    expect(await leaving.done()).toBe(5);
    asBefore(leaving);
    await using staying = attach('over');
    await staying.sees('Press Enter to start a new terminal');
    staying.types('\r');
    await staying.sees('new terminal over');
    await staying.answers('echo $((6*7))\r', '42');
    staying.types('exit\r');
    expect(await staying.done()).toBe(0);
    expect(await client.terminals.get('over')).toMatchObject({ status: 'exited', exitCode: 0 });
  });

  test('follows the size of the window', async () => {
    await using person = new Person(world, { args: ['attach', 'size', '--shell', 'sh'], cols: 91, rows: 31 });
    await person.sees('size');
    await person.answers('stty size\r', '31 91');
    person.resizes(70, 20);
    await waitFor('the new size', async () => (await client.terminals.get('size')).cols === 70);
    await person.answers('stty size\r', '20 70');
    person.types('exit\r');
    await person.done();
  });

  test('puts back what a program has switched on', async () => {
    await using person = attach('modes');
    await person.answers(
      String.raw`printf '\033[?1049h\033[?25l\033[?1000;1006h\033[?2004h\033[31m\033[5;10r''in%s' side` + '\r',
      'inside',
    );
    await person.answers(CTRL_BRACKET, 'detached from terminal modes');
    const [undone = ''] = person.seen.split('agent-server:');
    for (const sequence of ['?1049l', '?25h', '?1000l', '?1006l', '?2004l', '0m', 'r']) {
      expect(undone).toContain(`\u001b[${sequence}`);
    }
    expect(await person.done()).toBe(0);
    asBefore(person);
  });

  describe('of a program that has switched on everything before all that is kept', () => {
    const switches = String.raw`\033[?1049h\033[?25l\033[?1003;1006h\033[?2004h\033[?1004h\033[?1h\033=\033[>5u\033[5;10r\033[3 q\033[44m`;
    const program = `printf '${switches}'; head -c 1500000 /dev/zero | tr '\\0' x; trap 'printf "drawn again"' WINCH; printf 'inside'; until read -r end; do :; done; exit 3`;
    const inside = async (name: string) => {
      await client.terminals.open({ name, shell: 'sh', args: ['-c', program] });
      await waitFor('the program', async () => (await client.terminals.get(name)).bytes > 1_500_000);
    };
    /** What is on in the person's own terminal. */
    const modesOf = async (seen: string) => {
      const terminal = new Xterm({ cols: 80, rows: 24, allowProposedApi: true });
      await new Promise<void>((resolve) => terminal.write(seen, resolve));
      const { mouseTrackingMode, bracketedPasteMode, sendFocusMode, applicationCursorKeysMode } = terminal.modes;
      const cursor = seen.lastIndexOf('\u001b[?25h') >= seen.lastIndexOf('\u001b[?25l');
      const keyboard = seen.lastIndexOf('\u001b[=0u') >= seen.lastIndexOf('\u001b[>5u');
      const on = [cursor && 'cursor', keyboard && 'keyboard', bracketedPasteMode && 'paste', sendFocusMode && 'focus'];
      const others = [terminal.buffer.active.type, `mouse ${mouseTrackingMode}`, applicationCursorKeysMode && 'keys'];
      terminal.dispose();
      return [...others, ...on].filter((one) => one !== false).join(', ');
    };
    const OWN = 'normal, mouse none, cursor, keyboard';

    test.each([
      ['the key', 0, (person: Person) => person.types(CTRL_BRACKET)],
      ['the end of the program', 3, (person: Person) => person.types('\r')],
      ['SIGTERM', 143, (person: Person) => signalled(person, 'SIGTERM')],
      ['SIGHUP', 129, (person: Person) => signalled(person, 'SIGHUP')],
      ['SIGQUIT', 131, (person: Person) => signalled(person, 'SIGQUIT')],
    ])('shows it as it is, and puts everything back, left by %s', async (how, exitCode, leave) => {
      await inside(how);
      await using person = attach(how);
      await person.sees('inside');
      expect(await modesOf(person.seen)).toBe('alternate, mouse any, keys, paste, focus');
      // What it had drawn before it draws again, as after any change of the size.
      await person.sees('drawn again');
      leave(person);
      expect(await person.done()).toBe(exitCode);
      expect(await modesOf(person.seen)).toBe(OWN);
      asBefore(person);
    });

    test('puts everything back, left while the connection is broken', async () => {
      using proxy = new CuttingProxy(world.url);
      await inside('broken');
      await using person = attach('broken', '--url', proxy.url);
      await person.sees('inside');
      proxy.down = true;
      proxy.cut();
      await person.sees('connection lost');
      person.types(CTRL_BRACKET);
      await person.done();
      expect(await modesOf(person.seen)).toBe(OWN);
      asBefore(person);
    });

    test('puts everything back, and shows what is so now, after a break that output was lost in', async () => {
      using proxy = new CuttingProxy(world.url);
      const more = `printf '\\033[?1000h\\033[?25l'; read -r go; printf '\\033[?1000l\\033[?2004h'; head -c 3000000 /dev/zero | tr '\\0' x; printf end; read -r x`;
      await client.terminals.open({ name: 'lost', shell: 'sh', args: ['-c', more] });
      await using person = attach('lost', '--url', proxy.url);
      await person.sees('\u001b[?25l');
      proxy.down = true;
      proxy.cut();
      await person.sees('connection lost');
      await client.terminals.input('lost', '\r');
      await waitFor('the flood', async () => (await client.terminals.get('lost')).bytes > 3_000_000);
      proxy.down = false;
      await person.sees('xend');
      expect(person.seen).toContain('bytes of output were lost');
      expect(await modesOf(person.seen)).toBe('normal, mouse none, keyboard, paste');
      person.types(CTRL_BRACKET);
      await person.done();
      expect(await modesOf(person.seen)).toBe(OWN);
    });
  });

  test('shows a line feed as what it is: straight down', async () => {
    await using person = attach('straight');
    await person.answers("stty -onlcr; printf 'a\\nb%s' end; stty onlcr\r", 'a\nbend');
    person.types(CTRL_BRACKET);
    await person.done();
  });

  test('gives the terminal back when it is told to stop', async () => {
    await using person = attach('stopped');
    await person.answers(String.raw`printf '\033[?25l'; echo "$((6*7))"` + '\r', '42');
    signalled(person, 'SIGTERM');
    expect(await person.done()).toBe(143);
    expect(person.seen).toContain('\u001b[?25h');
    asBefore(person);
    expect((await client.terminals.get('stopped')).status).toBe('running');
  });

  test('shows old output without the queries in it', async () => {
    const asks = String.raw`printf 'a\033[6nb\033[cc\033]10;?\ad\n'; sleep 600`;
    const { id } = await client.terminals.open({ name: 'asked', shell: 'sh', args: ['-c', asks] });
    await waitFor('the queries', async () => (await client.terminals.output(id)).data.includes('d\r\n'));
    await using person = attach('asked');
    await person.sees('abcd\r\n');
    person.types(CTRL_BRACKET);
    await person.done();
  });

  test('types --command into a new one only', async () => {
    await using first = attach('command', '--command', 'echo $((6*7))');
    await first.sees(/42\r\n/);
    first.types(CTRL_BRACKET);
    await first.done();
    await using second = attach('command', '--command', 'echo $((7*8))');
    await second.sees('command already exists, --command is not typed');
    await second.answers('echo $((2*4))\r', /8\r\n/);
    expect((await client.terminals.output('command')).data).not.toContain('56');
    second.types(CTRL_BRACKET);
    await second.done();
  });

  test('--readonly sends nothing, and another key detaches', async () => {
    await client.terminals.open({ name: 'watched', shell: 'sh' });
    await using person = new Person(world, { args: ['attach', 'watched', '--readonly', '--detach-key', '^q'] });
    await person.sees('watching terminal watched (80×24); press Ctrl-Q or Ctrl-C to detach');
    person.types('typed');
    await client.terminals.input('watched', 'echo $((6*7))\r');
    await person.sees('42');
    person.types('\u0011');
    expect(await person.done()).toBe(0);
    expect((await client.terminals.output('watched')).data).not.toContain('typed');
    asBefore(person);
  });

  test('goes on after a break of the network, and says so', async () => {
    using proxy = new CuttingProxy(world.url);
    await using person = attach('network', '--url', proxy.url);
    await person.answers('echo $((6*7))\r', '42');
    proxy.down = true;
    proxy.cut();
    await person.sees('connection lost');
    await client.terminals.input('network', 'echo "meanwhile $((2*21))"\r');
    proxy.down = false;
    await person.sees('meanwhile 42');
    expect(person.seen).toContain('reconnected');
    await person.answers('echo $((7*8))\r', /56\r\n/);
    person.types(CTRL_BRACKET);
    expect(await person.done()).toBe(0);
  });

  test('loses and repeats no byte when the connection breaks in the middle of a flood', async () => {
    using proxy = new CuttingProxy(world.url);
    proxy.cutEvery = 70_000;
    // What is kept is the measure: all of it, with a character of three bytes in each line.
    const flood = 'read -r go; i=0; while [ $i -lt 60000 ]; do i=$((i+1)); echo "€ $i"; done';
    const { id } = await client.terminals.open({ shell: 'sh', args: ['-c', flood] });
    const typed = world.type(['attach', id, '--readonly', '--url', proxy.url]);
    await waitFor('the attachment', async () => (await client.terminals.get(id)).attached === 1);
    await client.terminals.input(id, '\r');
    const { code, stdout } = await typed.done();
    expect(code).toBe(0);
    expect(stdout).toBe(`\r\n${Array.from({ length: 60_000 }, (_, line) => `€ ${line + 1}\r\n`).join('')}`);
    expect(proxy.cuts).toBeGreaterThan(5);
  });

  test('says what is wrong', async () => {
    expect(await world.cli(['attach', 'main'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('needs a terminal'),
    });
    expect(await world.cli(['attach', 'none', '--readonly'])).toMatchObject({
      code: 1,
      stderr: 'agent-server: there is no terminal "none"; see npm start -- terminals\n',
    });
    for (const args of [['--detach-key', 'x'], ['--readonly', '--command', 'ls'], ['']])
      expect((await runInProcess('attach', ...args)).code).toBe(2);
    await using person = new Person(world, { args: ['attach', '0123456789ab'] });
    expect(await person.done()).toBe(1);
    expect(person.seen).toContain('there is no terminal "0123456789ab"');
  });
});

describe.skipIf(process.platform === 'win32')('attach without a name', () => {
  test('makes one, finds the only one, and refuses to choose among several', async () => {
    await using world = await World.start();
    const attach = () => new Person(world, { args: ['attach'] });
    await using first = attach();
    await first.sees('new terminal main');
    first.types(CTRL_BRACKET);
    await first.done();
    await using second = attach();
    await second.sees('agent-server: terminal main');
    second.types(CTRL_BRACKET);
    await second.done();
    await new Client({ url: world.url, key: world.key }).terminals.open({ name: 'other' });
    await using third = attach();
    expect(await third.done()).toBe(2);
    expect(third.seen).toMatch(/main +[0-9a-f]{12} [^]*other +[0-9a-f]{12} [^]*several terminals are running/);
  });
});

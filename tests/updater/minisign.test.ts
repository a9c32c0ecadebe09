/** Signatures, those of the program minisign and our own, and whatever somebody has done to them since. */
import { describe, expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { messageOf } from '../../src/core/failure.ts';
import { makeKeyPair, parseSecretKey, type SecretKey } from '../../src/release/keys/key-pair.ts';
import { signMessage } from '../../src/release/keys/sign.ts';
import { explainRefusal } from '../../src/updater/explain.ts';
import { verifySignature } from '../../src/updater/minisign.ts';
import { keyIdOf, parsePublicKey } from '../../src/updater/public-key.ts';
import { generate, hasMinisign, run, sign } from '../support/minisign-tool.ts';
import { Sandbox } from '../support/sandbox.ts';

const read = (path: string) => readFileSync(path, 'utf8');
const MESSAGE = Buffer.from('{"version":"2.0.0"}\n');
const COMMENT = 'version:2.0.0\tseq:8';

async function newKey(): Promise<SecretKey & { readonly publicText: string }> {
  const { publicText, secretText } = await makeKeyPair();
  return { ...(await parseSecretKey(secretText, 'agent-server.key')), publicText };
}

const key = await newKey();
const next = await newKey();
const signature = await signMessage(MESSAGE, COMMENT, key);
const signed = { ok: true, value: { trustedComment: COMMENT, keyId: key.keyId } } as const;

/** The four lines of a signature file. */
const [untrusted = '', first = '', trusted = '', second = ''] = signature.split('\n');
const file = (...lines: readonly string[]) => `${lines.join('\n')}\n`;

describe.skipIf(!hasMinisign)('the program minisign', () => {
  /** A message in a file, and a pair that minisign made. */
  const prepare = () => {
    const sandbox = new Sandbox();
    const message = sandbox.file('manifest.json');
    writeFileSync(message, MESSAGE);
    const files = generate(sandbox.path);
    return { ...files, sandbox, message, [Symbol.dispose]: () => sandbox[Symbol.dispose]() };
  };

  test('signs what we verify, by the whole .pub file or by its base64 line', async () => {
    using made = prepare();
    const publicText = read(made.publicKey);
    const [comment = '', base64 = ''] = publicText.split('\n');
    // minisign leaves out leading zeros.
    const keyId = comment.replace(/^.* /, '').padStart(16, '0');
    const text = sign(made.message, made.secretKey, '-t', 'version 2.0.0 für alle');
    for (const form of [publicText, base64, `${base64}\n`, publicText.replaceAll('\n', '\r\n')]) {
      const verified = await verifySignature(MESSAGE, text, [form]);
      expect(verified).toEqual({ ok: true, value: { trustedComment: 'version 2.0.0 für alle', keyId } });
    }
  });

  test('signs in its legacy format what we refuse', async () => {
    using made = prepare();
    const verified = await verifySignature(MESSAGE, sign(made.message, made.secretKey, '-l'), [read(made.publicKey)]);
    expect(verified).toMatchObject({
      failure: { reason: 'signature-malformed', problem: expect.stringContaining('legacy') },
    });
  });

  test('verifies what we sign, with our keys and with its own', async () => {
    using made = prepare();
    const { sandbox } = made;
    const ours = await makeKeyPair();
    for (const [secretText, publicText] of [
      [ours.secretText, ours.publicText],
      [read(made.secretKey), read(made.publicKey)],
    ] as const) {
      const secret = await parseSecretKey(secretText, 'a.key');
      writeFileSync(sandbox.file('a.pub'), publicText);
      writeFileSync(`${made.message}.minisig`, await signMessage(MESSAGE, COMMENT, secret));
      expect(parsePublicKey(secret.publicKey)).toEqual(parsePublicKey(publicText));
      // -H: only the kind of signature that hashes first.
      const verified = run('-V', '-H', '-p', sandbox.file('a.pub'), '-m', made.message);
      expect(verified).toMatchObject({ code: 0, said: expect.stringContaining(`Trusted comment: ${COMMENT}`) });
      writeFileSync(made.message, 'another');
      expect(run('-V', '-H', '-p', sandbox.file('a.pub'), '-m', made.message).code).toBe(1);
      writeFileSync(made.message, MESSAGE);
    }
  });

  test('signs with the keys that we make', async () => {
    using made = prepare();
    const ours = await makeKeyPair();
    writeFileSync(made.sandbox.file('ours.key'), ours.secretText);
    const text = sign(made.message, made.sandbox.file('ours.key'), '-t', COMMENT);
    expect(await verifySignature(MESSAGE, text, [ours.publicText])).toMatchObject({
      ok: true,
      value: { keyId: ours.keyId },
    });
  });
});

describe('one byte changed', () => {
  test('in the message is refused', async () => {
    for (let at = 0; at < MESSAGE.length; at += 1) {
      const changed = MESSAGE.map((byte, index) => (index === at ? byte ^ 1 : byte));
      expect(await verifySignature(changed, signature, [key.publicText])).toMatchObject({
        failure: { reason: 'signature-wrong', keyId: key.keyId },
      });
    }
    expect(await verifySignature(MESSAGE.subarray(1), signature, [key.publicText])).toMatchObject({ ok: false });
    expect(await verifySignature(MESSAGE, signature, [key.publicText])).toEqual(signed);
  });

  test('anywhere in the signature file is refused, but for its untrusted comment', async () => {
    const bytes = Buffer.from(signature);
    const freeText = { from: 'untrusted comment: '.length, to: untrusted.length };
    const position = fc.nat(bytes.length - 1).filter((at) => at < freeText.from || at >= freeText.to);
    await fc.assert(
      fc.asyncProperty(position, fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ mask : byte)));
        const verified = await verifySignature(MESSAGE, changed.toString('latin1'), [key.publicText]);
        expect(verified.ok).toBe(false);
      }),
      { numRuns: 2000 },
    );
    expect(
      await verifySignature(MESSAGE, file('untrusted comment: of another', first, trusted, second), [key.publicText]),
    ).toEqual(signed);
  });

  test('says which part it was', async () => {
    const flip = (base64: string, at: number) =>
      Buffer.from(base64, 'base64')
        .map((byte, index) => (index === at ? byte ^ 1 : byte))
        .toBase64();
    const other = await signMessage(MESSAGE, 'another comment', key);
    const reasons: readonly [text: string, reason: string][] = [
      [file(untrusted, flip(first, 0), trusted, second), 'signature-malformed'],
      [file(untrusted, flip(first, 2), trusted, second), 'signature-key-unknown'],
      [file(untrusted, flip(first, 10), trusted, second), 'signature-wrong'],
      [file(untrusted, first, `${trusted}.`, second), 'signature-comment-wrong'],
      [file(untrusted, first, trusted, flip(second, 0)), 'signature-comment-wrong'],
      [file(untrusted, first, trusted, other.split('\n')[3] ?? ''), 'signature-comment-wrong'],
    ];
    for (const [text, reason] of reasons) {
      const verified = await verifySignature(MESSAGE, text, [key.publicText]);
      expect(verified).toMatchObject({ ok: false, failure: { reason } });
      if (!verified.ok) expect(explainRefusal(verified.failure)).toMatch(/signature|signed/);
    }
  });
});

describe('a text that is no signature is malformed', () => {
  test.each([
    ['nothing', ''],
    ['three lines', file(untrusted, first, trusted)],
    ['five lines', file(untrusted, first, trusted, second, '')],
    ['no untrusted comment', file('comment: x', first, trusted, second)],
    ['no trusted comment', file(untrusted, first, 'comment: x', second)],
    ['a space in its base64', file(untrusted, `${first.slice(0, 9)} ${first.slice(9)}`, trusted, second)],
    [
      'base64 for URLs',
      file(untrusted, first.replaceAll('+', '-').replaceAll('/', '_').replace('R', '-'), trusted, second),
    ],
    ['bits after the end of its base64', file(untrusted, first.replace(/.=$/, 'B='), trusted, second)],
    ['base64 without padding', file(untrusted, first.replace('=', ''), trusted, second)],
    ['a signature that is too short', file(untrusted, Buffer.from('EDx').toBase64(), trusted, second)],
    ['a global signature that is too long', file(untrusted, first, trusted, `AAAA${second}`)],
    ['a megabyte', file(untrusted, first, `${trusted}${'x'.repeat(1_000_000)}`, second)],
  ])('%s', async (_what, text) => {
    expect(await verifySignature(MESSAGE, text, [key.publicText])).toMatchObject({
      failure: { reason: 'signature-malformed' },
    });
  });

  test('whatever it is, it neither throws nor passes', async () => {
    const line = fc.oneof(fc.constantFrom(untrusted, first, trusted, second), fc.string(), fc.base64String());
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 5 }), async (lines) => {
        fc.pre(lines.join('\n') !== [untrusted, first, trusted, second].join('\n'));
        const verified = await verifySignature(MESSAGE, lines.join('\n'), [key.publicText]);
        expect(verified.ok).toBe(false);
      }),
    );
  });

  test('with the line ends of Windows it is one', async () => {
    expect(await verifySignature(MESSAGE, signature.replaceAll('\n', '\r\n'), [key.publicText])).toEqual(signed);
  });
});

describe('keys', () => {
  test('a stranger is refused, by name', async () => {
    const failure = { reason: 'signature-key-unknown', keyId: key.keyId, known: [next.keyId] } as const;
    const verified = await verifySignature(MESSAGE, signature, [next.publicText]);
    expect(verified).toEqual({ ok: false, failure });
    expect(explainRefusal(failure)).toContain(`it knows ${next.keyId}`);
    expect(await verifySignature(MESSAGE, signature, [])).toEqual({ ok: false, failure: { ...failure, known: [] } });
  });

  test('a stranger who takes the name of ours is refused too', async () => {
    const stranger = await newKey();
    const forged = await signMessage(MESSAGE, COMMENT, { ...stranger, id: key.id });
    expect(await verifySignature(MESSAGE, forged, [key.publicText])).toMatchObject({
      failure: { reason: 'signature-wrong', keyId: key.keyId },
    });
    // And ours is still found where both are known: a name is no proof.
    const twin = Buffer.from(stranger.publicKey, 'base64');
    twin.set(key.id, 2);
    expect(await verifySignature(MESSAGE, signature, [twin.toBase64(), key.publicText])).toEqual(signed);
  });

  test('rotate: the next key is taken by a build that knows both, and by none that does not', async () => {
    const byNext = await signMessage(MESSAGE, COMMENT, next);
    for (const known of [[key, next], [next, key], [next]].map((keys) => keys.map(({ publicText }) => publicText)))
      expect(await verifySignature(MESSAGE, byNext, known)).toMatchObject({ ok: true, value: { keyId: next.keyId } });
    expect(await verifySignature(MESSAGE, byNext, [key.publicText])).toMatchObject({
      failure: { reason: 'signature-key-unknown' },
    });
    expect(await verifySignature(MESSAGE, signature, [next.publicText, key.publicText])).toEqual(signed);
  });

  test.each([
    '',
    'RWQ',
    'untrusted comment: x',
    'x\ny',
    `${key.publicText}${next.publicText}`,
    'untrusted comment: x\n\n',
  ])('%j is no public key', (text) => expect(parsePublicKey(text)).toBeUndefined());

  test('are named as minisign names them', () => {
    expect(keyIdOf(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 0x0a))).toBe('0A07060504030201');
    expect(key.publicText).toContain(key.keyId);
  });

  test('with a password, or of two halves, cannot sign', async () => {
    const { secretText } = await makeKeyPair();
    const changed = (at: number) => {
      const [comment = '', base64 = ''] = secretText.split('\n');
      return file(
        comment,
        Buffer.from(base64, 'base64')
          .map((byte, index) => (index === at ? byte ^ 1 : byte))
          .toBase64(),
      );
    };
    const trouble = (text: string) => parseSecretKey(text, 'a.key').then(() => 'none', messageOf);
    expect(await trouble(changed(2))).toBe('a.key is protected by a password: minisign -C -W -s FILE takes it off');
    expect(await trouble(changed(62))).toBe('a.key is damaged: its two halves are of two keys');
    expect(await trouble(key.publicText)).toStartWith('a.key is not a minisign secret key');
  });
});

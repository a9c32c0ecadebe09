/** Signatures that the program minisign made, and whatever somebody has done to them since. */
import { describe, expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { verifySignature } from '../../src/updater/minisign.ts';
import { parsePublicKey } from '../../src/updater/public-key.ts';
import { generate, hasMinisign, sign } from '../support/minisign-tool.ts';
import { Sandbox } from '../support/sandbox.ts';

const read = (path: string) => readFileSync(path, 'utf8');

describe.skipIf(!hasMinisign)('what minisign signs', () => {
  const prepare = (comment?: string, legacy = false) => {
    const sandbox = new Sandbox();
    const keys = generate(sandbox.path);
    const file = sandbox.file('manifest.json');
    writeFileSync(file, '{"a":1}\n');
    const signature = sign(file, keys, comment, legacy);
    const publicKey = read(keys.publicKey);
    return {
      sandbox,
      message: readFileSync(file),
      signature,
      publicKey,
      [Symbol.dispose]: () => sandbox[Symbol.dispose](),
    };
  };

  test('is verified, by the whole .pub file or by its base64 line', async () => {
    using made = prepare('version 2.0.0 ü');
    const [comment = '', base64 = ''] = made.publicKey.split('\n');
    const keyId = comment.split(' ').at(-1) ?? '';
    for (const key of [made.publicKey, base64, `${base64}\n`, made.publicKey.replaceAll('\n', '\r\n')]) {
      expect(parsePublicKey(key)?.keyId).toBe(keyId);
      const verified = await verifySignature(made.message, made.signature, [key]);
      expect(verified).toEqual({ ok: true, value: { trustedComment: 'version 2.0.0 ü', keyId } });
    }
  });

  test('is refused in the legacy format', async () => {
    using made = prepare('c', true);
    const verified = await verifySignature(made.message, made.signature, [made.publicKey]);
    expect(verified).toMatchObject({
      failure: { reason: 'signature-malformed', problem: expect.stringContaining('legacy') },
    });
  });
});

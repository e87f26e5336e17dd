import { bytesOf, sha256, textOf } from '../../../../../shared/runtime/compliance/files';

function* pieces() {
  yield 'Grüße, ';
  yield '';
  yield 'a\u{1f600}b\n';
}

it('puts pieces together as UTF-8, plain or compressed', async () => {
  const plain = await bytesOf(pieces(), false);
  expect(Buffer.from(plain).toString()).toBe('Grüße, a\u{1f600}b\n');
  const packed = await bytesOf(pieces(), true);
  expect([...packed.slice(0, 2)]).toEqual([0x1f, 0x8b]);
  expect(textOf(packed)).toBe('Grüße, a\u{1f600}b\n');
  expect(textOf(await bytesOf([], true))).toBe('');
});

it('fails where a piece cannot be made', async () => {
  const broken = function* () {
    yield 'a';
    throw new Error('no more');
  };
  await expect(bytesOf(broken(), true)).rejects.toThrow('no more');
  await expect(bytesOf(broken(), false)).rejects.toThrow('no more');
});

it('has the checksum that sha256sum prints', () => {
  expect(sha256(Buffer.from('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

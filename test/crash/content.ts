// Contents that tell by themselves whether they are whole: a line with a name and a length, and bytes that follow from both.
import { createHash } from 'node:crypto';

/** `length` is that of all of it, and at least that of the line. */
export function contentOf(name: string, length: number): Buffer {
  const line = Buffer.from(`${name} ${length}\n`);
  const block = createHash('sha512').update(line).digest();
  return Buffer.concat([line, Buffer.alloc(Math.max(0, length - line.length), block)]);
}

/** Whether `content` is what `contentOf` once gave, and none of it is missing or another's. The empty file of a LOCK is whole. */
export function isWhole(content: Buffer): boolean {
  if (content.length === 0) return true;
  const [, name, length] = /^(\S+) (\d+)\n/.exec(content.subarray(0, 200).toString('latin1')) ?? [];
  return name !== undefined && content.equals(contentOf(name, Number(length)));
}

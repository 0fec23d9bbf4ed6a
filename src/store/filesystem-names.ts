// The names in a directory, which may be any bytes.

/**
 * Of a name as latin1, which loses no byte, the text. undefined where its bytes are not UTF-8: it has no URL here, and decoded with
 * replacement characters it would name nothing. Threads run the text of this function, so it names nothing from outside.
 */
export function textOf(latin1: string): string | undefined {
  if (/^[\0-\x7f]*$/.test(latin1)) return latin1; // the same in both
  const bytes = Buffer.from(latin1, 'latin1');
  const text = bytes.toString();
  return bytes.equals(Buffer.from(text)) ? text : undefined;
}

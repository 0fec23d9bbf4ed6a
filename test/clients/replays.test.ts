// Windows Explorer, Office and the macOS Finder, as their public sources and other servers' logs show them: fixtures/replays.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Conversation, readConversation } from './conversation.ts';
import { startServer } from './dav207.ts';
import { play } from './replay.ts';

const REPLAYS = join(import.meta.dirname, '../../fixtures/replays');

/** Served under `base` ('' or `/dav`); each problem says where. */
async function problemsOf(conversation: Conversation, base = ''): Promise<string[]> {
  const server = await startServer({ args: [...conversation.args, ...(base === '' ? [] : ['--base', base]), '--log-format', 'none'] });
  try {
    const problems = await play(conversation, { port: Number(new URL(server.url).port), folder: server.folder, base });
    return problems.map((problem) => `at ${base}/: ${problem}`);
  } finally {
    await server.stop();
  }
}

const replays = readdirSync(REPLAYS)
  .filter((name) => name.endsWith('.http'))
  .map((file) => {
    const text = readFileSync(join(REPLAYS, file), 'utf8');
    const conversation = readConversation(text);
    return { file, text, title: conversation.title, conversation };
  });

test.each(replays)('$file: $title', async ({ conversation }) => {
  const played = await Promise.all(['', ...conversation.bases].map((base) => problemsOf(conversation, base)));
  expect(played.flat()).toEqual([]);
});

test.each(replays)('$file says where its form comes from, and that no machine was recorded', ({ text }) => {
  for (const part of [/^# Client: /m, /^# Sources: /m, /^# Not recorded from a real machine/m]) expect(text).toMatch(part);
});

describe('what a replay finds out', () => {
  const exchange = (answer: string, request = 'GET /f HTTP/1.1\nHost: {host}') => `${request}\n<-- ${answer}`;
  const problems = (...parts: string[]) =>
    problemsOf(readConversation(['# Title', 'before', '  /f "x {basic a:b} x"', ...parts].join('\n')));

  test('each kind of expectation that is not met', async () => {
    const wrong = ['Content-Length: 2', 'X-None: ...', 'ETag: {_}!', '! ETag', '+ y', '- x', '3x x'];
    const found = await problems(exchange(`200\n${wrong.map((line) => `  ${line}`).join('\n')}`), 'after', '  /f "x {basic a:b} x"');
    expect(found.map((problem) => problem.split('\n')[0])).toEqual([
      expect.stringContaining('Content-Length: 15 instead of 2'),
      expect.stringContaining('X-None: undefined instead of ...'),
      expect.stringMatching(/ETag: ".*" instead of \{_\}!/),
      expect.stringContaining('has the header ETag'),
      expect.stringContaining('lacks y'),
      expect.stringContaining('holds x'),
      expect.stringContaining('holds x 2 times, not 3x'),
    ]);
  });

  test('a wrong status, after which the socket says no more', async () => {
    const found = await problems(exchange('404'), exchange('500'), 'after', '  /f "x {basic a:b} x"');
    expect(found).toEqual([expect.stringContaining('line 4, GET /f HTTP/1.1: 200 instead of 404')]);
  });

  test('a tree that is not as it should be, times and all', async () => {
    expect(await problems(exchange('200'), 'after', '  /g/', '  /f "x {basic a:b} x" Thu, 01 Jan 1970 00:00:00 GMT')).toEqual([
      'at /: afterwards there is no /g/',
      'at /: afterwards there is no /f "x {basic a:b} x" Thu, 01 Jan 1970 00:00:00 GMT',
      expect.stringMatching(/^at \/: afterwards there is \/f "x \{basic a:b\} x" .* GMT$/),
    ]);
  });

  test('a value taken in that is another one later', async () => {
    const taken = exchange('200\n  Content-Length: {size}\n  ETag: {tag}');
    const found = await problems(taken, exchange('200\n  ETag: {size}\n  ETag: {tag}'), 'after', '  /f "x {basic a:b} x"');
    expect(found).toEqual([expect.stringMatching(/line 9.*ETag: ".*" instead of \{size\}/)]);
  });

  test.each(['nonsense', 'GET / HTTP/1.1', '# Title'])('a file that cannot be read: %s', (text) => {
    expect(() => readConversation(text)).toThrow();
    expect(() => readConversation(`# Title\n${text}`)).toThrow();
  });
});

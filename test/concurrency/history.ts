// Histories at random: a tree made by a few requests, then short sequences of writes for one or two clients, and their turns.
import fc from 'fast-check';
import { type Asked, METHODS, textOf } from './request.ts';

export interface Client {
  readonly principal: string;
  readonly requests: readonly Asked[];
}

export interface History {
  /** What is there at first; collections end in a slash. */
  readonly made: readonly string[];
  /** Played next, by Ann, one request after the other. */
  readonly setup: readonly Asked[];
  readonly clients: readonly Client[];
  /** How many points each client goes on in its turn. */
  readonly turns: readonly number[];
}

/** Few names, so that requests meet: parents, members, what is beside them. */
const PERHAPS = ['/a/f', '/a/b/', '/a/b/f', '/d/f', '/d/b'];
const THERE = ['/a', '/a/f', '/a/b', '/a/b/f', '/d', '/d/f', '/d/b'];
const FREE = ['/n', '/a/n', '/d/n', '/d/b', '/n/m'];
const FILES = ['/a/f', '/a/b/f', '/d/f', '/d/b', '/n', '/a'];

type Drawn = Omit<Asked, 'name' | 'submits' | 'lock'> & {
  /** Whether the token of every lock that the client may know is submitted. */
  readonly submitting: boolean;
  /** Which of them the If header wants to hold; from a certain number on, none. */
  readonly holding: number;
};

const pathsOf = (method: Asked['method']) =>
  method === 'PUT' ? FILES : method === 'MKCOL' ? FREE : method === 'LOCK' ? [...THERE, ...FREE, '/'] : [...THERE, ...THERE, '/n', '/'];

const requests = (methods: readonly Asked['method'][], length: { minLength: number; maxLength: number }): fc.Arbitrary<Drawn[]> =>
  fc.array(
    fc.oneof(
      ...methods.map((method) =>
        fc.record({
          method: fc.constant(method),
          path: fc.constantFrom(...pathsOf(method)),
          to: fc.constantFrom(...FREE, ...THERE, '/a', '/d', '/d', '/'),
          overwrite: fc.nat(3).map((number) => number < 3),
          depth: fc.constantFrom('infinity', '0'),
          scope: fc.constantFrom('exclusive', 'shared'),
          expects: fc.constantFrom('anything', 'anything', 'nothing', 'same'),
          submitting: fc.boolean(),
          holding: fc.nat(14).map((number) => 14 - number),
        }),
      ),
    ),
    length,
  );

const trees = fc
  .subarray(PERHAPS, { minLength: 2 })
  .map((paths) => ['/a/', '/d/', ...paths.filter((path) => path !== '/a/b/f' || paths.includes('/a/b/'))]);
const setups = requests(['LOCK', 'LOCK', 'PROPPATCH'], { minLength: 0, maxLength: 3 }).map((drawn) => named(drawn, 's', []));

/** Each knows the locks of the setup and its own. */
function named(drawn: readonly Drawn[], letter: string, setup: readonly Asked[]): Asked[] {
  const known = setup.filter(({ method }) => method === 'LOCK');
  return drawn.map(({ submitting, holding, ...rest }, index) => {
    const unlocks = rest.method === 'UNLOCK';
    const lock = known[unlocks ? holding % known.length : holding];
    const path = (unlocks && submitting && lock?.path) || rest.path;
    const submits = submitting && !lock ? known.map(({ name }) => name) : [];
    const asked: Asked = { ...rest, path, name: `${letter}${index}`, submits, lock: lock?.name };
    if (rest.method === 'LOCK') known.unshift(asked);
    return asked;
  });
}

/** One client alone. */
export const alone: fc.Arbitrary<History> = fc
  .tuple(trees, setups, requests(METHODS, { minLength: 1, maxLength: 8 }))
  .map(([made, setup, drawn]) => readable({ made, setup, clients: [{ principal: 'Ann', requests: named(drawn, 'A', setup) }], turns: [] }));

/** Two at once, of two principals or of one. */
export const together: fc.Arbitrary<History> = fc
  .record({
    made: trees,
    setup: setups,
    first: requests(METHODS, { minLength: 1, maxLength: 4 }),
    second: requests(METHODS, { minLength: 1, maxLength: 4 }),
    principal: fc.constantFrom('Ann', 'Bob'),
    turns: fc.array(fc.oneof(fc.nat(3), fc.nat(20)), { maxLength: 16 }),
  })
  .map(({ made, setup, first, second, principal, turns }) =>
    readable({
      ...{ made, setup, turns },
      clients: [
        { principal: 'Ann', requests: named(first, 'A', setup) },
        { principal, requests: named(second, 'B', setup) },
      ],
    }),
  );

/** With the text that fast-check prints of a failure. */
function readable(history: History): History {
  return Object.assign(history, { [fc.toStringMethod]: () => printed(history) });
}

function printed({ made, setup, clients, turns }: History): string {
  const parts = [{ principal: 'Ann, before', requests: setup }, ...clients];
  const played = parts.map(({ principal, requests }) => `${principal}:\n${requests.map((asked) => `  ${textOf(asked)}\n`).join('')}`);
  return `\nthere: ${made.join(' ')}\n${played.join('')}turns: ${turns.join(' ')}\n`;
}

// One of many clients: has a collection of its own, asks at random, and remembers what it was told.
import { ask } from './asking.ts';
import { choose } from './choosing.ts';
import { COMMON, chooseInCommon } from './common.ts';
import { isWhole } from './content.ts';
import { lookIn, type Seen } from './looking.ts';
import { describe, type Operation, type Sent } from './operation.ts';
import { type Random, randomOf } from './random.ts';
import { changed, isIn, type Tree } from './tree.ts';
import { judge } from './verdict.ts';

/** In a hundred. */
const SHARE_IN_COMMON = 20;

export class Client {
  readonly home: string;
  /** How many requests were answered. */
  acknowledged = 0;
  /** What was asked since the tree was last looked at, with the status of each. */
  history: string[] = [];
  /** Answers that should not be. */
  readonly surprises: string[] = [];
  readonly #random: Random;
  readonly #folder: string;
  #tree: Tree = new Map();
  #pending: Operation | undefined;
  #held = new Map<string, string>();
  #releasing: string | undefined;
  #count = 0;

  constructor(index: number, seed: number, folder: string) {
    this.home = `/client-${index}`;
    this.#random = randomOf(seed, index);
    this.#folder = folder;
    this.#tree = changed(this.#tree, this.home, {});
  }

  /** Until the server is gone, or something is wrong. */
  async drive(base: string, answered: () => void): Promise<void> {
    while (this.surprises.length === 0) {
      const told = this.#random.chance(SHARE_IN_COMMON) ? await this.#askInCommon(base) : await this.#ask(base);
      if (!told) return;
      answered();
    }
  }

  /** What is wrong after a crash and a start. From here on the client believes what it sees. */
  check({ tree, locks }: Seen): string[] {
    const own = within(tree, this.home);
    const wrong = judge(this.#tree, this.#pending, own);
    for (const [token, root] of this.#held)
      if (!locks.has(token) && token !== this.#releasing) wrong.push(`${root}: the lock ${token} was lost`);
    this.#tree = own;
    this.#pending = undefined;
    this.#releasing = undefined;
    this.#held = new Map([...this.#held].filter(([token]) => locks.has(token)));
    return wrong;
  }

  async #ask(base: string): Promise<boolean> {
    const random = this.#random;
    const operation = choose({ random, tree: this.#tree, home: this.home, fresh: () => this.#fresh() });
    this.#pending = operation;
    const answer = await this.#send(base, operation.sent);
    if (!answer) return false;
    const { status, token, text } = answer;
    if (operation.done.includes(status) && !refusedIn(text, operation)) this.#tree = operation.after(token);
    else if (status === 207 && !operation.whole) this.#tree = await lookIn(this.#folder, this.home);
    else if (!operation.refused.includes(status)) this.surprises.push(`${describe(operation.sent)} was answered with ${status}: ${text}`);
    this.#pending = undefined;
    return true;
  }

  async #askInCommon(base: string): Promise<boolean> {
    const sent = chooseInCommon(this.#random, () => this.#fresh(), this.#held);
    if (sent.method === 'UNLOCK') this.#releasing = /<(.*)>/.exec(sent.headers?.['lock-token'] ?? '')?.[1];
    const answer = await this.#send(base, sent);
    if (!answer) return false;
    const { status, token, text } = answer;
    if (sent.method === 'LOCK' && token !== undefined && status < 300) this.#held.set(token, sent.path);
    if (sent.method === 'UNLOCK' && this.#releasing !== undefined) {
      if (status === 204) this.#held.delete(this.#releasing);
      else this.surprises.push(`${describe(sent)} was answered with ${status}: ${text}`);
      this.#releasing = undefined;
    }
    if (status >= 500) this.surprises.push(`${describe(sent)} was answered with ${status}: ${text}`);
    return true;
  }

  async #send(base: string, sent: Sent) {
    const index = this.history.push(`${describe(sent)}: no answer`) - 1;
    const answer = await ask(base, sent);
    if (answer) {
      this.acknowledged++;
      this.history[index] = `${describe(sent)}: ${answer.status}`;
    }
    return answer;
  }

  #fresh(): string {
    return `${this.home.slice(1)}-${this.#count++}`;
  }
}

/** A PROPPATCH is answered with 207, whatever becomes of it. */
function refusedIn(text: string, { sent }: Operation): boolean {
  return sent.method === 'PROPPATCH' && !/HTTP\/1\.1 200/.test(text);
}

function within(tree: Tree, root: string): Tree {
  return new Map([...tree].filter(([path]) => isIn(path, root)));
}

/** Of the common collection: the files that are not whole. */
export function halvesIn({ tree }: Seen): string[] {
  return [...tree]
    .filter(([path, { content }]) => isIn(path, COMMON) && content !== undefined && !isWhole(content))
    .map(([path]) => `${path}: half a file`);
}

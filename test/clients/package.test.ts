// The npm package: packed and installed once, then used as people use it.
import { afterAll, beforeAll, describe } from '@jest/globals';
import { commandTests } from './package/command.ts';
import { type Installed, install } from './package/installed.ts';
import { routerTests } from './package/router.ts';
import { routersTests } from './package/routers.ts';
import { snippetTests } from './package/snippets.ts';
import { tarballTests } from './package/tarball.ts';
import { typesTests } from './package/types.ts';

let installed: Installed;
beforeAll(async () => {
  installed = await install();
});
afterAll(() => installed?.remove());

describe('the tarball', () => tarballTests(() => installed));
describe('the command', () => commandTests(() => installed));
describe("the router in somebody's app", () => routerTests(() => installed));
describe('routers in one process', () => routersTests(() => installed));
describe('the types', () => typesTests(() => installed));
describe("the README's programs", () => snippetTests(() => installed));

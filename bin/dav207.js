#!/usr/bin/env node
// Starts the built command line.
import { main } from '../dist/cli.js';

await main(process.argv.slice(2));

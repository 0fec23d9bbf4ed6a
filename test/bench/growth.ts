// How the cost of a row grows with its size, over the three largest sizes that were measured.
import type { Figure } from './scene.ts';
import { exponentOf } from './statistics.ts';

export interface Growth {
  measured(server: string, figure: Figure, median: number): void;
  table(servers: readonly string[]): string;
}

interface Point {
  readonly size: number;
  readonly cost: number;
}

/** Of smaller sizes it tells how little a request costs that has next to nothing to do. */
const POINTS = 3;

export function makeGrowth(): Growth {
  const costs = new Map<string, Map<string, Point[]>>();
  return {
    measured(server, { name, size, better, below }, median) {
      if (size === undefined || median <= 0) return;
      const title = below === undefined ? name : `${below} … ${name}`;
      const row = costs.get(title) ?? new Map<string, Point[]>();
      costs.set(title, row);
      // A rate is of something: all of it costs its size through the rate.
      const point = { size, cost: better === 'less' ? median : size / median };
      row.set(server, [...(row.get(server) ?? []), point]);
    },
    table(servers) {
      const names = ['physical', ...servers];
      // One size says nothing of growth.
      const grown = [...costs].filter(([, row]) => [...row.values()].some((points) => points.length > 1));
      const lines = grown.map(([name, row]) => {
        const sizes = [...new Set([...row.values()].flat().map(({ size }) => size))].sort((one, other) => one - other).slice(-POINTS);
        const cells = names.map((server) => {
          const points = (row.get(server) ?? []).filter(({ size }) => sizes.includes(size));
          return points.length < sizes.length ? '–' : exponentOf(points).toFixed(2);
        });
        return `| ${[name, sizes.map((size) => size.toLocaleString('en')).join(' '), ...cells].join(' | ')} |`;
      });
      const head = ['cost grows with size to the power of', 'sizes', ...names];
      return [`| ${head.join(' | ')} |`, `| ${head.map((_, at) => (at < 2 ? '---' : '---:')).join(' | ')} |`, ...lines].join('\n');
    },
  };
}

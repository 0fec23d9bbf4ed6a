// How the cost of a row grows with its size, over all sizes that were measured.
import type { Figure } from './scene.ts';
import { exponentOf } from './statistics.ts';

export interface Growth {
  measured(server: string, figure: Figure, median: number): void;
  table(servers: readonly string[]): string;
}

export function makeGrowth(): Growth {
  const costs = new Map<string, Map<string, { size: number; cost: number }[]>>();
  return {
    measured(server, { name, size, better }, median) {
      if (size === undefined || median <= 0) return;
      const row = costs.get(name) ?? new Map();
      costs.set(name, row);
      const points = row.get(server) ?? [];
      row.set(server, [...points, { size, cost: better === 'less' ? median : 1 / median }]);
    },
    table(servers) {
      const names = ['physical', ...servers];
      // One size says nothing of growth.
      const grown = [...costs].filter(([, row]) => [...row.values()].some((points) => points.length > 1));
      const lines = grown.map(([name, row]) => {
        const cells = names.map((server) => {
          const points = row.get(server) ?? [];
          return points.length < 2 ? '–' : exponentOf(points).toFixed(2);
        });
        const sizes = [...new Set([...row.values()].flat().map(({ size }) => size))].sort((one, other) => one - other);
        return `| ${[name, sizes.map((size) => size.toLocaleString('en')).join(' '), ...cells].join(' | ')} |`;
      });
      const head = ['cost grows with size to the power of', 'sizes', ...names];
      return [`| ${head.join(' | ')} |`, `| ${head.map((_, at) => (at < 2 ? '---' : '---:')).join(' | ')} |`, ...lines].join('\n');
    },
  };
}

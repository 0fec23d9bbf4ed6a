// How many files are in a folder, at any depth, without those that servers keep for themselves.
import { ran } from './stock.ts';

export async function filesIn(folder: string): Promise<number> {
  const counting = 'cd "$1" 2>/dev/null && find . -type f -not -path "*/.*" -printf x | wc -c || echo 0';
  return Number((await ran('sh', ['-c', counting, 'sh', folder])).printed);
}

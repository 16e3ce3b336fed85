/** pCPUs are numbered from 0; there are never more than this. */
const PCPUS_MOST = 64;

/** `0,2-3` as numbers, in order and each once; null where it is no such list. */
export function parsePcpuList(text: string): number[] | null {
  const pcpus = new Set<number>();
  for (const part of text.split(',')) {
    const range = /^\s*(\d{1,2})\s*(?:-\s*(\d{1,2})\s*)?$/.exec(part);
    const first = Number(range?.[1]);
    const last = Number(range?.[2] ?? range?.[1]);
    if (!(first <= last && last < PCPUS_MOST)) return null;
    for (let pcpu = first; pcpu <= last; pcpu++) pcpus.add(pcpu);
  }
  return [...pcpus].sort((a, b) => a - b);
}

/** The other way round: `0,2-3`. */
export function pcpuListText(pcpus: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const pcpu of pcpus) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === pcpu - 1) last[1] = pcpu;
    else ranges.push([pcpu, pcpu]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

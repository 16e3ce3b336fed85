const BLOCK_BYTES = 512;
const FIELD = { name: [0, 100], size: [124, 12], type: [156, 1], prefix: [345, 155] } as const;

/** Regular files of a tar archive (POSIX.1-1988 ustar, with GNU long names), in order. */
export function* filesOfTar(archive: Uint8Array): Generator<{ readonly name: string; readonly bytes: Uint8Array }> {
  let longName: string | undefined;
  for (let at = 0; at + BLOCK_BYTES <= archive.length;) {
    const header = archive.subarray(at, at + BLOCK_BYTES);
    const shortName = textAt(header, FIELD.name);
    if (shortName === '') return;
    const size = parseInt(textAt(header, FIELD.size), 8) || 0;
    const start = at + BLOCK_BYTES;
    const bytes = archive.subarray(start, start + size);
    const type = textAt(header, FIELD.type);
    const prefix = textAt(header, FIELD.prefix);
    if (type === 'L') longName = new TextDecoder().decode(bytes).replace(/\0.*$/s, '');
    else {
      if (type === '0' || type === '') yield { name: longName ?? joined(prefix, shortName), bytes };
      longName = undefined;
    }
    at = start + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }
}

/** GNU's archives have other fields where POSIX has the prefix; their names need none. */
function joined(prefix: string, name: string): string {
  return prefix === '' || name.startsWith('./') ? name : `${prefix}/${name}`;
}

function textAt(header: Uint8Array, [start, length]: readonly [number, number]): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return String.fromCharCode(...(end < 0 ? field : field.subarray(0, end))).trim();
}

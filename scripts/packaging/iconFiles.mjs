/** Windows' and Apple's containers of icons. Both hold PNG files as they are. */

const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256];

/**
 * An ICO file: ICONDIR, an ICONDIRENTRY of 16 bytes for each picture, the pictures (Windows, "Icons").
 *
 * @param {ReadonlyMap<number, Buffer>} pictures PNG files by size in pixels
 */
export function windowsIcon(pictures) {
  const head = Buffer.alloc(6 + 16 * ICO_SIZES.length);
  head.writeUInt16LE(1, 2); // an icon, not a cursor
  head.writeUInt16LE(ICO_SIZES.length, 4);
  let place = head.length;
  for (const [index, size] of ICO_SIZES.entries()) {
    const entry = 6 + 16 * index;
    const { length } = pictures.get(size);
    head.writeUInt8(size % 256, entry); // 0 stands for 256
    head.writeUInt8(size % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4); // colour planes
    head.writeUInt16LE(32, entry + 6); // bits a pixel
    head.writeUInt32LE(length, entry + 8);
    head.writeUInt32LE(place, entry + 12);
    place += length;
  }
  return Buffer.concat([head, ...ICO_SIZES.map((size) => pictures.get(size))]);
}

/** Types of ICNS elements that hold PNG: the size in pixels of each. The second of a size is for a Retina screen. */
const ICNS_TYPES = { icp4: 16, icp5: 32, icp6: 64, ic07: 128, ic08: 256, ic09: 512, ic10: 1024, ic11: 32, ic12: 64, ic13: 256, ic14: 512 }; // prettier-ignore

/** An ICNS file: elements of type, length and content, numbers big endian. */
export function appleIcon(pictures) {
  const elements = Object.entries(ICNS_TYPES).map(([type, size]) => element(type, pictures.get(size)));
  return element('icns', Buffer.concat(elements));
}

function element(type, content) {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(8 + content.length, 4);
  return Buffer.concat([head, content]);
}

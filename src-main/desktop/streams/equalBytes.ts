export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left === right || (left.byteLength === right.byteLength && Buffer.compare(left, right) === 0);
}

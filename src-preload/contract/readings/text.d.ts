/**
 * Of the Encoding Standard what readings use. TypeScript declares it only in libraries that the contract must not see; every JavaScript
 * host provides the objects themselves.
 */
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}

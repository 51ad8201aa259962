// Bytes as a Buffer, for the methods that only a Buffer has.

/** The same bytes without a copy: a copy of each password takes longer than all else around a short hash. */
export const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

/** @file Bytes that are a PNG file are shown as the picture they are. */
import { types } from "node:util";
import type { MimeBundle } from "../../../protocol/display.ts";
import { formatCount } from "../../../protocol/notation.ts";

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Signature, length and name of the first chunk, and in it the width and the height. */
const HEADER_BYTES = 24;

export function imageBundle(value: unknown): MimeBundle | undefined {
  if (!types.isUint8Array(value) || value.length < HEADER_BYTES) return undefined;
  if (!PNG_SIGNATURE.every((byte, i) => value[i] === byte)) return undefined;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  return {
    "image/png": bytes.toString("base64"),
    "text/plain": `a picture (PNG) of ${width} × ${height} pixels, ${formatCount(bytes.length)} bytes`,
  };
}

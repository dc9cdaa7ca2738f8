/** @file Bytes that are an image file, as their first few say, are shown as the picture they are. */
import type { MimeBundle } from "../../../protocol/display.ts";
import { formatCount } from "../../../protocol/notation.ts";

interface Format {
  readonly name: string;
  readonly mime: string;
  /** Whether the file starts as one of these does. */
  is(bytes: Buffer): boolean;
  /** Where it stands in a fixed place. */
  size?(bytes: Buffer): readonly [width: number, height: number];
}

/** No image file is shorter; every fixed place below lies within. */
const LEAST_BYTES = 24;

const startsWith = (bytes: Buffer, text: string, at = 0): boolean =>
  bytes.toString("latin1", at, at + text.length) === text;

const FORMATS: readonly Format[] = [
  {
    name: "PNG",
    mime: "image/png",
    is: (bytes) => startsWith(bytes, "\x89PNG\r\n\x1a\n"),
    // Signature, length and name of the first chunk come before.
    size: (bytes) => [bytes.readUInt32BE(16), bytes.readUInt32BE(20)],
  },
  { name: "JPEG", mime: "image/jpeg", is: (bytes) => startsWith(bytes, "\xff\xd8\xff") },
  {
    name: "GIF",
    mime: "image/gif",
    is: (bytes) => startsWith(bytes, "GIF87a") || startsWith(bytes, "GIF89a"),
    size: (bytes) => [bytes.readUInt16LE(6), bytes.readUInt16LE(8)],
  },
  { name: "WebP", mime: "image/webp", is: (bytes) => startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8) },
];

/** Undefined for bytes that are no image file. */
export function imageBundle({ buffer, byteOffset, byteLength }: Uint8Array): MimeBundle | undefined {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  const format = bytes.length < LEAST_BYTES ? undefined : FORMATS.find(({ is }) => is(bytes));
  if (!format) return undefined;
  const extents = format.size ? ` of ${format.size(bytes).join(" × ")} pixels` : "";
  const base64 = bytes.toString("base64");
  return {
    [format.mime]: base64,
    // VS Code has no renderer of its own for these.
    ...(format.name === "WebP" ? { "text/html": `<img alt="" src="data:image/webp;base64,${base64}">` } : {}),
    "text/plain": `a picture (${format.name})${extents}, ${formatCount(bytes.length)} bytes`,
  };
}

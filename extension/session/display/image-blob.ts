/** @file A Blob that says it is an image: shown by its bytes once they are there. */
import type { MimeBundle } from "../../../protocol/display.ts";
import { formatCount } from "../../../protocol/notation.ts";
import { imageBundle } from "./image-bytes.ts";

export const isImageBlob = (value: unknown): value is Blob => value instanceof Blob && value.type.startsWith("image/");

export const describeBlob = ({ type, size }: Blob): MimeBundle => ({
  "text/plain": `a picture (${type}), ${formatCount(size)} bytes`,
});

export async function blobBundle(blob: Blob): Promise<MimeBundle> {
  if (blob.type === "image/svg+xml") return { "image/svg+xml": await blob.text(), ...describeBlob(blob) };
  return imageBundle(new Uint8Array(await blob.arrayBuffer())) ?? describeBlob(blob);
}

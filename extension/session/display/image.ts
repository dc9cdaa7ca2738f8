/**
 * @file What holds a picture, and is shown as one: bytes of an image file, pixels, the canvas of an npm package. They are
 * known by what they can do, since the packages (`canvas`, `@napi-rs/canvas`, `skia-canvas`) share no class.
 */
import { types } from "node:util";
import { encode } from "fast-png";
import type { MimeBundle } from "../../../protocol/display.ts";
import { className, methodOf, ownValue } from "../variables/looking.ts";
import { imageBundle } from "./image-bytes.ts";

export function pictureBundle(value: unknown): MimeBundle | undefined {
  const bytes = bytesIn(value);
  return bytes && imageBundle(bytes);
}

function bytesIn(value: unknown): Uint8Array | undefined {
  if (types.isUint8Array(value)) return value;
  if (types.isAnyArrayBuffer(value)) return new Uint8Array(value);
  if (typeof value !== "object" || value === null || types.isProxy(value)) return undefined;
  const pixels = pixelsIn(value);
  return pixels ? encode({ ...pixels, channels: 4 }) : canvasBytes(value);
}

/** As `ImageData` in a browser: red, green, blue, opacity, row by row. */
interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

function pixelsIn(value: object): Pixels | undefined {
  // The packages' own class may compute these; other getters are a person's, and none are run.
  const read = (key: string): unknown =>
    className(value) === "ImageData" ? Reflect.get(value, key) : ownValue(value, key);
  const [width, height, data] = [read("width"), read("height"), read("data")];
  if (!types.isUint8ClampedArray(data) || typeof width !== "number" || typeof height !== "number") return undefined;
  return width > 0 && height > 0 && data.length === width * height * 4 ? { width, height, data } : undefined;
}

/** The calls for a PNG at once, none of which every package has. */
const WAYS: readonly [method: string, argument: string][] = [
  // In `skia-canvas`, whose `toBuffer` gives a promise.
  ["toBufferSync", "png"],
  ["toBuffer", "image/png"],
  ["encodeSync", "png"],
];

function canvasBytes(value: object): Uint8Array | undefined {
  if (!methodOf(value, "getContext")) return undefined;
  for (const [method, argument] of WAYS) {
    const bytes = methodOf(value, method)?.call(value, argument);
    if (types.isUint8Array(bytes)) return bytes;
  }
  return undefined;
}

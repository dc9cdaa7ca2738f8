/**
 * @file Numbers that are not in this machine's own memory but on a device, where they stay until someone reads them. A
 * node may have such numbers as its value, so that one program can take what another left there.
 */
import type { DType, TypedArray } from "./dtype.ts";
import { ArgumentError } from "./errors.ts";

/** Numbers on a device, or on their way there: the work that makes them may still be going on. */
export abstract class Remote {
  /** Where they are, e.g. "webgpu". */
  abstract readonly place: string;
  readonly dtype: DType;
  /** In elements. */
  readonly size: number;
  /** The same numbers in this machine's memory, once they were read. */
  host: TypedArray | null = null;
  /** Set when they are the value of several nodes: then only the collector knows when all are gone. */
  isShared = false;

  constructor(dtype: DType, size: number) {
    this.dtype = dtype;
    this.size = size;
  }

  /** What they take on the device. */
  abstract readonly byteLength: number;

  /** The numbers, when all work that makes them is done. They are kept: reading again costs nothing. */
  abstract read(): Promise<TypedArray>;

  /** Settles when the work that makes them is done, without bringing them here. Rejects with what went wrong. */
  abstract finished(): Promise<void>;

  /** Frees the device's memory. Nobody may use them afterwards. */
  abstract release(): void;
}

/** The value of a node: numbers here, or on a device. */
export type Data = TypedArray | Remote;

/** The numbers as far as they are in this machine's memory. */
export const hostOf = (data: Data): TypedArray | null => (data instanceof Remote ? data.host : data);

/** The numbers, which must be in this machine's memory. @param asked what wants them, for the message */
export function requireHost(data: Data, asked: string): TypedArray {
  const host = hostOf(data);
  if (host !== null) return host;
  const { place } = data as Remote;
  throw new ArgumentError(
    `${asked}: the numbers of this tensor are on the device (${place}) and come from there only with time. ` +
      "Read them with await x.data(), or those of several tensors with await deviceGet([x, y]); after that this works, too.",
  );
}

/**
 * @file What is fetched: one version of one npm package, known byte by byte, and which of its files a machine needs. It is
 * WebGPU for Node: Dawn, the implementation that Chromium has, as the package "webgpu" (BSD-3-Clause). One archive has the builds for
 * every platform.
 */

export interface FetchedPackage {
  readonly name: string;
  readonly version: string;
  /** Of the archive, as npm states it: nothing with another sum is ever unpacked. */
  readonly integrity: `sha512-${string}`;
  /** Of the archive. */
  readonly bytes: number;
  /** What a person needs free while it is fetched: the archive, and beside it what is unpacked. */
  readonly roomBytes: number;
  /** The folder of the archive with the build for a platform. */
  readonly builds: Readonly<Record<string, string>>;
  /** What all platforms need of it besides, the licence among it. */
  readonly files: readonly string[];
}

export const WEBGPU: FetchedPackage = {
  name: "webgpu",
  version: "0.6.2",
  integrity: "sha512-3L4GfmqJLvYUIEWJngEQY+2HQiUlAFkg8+P8NDDj3Xx5hHHIFO/r8JW+ynfqBj7kHN4mbnwO74uB+lrRtLhp4Q==",
  bytes: 51_264_151,
  roomBytes: 95_000_000,
  builds: {
    "darwin-arm64": "dist/darwin-universal",
    "darwin-x64": "dist/darwin-universal",
    "linux-arm64": "dist/linux-arm64",
    "linux-x64": "dist/linux-x64",
    "win32-arm64": "dist/win32-arm64",
    "win32-x64": "dist/win32-x64",
  },
  files: ["package.json", "index.js", "LICENSE.md"],
};

/** As Node calls it, for example "linux-x64". */
export const THIS_PLATFORM = `${process.platform}-${process.arch}`;

/** As it is said to a person: "51 MB". */
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

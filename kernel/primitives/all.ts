/** @file Every family of primitives: importing this file fills the registry. */
import "./along-axis.ts";
import "./assemble.ts";
import "./binary.ts";
import "./constants.ts";
import "./diagonal.ts";
import "./dot.ts";
import "./fft.ts";
import "./indexing.ts";
import "./layout.ts";
import "./reduce.ts";
import "./select.ts";
import "./sorting.ts";
import "./tuple.ts";
import "./unary.ts";
import "./windows.ts";

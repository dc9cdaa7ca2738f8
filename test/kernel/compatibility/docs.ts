/** @file Writes docs/compatibility.md from measurements: `npm run docs:compatibility`. */
import { writeFileSync } from "node:fs";
import { compatibilityPage } from "./page.ts";

writeFileSync("docs/compatibility.md", compatibilityPage());

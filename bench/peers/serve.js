/** @file A side of the benchmark in a Node process. */
import { serve } from "../answer.js";
import { sideAnswers } from "./side.js";

/** @param {string} name @param {import("./side.js").VariantsOf} variantsOf */
export const serveSide = (name, variantsOf) => serve(name, sideAnswers(variantsOf));

/**
 * @file What is said of a matrix below its picture: in a plain sentence what its spectrum comes to, and the spectrum itself
 * to be opened. Facts that came with the display are shown at once, others are asked for by whoever wants them.
 */
import type { MatrixDisplay } from "../../protocol/display.ts";
import { type MatrixFacts, type MatrixMeaning, meaningOf, type Spectrum } from "../../protocol/facts.ts";
import { formatCount, formatNumber } from "../../protocol/notation.ts";
import { type Arrangement, axesOf, extentOf, initialArrangement, isSame, matrixAxes } from "../data/axes.ts";
import type { PictureChannel, SettledFacts } from "../data/picture-channel.ts";
import { make } from "../dom.ts";
import type { Content } from "./matrix/content.ts";
import { spectrumChart } from "./spectrum-chart.ts";

export interface FactsView {
  readonly element: HTMLElement;
  show(content: Content, place: number): void;
}

interface Asked {
  readonly kind: "asked";
  /** When the session began, as far as is known here. */
  since: number;
  isWaiting: boolean;
}

interface Known {
  readonly kind: "known";
  readonly facts: MatrixFacts;
}

interface Unanswered {
  readonly kind: "unanswered";
  readonly words: string;
}

/** What is known of one matrix, or how far the question is. */
type State = { readonly kind: "unasked" } | Asked | Known | Unanswered;

const UNASKED: State = { kind: "unasked" };
const SECOND = 1000;

export function factsView(display: MatrixDisplay, channel: PictureChannel | undefined): FactsView {
  const meaning = meaningOf(display);
  const first = initialArrangement(display);
  const axes = axesOf(display);
  const body = make("div", { class: "matrix-facts" });
  const spoken = make("p", { class: "unseen", role: "status" });
  const element = make("div", {}, body, spoken);
  const states = new Map<string, State>();
  let shown = "";
  let isOpen = false;
  let askOfShown: (() => void) | undefined;

  const show = (content: Content, place: number): void => {
    const { arrangement } = content;
    const slice = content.sliceNumber(place);
    const isInitial = isSame(arrangement, first);
    const key = `${JSON.stringify(arrangement)} ${slice}`;
    const known = isInitial ? display.facts?.[display.preview.slices.indexOf(slice)] : undefined;
    if (known && !states.has(key)) states.set(key, { kind: "known", facts: known });
    const smaller = Math.min(extentOf(axes, arrangement.rows), extentOf(axes, arrangement.columns));
    const { handle } = display;
    askOfShown = channel && handle ? () => void ask(channel, handle, arrangement, slice, key) : undefined;
    // A gradient, or a single number, has no spectrum worth a word. Neither has a tensor that is no derivative.
    const isWorthIt = meaning !== undefined && smaller > 1;
    element.hidden = !isWorthIt || (!askOfShown && !states.has(key));
    if (!element.hidden) present(key);
  };

  const ask = async (
    session: PictureChannel,
    handle: string,
    arrangement: Arrangement,
    slice: number,
    key: string,
  ): Promise<void> => {
    const asked: Asked = { kind: "asked", since: performance.now(), isWaiting: false };
    const become = (state: State): void => {
      states.set(key, state);
      if (shown === key) present(key);
    };
    become(asked);
    const ticking = setInterval(() => shown === key && tick(asked), SECOND);
    try {
      const request = { handle, axes: matrixAxes(axes, arrangement, slice), meaning: meaningOfLayout(arrangement) };
      const wait = (isWaiting: boolean): void => {
        Object.assign(asked, { isWaiting, since: performance.now() });
        if (shown === key) tick(asked);
      };
      const waiting = { onBusy: () => wait(true), onAgain: () => wait(false) };
      const state = stateOf(await session.facts(request, waiting));
      become(state);
      if (shown === key) spoken.textContent = state.kind === "known" ? upperFirst(state.facts.sentence) : state.words;
    } finally {
      clearInterval(ticking);
    }
  };
  /** Laid out in another way, rows and columns are no longer outputs and inputs. */
  const meaningOfLayout = (arrangement: Arrangement): MatrixMeaning =>
    isSame(arrangement, first) && meaning ? meaning : "mixed";

  const present = (key: string): void => {
    shown = key;
    const state = states.get(key) ?? UNASKED;
    const isFocused = body.contains((element.getRootNode() as Document | ShadowRoot).activeElement);
    body.replaceChildren(...partsOf(state));
    // Whoever pressed the button goes on at what took its place.
    if (isFocused) body.querySelector<HTMLElement>("summary, button")?.focus();
  };
  const tick = (asked: Asked): void => {
    const elapsed = body.querySelector(".elapsed");
    if (elapsed) elapsed.textContent = elapsedOf(asked);
  };
  const partsOf = (state: State): HTMLElement[] => {
    if (state.kind === "known") {
      const { sentence, spectrum } = state.facts;
      return [
        make("p", { class: "sentence", text: upperFirst(sentence) }),
        ...(spectrum ? [disclosure(spectrum)] : []),
      ];
    }
    if (state.kind === "asked") {
      const made = button("Computing the spectrum …", () => {});
      made.setAttribute("aria-disabled", "true");
      return [make("div", { class: "asking" }, made, make("span", { class: "note elapsed", text: elapsedOf(state) }))];
    }
    return [
      ...(state.kind === "unanswered" ? [make("p", { class: "note", text: state.words })] : []),
      ...(askOfShown ? [button("Compute spectrum", askOfShown)] : []),
    ];
  };
  const button = (text: string, press: () => void): HTMLElement => {
    const made = make("button", { class: "plain-button", text });
    made.type = "button";
    made.addEventListener("click", press);
    return made;
  };
  const disclosure = (spectrum: Spectrum): HTMLElement => {
    const body = make("div", { class: "spectrum" });
    const details = make("details", {}, make("summary", { text: "Spectrum" }), body);
    details.open = isOpen;
    const fill = (): void => {
      if (details.open && body.childElementCount === 0) body.append(...spectrumParts(spectrum));
    };
    details.addEventListener("toggle", () => {
      isOpen = details.open;
      fill();
    });
    fill();
    return details;
  };
  return { element, show };
}

function elapsedOf({ since, isWaiting }: Asked): string {
  if (isWaiting) return "A cell runs: it begins when the cell is done.";
  const seconds = Math.floor((performance.now() - since) / SECOND);
  return seconds > 0 ? `${seconds} s` : "";
}

function stateOf(answer: SettledFacts): Known | Unanswered {
  if (answer.status === "facts") return { kind: "known", facts: answer.facts };
  if (answer.status === "gone") {
    return { kind: "unanswered", words: "The session no longer holds these numbers. Run the cell again." };
  }
  return { kind: "unanswered", words: `The spectrum could not be computed: ${answer.message}` };
}

const TIPS = {
  rank: "How many of the values are not zero to rounding: in so many independent directions the matrix does something.",
  condition:
    "The largest magnitude over the smallest. A step computed with this matrix loses about as many digits as this number has.",
  negative: "Directions in which the function curves downwards.",
  symmetry: "How far the matrix is from its transpose, relative to its norm. A Hessian's is 0 but for rounding.",
};

function spectrumParts(spectrum: Spectrum): HTMLElement[] {
  const { values, rank, conditionNumber } = spectrum;
  const figures: [name: string, tip: string, value: string][] = [
    ["Rank", TIPS.rank, `${formatCount(rank)} of ${formatCount(values.length)}`],
    ["Condition number", TIPS.condition, conditionNumber === null ? "infinite" : formatNumber(conditionNumber, 3)],
  ];
  if (spectrum.kind === "eigenvalues") {
    figures.push(
      ["Negative eigenvalues", TIPS.negative, formatCount(spectrum.negative)],
      ["Symmetry error", TIPS.symmetry, formatNumber(spectrum.asymmetry, 2)],
    );
  }
  const list = make(
    "dl",
    { class: "figures" },
    ...figures.flatMap(([name, tip, value]) => [
      make("dt", { text: name, title: tip }),
      make("dd", { text: value, title: tip }),
    ]),
  );
  return [...(rank > 0 ? [spectrumChart(spectrum)] : []), list];
}

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
